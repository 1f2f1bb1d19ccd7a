package wallet

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// maxEmails is the maximum number of addresses of one account.
const maxEmails = 20

// An emailRecord is the stored form of an address: sealed, with no lookup. An
// address is not used to sign in or to find an account; it only tells which
// badges are the learner's. Several accounts may therefore prove the same
// address: families and schools share addresses, and a learner who loses a
// backpack can prove the address again in a new one.
type emailRecord struct {
	Address  string // in the form that cleanAddress returns
	AddedAt  time.Time
	ProvedAt time.Time // zero if not proved
}

const emailPrefix = "email/"

func (e *emailRecord) email(rec *storage.Record) *Email {
	return &Email{
		ID: strings.TrimPrefix(rec.ID, emailPrefix), Address: e.Address, Proved: !e.ProvedAt.IsZero(),
		AddedAt: e.AddedAt, ProvedAt: e.ProvedAt,
	}
}

// eachEmail calls fn with each address of the account.
func eachEmail(tx storage.Tx, v *vault.Vault, fn func(*emailRecord, *storage.Record) error) error {
	return vault.EachWith(tx, v, storage.KindLogin, emailPrefix, fn)
}

// loadEmail reads one address.
func loadEmail(tx storage.Tx, v *vault.Vault, id string) (*emailRecord, *storage.Record, error) {
	e, rec, err := vault.Load[emailRecord](tx, v, storage.KindLogin, emailPrefix+id)
	return e, rec, gone(err, "not_found")
}

// Emails lists the account's addresses, the earliest first.
func (w *Wallet) Emails(ctx context.Context, a storage.AccountID) ([]*Email, error) {
	var out []*Email
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		return eachEmail(tx, v, func(e *emailRecord, rec *storage.Record) error {
			out = append(out, e.email(rec))
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b *Email) int { return a.AddedAt.Compare(b.AddedAt) })
	return out, err
}

// AddEmail adds an address and mails it a code for ProveEmail. If the account
// already has the address unproved, AddEmail mails a new code. If the mail
// cannot be sent, the address is added nevertheless and the error is Upstream,
// mail_failed; ResendCode tries again.
func (w *Wallet) AddEmail(ctx context.Context, a storage.AccountID, address string) (*Email, error) {
	address, err := cleanAddress(address)
	if err != nil {
		return nil, err
	}
	var out *Email
	var code string
	err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		rec, e, err := w.putEmail(tx, v, address)
		if err != nil {
			return err
		}
		out = e.email(rec)
		code, err = w.putCode(tx, v, out.ID, e.Address)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, w.mailCode(ctx, out.Address, code)
}

// putEmail returns the record of an unproved address and creates it if needed.
// A proved address is Conflict, email_exists; one address too many is Limited,
// too_many_emails.
func (w *Wallet) putEmail(tx storage.Tx, v *vault.Vault, address string) (rec *storage.Record, e *emailRecord, err error) {
	n := 0
	err = eachEmail(tx, v, func(have *emailRecord, r *storage.Record) error {
		n++
		if strings.EqualFold(have.Address, address) {
			rec, e = r, have
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, nil, err
	case e != nil && !e.ProvedAt.IsZero():
		return nil, nil, fail(Conflict, "email_exists", nil)
	case e != nil:
		return rec, e, nil
	case n >= maxEmails:
		return nil, nil, fail(Limited, "too_many_emails", nil)
	}
	if err := w.events.Record(tx, v, event.Event{Code: "email_added", Text: address}); err != nil {
		return nil, nil, err
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, nil, err
	}
	e = &emailRecord{Address: address, AddedAt: w.now()}
	if rec, err = v.Record(storage.KindLogin, emailPrefix+id, e); err != nil {
		return nil, nil, err
	}
	return rec, e, tx.Create(rec)
}

// RemoveEmail removes an address. Badges awarded to it stay, and a check of
// each is scheduled to match its recipient again.
func (w *Wallet) RemoveEmail(ctx context.Context, a storage.AccountID, id string) error {
	err := w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		e, rec, err := loadEmail(tx, v, id)
		if err != nil {
			return err
		}
		err = tx.Delete(storage.Key{Account: a, Kind: storage.KindChallenge, ID: emailPrefix + id})
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if err := tx.Delete(rec.Key); err != nil {
			return err
		}
		if err := w.stopMailTo(tx, v, id); err != nil {
			return err
		}
		if err := w.matchAgain(tx, v, e.Address); err != nil {
			return err
		}
		return w.events.Record(tx, v, event.Event{Code: "email_removed", Text: e.Address})
	})
	w.work.Wake()
	return err
}

// matchAgain schedules a check of each badge awarded to whom, one of the
// learner's identities. An empty whom selects the badges that matched none.
func (w *Wallet) matchAgain(tx storage.Tx, v *vault.Vault, whom string) error {
	return vault.Each(tx, v, storage.KindEntry, func(e *Entry, _ *storage.Record) error {
		if !strings.EqualFold(e.Mine, whom) {
			return nil
		}
		return w.work.Schedule(tx, v.Account, "check/"+e.ID, w.now())
	})
}

// cleanAddress returns an address in its stored form. The local part stays as
// written, because only its host can interpret it; the domain becomes
// lower-case ASCII. Display names, comments, quoted local parts and IP address
// literals are refused (RFC 5321, 4.1.2 and 4.5.3.1). The error is BadInput,
// email_invalid.
func cleanAddress(address string) (string, error) {
	invalid := fail(BadInput, "email_invalid", nil)
	address = tidy(address)
	local, host, ok := cutLast(address, "@")
	if !ok || len(address) > 254 || len(local) > 64 || strings.ContainsFunc(address, unfitForAddress) {
		return "", invalid
	}
	host, err := idna.Lookup.ToASCII(host)
	if err != nil || !strings.Contains(strings.Trim(host, "."), ".") || len(host) > 253 {
		return "", invalid
	}
	host = strings.TrimSuffix(host, ".")
	address = local + "@" + strings.ToLower(host)
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" {
		return "", invalid
	}
	return address, nil
}

// unfitForAddress reports whether r could end a header, quote or comment.
func unfitForAddress(r rune) bool { return unfit(r) || strings.ContainsRune(" \t\"(),:;<>[]\\", r) }

// cutLast is strings.Cut at the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
