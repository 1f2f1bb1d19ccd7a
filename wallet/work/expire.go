package work

import (
	"context"

	"backpack/wallet/storage"
)

// One transaction removes at most expireStep records of each kind. After
// expireSteps of them, jobs have their turn.
const (
	expireStep  = 100
	expireSteps = 20
)

// OnExpire registers the removal of an expired record, in place of its deletion.
// Call it before the first run.
func (q *Queue) OnExpire(kind storage.Kind, remove func(tx storage.Tx, rec *storage.Record) error) {
	q.remove[kind] = remove
}

// expire removes the records that have expired (storage.Expires).
func (q *Queue) expire(ctx context.Context) error {
	if q.Round != nil {
		q.Round()
	}
	kinds := storage.KindsThat(storage.Expires)
	for range expireSteps {
		if found, err := q.anyDue(ctx, kinds...); err != nil || !found {
			return err
		}
		if err := q.expireSome(ctx, kinds); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) expireSome(ctx context.Context, kinds []storage.Kind) error {
	return q.Store.Update(ctx, func(tx storage.Tx) error {
		for _, kind := range kinds {
			due, err := tx.Due(kind, q.now(), expireStep)
			if err != nil {
				return err
			}
			for _, rec := range due {
				if err := q.expireOne(tx, rec); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (q *Queue) expireOne(tx storage.Tx, rec *storage.Record) error {
	if remove := q.remove[rec.Kind]; remove != nil {
		return remove(tx, rec)
	}
	return tx.Delete(rec.Key)
}

// anyDue reports whether a record of one of the kinds is due.
func (q *Queue) anyDue(ctx context.Context, kinds ...storage.Kind) (bool, error) {
	found := false
	err := q.Store.View(ctx, func(tx storage.Tx) error {
		found = false
		for _, kind := range kinds {
			due, err := tx.Due(kind, q.now(), 1)
			if err != nil {
				return err
			}
			found = found || len(due) > 0
		}
		return nil
	})
	return found, err
}
