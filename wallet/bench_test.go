package wallet_test

import (
	"fmt"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// manyBadges issues n different badges, each signed with eddsa-rdfc-2022.
func manyBadges(b *testing.B, e *wallettest.Env, n int) []inspect.Input {
	b.Helper()
	i := issuer(b, e)
	in := make([]inspect.Input, n)
	for k := range in {
		in[k] = inspect.Input{Name: fmt.Sprintf("badge-%d.json", k), Bytes: i.Issue(b,
			vctest.With("id", fmt.Sprint("https://issuer.example/badges/", k)),
			vctest.With("credentialSubject.achievement.name", fmt.Sprint("Baker of level ", k)))}
	}
	return in
}

// BenchmarkImport1000 imports, checks and keeps 1,000 Open Badges 3.0 badges.
// bare/op is the time to verify them alone, one after another.
func BenchmarkImport1000(b *testing.B) {
	const n = 1000
	e := wallettest.New(b, wallettest.Options{})
	in := manyBadges(b, e, n)
	docs := make([]*vc.Document, n)
	for k := range in {
		var err error
		if docs[k], err = vc.Parse(in[k].Bytes); err != nil {
			b.Fatal(err)
		}
	}
	begin := time.Now()
	for _, d := range docs {
		if r, err := e.Verifier.Verify(b.Context(), d, vc.Options{}); err != nil || r.Verdict(vc.Policy{}) != vc.Valid {
			b.Fatalf("%v, %v", r, err)
		}
	}
	bare := time.Since(begin)
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		a := e.Learner(b, "Alma").ID
		b.StartTimer()
		begin := time.Now()
		if got := len(kept(b, e, a, in...)); got != n {
			b.Fatalf("kept %d", got)
		}
		spent += time.Since(begin)
	}
	per := spent / time.Duration(b.N)
	b.ReportMetric(n/per.Seconds(), "badges/s")
	b.ReportMetric(per.Seconds()/bare.Seconds(), "x-bare-verification")
}

// BenchmarkOpenShare5 opens a share of five badges, which are checked each
// time.
func BenchmarkOpenShare5(b *testing.B) {
	e := wallettest.New(b, wallettest.Options{})
	a := e.Learner(b, "Alma").ID
	r := wallet.ShareRequest{}
	for _, entry := range kept(b, e, a, manyBadges(b, e, 5)...) {
		r.Entries = append(r.Entries, entry.ID)
	}
	s, err := e.CreateShare(b.Context(), a, r)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if v, err := e.OpenShare(b.Context(), s.Token, wallet.OpenShareOptions{}); err != nil || len(v.Items) != 5 {
			b.Fatalf("%v, %v", v, err)
		}
	}
}
