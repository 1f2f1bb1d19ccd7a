package wallet

import (
	"context"
	"time"

	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// startWork creates the queue and registers the job handlers.
func (w *Wallet) startWork() {
	w.work = work.New(work.Config{
		Store: w.cfg.Store, Now: w.cfg.Now, After: w.cfg.After, Log: w.cfg.Log, Done: w.cfg.Worked,
		Enter: func(ctx context.Context, a storage.AccountID) context.Context {
			return w.cfg.Turns.As(ctx, inspect.Visitor{ID: string(a)})
		},
		Closed: w.closed, Room: w.roomy, Round: func() { w.lists.tidy(w.now()) },
	})
	w.work.Handle("import", w.workImport)
	w.work.Handle("check", w.workCheck)
	w.work.Handle("digest", w.workDigest)
	w.work.Handle("scrub", w.workScrub)
	w.work.Handle("empty", w.workEmpty)
	w.work.OnExpire(storage.KindImport, func(tx storage.Tx, rec *storage.Record) error {
		v, err := w.vaults.Open(tx, rec.Account)
		if err != nil {
			return err
		}
		return w.dropImport(tx, v, rec.ID)
	})
}

// closed reports whether the operator has closed the account. It returns false
// for an account that it cannot read, so the account's job reports the error.
func (w *Wallet) closed(ctx context.Context, a storage.AccountID) bool {
	closed := false
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		closed = err == nil && !acc.Disabled.IsZero()
		return err
	})
	return err == nil && closed
}

// Run runs jobs until ctx ends: this process's new jobs at once, others at every
// tick.
func (w *Wallet) Run(ctx context.Context, tick <-chan time.Time) { w.work.Run(ctx, tick) }

// RunDue runs up to limit due jobs and returns their number. It logs a job that
// fails and retries it later.
func (w *Wallet) RunDue(ctx context.Context, limit int) (int, error) {
	return w.work.RunDue(ctx, limit)
}

// Backlog returns the number of due jobs, at most limit.
func (w *Wallet) Backlog(ctx context.Context, limit int) (int, error) {
	return w.work.Backlog(ctx, limit)
}
