package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// TestThreat31WorkWaitsForRoom asserts that, with a full disk, no request is
// made if its result could not be stored, expired records are still removed,
// and the jobs run when there is room again.
func TestThreat31WorkWaitsForRoom(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{File: bolt.Limits{MaxSize: 8 << 20}})
	a := e.Learner(t, "Robin Example")
	if _, err := e.AddSamples(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	n := 0
	stuff := func(size int) error {
		rec := &storage.Record{Key: storage.Key{Kind: "stuffing", ID: fmt.Sprint(n)}, Data: make([]byte, size)}
		err := e.Store.Update(t.Context(), func(tx storage.Tx) error { return tx.Create(rec) })
		if err == nil {
			n++
		}
		return err
	}
	var err error
	for err == nil {
		err = stuff(10_000)
	}
	if !errors.Is(err, storage.ErrFull) {
		t.Fatal(err)
	}
	for range 100 { // small changes still fit, so deleting the session frees too little room
		if err := stuff(800); err != nil {
			t.Fatal(err)
		}
	}
	e.Clock.Advance(8 * 24 * time.Hour) // the session expires, and badge checks are due
	asked := len(e.Web.Visits())
	ctx, cancel := context.WithCancel(t.Context())
	tick, done := make(chan time.Time), make(chan struct{})
	go func() { defer close(done); e.Run(ctx, tick) }()
	for range 12 { // a worker that takes a tick has looked for jobs before
		tick <- time.Time{}
	}
	cancel()
	<-done
	if got := len(e.Web.Visits()); got != asked {
		t.Errorf("%d requests", got-asked)
	}
	if log := e.Logs.String(); strings.Count(log, "background work waits") != 1 || strings.Contains(log, `msg="background work"`) {
		t.Errorf("logged:\n%s", log)
	}
	if _, err := e.Authenticate(t.Context(), a.Token); err == nil || hasSession(t, e, a) {
		t.Errorf("the session was not removed: %v", err)
	}
	for i := range n {
		key := storage.Key{Kind: "stuffing", ID: fmt.Sprint(i)}
		if err := e.Store.Update(t.Context(), func(tx storage.Tx) error { return tx.Delete(key) }); err != nil {
			t.Fatal(err)
		}
	}
	if did, err := e.RunDue(t.Context(), 500); err != nil || did == 0 || e.Full() {
		t.Errorf("with room, did %d: %v", did, err)
	}
}

// hasSession reports whether the store still has sessions of the learner.
func hasSession(t *testing.T, e *wallettest.Env, a *wallettest.Learner) bool {
	t.Helper()
	n := 0
	err := e.Store.View(t.Context(), func(tx storage.Tx) (err error) {
		n, _, err = tx.Count(a.ID, storage.KindSession)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}
