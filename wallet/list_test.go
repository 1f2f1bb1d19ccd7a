package wallet_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/wallettest"
)

// naiveListing builds a page of a list from whole entries, in the simplest way.
func naiveListing(all []*wallet.Entry, q wallet.Query) *wallet.Listing {
	l := &wallet.Listing{All: len(all)}
	issuers, skills, states := map[string]bool{}, map[string]bool{}, map[vc.Verdict]bool{}
	var matching []*wallet.Entry
	for _, e := range all {
		s := e.Summary
		if states[e.Verdict] = true; s.Issuer != "" {
			issuers[s.Issuer] = true
		}
		for _, skill := range s.Skills {
			skills[skill] = true
		}
		text := strings.ToLower(fmt.Sprintln(s.Title, "\n", s.Issuer, "\n", s.Domain, "\n", s.Description, "\n", e.Note, "\n", strings.Join(s.Skills, "\n")))
		missing := func(word string) bool { return !strings.Contains(text, word) }
		if (q.Issuer == "" || q.Issuer == s.Issuer) && (q.Skill == "" || slices.Contains(s.Skills, q.Skill)) &&
			(q.State == "" || q.State == string(e.Verdict)) && !slices.ContainsFunc(strings.Fields(strings.ToLower(q.Text)), missing) {
			matching = append(matching, e)
		}
	}
	slices.SortFunc(matching, func(a, b *wallet.Entry) int {
		var by int
		switch q.Sort {
		case "title":
			by = cmp.Compare(strings.ToLower(a.Summary.Title), strings.ToLower(b.Summary.Title))
		case "issuer":
			by = cmp.Compare(strings.ToLower(a.Summary.Issuer), strings.ToLower(b.Summary.Issuer))
		case "awarded":
			by = b.Summary.AwardedAt.Compare(a.Summary.AwardedAt)
		}
		return cmp.Or(by, b.AddedAt.Compare(a.AddedAt), cmp.Compare(a.ID, b.ID))
	})
	l.Total = len(matching)
	if i := slices.IndexFunc(matching, func(e *wallet.Entry) bool { return e.ID == q.After }); i >= 0 {
		matching = matching[i+1:]
	}
	limit := cmp.Or(q.Limit, 60)
	if len(matching) > limit {
		matching = matching[:limit]
		l.Next = matching[limit-1].ID
	}
	for _, e := range matching {
		s := e.Summary
		l.Entries = append(l.Entries, &wallet.Listed{ID: e.ID, Title: s.Title, Issuer: s.Issuer, Domain: s.Domain, Skills: s.Skills,
			AwardedAt: s.AwardedAt, ValidUntil: s.ValidUntil, AddedAt: e.AddedAt, Verdict: e.Verdict, Picture: s.Image != "", Sample: s.Sample, Mine: e.Mine != ""})
	}
	fold := func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
	}
	l.Issuers, l.Skills = slices.SortedFunc(maps.Keys(issuers), fold), slices.SortedFunc(maps.Keys(skills), fold)
	l.States = slices.Sorted(maps.Keys(states))
	return l
}

// sameLists compares the lists of the wallets with the entries in the store.
func sameLists(t *testing.T, what string, r *rand.Rand, a storage.AccountID, wallets ...*wallet.Wallet) {
	t.Helper()
	all, err := wallet.AllEntries(t.Context(), wallets[0], a)
	if err != nil {
		t.Fatal(err)
	}
	some := func(words ...string) string { return words[r.IntN(len(words))] }
	queries := []wallet.Query{{}, {Limit: 5000, Sort: "title"}, {Limit: 5000, Text: "note"}}
	for range 3 {
		q := wallet.Query{Sort: some("", "added", "awarded", "title", "issuer", "nothing"),
			Text: some("", "", "AGAIN 1", "baker again", "note 3", "sourdough", "nobody")}
		q.Issuer, q.State, q.Skill = some("", "", "", "Issuer 2", "issuer 2"), some("", "", "valid", "revoked"), some("", "", "", "Sourdough", "Skill 1")
		if q.Limit = r.IntN(30); r.IntN(2) == 0 {
			q.After = all[r.IntN(len(all))].ID
		}
		queries = append(queries, q)
	}
	for i, w := range wallets {
		for _, q := range queries {
			got, err := w.Entries(t.Context(), a, q)
			if err != nil {
				t.Fatalf("%s: %+v: %v", what, q, err)
			}
			if d := gocmp.Diff(naiveListing(all, q), got, cmpopts.IgnoreUnexported(wallet.Listed{}), cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("after %s, process %d returns a wrong list for %+v (-want +got):\n%.3000s", what, i, q, d)
			}
		}
	}
}

// TestListsAreNeverStale lists badges in two processes on one store while
// either changes them, and compares each list with the store.
func TestListsAreNeverStale(t *testing.T) {
	t.Parallel()
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		neverStale(t, wallettest.New(t, wallettest.Options{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		store, err := postgres.Open(t.Context(), pgtest.Start(t).Database(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { store.Close() })
		neverStale(t, wallettest.New(t, wallettest.Options{Store: store}))
	})
}

func neverStale(t *testing.T, e *wallettest.Env) {
	e.Clock.Advance(time.Hour)
	a, other := e.Learner(t, "Alma").ID, e.Learner(t, "Bela").ID
	i := issuer(t, e)
	badge := func(n int) inspect.Input {
		return text(i.Issue(t, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", n)),
			vctest.With("credentialSubject.achievement.name", fmt.Sprint("Baker ", n)),
			vctest.With("credentialSubject.achievement.tag", []any{"Sourdough", fmt.Sprint("Skill ", n%3)})))
	}
	kept(t, e, other, badge(0))
	one := kept(t, e, a, badge(1))[0]
	comes := kept(t, e, a, badge(2))[0] // removed and restored below
	r := rand.New(rand.NewPCG(1, 2))
	multiply := func(w *wallet.Wallet, more int) {
		t.Helper()
		if err := wallet.Multiply(t.Context(), w, a, one.ID, more, func(b *wallet.Entry, _ int) {
			b.AddedAt, b.Summary.AwardedAt = b.AddedAt.Add(-time.Duration(r.IntN(9))*time.Second), b.Summary.AwardedAt.Add(time.Duration(r.IntN(9))*time.Second)
			b.Summary.Issuer = fmt.Sprint([]string{"Issuer ", "issuer "}[r.IntN(2)], r.IntN(4))
			b.Verdict = []vc.Verdict{vc.Valid, vc.Revoked, vc.Undetermined}[r.IntN(3)]
			b.Mine = []string{"", "me"}[r.IntN(2)]
		}); err != nil {
			t.Fatal(err)
		}
	}
	multiply(e.Wallet, 70)
	wallets := []*wallet.Wallet{e.Wallet, anotherProcess(t, e, 0)}
	sameLists(t, "the beginning", r, a, wallets...)
	steps := []struct {
		what string
		do   func(w *wallet.Wallet, id string, n int) error
	}{
		{"a note", func(w *wallet.Wallet, id string, n int) error {
			return w.SetNote(t.Context(), a, id, fmt.Sprint("Note ", n))
		}},
		{"a removal", func(w *wallet.Wallet, id string, _ int) error {
			if id == one.ID || id == comes.ID {
				return nil
			}
			return w.Remove(t.Context(), a, id)
		}},
		{"more badges", func(w *wallet.Wallet, _ string, n int) error { multiply(w, 1+n%3); return nil }},
		{"an import", func(_ *wallet.Wallet, _ string, n int) error { kept(t, e, a, badge(100+n)); return nil }},
		{"a check", func(w *wallet.Wallet, id string, _ int) error { _, err := w.Recheck(t.Context(), a, id); return err }},
		{"a new name", func(w *wallet.Wallet, _ string, n int) error { return w.Rename(t.Context(), a, fmt.Sprint("Alma ", n)) }},
		{"some time", func(_ *wallet.Wallet, _ string, n int) error {
			e.Clock.Advance(time.Duration(n%5) * time.Minute)
			return nil
		}},
		{"a change of another account", func(w *wallet.Wallet, _ string, n int) error { kept(t, e, other, badge(200+n)); return nil }},
		{"a restart", func(_ *wallet.Wallet, _ string, _ int) error { wallets[1] = anotherProcess(t, e, 0); return nil }},
		{"a restore", func(w *wallet.Wallet, _ string, n int) error {
			// The badge comes back under its id, with a note that the other process has not
			// seen.
			if err := w.SetNote(t.Context(), a, comes.ID, fmt.Sprint("note ", n)); err != nil {
				return err
			}
			archive := archived(t, e, a)
			if err := w.Remove(t.Context(), a, comes.ID); err != nil {
				return err
			}
			back := kept(t, e, a, inspect.Input{Name: "archive.zip", Bytes: archive})
			if len(back) != 1 || back[0].ID != comes.ID {
				t.Errorf("%d badges were restored", len(back))
			}
			return nil
		}},
	}
	// Each step once, then steps at random, without the slow restore.
	for n := range 20 {
		step := steps[n%len(steps)]
		if n >= len(steps) {
			step = steps[r.IntN(len(steps)-1)]
		}
		all, err := wallet.AllEntries(t.Context(), e.Wallet, a)
		if err == nil {
			err = step.do(wallets[r.IntN(2)], all[r.IntN(len(all))].ID, n)
		}
		if err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		sameLists(t, step.what, r, a, wallets[r.IntN(2):]...)
	}
	to, err := e.Sealer.Accept([]byte("another master key of 32 bytes--"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Rotate(t.Context(), e.Config.Store, e.Sealer, e.Keys, to, func(int) {}); err != nil {
		t.Fatal(err)
	}
	sameLists(t, "a change of the master key", r, a, wallets...)
	sameLists(t, "all that", r, other, wallets...)
}

// TestListsTogether lists badges concurrently while they change.
func TestListsTogether(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	one := kept(t, e, a, text(issuer(t, e).Issue(t)))[0]
	if err := wallet.Multiply(t.Context(), e.Wallet, a, one.ID, 69, func(*wallet.Entry, int) {}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 4 {
				note := fmt.Sprint("from ", g, " the ", n)
				if err := e.SetNote(t.Context(), a, one.ID, note); err != nil {
					t.Error(err)
				}
				for _, q := range []wallet.Query{{}, {Sort: "title"}, {Sort: "issuer", Text: "again"}} {
					if l, err := e.Entries(t.Context(), a, q); err != nil || l.All != 70 || len(l.Entries) != 60 {
						t.Errorf("%+v: %+v, %v", q, l, err)
					}
				}
			}
		})
	}
	wg.Wait()
	sameLists(t, "all that", rand.New(rand.NewPCG(1, 2)), a, e.Wallet)
}

// A readCount counts the entries that are read from a store.
type readCount struct {
	storage.Store
	entries atomic.Int64
}

func (s *readCount) View(ctx context.Context, fn func(storage.Tx) error) error {
	return s.Store.View(ctx, func(tx storage.Tx) error { return fn(&countedTx{tx, s}) })
}

type countedTx struct {
	storage.Tx
	in *readCount
}

func (c *countedTx) Get(k storage.Key) (*storage.Record, error) {
	if k.Kind == storage.KindEntry {
		c.in.entries.Add(1)
	}
	return c.Tx.Get(k)
}

func (c *countedTx) List(a storage.AccountID, kind storage.Kind, after string, limit int) ([]*storage.Record, error) {
	list, err := c.Tx.List(a, kind, after, limit)
	if kind == storage.KindEntry {
		c.in.entries.Add(int64(len(list)))
	}
	return list, err
}

// TestListsReadOnlyChanges asserts that a repeated list reads only the changed
// entries, and that the cache drops it after a while.
func TestListsReadOnlyChanges(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	one := kept(t, e, a, text(issuer(t, e).Issue(t)))[0]
	store := &readCount{Store: e.Store}
	cfg := e.Config
	cfg.Store = store
	w, err := wallet.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	reads := func(what string, want int64) {
		t.Helper()
		store.entries.Store(0)
		for _, q := range []wallet.Query{{Sort: "title"}, {Text: "baker"}, {Limit: 5000}} {
			if _, err := w.Entries(t.Context(), a, q); err != nil {
				t.Fatal(err)
			}
		}
		if got := store.entries.Load(); got != want {
			t.Errorf("%s: %d entries are read, want %d", what, got, want)
		}
	}
	add := func(more int) {
		t.Helper()
		if err := wallet.Multiply(t.Context(), e.Wallet, a, one.ID, more, func(*wallet.Entry, int) {}); err != nil {
			t.Fatal(err)
		}
	}
	add(59)
	reads("one page", 3*60)
	add(1)
	reads("more than one page", 61)
	reads("the same list again", 0)
	note := func(note string) {
		t.Helper()
		if err := e.SetNote(t.Context(), a, one.ID, note); err != nil {
			t.Fatal(err)
		}
	}
	note("noted")
	reads("one changed entry", 1)
	add(400)
	reads("four hundred more", 400)
	add(401)
	reads("too many changes to read one by one", 862)
	e.Clock.Advance(9 * time.Minute)
	note("and again")
	reads("another changed entry", 1)
	e.Clock.Advance(time.Minute)
	reads("ten minutes after a full read", 862+400+200) // changes until the limit is reached, then all
	if e.Clock.Advance(10 * time.Minute); !wallet.Remembers(w, a) {
		t.Fatal("the list is not cached: the next step proves nothing")
	}
	if _, err := w.RunDue(t.Context(), 1); err != nil || wallet.Remembers(w, a) {
		t.Errorf("the expired list is still cached, %v", err)
	}
	if _, err := w.Entries(t.Context(), a, wallet.Query{}); err != nil || !wallet.Remembers(w, a) {
		t.Fatal("the list is not cached: the next step proves nothing", err)
	}
	if err := w.DeleteAccount(t.Context(), a, "Alma"); err != nil || wallet.Remembers(w, a) {
		t.Errorf("the list of a deleted account is cached, %v", err)
	}
}

// TestEntriesOf asserts that EntriesOf returns the same entries as a list of
// all badges, restricted to the ids.
func TestEntriesOf(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	for n := range 4 {
		kept(t, e, a, e.Samples[n])
	}
	all, err := e.Entries(t.Context(), a, wallet.Query{})
	if err != nil || len(all.Entries) != 4 {
		t.Fatalf("%d entries: %v", len(all.Entries), err)
	}
	want := []*wallet.Listed{all.Entries[1], all.Entries[3]}
	got, err := e.EntriesOf(t.Context(), a, []string{all.Entries[3].ID, "nowhere", all.Entries[1].ID})
	if diff := gocmp.Diff(want, got, cmpopts.IgnoreUnexported(wallet.Listed{})); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}
