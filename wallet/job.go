package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"backpack/wallet/storage"
)

// leaseTime is how long a job belongs to who claimed it. It is short, so that
// another process soon takes up what one that died had under way; who is still
// at it renews the lease each renewTime.
const (
	leaseTime = 30 * time.Second
	renewTime = 10 * time.Second
)

// A jobRecord is work owed. Its record's ID says what: "check/<entry>",
// "import/<import>"; so nothing can be owed twice. It holds nothing personal.
type jobRecord struct {
	Attempts int  `json:"attempts,omitempty"` // failures in a row
	Leased   bool `json:"leased,omitempty"`   // Due is the end of a lease
	Parked   bool `json:"parked,omitempty"`   // until the account is opened again
}

// A claimed job is one that nobody else works on until its lease ends.
type claimed struct {
	rec *storage.Record
	job jobRecord
}

func (c *claimed) account() storage.AccountID { return c.rec.Account }

// kind and name are the two parts of the job's id.
func (c *claimed) kind() string { k, _, _ := strings.Cut(c.rec.ID, "/"); return k }
func (c *claimed) name() string { _, n, _ := strings.Cut(c.rec.ID, "/"); return n }

// owe makes work due at a time. Work that is owed for an earlier one stays
// there; from who has it under way it is taken, since that one has not seen
// what it is owed for now.
func (w *Wallet) owe(tx storage.Tx, a storage.AccountID, id string, due time.Time) error {
	key := storage.Key{Account: a, Kind: storage.KindJob, ID: id}
	rec, err := tx.Get(key)
	if errors.Is(err, storage.ErrNotFound) {
		return tx.Create(&storage.Record{Key: key, Due: due, Data: []byte("{}")})
	}
	if err != nil {
		return err
	}
	c := &claimed{rec: rec}
	if err := c.decode(); err != nil {
		return err
	}
	if !c.job.Leased && !rec.Due.After(due) {
		return nil
	}
	rec.Due, rec.Data = due, []byte("{}")
	return tx.Update(rec)
}

// claim leases a job for who waits for it, also before it is due, and returns
// nil when it is leased to another, not owed, or to be tried again later.
func (w *Wallet) claim(ctx context.Context, a storage.AccountID, id string) (*claimed, error) {
	var c *claimed
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		c = nil
		rec, err := tx.Get(storage.Key{Account: a, Kind: storage.KindJob, ID: id})
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		owed := &claimed{rec: rec}
		if err := owed.decode(); err != nil {
			return err
		}
		if rec.Due.After(w.now()) && (owed.job.Leased || owed.job.Attempts > 0) {
			return nil
		}
		c, err = w.lease(tx, rec)
		return err
	})
	return c, err
}

func (w *Wallet) lease(tx storage.Tx, rec *storage.Record) (*claimed, error) {
	c := &claimed{rec: rec}
	if err := c.decode(); err != nil {
		return nil, err
	}
	c.job.Leased = true
	leased, err := w.extend(tx, c)
	c.rec = leased
	return c, err
}

func (c *claimed) decode() error {
	if err := json.Unmarshal(c.rec.Data, &c.job); err != nil {
		return fmt.Errorf("decode job: %w", err)
	}
	return nil
}

// extend renews the lease; ErrConflict or ErrNotFound mean that it was lost.
// The record returned is c's from when the transaction is committed, not
// before: it may be run again.
func (w *Wallet) extend(tx storage.Tx, c *claimed) (*storage.Record, error) {
	return w.putJob(tx, c, w.now().Add(leaseTime))
}

// during does what takes long and needs no transaction, and renews the job's
// lease meanwhile. Whether it was lost nevertheless, the next change shows.
func (w *Wallet) during(ctx context.Context, c *claimed, work func()) {
	done := make(chan struct{})
	mine := *c // work reads c
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-w.cfg.After(renewTime):
			case <-done:
				return
			}
			if err := w.renew(ctx, &mine); err != nil && (lost(err) == nil || ctx.Err() != nil) {
				return // else the store may answer next time
			}
		}
	})
	work()
	close(done)
	renewing.Wait()
	c.rec = mine.rec
}

func (w *Wallet) renew(ctx context.Context, c *claimed) error {
	var leased *storage.Record
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) (err error) {
		leased, err = w.extend(tx, c)
		return err
	})
	if err == nil {
		c.rec = leased
	}
	return err
}

func (w *Wallet) putJob(tx storage.Tx, c *claimed, due time.Time) (*storage.Record, error) {
	data, err := json.Marshal(c.job)
	if err != nil {
		return nil, err
	}
	rec := *c.rec
	rec.Due, rec.Data = due, data
	return &rec, tx.Update(&rec)
}

// release gives a job back, to be done again at due. That somebody else has
// it, or that it is no longer owed, is none of the caller's business.
func (w *Wallet) release(ctx context.Context, c *claimed, due time.Time) error {
	c.job.Leased = false
	return lost(w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		_, err := w.putJob(tx, c, due)
		return err
	}))
}

// lost returns nil instead of the errors that say that a job is no longer the
// caller's: another one took it over, or it is not owed any more.
func lost(err error) error {
	if errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	return err
}

// giveBack releases a job that was interrupted, for anybody to go on with.
func (w *Wallet) giveBack(ctx context.Context, c *claimed) error {
	err := w.release(context.WithoutCancel(ctx), c, w.now())
	w.wake()
	return err
}

// give releases a job after a failure, later each time, and returns the failure.
func (w *Wallet) give(ctx context.Context, c *claimed, cause error) error {
	if ctx.Err() != nil {
		return errors.Join(cause, w.giveBack(ctx, c))
	}
	c.job.Attempts++
	wait := min(time.Minute<<min(c.job.Attempts, 10), 12*time.Hour)
	return errors.Join(cause, w.release(ctx, c, w.now().Add(wait)))
}

// RunDue does up to limit pieces of work that are due, and returns how many.
// A failed one is logged and tried again later.
func (w *Wallet) RunDue(ctx context.Context, limit int) (int, error) {
	if err := w.purge(ctx); err != nil {
		return 0, fmt.Errorf("purge: %w", err)
	}
	jobs, err := w.claimDue(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("claim jobs: %w", err)
	}
	each(len(jobs), func(i int) {
		if err := w.do(ctx, jobs[i]); err != nil && ctx.Err() == nil {
			w.cfg.Log.Error("job failed", "job", jobs[i].kind(), "error", err)
		}
	})
	return len(jobs), ctx.Err()
}

// claimDue leases jobs that are due. It changes the store only when there are any.
func (w *Wallet) claimDue(ctx context.Context, limit int) ([]*claimed, error) {
	if any, err := w.anyDue(ctx, storage.KindJob); err != nil || !any {
		return nil, err
	}
	var jobs []*claimed
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		jobs = nil
		due, err := tx.Due(storage.KindJob, w.now(), limit)
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
	return jobs, err
}

// anyDue reports whether a record of one of the kinds is due.
func (w *Wallet) anyDue(ctx context.Context, kinds ...storage.Kind) (bool, error) {
	found := false
	err := w.cfg.Store.View(ctx, func(tx storage.Tx) error {
		for _, kind := range kinds {
			due, err := tx.Due(kind, w.now(), 1)
			if err != nil {
				return err
			}
			found = found || len(due) > 0
		}
		return nil
	})
	return found, err
}

func (w *Wallet) do(ctx context.Context, c *claimed) error {
	start := w.cfg.Now()
	err := w.doNow(w.cfg.Turns.As(ctx, Visitor{ID: string(c.account())}), c)
	if w.cfg.Worked != nil {
		w.cfg.Worked(Worked{c.kind(), err, w.cfg.Now().Sub(start)})
	}
	return err
}

func (w *Wallet) doNow(ctx context.Context, c *claimed) error {
	if w.rests(ctx, c) {
		return w.park(ctx, c)
	}
	switch c.kind() {
	case "import":
		return w.workImport(ctx, c)
	case "check":
		return w.workCheck(ctx, c)
	case "digest":
		return w.workDigest(ctx, c)
	case "scrub":
		return w.workScrub(ctx, c)
	case "empty":
		return w.workEmpty(ctx, c)
	}
	return w.give(ctx, c, fmt.Errorf("unknown job %q", c.kind()))
}

// Owed counts the jobs that are due, up to most.
func (w *Wallet) Owed(ctx context.Context, most int) (n int, err error) {
	err = w.cfg.Store.View(ctx, func(tx storage.Tx) error {
		due, err := tx.Due(storage.KindJob, w.now(), most)
		n = len(due)
		return err
	})
	return n, err
}

// purgeStep is how many records of a kind are purged at a time, and purgeSteps
// how often at most, before other work has its turn.
const (
	purgeStep  = 100
	purgeSteps = 20
)

// purge removes what has run out: sessions, ceremonies, undecided imports,
// shows that were over long ago, and what is kept or remembered for a while only.
func (w *Wallet) purge(ctx context.Context) error {
	w.lists.tidy(w.now())
	kinds := storage.KindsThat(storage.Expires)
	for range purgeSteps {
		if any, err := w.anyDue(ctx, kinds...); err != nil || !any {
			return err
		}
		if err := w.purgeSome(ctx, kinds); err != nil {
			return err
		}
	}
	return nil
}

func (w *Wallet) purgeSome(ctx context.Context, kinds []storage.Kind) error {
	return w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		for _, kind := range kinds {
			due, err := tx.Due(kind, w.now(), purgeStep)
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

func (w *Wallet) purgeOne(tx storage.Tx, rec *storage.Record) error {
	if rec.Kind != storage.KindImport {
		return tx.Delete(rec.Key)
	}
	v, err := w.vaults.Open(tx, rec.Account)
	if err != nil {
		return err
	}
	return w.dropImport(tx, v, rec.ID)
}

// wake tells Run that there is work.
func (w *Wallet) wake() {
	select {
	case w.woken <- struct{}{}:
	default: // it has been told
	}
}

// runners is how many pieces of work Run does at the same time, so that a long
// import does not hold up everybody else's.
const runners = 4

// Run does the work that is due until ctx ends: when there is new work, and
// otherwise whenever tick says so.
func (w *Wallet) Run(ctx context.Context, tick <-chan time.Time) {
	var wg sync.WaitGroup
	for range runners {
		wg.Go(func() { w.runner(ctx, tick) })
	}
	wg.Wait()
}

func (w *Wallet) runner(ctx context.Context, tick <-chan time.Time) {
	for {
		if w.runOne(ctx) {
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

// runOne does one piece of work and reports whether there was one. Before it
// begins, it wakes another runner for the next. When there is no room for what
// the work would find, it only removes what has run out.
func (w *Wallet) runOne(ctx context.Context) bool {
	err := w.purge(ctx)
	if !w.roomy(ctx) {
		return false
	}
	jobs, claimErr := w.claimDue(ctx, 1)
	if err = errors.Join(err, claimErr); err == nil && len(jobs) == 1 {
		w.wake()
		err = w.do(ctx, jobs[0])
	}
	if err != nil && ctx.Err() == nil {
		w.cfg.Log.Error("background work", "error", err)
	}
	return err == nil && len(jobs) == 1
}
