package edge

import (
	"context"
	"testing"
	"time"

	"backpack/wallet/wallettest"
)

// limiters returns the limiters of three processes on one store.
func limiters(t *testing.T, e *wallettest.Env, perMinute int, exact bool) []*Limiter {
	t.Helper()
	var out []*Limiter
	for range 3 {
		l, err := NewLimiter("test", perMinute, exact, e.Draw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	return out
}

// TestLimitTogether asks three processes in turn. Together they allow the rate, exact ones
// to the request.
func TestLimitTogether(t *testing.T) {
	for name, x := range map[string]struct {
		exact       bool
		least, most int
	}{"exact": {true, 60, 60}, "coarse": {false, 60 - 3*5, 60}} {
		t.Run(name, func(t *testing.T) {
			e := wallettest.New(t, wallettest.Options{})
			ls := limiters(t, e, 60, x.exact)
			allowed := func(n int) (sum int) {
				for i := range n {
					ok, err := ls[i%3].allow(t.Context(), "somebody", e.Clock.Now())
					if err != nil {
						t.Fatal(err)
					}
					if ok {
						sum++
					}
				}
				return sum
			}
			if n := allowed(200); n < x.least || n > x.most {
				t.Errorf("%d of 200 were allowed", n)
			}
			if n := allowed(50); n != 0 {
				t.Errorf("%d more were allowed", n)
			}
			if ok, err := ls[0].allow(t.Context(), "somebody else", e.Clock.Now()); !ok || err != nil {
				t.Errorf("somebody else: %v, %v", ok, err)
			}
			e.Clock.Advance(10 * time.Second)
			if n := allowed(50); n != 10 {
				t.Errorf("%d were allowed after ten seconds", n)
			}
		})
	}
}

// TestLimitCosts counts the draws: few for the allowed requests, and hardly any for the
// refused ones.
func TestLimitCosts(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := limiters(t, e, 240, false)[0]
	drawn := 0
	draw := l.draw
	l.draw = func(ctx context.Context, whose string, perMinute, n int) (int, time.Time, error) {
		drawn++
		return draw(ctx, whose, perMinute, n)
	}
	for range 1000 {
		if _, err := l.allow(t.Context(), "somebody", e.Clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if want := slicesPerMinute + 1; drawn != want {
		t.Errorf("%d draws, want %d", drawn, want)
	}
}

// TestLimitWithoutStore checks that without the store an exact limiter refuses, and that
// any other counts for its process.
func TestLimitWithoutStore(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	exact, coarse := limiters(t, e, 30, true)[0], limiters(t, e, 30, false)[0]
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if ok, err := exact.allow(t.Context(), "somebody", e.Clock.Now()); ok || err == nil {
		t.Errorf("sign-in: %v, %v", ok, err)
	}
	n := 0
	for range 50 {
		ok, err := coarse.allow(t.Context(), "somebody", e.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			n++
		}
	}
	if n != 30 {
		t.Errorf("%d pages", n)
	}
}
