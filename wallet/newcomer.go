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

// Newcomers bounds what accounts may take of which nothing is known yet: those
// that are some days old at most, have no confirmed address and no quota of
// their own. Anybody can make any number of these, so what one network made on
// one day is also counted together.
type Newcomers struct {
	Bytes           int64         // of one such account; default 25 MiB
	Time            time.Duration // how long an account is new; default 3 days
	NetworkBytes    int64         // of all together that a network made on a day; default 100 MiB
	NetworkAccounts int           // that a network may make on a day; default 200
	Empty           time.Duration // after which an account goes that is empty and was not opened again; default 60 days
}

func (n *Newcomers) withDefaults() {
	set(&n.Bytes, 25<<20)
	set(&n.Time, 3*24*time.Hour)
	set(&n.NetworkBytes, 100<<20)
	set(&n.NetworkAccounts, 200)
	set(&n.Empty, 60*24*time.Hour)
}

type networkKey struct{}

// WithNetwork returns ctx for somebody who comes from a network, which is only
// ever kept as a keyed hash together with the day.
func WithNetwork(ctx context.Context, network string) context.Context {
	return context.WithValue(ctx, networkKey{}, network)
}

// An origin is what the accounts hold that one network made on one day, each
// under a keyed hash: who has the store alone does not learn which belong
// together. Its record goes when none of them is new any more.
type origin struct {
	Accounts int              `json:"accounts"`
	Held     map[string]int64 `json:"held,omitempty"` // bytes

	rec *storage.Record
}

// originOf returns what the origin of an account made now is called; "" when
// nobody says where it comes from, as for the operator's own programs.
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
		return nil, fmt.Errorf("decode an origin: %w", err)
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

// countOrigin counts one more account of an origin, or refuses it.
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

// isNew reports whether nothing is known of an account yet.
func (w *Wallet) isNew(tx storage.Tx, v *vault.Vault, acc *accountRecord) (bool, error) {
	if acc.Quota != (Quota{}) || !w.now().Before(acc.CreatedAt.Add(w.cfg.Limits.New.Time)) {
		return false, nil
	}
	proved, err := w.hasProved(tx, v)
	return !proved, err
}

// boundNew makes u what a new account may keep, if acc is one.
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

// takeNew counts for all of its origin what a new account holds when it adds
// something to what u says.
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

// giveNew counts for its origin that a new account holds less than before;
// gone says that the account itself goes.
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

// emptyJob deletes an account that was never used. It is scheduled when the
// account is made.
const emptyJob = "empty/account"

// scheduleEmpty schedules emptyJob for a new account, or postpones it.
func (w *Wallet) scheduleEmpty(tx storage.Tx, a storage.AccountID, first bool) error {
	due := w.now().Add(w.cfg.Limits.New.Empty)
	if first {
		return w.work.Schedule(tx, a, emptyJob, due)
	}
	return w.work.Postpone(tx, a, emptyJob, due) // without the job, the account holds something or did
}

// workEmpty handles emptyJob. It deletes an account that holds nothing and was
// not opened since the job was scheduled. An account that holds something at the
// time stays until its learner deletes it.
func (w *Wallet) workEmpty(ctx context.Context, j *work.Job) error {
	defer w.lists.drop(j.Account())
	return work.UnlessLost(w.vaults.Update(ctx, j.Account(), func(tx storage.Tx, v *vault.Vault) error {
		if _, err := w.work.Extend(tx, j); err != nil { // the account was opened meanwhile
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

// used reports whether an account holds what somebody could miss: a badge, an
// import, a show, a confirmed address, or a quota that the operator gave it.
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
