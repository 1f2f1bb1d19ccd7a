package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// Newcomers limits new accounts: accounts younger than Time, without a confirmed
// e-mail address and without a quota of their own. Anybody can create any number of
// them, so the accounts that one network creates on one day also share a limit.
type Newcomers struct {
	Bytes           int64         // per new account; default 25 MiB
	Time            time.Duration // age up to which an account is new; default 3 days
	NetworkBytes    int64         // per network and day, over all new accounts; default 100 MiB
	NetworkAccounts int           // accounts per network and day; default 200
	Empty           time.Duration // after which an unused, empty account is deleted; default 60 days
}

func (n *Newcomers) withDefaults() {
	set(&n.Bytes, 25<<20)
	set(&n.Time, 3*24*time.Hour)
	set(&n.NetworkBytes, 100<<20)
	set(&n.NetworkAccounts, 200)
	set(&n.Empty, 60*24*time.Hour)
}

type networkKey struct{}

// WithNetwork returns a context that carries the client's network. The store holds
// the network only as a keyed hash of it and the day.
func WithNetwork(ctx context.Context, network string) context.Context {
	return context.WithValue(ctx, networkKey{}, network)
}

// An origin counts the accounts that one network created on one day, and the bytes
// that each holds. Accounts are keyed hashes, so the store alone does not reveal
// which accounts belong together. The record expires when none of them is new.
type origin struct {
	Accounts int              `json:"accounts"`
	Held     map[string]int64 `json:"held,omitempty"` // bytes

	rec *storage.Record
}

// originOf returns the origin id for an account created now; "" if ctx carries no
// network, as in the operator's own programs.
func (w *Wallet) originOf(ctx context.Context) string {
	network, _ := ctx.Value(networkKey{}).(string)
	if network == "" {
		return ""
	}
	return w.cfg.Sealer.Lookup("origin", w.now().UTC().Format(time.DateOnly)+"/"+network)
}

func (w *Wallet) loadOrigin(tx storage.Tx, id string) (*origin, error) {
	rec, err := tx.Get(storage.Key{Account: "", Kind: storage.KindBudget, ID: id})
	if errors.Is(err, storage.ErrNotFound) {
		return &origin{rec: &storage.Record{Key: storage.Key{Account: "", Kind: storage.KindBudget, ID: id}}}, nil
	}
	if err != nil {
		return nil, err
	}
	o := &origin{rec: rec}
	if err := json.Unmarshal(rec.Data, o); err != nil {
		return nil, fmt.Errorf("decode origin: %w", err)
	}
	return o, nil
}

func (w *Wallet) saveOrigin(tx storage.Tx, o *origin) (err error) {
	if o.rec.Data, err = json.Marshal(o); err != nil {
		return err
	}
	if o.rec.Version > 0 {
		return tx.Update(o.rec)
	}
	o.rec.Due = w.now().Add(w.cfg.Limits.New.Time + 24*time.Hour)
	if err := tx.Create(o.rec); err != nil {
		return err
	}
	o.rec.Version = 1
	return nil
}

// countOrigin adds one account to an origin. At Limits.New.NetworkAccounts, the error
// is Limited, too_many_accounts. An empty id counts nothing.
func (w *Wallet) countOrigin(tx storage.Tx, id string) error {
	if id == "" {
		return nil
	}
	o, err := w.loadOrigin(tx, id)
	if err != nil {
		return err
	}
	if o.Accounts >= w.cfg.Limits.New.NetworkAccounts {
		return fail(Limited, "too_many_accounts", nil)
	}
	o.Accounts++
	return w.saveOrigin(tx, o)
}

// isNew reports whether the limits of Newcomers apply to the account.
func (w *Wallet) isNew(tx storage.Tx, v *vault.Vault, acc *accountRecord) (bool, error) {
	if acc.Quota != (Quota{}) || !w.now().Before(acc.CreatedAt.Add(w.cfg.Limits.New.Time)) {
		return false, nil
	}
	proved, err := w.hasProved(tx, v)
	return !proved, err
}

// boundNew lowers u.Most to the limit of a new account if acc is new, and loads its
// origin.
func (w *Wallet) boundNew(tx storage.Tx, v *vault.Vault, acc *accountRecord, u *Usage) error {
	isNew, err := w.isNew(tx, v, acc)
	if err != nil || !isNew {
		return err
	}
	if u.New = w.cfg.Limits.New.Bytes < u.Most.Bytes; u.New {
		u.Most.Bytes = w.cfg.Limits.New.Bytes
	}
	if acc.Origin != "" {
		vault.Cached[counted](v).origin, err = w.loadOrigin(tx, acc.Origin)
	}
	return err
}

func (w *Wallet) hasProved(tx storage.Tx, v *vault.Vault) (proved bool, err error) {
	err = eachEmail(tx, v, func(e *emailRecord, _ *storage.Record) error {
		proved = proved || !e.ProvedAt.IsZero()
		return nil
	})
	return proved, err
}

// takeNew updates the origin of a new account that adds bytes to u. If the origin's
// accounts would hold more than Limits.New.NetworkBytes, the error is Limited,
// backpack_new.
func (w *Wallet) takeNew(tx storage.Tx, v *vault.Vault, u *Usage, bytes int) error {
	o, all := vault.Cached[counted](v).origin, int64(0)
	if o == nil || bytes == 0 {
		return nil
	}
	own := w.cfg.Sealer.Lookup("origin", string(v.Account))
	for id, held := range o.Held {
		if id != own {
			all += held
		}
	}
	holds := max(0, u.Bytes+int64(bytes))
	if bytes > 0 && all+holds > w.cfg.Limits.New.NetworkBytes {
		return fail(Limited, "backpack_new", nil)
	}
	if o.Held == nil {
		o.Held = map[string]int64{}
	}
	o.Held[own] = holds
	return w.saveOrigin(tx, o)
}

// giveNew updates the origin of a new account that now holds less; gone means that
// the account itself is being deleted.
func (w *Wallet) giveNew(tx storage.Tx, v *vault.Vault, gone bool) error {
	acc, err := w.account(tx, v)
	if err != nil || acc.Origin == "" || !w.now().Before(acc.CreatedAt.Add(w.cfg.Limits.New.Time)) {
		return err
	}
	o, err := w.loadOrigin(tx, acc.Origin)
	own := w.cfg.Sealer.Lookup("origin", string(v.Account))
	if err != nil || o.Held[own] == 0 {
		return err
	}
	t := vault.Cached[counted](v)
	delete(o.Held, own)
	if !gone {
		t.usage = nil
		u, err := w.usage(tx, v)
		if err != nil {
			return err
		}
		o.Held[own] = u.Bytes
	}
	*t = counted{} // the next use counts again
	return w.saveOrigin(tx, o)
}

// emptyJob deletes an account that was never used. It is scheduled when the account
// is created.
const emptyJob = "empty/account"

// scheduleEmpty schedules emptyJob for a new account, or postpones it.
func (w *Wallet) scheduleEmpty(tx storage.Tx, a storage.AccountID, first bool) error {
	due := w.now().Add(w.cfg.Limits.New.Empty)
	if first {
		return w.work.Schedule(tx, a, emptyJob, due)
	}
	return w.work.Postpone(tx, a, emptyJob, due) // no job: the account was found in use earlier
}

// workEmpty handles emptyJob. It deletes an account that is empty and was not opened
// since the job was scheduled. An account in use at that time stays until its learner
// deletes it.
func (w *Wallet) workEmpty(ctx context.Context, j *work.Job) error {
	defer w.lists.drop(j.Account())
	return work.UnlessLost(w.vaults.Update(ctx, j.Account(), func(tx storage.Tx, v *vault.Vault) error {
		if _, err := w.work.Extend(tx, j); err != nil { // the account has been opened since
			return err
		}
		used, err := w.used(tx, v)
		if err != nil {
			return err
		}
		open, err := tx.List(v.Account, storage.KindSession, "", 1)
		switch {
		case err != nil:
			return err
		case used:
			return j.Finish(tx)
		case len(open) > 0:
			return w.scheduleEmpty(tx, v.Account, false)
		}
		if _, err := tx.DeleteAccount(v.Account); err != nil {
			return err
		}
		return w.work.Schedule(tx, "", scrubJob, w.now())
	}))
}

// used reports whether an account holds a badge, an import, a share, a confirmed
// e-mail address, or a quota set by the operator.
func (w *Wallet) used(tx storage.Tx, v *vault.Vault) (bool, error) {
	for _, kind := range [...]storage.Kind{storage.KindEntry, storage.KindImport, storage.KindShare} {
		if n, _, err := tx.Count(v.Account, kind); err != nil || n > 0 {
			return true, err
		}
	}
	acc, err := w.account(tx, v)
	if err != nil || acc.Quota != (Quota{}) {
		return true, err
	}
	return w.hasProved(tx, v)
}
