package wallet

import (
	"context"
	"errors"
	"strings"
	"time"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// AccountFacts are what an operator is told of an account: nothing of what is
// in the backpack, and no address.
type AccountFacts struct {
	ID        storage.AccountID
	Name      string
	CreatedAt time.Time
	SeenAt    time.Time // of the sessions that there are now; zero for none
	Disabled  time.Time // zero: it is not
	Usage     Usage
}

// AccountFacts returns them for one account.
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

// EachAccount calls fn with every account, in the order of ids. One that is
// deleted or damaged meanwhile is passed over.
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

// FindAccounts returns the accounts that who names: by id, by a proved e-mail
// address, or by name. For the last two it opens every account.
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
		if ctx.Err() == nil { // one that does not open is for doctor to tell of
			err = nil
		}
		return err
	})
	return list, err
}

// SetDisabled closes an account for now, or opens it again. While it is closed
// nobody can sign in to it, its shows look as ended ones do, and nothing is done
// for it in the background; sessions end for good. Nothing that is in it is
// lost, and what was due meanwhile is done when it is opened.
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

// enabled returns an error when the account is closed.
func (w *Wallet) enabled(tx storage.Tx, v *vault.Vault) error {
	acc, err := w.account(tx, v)
	if err == nil && !acc.Disabled.IsZero() {
		err = fail(Forbidden, "account_disabled", nil)
	}
	return err
}
