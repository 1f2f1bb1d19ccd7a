package wallet_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

const shelfName = "*/* https://issuer.example/status/7"

type asking func(context.Context) (*vc.Resource, time.Time, error)

// newShelf makes a Shelf without pauses.
func newShelf(e *wallettest.Env) *wallet.Shelf {
	return &wallet.Shelf{Store: e.Store, Sealer: e.Sealer, Now: e.Clock.Now,
		After: func(time.Duration) <-chan time.Time { return time.After(0) }}
}

// answer returns a fetch function that counts its calls; its response is fresh
// for an hour.
func answer(e *wallettest.Env, body string, asked *atomic.Int64) asking {
	return func(context.Context) (*vc.Resource, time.Time, error) {
		asked.Add(1)
		now := e.Clock.Now()
		return &vc.Resource{URL: "https://issuer.example/status/7", Status: 200, Body: []byte(body), ETag: `"x"`, FetchedAt: now}, now.Add(time.Hour), nil
	}
}

// TestShelfAsksOnce asserts that concurrent processes that want the same
// resource cause one request.
func TestShelfAsksOnce(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	var asked atomic.Int64
	var wg sync.WaitGroup
	first, answered := make(chan time.Time), sync.Once{} // waiters look again once the first has its answer
	for range 3 {
		s := newShelf(e)
		s.After = func(time.Duration) <-chan time.Time { return first }
		for range 10 {
			wg.Go(func() {
				defer answered.Do(func() { close(first) })
				res, until, err := s.Once(t.Context(), shelfName, false, answer(e, "the list", &asked))
				if err != nil || string(res.Body) != "the list" || res.ETag != `"x"` || !until.Equal(e.Clock.Now().Add(time.Hour)) {
					t.Errorf("%+v, %v, %v", res, until, err)
				}
			})
		}
	}
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestShelf(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	want := func(what string, fresh bool, ask asking, body string) {
		t.Helper()
		res, _, err := newShelf(e).Once(t.Context(), shelfName, fresh, ask)
		if err != nil || string(res.Body) != body {
			t.Errorf("%s: %+v, %v", what, res, err)
		}
	}
	var asked atomic.Int64
	fails := errors.New("silent")
	if _, _, err := newShelf(e).Once(t.Context(), shelfName, false, func(context.Context) (*vc.Resource, time.Time, error) {
		return nil, time.Time{}, fails
	}); !errors.Is(err, fails) {
		t.Errorf("got %v", err)
	}
	want("after a failure", false, answer(e, "one", &asked), "one")
	want("kept", false, answer(e, "two", &asked), "one")
	e.Reopen(t)
	want("after a restart", false, answer(e, "two", &asked), "one")
	file, err := os.ReadFile(e.Path)
	if err != nil || bytes.Contains(file, []byte("issuer.example")) {
		t.Errorf("the address is in the data file: %v", err)
	}
	want("fresh", true, answer(e, "three", &asked), "three")
	want("kept anew", false, answer(e, "four", &asked), "three")
	e.Clock.Advance(time.Hour)
	want("expired", false, answer(e, "five", &asked), "five")
	e.Clock.Advance(2 * time.Hour)
	if _, err := e.RunDue(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if n, _ := counted(t, e, storage.KindShelf); n != 0 {
		t.Errorf("%d expired answers are stored", n)
	}
	want("not cacheable", false, func(context.Context) (*vc.Resource, time.Time, error) {
		return &vc.Resource{Body: []byte("six")}, time.Time{}, nil
	}, "six")
	large := string(make([]byte, 5<<20))
	want("too large to store", false, answer(e, large, &asked), large)
	want("not stored", false, answer(e, "seven", &asked), "seven")
	if n := asked.Load(); n != 5 {
		t.Errorf("%d requests", n)
	}
}

// TestShelfLostLease asserts that a request does not wait for a crashed process
// or a failed store.
func TestShelfLostLease(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	leased, end := make(chan struct{}), make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		_, _, _ = newShelf(e).Once(t.Context(), shelfName, false, func(context.Context) (*vc.Resource, time.Time, error) {
			close(leased)
			<-end
			return nil, time.Time{}, errors.New("never came")
		})
	})
	<-leased
	var asked atomic.Int64
	if res, _, err := newShelf(e).Once(t.Context(), shelfName, false, answer(e, "one", &asked)); err != nil || string(res.Body) != "one" {
		t.Errorf("%+v, %v", res, err)
	}
	close(end)
	first.Wait()
	if res, _, err := newShelf(e).Once(t.Context(), shelfName, false, answer(e, "two", &asked)); err != nil || string(res.Body) != "one" {
		t.Errorf("the late process removed the answer: %+v, %v", res, err)
	}
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if res, _, err := newShelf(e).Once(t.Context(), shelfName, false, answer(e, "three", &asked)); err != nil || string(res.Body) != "three" {
		t.Errorf("without a store: %+v, %v", res, err)
	}
}
