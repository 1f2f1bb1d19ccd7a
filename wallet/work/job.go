package work

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

// A lease lasts leaseTime. WithLease renews it every renewTime.
const (
	leaseTime = 30 * time.Second
	renewTime = 10 * time.Second
)

// state is the data of a job's record.
type state struct {
	Attempts int  `json:"attempts,omitempty"` // failures in a row
	Leased   bool `json:"leased,omitempty"`   // Due is the end of a lease
	Parked   bool `json:"parked,omitempty"`   // until the account is opened again
}

// A Job is a claimed job. No other worker has it until its lease ends.
type Job struct {
	rec   *storage.Record
	state state
}

// Account returns the account of the job; "" for the installation.
func (j *Job) Account() storage.AccountID { return j.rec.Account }

// Kind returns the first part of the job's ID.
func (j *Job) Kind() string { kind, _, _ := strings.Cut(j.rec.ID, "/"); return kind }

// Name returns the second part of the job's ID.
func (j *Job) Name() string { _, name, _ := strings.Cut(j.rec.ID, "/"); return name }

// Fail counts a failure and returns the number of failures in a row.
func (j *Job) Fail() int {
	j.state.Attempts++
	return j.state.Attempts
}

// A Lease is a renewed lease that a transaction has written. See Extend.
type Lease struct{ rec *storage.Record }

// Hold gives the job the lease. Call it when the transaction has committed.
func (j *Job) Hold(l Lease) { j.rec = l.rec }

// Finish removes the job in a transaction.
func (j *Job) Finish(tx storage.Tx) error { return tx.Delete(j.rec.Key) }

// jobOf reads the record of a job.
func jobOf(rec *storage.Record) (*Job, error) {
	j := &Job{rec: rec}
	if err := json.Unmarshal(rec.Data, &j.state); err != nil {
		return nil, fmt.Errorf("decode job: %w", err)
	}
	return j, nil
}

// save writes the job with a due time. The record that it returns belongs to the
// job once the transaction has committed.
func (j *Job) save(tx storage.Tx, due time.Time) (*storage.Record, error) {
	data, err := json.Marshal(j.state)
	if err != nil {
		return nil, err
	}
	rec := *j.rec
	rec.Due, rec.Data = due, data
	return &rec, tx.Update(&rec)
}

func key(a storage.AccountID, id string) storage.Key {
	return storage.Key{Account: a, Kind: storage.KindJob, ID: id}
}

// Schedule schedules the job. An earlier due time is kept. A worker that holds
// the lease loses it, because it has not seen what the job is needed for now.
func (q *Queue) Schedule(tx storage.Tx, a storage.AccountID, id string, due time.Time) error {
	rec, err := tx.Get(key(a, id))
	if errors.Is(err, storage.ErrNotFound) {
		return tx.Create(&storage.Record{Key: key(a, id), Due: due, Data: []byte("{}")})
	}
	if err != nil {
		return err
	}
	j, err := jobOf(rec)
	if err != nil {
		return err
	}
	if !j.state.Leased && !rec.Due.After(due) {
		return nil
	}
	rec.Due, rec.Data = due, []byte("{}")
	return tx.Update(rec)
}

// Postpone moves a scheduled job to another due time. It does nothing if the job
// is not scheduled.
func (q *Queue) Postpone(tx storage.Tx, a storage.AccountID, id string, due time.Time) error {
	rec, err := tx.Get(key(a, id))
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	rec.Due, rec.Data = due, []byte("{}")
	return tx.Update(rec)
}

// Cancel removes the job, if it is scheduled.
func (q *Queue) Cancel(tx storage.Tx, a storage.AccountID, id string) error {
	if err := tx.Delete(key(a, id)); !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	return nil
}

// Claim leases a job for a caller that waits for its result, even before it is
// due. It returns nil if another worker has the lease, if the job is not
// scheduled, or if it has failed and waits for a retry.
func (q *Queue) Claim(ctx context.Context, a storage.AccountID, id string) (*Job, error) {
	var claimed *Job
	err := q.Store.Update(ctx, func(tx storage.Tx) error {
		claimed = nil
		rec, err := tx.Get(key(a, id))
		if errors.Is(err, storage.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		j, err := jobOf(rec)
		if err != nil {
			return err
		}
		if rec.Due.After(q.now()) && (j.state.Leased || j.state.Attempts > 0) {
			return nil
		}
		claimed, err = q.lease(tx, rec)
		return err
	})
	return claimed, err
}

func (q *Queue) lease(tx storage.Tx, rec *storage.Record) (*Job, error) {
	j, err := jobOf(rec)
	if err != nil {
		return nil, err
	}
	j.state.Leased = true
	l, err := q.Extend(tx, j)
	j.Hold(l)
	return j, err
}

// Extend renews the lease in a transaction. Handlers call it in the transaction
// that stores their result and, after the commit, Job.Hold. IsLost is true for
// the error if another worker took over.
func (q *Queue) Extend(tx storage.Tx, j *Job) (Lease, error) {
	rec, err := j.save(tx, q.now().Add(leaseTime))
	return Lease{rec}, err
}

// Delay ends a lease from Extend, or the job's own, in a transaction: the job is
// due again at a later time. It keeps the count of failures.
func (q *Queue) Delay(tx storage.Tx, j *Job, l Lease, due time.Time) error {
	if l.rec == nil {
		l.rec = j.rec
	}
	later := &Job{rec: l.rec, state: state{Attempts: j.state.Attempts}}
	_, err := later.save(tx, due)
	return err
}

// WithLease calls fn, which may take long, and renews the job's lease meanwhile.
// If the lease is lost, the next Extend says so.
func (q *Queue) WithLease(ctx context.Context, j *Job, fn func()) {
	done := make(chan struct{})
	mine := *j // fn reads j
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-q.After(renewTime):
			case <-done:
				return
			}
			if err := q.renew(ctx, &mine); err != nil && (IsLost(err) || ctx.Err() != nil) {
				return // after another error, the store may answer next time
			}
		}
	})
	fn()
	close(done)
	renewing.Wait()
	j.rec = mine.rec
}

func (q *Queue) renew(ctx context.Context, j *Job) error {
	var l Lease
	err := q.Store.Update(ctx, func(tx storage.Tx) (err error) {
		l, err = q.Extend(tx, j)
		return err
	})
	if err == nil {
		j.Hold(l)
	}
	return err
}

// release ends the lease; the job is due again at a later time. It does nothing
// if the lease was lost.
func (q *Queue) release(ctx context.Context, j *Job, due time.Time) error {
	j.state.Leased = false
	return UnlessLost(q.Store.Update(ctx, func(tx storage.Tx) error {
		_, err := j.save(tx, due)
		return err
	}))
}

// Repeat ends the lease of a job that succeeded and is due again later.
func (q *Queue) Repeat(ctx context.Context, j *Job, due time.Time) error {
	j.state.Attempts = 0
	return q.release(ctx, j, due)
}

// Requeue ends the lease of a job that was interrupted; any worker may continue.
func (q *Queue) Requeue(ctx context.Context, j *Job) error {
	err := q.release(context.WithoutCancel(ctx), j, q.now())
	q.Wake()
	return err
}

// Retry ends the lease of a job that failed and returns the cause. The job is due
// again after a pause that doubles with each failure, up to 12 hours. If ctx has
// ended, Retry requeues the job instead.
func (q *Queue) Retry(ctx context.Context, j *Job, cause error) error {
	if ctx.Err() != nil {
		return errors.Join(cause, q.Requeue(ctx, j))
	}
	pause := min(time.Minute<<min(j.Fail(), 10), 12*time.Hour)
	return errors.Join(cause, q.release(ctx, j, q.now().Add(pause)))
}

// Complete removes the job unless it was scheduled again meanwhile.
func (q *Queue) Complete(ctx context.Context, j *Job) error {
	return UnlessLost(q.Store.Update(context.WithoutCancel(ctx), func(tx storage.Tx) error {
		rec, err := tx.Get(j.rec.Key)
		if err != nil || rec.Version != j.rec.Version {
			return err
		}
		return tx.Delete(rec.Key)
	}))
}

// IsLost reports whether err says that the lease was lost: another worker took
// the job over, or it is no longer scheduled.
func IsLost(err error) bool {
	return errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrNotFound)
}

// UnlessLost returns err, or nil if the lease was lost.
func UnlessLost(err error) error {
	if IsLost(err) {
		return nil
	}
	return err
}
