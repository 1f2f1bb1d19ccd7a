package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// leaseTime is how long a job belongs to who claimed it. Long work extends it.
const leaseTime = 2 * time.Minute

// A jobRecord is work owed. Its record's ID says what: "check/<entry>",
// "import/<import>"; so nothing can be owed twice. It holds nothing personal.
type jobRecord struct {
	Attempts int  `json:"attempts,omitempty"` // failures in a row
	Leased   bool `json:"leased,omitempty"`   // Due is the end of a lease
}

// A claimed job is one that nobody else works on until its lease ends.
type claimed struct {
	rec *Record
	job jobRecord
}

func (c *claimed) account() AccountID { return c.rec.Account }

// kind and name are the two parts of the job's id.
func (c *claimed) kind() string { k, _, _ := strings.Cut(c.rec.ID, "/"); return k }
func (c *claimed) name() string { _, n, _ := strings.Cut(c.rec.ID, "/"); return n }

// owe makes work due at a time, or moves it there when it is owed already.
func (w *Wallet) owe(tx Tx, a AccountID, id string, due time.Time) error {
	key := Key{a, KindJob, id}
	rec, err := tx.Get(key)
	if errors.Is(err, ErrNotFound) {
		return tx.Create(&Record{Key: key, Due: due, Data: []byte("{}")})
	}
	if err != nil {
		return err
	}
	rec.Due, rec.Data = due, []byte("{}")
	return tx.Update(rec)
}

// claim leases the job, or returns nil when it is leased to another, not owed
// or not due.
func (w *Wallet) claim(ctx context.Context, a AccountID, id string) (*claimed, error) {
	var c *claimed
	err := w.Store.Update(ctx, func(tx Tx) error {
		c = nil
		rec, err := tx.Get(Key{a, KindJob, id})
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil || rec.Due.After(w.now()) {
			return err
		}
		c, err = w.lease(tx, rec)
		return err
	})
	return c, err
}

func (w *Wallet) lease(tx Tx, rec *Record) (*claimed, error) {
	c := &claimed{rec: rec}
	if err := json.Unmarshal(rec.Data, &c.job); err != nil {
		return nil, fmt.Errorf("decode job: %w", err)
	}
	c.job.Leased = true
	return c, w.extend(tx, c)
}

// extend renews the lease; ErrConflict means that it was lost.
func (w *Wallet) extend(tx Tx, c *claimed) error {
	return w.putJob(tx, c, w.now().Add(leaseTime))
}

func (w *Wallet) putJob(tx Tx, c *claimed, due time.Time) error {
	data, err := json.Marshal(c.job)
	if err != nil {
		return err
	}
	rec := *c.rec
	rec.Due, rec.Data = due, data
	if err := tx.Update(&rec); err != nil {
		return err
	}
	// Only a commit makes this true; a lost one shows as ErrConflict next time.
	c.rec = &rec
	return nil
}

// release gives a job back, to be done again at due.
func (w *Wallet) release(ctx context.Context, c *claimed, due time.Time) error {
	c.job.Leased = false
	return w.Store.Update(ctx, func(tx Tx) error {
		err := w.putJob(tx, c, due)
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			return nil // somebody else has it, or it is no longer owed
		}
		return err
	})
}

// give releases a job after a failure, later each time, and returns the failure.
func (w *Wallet) give(ctx context.Context, c *claimed, cause error) error {
	c.job.Attempts++
	wait := min(time.Minute<<min(c.job.Attempts, 10), 12*time.Hour)
	return errors.Join(cause, w.release(context.WithoutCancel(ctx), c, w.now().Add(wait)))
}

// RunDue does up to limit pieces of work that are due, and returns how many.
// A failed one is logged and tried again later.
func (w *Wallet) RunDue(ctx context.Context, limit int) (int, error) {
	if err := w.purge(ctx, limit); err != nil {
		return 0, err
	}
	var jobs []*claimed
	err := w.Store.Update(ctx, func(tx Tx) error {
		jobs = nil
		due, err := tx.Due(KindJob, w.now(), limit)
		if err != nil {
			return err
		}
		for _, rec := range due {
			c, err := w.lease(tx, rec)
			if err != nil {
				return err
			}
			jobs = append(jobs, c)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("claim jobs: %w", err)
	}
	each(len(jobs), func(i int) {
		if err := w.do(ctx, jobs[i]); err != nil && ctx.Err() == nil {
			w.Log.Error("job failed", "job", jobs[i].kind(), "error", err)
		}
	})
	return len(jobs), ctx.Err()
}

func (w *Wallet) do(ctx context.Context, c *claimed) error {
	switch c.kind() {
	case "import":
		return w.workImport(ctx, c)
	case "check":
		return w.workCheck(ctx, c)
	}
	return w.give(ctx, c, fmt.Errorf("unknown job %q", c.kind()))
}

// purge removes what has run out: sessions, ceremonies, undecided imports.
func (w *Wallet) purge(ctx context.Context, limit int) error {
	return w.Store.Update(ctx, func(tx Tx) error {
		for _, kind := range []Kind{KindSession, KindChallenge, KindImport} {
			due, err := tx.Due(kind, w.now(), limit)
			if err != nil {
				return err
			}
			for _, rec := range due {
				if err := w.purgeOne(tx, rec); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (w *Wallet) purgeOne(tx Tx, rec *Record) error {
	if rec.Kind != KindImport {
		return tx.Delete(rec.Key)
	}
	v, err := w.vault(tx, rec.Account)
	if err != nil {
		return err
	}
	return dropImport(tx, v, rec.ID)
}

// wake tells Run that there is work.
func (w *Wallet) wake() {
	select {
	case w.woken <- struct{}{}:
	default: // it has been told
	}
}

// Run does the work that is due until ctx ends: when there is new work, and
// otherwise whenever tick says so.
func (w *Wallet) Run(ctx context.Context, tick <-chan time.Time) {
	for {
		n, err := w.RunDue(ctx, 2*workers)
		if err != nil && ctx.Err() == nil {
			w.Log.Error("background work", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-w.woken:
		case <-tick:
		}
	}
}
