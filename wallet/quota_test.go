package wallet_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// badgesOf issues n badges with names that begin with prefix, each with about
// size bytes of text.
func badgesOf(t testing.TB, e *wallettest.Env, prefix string, n, size int) []inspect.Input {
	t.Helper()
	i := issuer(t, e)
	in := make([]inspect.Input, n)
	for k := range in {
		in[k] = inspect.Input{Name: fmt.Sprintf("%s-%d.json", prefix, k), Bytes: i.Issue(t,
			vctest.With("id", fmt.Sprintf("https://issuer.example/badges/%s/%d", prefix, k)),
			vctest.With("credentialSubject.achievement.description", strings.Repeat("bread ", size/6)))}
	}
	return in
}

func usage(t testing.TB, e *wallettest.Env, a storage.AccountID) *wallet.Usage {
	t.Helper()
	u, err := e.Usage(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func full(err error, code string) bool {
	var we *wallet.Error
	return errors.As(err, &we) && we.Kind == wallet.Limited && we.Code == code
}

// TestThreat40BadgesAreCountedAcrossImports keeps four imports concurrently in
// a backpack with room for less than half of them: exactly as many badges as
// fit are kept, the others wait in their imports, and a larger quota admits
// them.
func TestThreat40BadgesAreCountedAcrossImports(t *testing.T) {
	t.Parallel()
	onBoth(t, wallet.Limits{Entries: 10}, badgesAcrossImports)
}

// onBoth runs a test with the data file and with PostgreSQL.
func onBoth(t *testing.T, l wallet.Limits, test func(*testing.T, *wallettest.Env)) {
	t.Run("data file", func(t *testing.T) { test(t, wallettest.New(t, wallettest.Options{Limits: l})) })
	t.Run("PostgreSQL", func(t *testing.T) {
		store, err := postgres.Open(t.Context(), pgtest.Start(t).Schema(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		test(t, wallettest.New(t, wallettest.Options{Limits: l, Store: store}))
	})
}

func badgesAcrossImports(t *testing.T, e *wallettest.Env) {
	a, other := e.Learner(t, "Alma").ID, e.Learner(t, "Bela").ID
	var imports []*wallet.Import
	for n := range 4 {
		imports = append(imports, imported(t, e, a, badgesOf(t, e, fmt.Sprint("set", n), 6, 60)...))
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	said := 0
	for _, imp := range imports {
		wg.Go(func() {
			got, err := e.Keep(t.Context(), a, imp.ID, numbers(imp))
			if err != nil && !full(err, "too_many_badges") {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			said += len(got)
		})
	}
	wg.Wait()
	if n := len(list(t, e, a)); n != 10 || said != 10 {
		t.Fatalf("%d badges are kept, %d reported as kept; 10 are allowed", n, said)
	}
	if u := usage(t, e, a); u.Badges != 10 || u.Room() != 0 || !u.Full() || u.Most.Badges != 10 {
		t.Errorf("usage %+v", u)
	}
	_, err := e.StartImport(t.Context(), a, badgesOf(t, e, "more", 1, 60))
	wallettest.Refused(t, err, wallet.Limited, "too_many_badges")
	kept(t, e, other, badgesOf(t, e, "hers", 2, 60)...) // other accounts have room

	if err := e.SetQuota(t.Context(), a, wallet.Quota{Badges: 24}); err != nil {
		t.Fatal(err)
	}
	for _, imp := range imports {
		if now, err := e.Import(t.Context(), a, imp.ID); err == nil { // otherwise all of it was kept
			if _, err := e.Keep(t.Context(), a, imp.ID, numbers(now)); err != nil {
				t.Error(err)
			}
		}
	}
	if n := len(list(t, e, a)); n != 24 {
		t.Errorf("%d badges are kept, want all 24", n)
	}
	if err := e.SetQuota(t.Context(), a, wallet.Quota{}); err != nil {
		t.Fatal(err)
	}
	if u := usage(t, e, a); u.Most.Badges != 10 || u.Badges != 24 || u.Room() != 0 || u.Own != (wallet.Quota{}) {
		t.Errorf("a smaller quota removed badges or left room: %+v", u)
	}
	wallettest.Refused(t, e.SetQuota(t.Context(), a, wallet.Quota{Bytes: -1}), wallet.BadInput, "quota_negative")
}

// TestThreat40BytesAreCountedWhereTheyAreWritten imports more than fits, in
// several concurrent imports: items that do not fit are reported, and the
// stored bytes never exceed the limit.
func TestThreat40BytesAreCountedWhereTheyAreWritten(t *testing.T) {
	t.Parallel()
	onBoth(t, wallet.Limits{Bytes: mostBytes}, bytesAcrossImports)
}

const mostBytes = 150_000

func bytesAcrossImports(t *testing.T, e *wallettest.Env) {
	a := e.Learner(t, "Alma").ID
	within := func(when string) {
		t.Helper()
		if u := usage(t, e, a); u.Bytes > mostBytes {
			t.Errorf("%s: %d bytes are stored, %d allowed", when, u.Bytes, mostBytes)
		}
	}
	var wg sync.WaitGroup
	ids := make([]string, 3)
	for n := range ids {
		in := badgesOf(t, e, fmt.Sprint("set", n), 6, 4000)
		wg.Go(func() {
			id, err := e.StartImport(t.Context(), a, in)
			if err != nil {
				if !full(err, "backpack_full") {
					t.Error(err)
				}
				return
			}
			ids[n] = id
			if err := e.WorkImport(t.Context(), a, id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	within("after the imports")
	left, fit, keptAll := 0, 0, 0
	for _, id := range ids {
		if id == "" {
			left += 6
			continue
		}
		imp, err := e.Import(t.Context(), a, id)
		if err != nil || !imp.Finished {
			t.Fatalf("%+v, %v", imp, err)
		}
		for _, it := range imp.Items {
			if it.Problem == string(wallet.ProblemFull) && it.Name != "" && it.Entry == nil {
				left++
			} else if it.Entry != nil {
				fit++
			}
		}
		got, err := e.Keep(t.Context(), a, id, numbers(imp))
		if err != nil && !full(err, "backpack_full") {
			t.Error(err)
		}
		keptAll += len(got)
		within("after keeping")
	}
	if left == 0 || fit == 0 || left+fit != 18 || keptAll == 0 {
		t.Errorf("%d did not fit and %d did, of 18; %d were kept", left, fit, keptAll)
	}
	if n := len(list(t, e, a)); n != keptAll {
		t.Errorf("%d badges are kept, %d reported as kept", n, keptAll)
	}
}

// TestThreat40EvidenceGivesWay rechecks a badge with a status list that has
// grown: a full backpack omits the list, not the check.
func TestThreat40EvidenceGivesWay(t *testing.T) {
	t.Parallel()
	for _, room := range []int64{0, 1 << 20} {
		e := wallettest.New(t, wallettest.Options{})
		a := e.Learner(t, "Alma").ID
		badge := kept(t, e, a, inspect.Input{Bytes: issuer(t, e).Issue(t, vctest.Status("1EdTechRevocationList", "", false))})[0]
		before := usage(t, e, a).Bytes
		if err := e.SetQuota(t.Context(), a, wallet.Quota{Bytes: before + room}); err != nil {
			t.Fatal(err)
		}
		e.Web.Put("https://issuer.example/revocations", "application/json", []byte(`{"id":"https://issuer.example/revocations",`+
			`"issuer":"did:web:issuer.example","revokedCredential":[{"id":"urn:`+strings.Repeat("x", 20_000)+`"}]}`))
		e.Clock.Advance(time.Hour)
		after, err := e.Recheck(t.Context(), a, badge.ID)
		if err != nil || !after.CheckedAt.After(badge.CheckedAt) {
			t.Fatalf("%v, %v", after, err)
		}
		if grown := usage(t, e, a).Bytes - before; (grown > 20_000) != (room > 0) {
			t.Errorf("with room for %d bytes it grew by %d", room, grown)
		}
	}
}
