package wallet_test

import (
	"sync"
	"testing"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

func TestDraw(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	draw := func(whose string, n, want int) time.Time {
		t.Helper()
		got, again, err := e.Draw(t.Context(), whose, 30, n)
		if err != nil || got != want {
			t.Errorf("%s: got %d of %d, want %d: %v", whose, got, n, want, err)
		}
		return again
	}
	draw("a", 20, 20)
	draw("a", 20, 10)
	if again := draw("a", 1, 0); again.Sub(e.Clock.Now()) != 2*time.Second {
		t.Errorf("the next is available after %v", again.Sub(e.Clock.Now()))
	}
	draw("b", 1, 1)
	e.Clock.Advance(2 * time.Second)
	draw("a", 5, 1)
	e.Clock.Advance(10 * time.Second)
	draw("a", 50, 5)
	e.Clock.Advance(time.Hour)
	draw("a", 50, 30)
	if n, _ := counted(t, e, storage.KindBudget); n != 2 {
		t.Errorf("%d budgets are stored", n)
	}
	e.Clock.Advance(2 * time.Minute)
	if _, err := e.RunDue(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if n, _ := counted(t, e, storage.KindBudget); n != 0 {
		t.Errorf("%d full budgets are stored", n)
	}
}

// TestDrawTogether asserts that concurrent draws never exceed the budget.
func TestDrawTogether(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	var mu sync.Mutex
	var wg sync.WaitGroup
	sum := 0
	for i := range 40 {
		wg.Go(func() {
			got, _, err := e.Draw(t.Context(), "a", 60, 1+i%3)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			sum += got
		})
	}
	wg.Wait()
	if sum != 60 {
		t.Errorf("%d units were drawn", sum)
	}
}

// counted returns the number and the size of the records of a kind that belong
// to no account.
func counted(t *testing.T, e *wallettest.Env, kind storage.Kind) (n int, bytes int64) {
	t.Helper()
	err := e.Store.View(t.Context(), func(tx storage.Tx) (err error) {
		n, bytes, err = tx.Count("", kind)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, bytes
}
