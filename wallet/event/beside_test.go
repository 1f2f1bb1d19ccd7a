package event_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backpack/wallet/bolt"
	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// A diary is a feature beside package wallet. It keeps notes with the packages
// for storage, vaults, jobs and events alone.
type diary struct {
	vaults *vault.Vaults
	queue  *work.Queue
	events *event.Log
	now    func() time.Time
	done   []string // notes that were handled
}

const kindNote storage.Kind = "note"

// write seals a note, schedules a job for it and records an event, in one
// transaction. It fails after all three if fail is set.
func (d *diary) write(ctx context.Context, a storage.AccountID, id, text string, fail error) error {
	return d.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		return errors.Join(
			v.Create(tx, kindNote, id, text),
			d.queue.Schedule(tx, a, "note/"+id, d.now()),
			d.events.Record(tx, v, event.Event{Code: "note_written", Text: id}),
			fail)
	})
}

// handle reads the note of a job and removes the job.
func (d *diary) handle(ctx context.Context, j *work.Job) error {
	return work.UnlessLost(d.vaults.Update(ctx, j.Account(), func(tx storage.Tx, v *vault.Vault) error {
		text, _, err := vault.Load[string](tx, v, kindNote, j.Name())
		if err != nil {
			return err
		}
		if _, err := d.queue.Extend(tx, j); err != nil {
			return err
		}
		d.done = append(d.done, *text)
		return j.Finish(tx)
	}))
}

func newDiary(t *testing.T, store storage.Store, logs *bytes.Buffer) *diary {
	t.Helper()
	sealer, err := vault.NewSealer(make([]byte, vault.MasterKeySize), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Update(t.Context(), sealer.Init); err != nil {
		t.Fatal(err)
	}
	if err := sealer.Adopt(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	vaults := &vault.Vaults{Store: store, Sealer: sealer, Rand: rand.Reader}
	d := &diary{vaults: vaults, now: now, events: &event.Log{Vaults: vaults, Now: now},
		queue: work.New(work.Config{Store: store, Now: now, After: func(time.Duration) <-chan time.Time { return nil },
			Log: slog.New(slog.NewTextHandler(logs, nil))})}
	d.queue.Handle("note", d.handle)
	return d
}

// TestFeatureBesideWallet shows that a feature needs nothing of package wallet to
// take part in a transaction, seal a record, schedule a job and record an event.
func TestFeatureBesideWallet(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	logs := new(bytes.Buffer)
	d := newDiary(t, store, logs)
	const alma storage.AccountID = "alma"
	if err := store.Update(t.Context(), func(tx storage.Tx) error { _, err := d.vaults.Make(tx, alma); return err }); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	if err := d.write(t.Context(), alma, "2", "nothing", refused); !errors.Is(err, refused) {
		t.Fatalf("a transaction that fails: %v", err)
	}
	if err := d.write(t.Context(), alma, "1", "a secret", nil); err != nil {
		t.Fatal(err)
	}
	if n, err := d.queue.RunDue(t.Context(), 10); err != nil || n != 1 || strings.Join(d.done, ",") != "a secret" {
		t.Errorf("%d jobs ran for %v: %v", n, d.done, err)
	}
	if n, err := d.queue.Backlog(t.Context(), 10); err != nil || n != 0 {
		t.Errorf("%d jobs are left: %v", n, err)
	}
	events, err := d.events.List(t.Context(), alma, 10)
	if err != nil || len(events) != 1 || events[0].Code != "note_written" || events[0].Text != "1" {
		t.Errorf("events %v: %v", events, err)
	}
	err = store.View(t.Context(), func(tx storage.Tx) error {
		rec, err := tx.Get(storage.Key{Account: alma, Kind: kindNote, ID: "1"})
		if err == nil && bytes.Contains(rec.Data, []byte("secret")) {
			t.Error("the note is not sealed")
		}
		return err
	})
	if err != nil || logs.Len() > 0 {
		t.Errorf("%v; logged:\n%s", err, logs)
	}
}

// TestJobsThatFail retries a failed job later, and refuses one without handler.
func TestJobsThatFail(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	logs := new(bytes.Buffer)
	d := newDiary(t, store, logs)
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return d.queue.Schedule(tx, "", "unknown/1", d.now()) }); err != nil {
		t.Fatal(err)
	}
	if n, err := d.queue.RunDue(t.Context(), 10); err != nil || n != 1 || !strings.Contains(logs.String(), "no handler") {
		t.Errorf("%d jobs ran, %v; logged:\n%s", n, err, logs)
	}
	if n, err := d.queue.RunDue(t.Context(), 10); err != nil || n != 0 {
		t.Errorf("%d jobs ran without a pause, %v", n, err)
	}
}
