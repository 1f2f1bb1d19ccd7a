package work

import (
	"context"
	"time"

	"backpack/wallet/storage"
)

// parkTime is the pause before a parked job checks again whether its account is
// open. Resume does not wait for it.
const parkTime = 24 * time.Hour

// waits reports whether a job waits because its account is closed.
func (q *Queue) waits(ctx context.Context, j *Job) bool {
	return j.Account() != "" && q.Closed != nil && q.Closed(ctx, j.Account())
}

// park puts a job off until its account is opened again.
func (q *Queue) park(ctx context.Context, j *Job) error {
	j.state.Parked = true
	return q.release(ctx, j, q.now().Add(parkTime))
}

// Resume makes the parked jobs of an account due.
func (q *Queue) Resume(tx storage.Tx, a storage.AccountID) error {
	for after := ""; ; {
		list, err := tx.List(a, storage.KindJob, after, expireStep)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, rec := range list {
			after = rec.ID
			j, err := jobOf(rec)
			if err != nil {
				return err
			}
			if !j.state.Parked {
				continue
			}
			j.state.Parked = false
			if _, err := j.save(tx, q.now()); err != nil {
				return err
			}
		}
	}
}
