package wallet_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

func TestEntries(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	if _, err := e.AddSamples(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if acc, err := e.Account(t.Context(), a); err != nil || !acc.Sample {
		t.Errorf("account %+v, %v", acc, err)
	}
	entries := list(t, e, a)
	if err := e.SetNote(t.Context(), a, entries[0].ID, "  in the red folder "); err != nil {
		t.Fatal(err)
	}
	wallettest.Refused(t, e.SetNote(t.Context(), a, entries[0].ID, strings.Repeat("a", 4001)), wallet.BadInput, "note_too_long")
	for name, tt := range map[string]struct {
		q    wallet.Query
		want int
	}{
		"all":                 {wallet.Query{}, 10},
		"word":                {wallet.Query{Text: "PHOTOGRAPHS"}, 1},
		"two words":           {wallet.Query{Text: "archive visit"}, 1},
		"words of two badges": {wallet.Query{Text: "archive bicycle"}, 0},
		"note":                {wallet.Query{Text: "red folder"}, 1},
		"skill":               {wallet.Query{Skill: "Interviewing"}, 1},
		"state":               {wallet.Query{State: "revoked"}, 1},
		"sample":              {wallet.Query{State: string(vc.Sample)}, 6},
		"issuer":              {wallet.Query{Issuer: "Sample issuer (not a real organisation)"}, 9},
		"issuer and state":    {wallet.Query{Issuer: "Sample issuer (not a real organisation)", State: "undetermined"}, 0},
		"cursor gone":         {wallet.Query{After: "nothing"}, 10},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := e.Entries(t.Context(), a, tt.q)
			if err != nil || l.Total != tt.want || len(l.Entries) != tt.want || l.All != 10 {
				t.Errorf("%d of %d, %v", l.Total, l.All, err)
			}
			if len(l.Issuers) != 2 || len(l.States) != 5 || !slices.Contains(l.Skills, "Interviewing") {
				t.Errorf("filters %v %v %v", l.Issuers, l.States, l.Skills)
			}
		})
	}
	for sort, key := range map[string]func(e *wallet.Listed) string{
		"title":   func(e *wallet.Listed) string { return strings.ToLower(e.Title) },
		"issuer":  func(e *wallet.Listed) string { return strings.ToLower(e.Issuer) },
		"awarded": func(e *wallet.Listed) string { return fmt.Sprint(9e9 - float64(e.AwardedAt.Unix())) },
		"added":   func(e *wallet.Listed) string { return fmt.Sprint(9e9-float64(e.AddedAt.Unix())) + e.ID },
	} {
		var got []string
		q := wallet.Query{Sort: sort, Limit: 3}
		for pages := 0; pages < 5; pages++ {
			l, err := e.Entries(t.Context(), a, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range l.Entries {
				got = append(got, key(entry))
			}
			if q.After = l.Next; q.After == "" {
				break
			}
		}
		if len(got) != 10 || !slices.IsSorted(got) {
			t.Errorf("%s: %v", sort, got)
		}
	}
}

// TestSummaryIsShort asserts that the summary in lists has a bounded size.
func TestSummaryIsShort(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	long := strings.Repeat("é", 100_000)
	entry := kept(t, e, a, text(issuer(t, e).Issue(t, vctest.As(vctest.JWT), vctest.With("credentialSubject.achievement.name", long),
		vctest.With("credentialSubject.achievement.description", long), vctest.With("issuer.name", long))))[0]
	s := entry.Summary
	if n := len([]rune(s.Title)); n != 251 || len(s.Description) > 5000 || len(s.Issuer) > 600 || !strings.HasSuffix(s.Title, "é…") {
		t.Errorf("title of %d characters, description of %d, issuer of %d bytes", n, len(s.Description), len(s.Issuer))
	}
	b, err := e.Badge(t.Context(), a, entry.ID)
	if err != nil || b.Document.Credential.Subject.Achievement.Name.String() != long {
		t.Errorf("the badge itself was truncated: %v", err)
	}
}

// TestRun starts the background workers: they take over an import and stop with
// the context.
func TestRun(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	done, tick := make(chan struct{}), make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { e.Run(ctx, tick); close(done) }()
	var all []string
	for range 6 {
		id, err := e.StartImport(t.Context(), a, e.Samples)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, id)
	}
	e.Clock.Advance(10 * time.Second)
	tick <- e.Clock.Now() // one runner receives the tick and wakes the others
	deadline := time.After(3 * time.Minute)
	for _, id := range all {
		for {
			imp, err := e.Import(t.Context(), a, id)
			if err != nil {
				t.Fatal(err)
			}
			if imp.Finished {
				break
			}
			select {
			case <-deadline:
				t.Fatalf("import %s is at %d of %d\n%s", id, imp.Done, imp.Total, e.Logs)
			case <-time.After(5 * time.Millisecond):
			}
		}
	}
	cancel()
	<-done
}
