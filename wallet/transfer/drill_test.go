package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"backpack/wallet/storage"
)

// TestThreat27BackupUnderLoad: during concurrent writes a backup has every write
// acknowledged before it began, no partial change, and restores into either kind of
// store.
func TestThreat27BackupUnderLoad(t *testing.T) {
	all := stores(t)
	for name, open := range all {
		t.Run(name, func(t *testing.T) {
			source := open(t)
			w := startWriters(t, source, 6)
			w.wait(t, 60)
			before := w.acknowledged()
			path, secrets := backup(t, source)
			w.wait(t, w.count()+10) // writes went on meanwhile
			w.stop()
			for kind, open := range all {
				target := open(t)
				if err := restore(t, read(t, path), secrets, target); err != nil {
					t.Fatalf("into %s: got error %v", kind, err)
				}
				if n := pairs(t, target, before); n < len(before) {
					t.Errorf("into %s: got %d pairs, want at least %d", kind, n, len(before))
				}
			}
		})
	}
}

// writers write pairs of records, one pair per change.
type writers struct {
	cancel context.CancelFunc
	over   sync.WaitGroup
	mu     sync.Mutex
	acked  []string
	more   chan struct{} // receives a value after more writes
}

func startWriters(t *testing.T, s storage.Store, n int) *writers {
	ctx, cancel := context.WithCancel(t.Context())
	w := &writers{cancel: cancel, more: make(chan struct{}, 1)}
	for a := range n {
		w.over.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%04d", a, i)
				if err := s.Update(ctx, func(tx storage.Tx) error { return createPair(tx, id) }); err != nil {
					if ctx.Err() == nil {
						t.Error(err)
					}
					return
				}
				w.ack(id)
			}
		})
	}
	t.Cleanup(w.stop)
	return w
}

func createPair(tx storage.Tx, id string) error {
	left := &storage.Record{Key: storage.Key{Account: storage.AccountID("a" + id[:1]), Kind: "left", ID: id}, Lookups: []string{id}, Data: make([]byte, 2000)}
	right := &storage.Record{Key: storage.Key{Account: storage.AccountID("z" + id[:1]), Kind: "right", ID: id}}
	return errors.Join(tx.Create(left), tx.Create(right))
}

func (w *writers) ack(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acked = append(w.acked, id)
	select {
	case w.more <- struct{}{}:
	default:
	}
}

func (w *writers) acknowledged() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.acked...)
}

func (w *writers) count() int { return len(w.acknowledged()) }

func (w *writers) wait(t *testing.T, n int) {
	t.Helper()
	for w.count() < n {
		select {
		case <-w.more:
		case <-t.Context().Done():
			t.Fatal("the writers stopped")
		}
	}
}

func (w *writers) stop() {
	w.cancel()
	w.over.Wait()
}

// pairs counts the pairs, and fails if one is incomplete or a wanted one is missing.
func pairs(t *testing.T, s storage.Store, want []string) int {
	t.Helper()
	n := 0
	err := s.View(t.Context(), func(tx storage.Tx) error {
		for _, id := range want {
			if _, err := tx.Find("left", id); err != nil {
				t.Errorf("%s was acknowledged before the backup: got error %v", id, err)
			}
		}
		halves := map[string]int{}
		for a := range 6 {
			for _, place := range []storage.Key{
				{Account: storage.AccountID(fmt.Sprint("a", a)), Kind: "left"},
				{Account: storage.AccountID(fmt.Sprint("z", a)), Kind: "right"},
			} {
				list, err := tx.List(place.Account, place.Kind, "", 1<<20)
				if err != nil {
					return err
				}
				for _, r := range list {
					halves[r.ID]++
				}
			}
		}
		for id, k := range halves {
			if n++; k != 2 {
				t.Errorf("%s is incomplete", id)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
