package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// rounds is the number of measurements of the table. The table contains the
// median of their ratios, so a busy moment of the machine counts once.
const rounds = 11

// slice is the approximate duration of one contender in a round.
const slice = 15 * time.Millisecond

// A contender is one row of the table. One call does per units of work; a
// contender in another process reports its nanoseconds per unit itself.
type contender struct {
	name string
	per  int
	run  func() error
	told func() float64
}

// BenchmarkTable measures the complete path from bytes to verdict relative to a
// bare ed25519.Verify of 64 bytes: by form of proof, by number of badges, and
// beside other implementations on the same badge of about 3.1 KB. It prints one
// line "ratio NAME X" for each: the cost of one badge in bare verifications.
// Only the row "again" uses results cached from earlier verifications.
func BenchmarkTable(b *testing.B) {
	rows := slices.Concat(byForm(b), byNumber(b), byChecks(b), rivals(b))
	took := make([][]float64, len(rows))
	sizes := make([]int, len(rows))
	bare := bareVerification()
	unit := fitting(b, bare)
	for round := range rounds + 1 {
		for i, row := range rows {
			if round == 0 { // until everything is compiled and fetched
				sizes[i] = fitting(b, row)
				continue
			}
			own := timed(b, row, sizes[i]) / timed(b, bare, unit)
			took[i] = append(took[i], own)
		}
	}
	for i, row := range rows {
		fmt.Printf("ratio %s %.2f\n", row.name, median(took[i]))
	}
	cores(b)
}

// timed returns the nanoseconds of one unit of work.
func timed(b *testing.B, c contender, n int) float64 {
	if c.told != nil {
		return c.told()
	}
	start := time.Now()
	for range n {
		if err := c.run(); err != nil {
			b.Fatalf("%s: %v", c.name, err)
		}
	}
	return float64(time.Since(start)) / float64(n*c.per)
}

// fitting returns how many calls of a contender fit in one slice.
func fitting(b *testing.B, c contender) int {
	timed(b, c, 1)
	return max(1, int(float64(slice)/(timed(b, c, 2)*float64(c.per))))
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// bareVerification verifies a signature over 64 bytes, the core of a Data
// Integrity proof.
func bareVerification() contender {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	message := make([]byte, 64)
	signature, public := ed25519.Sign(key, message), key.Public().(ed25519.PublicKey)
	return contender{name: "ed25519", per: 1, run: func() error {
		if !ed25519.Verify(public, message, signature) {
			return vc.ErrSignature
		}
		return nil
	}}
}

// forms are the rows by form of proof: name, kind of key, form.
var forms = [][3]string{
	{"eddsa-rdfc-2022", vctest.Ed25519, "eddsa-rdfc-2022"},
	{"eddsa-jcs-2022", vctest.Ed25519, "eddsa-jcs-2022"},
	{"vc-jwt", vctest.Ed25519, vctest.JWT},
	{"vc+jwt", vctest.Ed25519, vctest.JOSEVC},
	{"ecdsa-rdfc-2019", vctest.P256, "ecdsa-rdfc-2019"},
	{"ecdsa-jcs-2019", vctest.P256, "ecdsa-jcs-2019"},
	{"vc-jwt-es256", vctest.P256, vctest.JWT},
	{"vc-jwt-rs256", vctest.RSA, vctest.JWT},
}

// row returns the contender that verifies one document of per badges.
func row(b *testing.B, name string, per int, v *vc.Verifier, doc []byte, opt vc.Options) contender {
	return contender{name: name, per: per, run: func() error { return verifyWhole(b.Context(), v, doc, opt) }}
}

func byForm(b *testing.B) (rows []contender) {
	for _, f := range forms {
		web, way := vctest.NewWeb(), vctest.DIDKey
		if f[1] == vctest.RSA { // there is no did:key for RSA
			way = vctest.DIDWeb
		}
		doc := vctest.NewIssuer(b, web, way, f[1]).Issue(b, vctest.Rich, vctest.As(f[2]))
		rows = append(rows, row(b, f[0], 1, verifierOn(b, web, 0), doc, vc.Options{}))
	}
	return rows
}

// verifyWhole runs the complete path: parse, terms, key, proof and report.
func verifyWhole(ctx context.Context, v *vc.Verifier, doc []byte, opt vc.Options) error {
	d, err := vc.Parse(doc)
	if err != nil {
		return err
	}
	r, err := v.Verify(ctx, d, opt)
	if err != nil {
		return err
	}
	if got := r.Verdict(vc.Policy{}); got != vc.Valid {
		return fmt.Errorf("verdict %s: %+v", got, r.Checks)
	}
	for _, inside := range r.Check(vc.CheckProof).Sub {
		if got := inside.Verdict(vc.Policy{}); got != vc.Valid {
			return fmt.Errorf("verdict %s on a badge inside: %+v", got, inside.Checks)
		}
	}
	return nil
}

// byNumber are presentations and CLRs of many badges, measured per badge. The
// cost stays the same if it grows linearly.
func byNumber(b *testing.B) (rows []contender) {
	v, web := ourVerifier(b), vctest.NewWeb()
	issuer, holder := vctest.NewIssuer(b, web, vctest.DIDKey, vctest.Ed25519), vctest.NewHolder(b)
	for _, n := range []int{1, 10, 100, 1000} {
		all := make([][]byte, n)
		for i := range all {
			all[i] = issuer.Issue(b, vctest.Rich, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", i)))
		}
		set := holder.Present(b, "", "", all...)
		rows = append(rows, row(b, fmt.Sprint("bundle-", n), n, v, set, vc.Options{}))
	}
	for _, n := range []int{1, 10, 100} {
		rows = append(rows, row(b, fmt.Sprint("clr-", n), n, v, issuer.Issue(b, vctest.CLR(n, vctest.Rich)), vc.Options{}))
	}
	return rows
}

// byChecks compare the proof alone with a report of all checks, and with one
// that uses cached proof results.
func byChecks(b *testing.B) []contender {
	web := vctest.NewWeb()
	issuer := vctest.NewIssuer(b, web, vctest.DIDKey, vctest.Ed25519)
	doc := issuer.Issue(b, vctest.Rich, vctest.Status("BitstringStatusListEntry", "revocation", false))
	person := vc.Options{Recipients: []string{"jjefferson18@example.com"}}
	v, again := verifierAt(b, web, 0, vctest.Now), verifierAt(b, web, 1000, vctest.Now) // time of the web's answers
	return []contender{
		row(b, "proof-only", 1, v, doc, vc.Options{Bare: true}),
		row(b, "all-checks", 1, v, doc, person),
		row(b, "again", 1, again, doc, person),
	}
}

// verifierOn returns the product's verifier at the peers' moment, with a web of
// issuers.
func verifierOn(b testing.TB, web vc.Fetcher, remember int) *vc.Verifier {
	b.Helper()
	return verifierAt(b, web, remember, func() time.Time { return peerMoment })
}

func verifierAt(b testing.TB, web vc.Fetcher, remember int, now func() time.Time) *vc.Verifier {
	b.Helper()
	std, err := standard.New(standard.Config{Fetch: web, Now: now, Remember: remember})
	if err != nil {
		b.Fatal(err)
	}
	return std.Verifier
}

// cores prints the throughput of two cores relative to one.
func cores(b *testing.B) {
	v := ourVerifier(b)
	doc := vctest.NewIssuer(b, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(b, vctest.Rich)
	one := row(b, "cores", 1, v, doc, vc.Options{})
	n, before := 3*fitting(b, one), runtime.GOMAXPROCS(0)
	var ratios []float64
	for range rounds {
		runtime.GOMAXPROCS(1) // garbage collection runs on the one core, too
		alone := timed(b, one, n)
		runtime.GOMAXPROCS(2)
		start := time.Now()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { timed(b, one, n) })
		}
		wg.Wait()
		ratios = append(ratios, 2*alone/(float64(time.Since(start))/float64(n)))
	}
	runtime.GOMAXPROCS(before)
	fmt.Printf("ratio two-cores %.2f\n", median(ratios))
}
