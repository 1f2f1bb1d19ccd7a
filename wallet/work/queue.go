package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"backpack/wallet/storage"
)

// A Config holds what a Queue works with. Store, Now, After and Log are required.
type Config struct {
	Store storage.Store
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time // pauses between renewals
	Log   *slog.Logger
	// Done receives every finished run of a job; may be nil.
	Done func(Done)
	// Enter returns the context that the jobs of an account run with; nil: that
	// of Run.
	Enter func(ctx context.Context, a storage.AccountID) context.Context
	// Closed reports whether an account is closed. Its jobs wait until Resume.
	// Nil: no account is.
	Closed func(ctx context.Context, a storage.AccountID) bool
	// Room reports whether the store has room for results. Without room, Run
	// only removes expired records. Nil: there always is.
	Room func(ctx context.Context) bool
	// Round is called before each removal of expired records; may be nil.
	Round func()
}

// A Done describes a run of a job, without anything personal.
type Done struct {
	Kind string // of the job
	Err  error  // nil if the job succeeded
	Took time.Duration
}

// A Handler does the jobs of one kind. Before it returns, it removes the job or
// ends its lease (Repeat, Requeue, Retry, Complete). Its error is logged.
type Handler func(ctx context.Context, j *Job) error

// A Queue schedules and runs jobs. It is safe for concurrent use once all
// handlers are registered.
type Queue struct {
	Config
	handlers map[string]Handler
	remove   map[storage.Kind]func(storage.Tx, *storage.Record) error
	woken    chan struct{} // a runner has a new job
}

// New returns a Queue without handlers.
func New(cfg Config) *Queue {
	return &Queue{Config: cfg, handlers: map[string]Handler{}, woken: make(chan struct{}, 1),
		remove: map[storage.Kind]func(storage.Tx, *storage.Record) error{}}
}

// Handle registers the handler of a kind of job. Call it before the first run.
func (q *Queue) Handle(kind string, h Handler) { q.handlers[kind] = h }

// now returns the time in whole seconds of UTC, as stores keep it.
func (q *Queue) now() time.Time { return q.Now().UTC().Truncate(time.Second) }

// Wake tells a runner of this process that a job is due.
func (q *Queue) Wake() {
	select {
	case q.woken <- struct{}{}:
	default: // a runner will look anyway
	}
}

// Backlog counts the jobs that are due, up to limit.
func (q *Queue) Backlog(ctx context.Context, limit int) (n int, err error) {
	err = q.Store.View(ctx, func(tx storage.Tx) error {
		due, err := tx.Due(storage.KindJob, q.now(), limit)
		n = len(due)
		return err
	})
	return n, err
}

// RunDue runs up to limit jobs that are due and returns their number. It logs a
// job that failed.
func (q *Queue) RunDue(ctx context.Context, limit int) (int, error) {
	if err := q.expire(ctx); err != nil {
		return 0, fmt.Errorf("remove expired records: %w", err)
	}
	jobs, err := q.claimDue(ctx, limit)
	if err != nil {
		return 0, fmt.Errorf("claim jobs: %w", err)
	}
	var wg sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, j := range jobs {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := q.do(ctx, j); err != nil && ctx.Err() == nil {
				q.Log.Error("job failed", "job", j.Kind(), "error", err)
			}
		})
	}
	wg.Wait()
	return len(jobs), ctx.Err()
}

// atOnce is the number of jobs that RunDue runs at the same time.
const atOnce = 8

// claimDue leases due jobs. It writes to the store only if there are any.
func (q *Queue) claimDue(ctx context.Context, limit int) ([]*Job, error) {
	if found, err := q.anyDue(ctx, storage.KindJob); err != nil || !found {
		return nil, err
	}
	var jobs []*Job
	err := q.Store.Update(ctx, func(tx storage.Tx) error {
		jobs = nil
		due, err := tx.Due(storage.KindJob, q.now(), limit)
		if err != nil {
			return err
		}
		for _, rec := range due {
			j, err := q.lease(tx, rec)
			if err != nil {
				return err
			}
			jobs = append(jobs, j)
		}
		return nil
	})
	return jobs, err
}

func (q *Queue) do(ctx context.Context, j *Job) error {
	start := q.Now()
	if q.Enter != nil {
		ctx = q.Enter(ctx, j.Account())
	}
	err := q.handle(ctx, j)
	if q.Done != nil {
		q.Done(Done{j.Kind(), err, q.Now().Sub(start)})
	}
	return err
}

func (q *Queue) handle(ctx context.Context, j *Job) error {
	if q.waits(ctx, j) {
		return q.park(ctx, j)
	}
	if h := q.handlers[j.Kind()]; h != nil {
		return h(ctx, j)
	}
	return q.Retry(ctx, j, fmt.Errorf("no handler for the job %q", j.Kind()))
}

// runners is the number of jobs that Run runs at the same time. A long import
// does not block the jobs of other accounts.
const runners = 4

// Run runs jobs as they become due, until ctx ends. It looks for jobs after Wake
// and at every tick.
func (q *Queue) Run(ctx context.Context, tick <-chan time.Time) {
	var wg sync.WaitGroup
	for range runners {
		wg.Go(func() { q.runner(ctx, tick) })
	}
	wg.Wait()
}

func (q *Queue) runner(ctx context.Context, tick <-chan time.Time) {
	for {
		if q.runOne(ctx) {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-q.woken:
		case <-tick:
		}
	}
}

// runOne runs one job and reports whether it succeeded. It wakes another runner
// for the next job before it starts.
func (q *Queue) runOne(ctx context.Context) bool {
	err := q.expire(ctx)
	if q.Room != nil && !q.Room(ctx) {
		return false
	}
	jobs, claimErr := q.claimDue(ctx, 1)
	if err = errors.Join(err, claimErr); err == nil && len(jobs) == 1 {
		q.Wake()
		err = q.do(ctx, jobs[0])
	}
	if err != nil && ctx.Err() == nil {
		q.Log.Error("background work", "error", err)
	}
	return err == nil && len(jobs) == 1
}
