package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/inspect"
	"backpack/wallet/keyring"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/wallettest"
)

// anotherProcess returns a wallet of another process on the same store, with a
// clock that is ahead by the given duration.
func anotherProcess(t *testing.T, e *wallettest.Env, ahead time.Duration) *wallet.Wallet {
	t.Helper()
	cfg := e.Config
	cfg.Now = func() time.Time { return e.Clock.Now().Add(ahead) }
	w, err := wallet.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestStartTogether starts processes at the same moment on an empty store: they
// form one service.
func TestStartTogether(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	store, err := bolt.Open(filepath.Join(t.TempDir(), "empty.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	cfg := e.Config
	cfg.Store = &startGate{Store: store, left: 5, all: make(chan struct{})}
	if cfg.Keys, err = keyring.New(keyring.Config{Store: store, Sealer: e.Sealer, Rand: e.Config.Rand}); err != nil {
		t.Fatal(err)
	}
	services := make([]string, 5)
	var wg sync.WaitGroup
	for i := range services {
		wg.Go(func() {
			cfg := cfg
			var err error
			if cfg.Sealer, err = vault.NewSealer(e.Master, e.Config.Rand); err != nil {
				t.Error(err)
				return
			}
			w, err := wallet.New(t.Context(), cfg)
			if err != nil {
				t.Error(err)
				return
			}
			services[i] = w.ServiceDID() + cfg.Sealer.Secret("of all")
		})
	}
	wg.Wait()
	for _, s := range services {
		if s != services[0] || s == "" {
			t.Errorf("several service identities: %v", services)
		}
	}
}

// startGate is a store that lets its first views end at the same moment.
type startGate struct {
	storage.Store
	mu   sync.Mutex
	left int
	all  chan struct{}
}

func (s *startGate) View(ctx context.Context, fn func(storage.Tx) error) error {
	err := s.Store.View(ctx, fn)
	s.mu.Lock()
	if s.left--; s.left == 0 {
		close(s.all)
	}
	s.mu.Unlock()
	<-s.all
	return err
}

// TestThreat32ClocksApart runs two processes with clocks a day apart. Both may
// take up the same job, at the cost of one extra check, but only the holder of
// the lease stores the result, once.
func TestThreat32ClocksApart(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := webIssuer(t)
	var badges []inspect.Input
	for n := range 20 {
		badges = append(badges, text(i.Issue(t, vctest.With("name", fmt.Sprint("Baker ", n)))))
	}
	reached, gate := make(chan struct{}), make(chan struct{})
	var asked atomic.Int64
	document, _ := i.Web.Fetch(t.Context(), vc.FetchRequest{URL: webDoc})
	e.Web.Answer(webDoc, func(vc.FetchRequest) (*vc.Resource, error) {
		if asked.Add(1) == 1 {
			close(reached)
			<-gate
		}
		res := *document
		res.FetchedAt = e.Clock.Now()
		return &res, nil
	})
	id, err := e.StartImport(t.Context(), a, badges)
	if err != nil {
		t.Fatal(err)
	}
	slow := make(chan error, 1)
	go func() { slow <- e.WorkImport(t.Context(), a, id) }()
	<-reached // it holds the lease and blocks
	fast := anotherProcess(t, e, 24*time.Hour)
	if _, err := fast.RunDue(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	after, err := fast.Import(t.Context(), a, id)
	if err != nil || !after.Finished || after.Done != len(badges) {
		t.Fatalf("the process with the clock ahead did not finish: %+v, %v", after, err)
	}
	close(gate)
	if err := <-slow; err != nil {
		t.Errorf("the process that lost its lease: %v", err)
	}
	if n, err := e.Keep(t.Context(), a, id, all(after)); err != nil || len(n) != len(badges) {
		t.Errorf("%d of %d were kept: %v", len(n), len(badges), err)
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}

func all(i *wallet.Import) (list []int) {
	for _, it := range i.Items {
		list = append(list, it.N)
	}
	return list
}

// TestThreat32ClockJumps asserts that a clock that jumps ends nothing early
// except what has expired by that clock, and restarts nothing.
func TestThreat32ClockJumps(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, "Alma")
	for _, jump := range []time.Duration{-24 * time.Hour, 5 * time.Minute} {
		w := anotherProcess(t, e, jump)
		if _, err := w.Authenticate(t.Context(), l.Token); err != nil {
			t.Errorf("a session with the clock off by %v: %v", jump, err)
		}
	}
	if _, err := e.Authenticate(t.Context(), l.Token); err != nil {
		t.Errorf("after the jumps: %v", err)
	}
	ahead := anotherProcess(t, e, 13*time.Hour) // longer than the session's idle limit
	var gone *wallet.Error
	if _, err := ahead.Authenticate(t.Context(), l.Token); !errors.As(err, &gone) || gone.Kind != wallet.Forbidden {
		t.Errorf("a session that has expired by the clock: %v", err)
	}
	got, _, err := anotherProcess(t, e, time.Hour).Draw(t.Context(), "x", 60, 60)
	if err != nil || got != 60 {
		t.Fatal(got, err)
	}
	for n, want := range []int{0, 30} { // an hour behind, the budget is spent; it refills by its own clock
		if got, _, err := e.Draw(t.Context(), "x", 60, 60); err != nil || got != want {
			t.Errorf("draw %d: got %d, %v, want %d", n, got, err, want)
		}
		e.Clock.Advance(30 * time.Second)
	}
}

// cancelling is a store that cancels a context as its n-th change begins.
type cancelling struct {
	storage.Store
	n   int
	cut context.CancelFunc
}

func (s *cancelling) Update(ctx context.Context, fn func(storage.Tx) error) error {
	if s.n--; s.n == 0 {
		s.cut()
	}
	return s.Store.Update(ctx, fn)
}

// TestImportCutAnywhere asserts that an import resumes elsewhere within seconds
// of the end of its request, before its lease expires.
func TestImportCutAnywhere(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	badges := []inspect.Input{text(webIssuer(t).Issue(t)), text([]byte("{}"))}
	for n := 1; ; n++ {
		ctx, cut := context.WithCancel(t.Context())
		store := &cancelling{Store: e.Store, n: n, cut: cut}
		cfg := e.Config
		cfg.Store = store
		w, err := wallet.New(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		id, err := e.StartImport(t.Context(), a, badges)
		if err != nil {
			t.Fatal(err)
		}
		_ = w.WorkImport(ctx, a, id)
		e.Clock.Advance(10 * time.Second)
		if _, err := e.RunDue(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		if imp, err := e.Import(t.Context(), a, id); err != nil || !imp.Finished {
			t.Errorf("cut at change %d: %+v, %v", n, imp, err)
		}
		if err := e.DropImport(t.Context(), a, id); err != nil {
			t.Fatal(err)
		}
		if cut(); store.n > 0 {
			if n < 4 {
				t.Errorf("only %d changes", n)
			}
			return
		}
	}
}
