package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// TestImportResumed interrupts an import: finished items stay finished, and the
// background worker completes the rest.
func TestImportResumed(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	e.Web.Answer("https://issuer.example/last", func(r vc.FetchRequest) (*vc.Resource, error) {
		cancel()
		return nil, fmt.Errorf("%w: %w", vc.ErrUnreachable, ctx.Err())
	})
	in := []inspect.Input{}
	for n := range 20 {
		in = append(in, text(i.Issue(t, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", n)))))
	}
	in = append(in, link("https://issuer.example/last"))
	id, err := e.StartImport(t.Context(), a, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.WorkImport(ctx, a, id); err != nil {
		t.Fatalf("interrupted: %v", err)
	}
	imp, err := e.Import(t.Context(), a, id)
	if err != nil || imp.Finished || imp.Done == 0 || imp.Items[20].Done {
		t.Fatalf("after the interruption %d of %d are done, finished: %v, %v", imp.Done, imp.Total, imp.Finished, err)
	}
	e.Web.Put("https://issuer.example/last", "application/vc", i.Issue(t))
	e.Reopen(t)
	if n, err := e.RunDue(t.Context(), 10); err != nil || n != 1 {
		t.Fatalf("ran %d, %v", n, err)
	}
	imp, err = e.Import(t.Context(), a, id)
	if err != nil || !imp.Finished || imp.Done != 21 || imp.Items[20].Entry == nil {
		t.Errorf("at the end %+v, %v", imp, err)
	}
}

// TestImportByRequest asserts that no worker takes an import from a waiting
// request, and that a worker takes one without a request.
func TestImportByRequest(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	begin := func(in string) string {
		id, err := e.StartImport(t.Context(), a, []inspect.Input{text([]byte(in))})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := e.RunDue(t.Context(), 10); err != nil || n != 0 {
			t.Fatalf("%d taken immediately, %v", n, err)
		}
		return id
	}
	finished := func(id string) bool {
		imp, err := e.Import(t.Context(), a, id)
		return err == nil && imp.Finished
	}
	own := begin("{}")
	if err := e.WorkImport(t.Context(), a, own); err != nil || !finished(own) {
		t.Error("not finished by its own request", err)
	}
	left := begin("{}")
	e.Clock.Advance(10 * time.Second)
	if n, err := e.RunDue(t.Context(), 10); err != nil || n != 1 || !finished(left) {
		t.Errorf("not finished by a worker: %d, %v", n, err)
	}
}

func TestTwoWorkers(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	var in []inspect.Input
	for n := range 100 {
		in = append(in, text(i.Issue(t, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", n)))))
	}
	id, err := e.StartImport(t.Context(), a, in)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for n := range 6 {
		wg.Go(func() {
			if n%2 == 0 {
				if err := e.WorkImport(t.Context(), a, id); err != nil {
					t.Error(err)
				}
			} else if _, err := e.RunDue(t.Context(), 10); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	imp, err := e.Import(t.Context(), a, id)
	if err != nil || !imp.Finished || imp.Total != 100 || len(imp.Items) != 100 {
		t.Fatalf("%d items of %d, %v", len(imp.Items), imp.Total, err)
	}
	total := 0
	var mu sync.Mutex
	for range 4 { // a button pressed four times
		wg.Go(func() {
			got, err := e.Keep(t.Context(), a, id, numbers(imp))
			var we *wallet.Error
			if err != nil && (!errors.As(err, &we) || we.Kind != wallet.Missing) {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			total += len(got)
		})
	}
	wg.Wait()
	if n := len(list(t, e, a)); n != 100 || total != 100 {
		t.Errorf("%d badges in the backpack, %d reported as kept", n, total)
	}
	if strings.Contains(e.Logs.String(), "ERROR") {
		t.Errorf("logged:\n%s", e.Logs)
	}
}

// TestImportStalled imports badges with servers that never answer: the import
// finishes without them, and a badge with a stalled issuer is undetermined.
func TestImportStalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := wallettest.New(t, wallettest.Options{})
		a := e.Learner(t, "Alma").ID
		i := issuer(t, e)
		badge := i.Issue(t, vctest.Status("1EdTechRevocationList", "", false))
		e.Web.Stall("https://issuer.example/revocations")
		e.Web.Stall("https://slow.example/badge")
		begin := time.Now()
		imp := imported(t, e, a, text(badge), link("https://slow.example/badge"))
		if took := time.Since(begin); took > 2*time.Minute {
			t.Errorf("took %v", took)
		}
		if it := imp.Items[0]; it.Entry == nil || it.Entry.Verdict != vc.Undetermined {
			t.Errorf("item %+v", it)
		}
		if it := imp.Items[1]; it.Problem != "unreachable" {
			t.Errorf("item %+v", it)
		}
		entries, err := e.Keep(t.Context(), a, imp.ID, []int{1})
		if err != nil {
			t.Fatal(err)
		}
		s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entries[0].ID}})
		if err != nil {
			t.Fatal(err)
		}
		begin = time.Now()
		if v, err := e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{}); err != nil || v.Items[0].Verdict != vc.Undetermined {
			t.Errorf("view %+v, %v", v, err)
		}
		if took := time.Since(begin); took > 15*time.Second {
			t.Errorf("a viewer waited %v", took)
		}
	})
}
