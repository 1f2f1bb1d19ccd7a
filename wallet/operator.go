package wallet

import (
	"context"
	"errors"
	"strings"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// AccountFacts is what an operator can see of an account. It has no content of the
// backpack and no e-mail address.
type AccountFacts struct {
	ID        storage.AccountID
	Name      string
	CreatedAt time.Time
	SeenAt    time.Time // latest use of the current sessions; zero without one
	Disabled  time.Time // when the account was disabled; zero if it is not
	Usage     Usage
}

// AccountFacts returns the facts of one account.
func (w *Wallet) AccountFacts(ctx context.Context, a storage.AccountID) (*AccountFacts, error) {
	var out *AccountFacts
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		if err != nil {
			return err
		}
		u, err := w.usage(tx, v)
		if err != nil {
			return err
		}
		out = &AccountFacts{ID: a, Name: acc.Name, CreatedAt: acc.CreatedAt, Disabled: acc.Disabled, Usage: *u}
		return vault.Each(tx, v, storage.KindSession, func(s *sessionRecord, _ *storage.Record) error {
			if s.SeenAt.After(out.SeenAt) {
				out.SeenAt = s.SeenAt
			}
			return nil
		})
	})
	return out, err
}

// EachAccount calls fn with the id of every account, in ascending order, and stops at
// an error of fn. An account may be deleted before fn is called with it.
func (w *Wallet) EachAccount(ctx context.Context, fn func(storage.AccountID) error) error {
	for after := storage.AccountID(""); ; {
		var page []storage.AccountID
		err := w.cfg.Store.View(ctx, func(tx storage.Tx) (err error) {
			page, err = tx.Accounts(after, 200)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, a := range page {
			if err := fn(a); err != nil {
				return err
			}
		}
		after = page[len(page)-1]
	}
}

// FindAccounts returns the accounts with the id, the proved e-mail address or the name
// who. An address or a name requires opening every account. It skips accounts that do
// not open.
func (w *Wallet) FindAccounts(ctx context.Context, who string) ([]storage.AccountID, error) {
	who = tidy(who)
	if _, err := w.AccountFacts(ctx, storage.AccountID(strings.ToLower(who))); err == nil {
		return []storage.AccountID{storage.AccountID(strings.ToLower(who))}, nil
	}
	var list []storage.AccountID
	err := w.EachAccount(ctx, func(a storage.AccountID) error {
		is := false
		err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
			acc, err := w.account(tx, v)
			if err != nil {
				return err
			}
			is = strings.EqualFold(acc.Name, who)
			return eachEmail(tx, v, func(e *emailRecord, _ *storage.Record) error {
				is = is || !e.ProvedAt.IsZero() && strings.EqualFold(e.Address, who)
				return nil
			})
		})
		if is {
			list = append(list, a)
		}
		if ctx.Err() == nil { // doctor reports accounts that do not open
			err = nil
		}
		return err
	})
	return list, err
}

// SetDisabled disables an account, or enables it again. A disabled account rejects
// sign-ins, its shares look ended, and its jobs wait; its sessions end for good. No
// data is lost, and waiting jobs run once the account is enabled.
func (w *Wallet) SetDisabled(ctx context.Context, a storage.AccountID, disabled bool) error {
	err := w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, rec, err := vault.Load[accountRecord](tx, v, storage.KindAccount, accountSelf)
		if err != nil {
			return err
		}
		if disabled == !acc.Disabled.IsZero() {
			return nil
		}
		if acc.Disabled = (time.Time{}); disabled {
			acc.Disabled = w.now()
			err = endSessions(tx, a)
		} else {
			err = w.work.Resume(tx, a)
		}
		return errors.Join(err, v.Replace(tx, rec, acc))
	})
	w.work.Wake()
	return err
}

func endSessions(tx storage.Tx, a storage.AccountID) error {
	list, err := tx.List(a, storage.KindSession, "", 2*maxSessions)
	for _, rec := range list {
		err = errors.Join(err, tx.Delete(rec.Key))
	}
	return err
}

// enabled returns a Forbidden error, account_disabled, if the account is disabled.
func (w *Wallet) enabled(tx storage.Tx, v *vault.Vault) error {
	acc, err := w.account(tx, v)
	if err == nil && !acc.Disabled.IsZero() {
		err = fail(Forbidden, "account_disabled", nil)
	}
	return err
}
