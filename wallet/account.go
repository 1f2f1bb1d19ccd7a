package wallet

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"backpack/wallet/event"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// maxName is the maximum length of a learner's name, in characters.
const maxName = 80

const accountSelf = "self"

// An accountRecord is the stored form of an account.
type accountRecord struct {
	Name      string
	Lang      string
	Holder    string
	HolderKey string
	KeyID     string // id of the learner's key in the keyring
	CreatedAt time.Time
	Sample    bool
	MailTo    string    // id of the address that receives notices; "" if mails are off
	MailedAt  time.Time // time of the latest digest
	Disabled  time.Time `json:",omitzero"` // when the operator closed the account
	Quota     Quota     `json:",omitzero"` // overrides for this account
	Origin    string    `json:",omitzero"` // the origin that a new account counts for; see originOf
}

// SignUpWithKey creates an account that signs in with a backpack key, and opens
// a session with its token. The key cannot be read again: the store holds only
// its hash.
func (w *Wallet) SignUpWithKey(ctx context.Context, name, lang, label string) (s *Session, token, backpackKey string, err error) {
	if name, err = cleanName(name); err != nil {
		return nil, "", "", err
	}
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		v, err := w.createAccount(tx, "", name, lang, w.originOf(ctx))
		if err != nil {
			return err
		}
		if backpackKey, err = w.putBackpackKey(tx, v); err != nil {
			return err
		}
		s, token, err = w.openSession(tx, v, label)
		return errors.Join(err, w.events.Record(tx, v, event.Event{Code: "signed_up"}))
	})
	if err != nil {
		return nil, "", "", err
	}
	return s, token, backpackKey, nil
}

// createAccount creates an account with its keys. An empty a chooses a new id;
// an empty from says that the origin is unknown.
func (w *Wallet) createAccount(tx storage.Tx, a storage.AccountID, name, lang, from string) (*vault.Vault, error) {
	if err := w.countOrigin(tx, from); err != nil {
		return nil, err
	}
	if a == "" {
		id, err := w.cfg.Sealer.NewID()
		if err != nil {
			return nil, err
		}
		a = storage.AccountID(id)
	}
	v, err := w.vaults.Make(tx, a)
	if err != nil {
		return nil, err
	}
	key, err := w.cfg.Keys.Create(tx, a, keys.Ed25519)
	if err != nil {
		return nil, err
	}
	rec, err := v.Record(storage.KindAccount, accountSelf, &accountRecord{
		Name: name, Lang: cleanLang(lang), Holder: key.DID, HolderKey: key.Method, KeyID: key.ID, CreatedAt: w.now(), Origin: from,
	})
	if err != nil {
		return nil, err
	}
	return v, errors.Join(tx.Create(rec), w.scheduleEmpty(tx, a, true))
}

// account returns the stored record of the account.
func (w *Wallet) account(tx storage.Tx, v *vault.Vault) (*accountRecord, error) {
	acc, _, err := vault.Load[accountRecord](tx, v, storage.KindAccount, accountSelf)
	return acc, err
}

// Account returns the account.
func (w *Wallet) Account(ctx context.Context, a storage.AccountID) (*Account, error) {
	var out *Account
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		if err != nil {
			return err
		}
		out = &Account{
			ID: a, Name: acc.Name, Lang: acc.Lang, Holder: acc.Holder, HolderKey: acc.HolderKey,
			CreatedAt: acc.CreatedAt, Sample: acc.Sample,
		}
		return nil
	})
	return out, err
}

// Rename changes the learner's name.
func (w *Wallet) Rename(ctx context.Context, a storage.AccountID, name string) error {
	name, err := cleanName(name)
	if err != nil {
		return err
	}
	return w.changeAccount(ctx, a, func(acc *accountRecord) { acc.Name = name })
}

func (w *Wallet) changeAccount(ctx context.Context, a storage.AccountID, fn func(*accountRecord)) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, rec, err := vault.Load[accountRecord](tx, v, storage.KindAccount, accountSelf)
		if err != nil {
			return err
		}
		fn(acc)
		return v.Replace(tx, rec, acc)
	})
}

// DeleteAccount deletes the account and all its records. As a confirmation,
// name must equal the account's name, ignoring case; otherwise the error is
// BadInput, name_differs. Deleting the account's key makes remaining copies of
// its records unreadable. A store that keeps old pages overwrites them soon
// after. Backups hold the records and the key until the backups expire.
func (w *Wallet) DeleteAccount(ctx context.Context, a storage.AccountID, name string) error {
	defer w.work.Wake()
	defer w.lists.drop(a)
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		if err != nil {
			return err
		}
		if !strings.EqualFold(tidy(name), acc.Name) {
			return fail(BadInput, "name_differs", nil)
		}
		if err := w.giveNew(tx, v, true); err != nil {
			return err
		}
		if _, err = tx.DeleteAccount(a); err != nil {
			return err
		}
		return w.work.Schedule(tx, "", scrubJob, w.now())
	})
}

// scrubJob overwrites deleted accounts' data in the store's free space.
const scrubJob = "scrub/store"

// workScrub handles scrubJob.
func (w *Wallet) workScrub(ctx context.Context, j *work.Job) error {
	if w.cfg.Scrub != nil {
		var err error
		w.work.WithLease(ctx, j, func() { err = w.cfg.Scrub(ctx) })
		if err != nil {
			return w.work.Retry(ctx, j, err)
		}
	}
	return work.UnlessLost(w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		if _, err := w.work.Extend(tx, j); err != nil { // another deletion has rescheduled the job
			return err
		}
		return j.Finish(tx)
	}))
}

// recipients returns the identities that the learner has proved: the holder DID
// and the proved addresses.
func (w *Wallet) recipients(tx storage.Tx, v *vault.Vault) ([]string, error) {
	acc, err := w.account(tx, v)
	if err != nil {
		return nil, err
	}
	known := []string{acc.Holder}
	err = eachEmail(tx, v, func(e *emailRecord, _ *storage.Record) error {
		if !e.ProvedAt.IsZero() {
			known = append(known, e.Address)
		}
		return nil
	})
	return known, err
}

// tidy trims s and normalizes it to Unicode NFC, so equivalent strings compare
// as equal.
func tidy(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }

// cleanName returns the normalized name. It requires 1 to maxName characters,
// none of them unfit and at least one of them visible. Its errors are BadInput:
// name_characters, name_missing or name_too_long.
func cleanName(name string) (string, error) {
	if !utf8.ValidString(name) || strings.ContainsFunc(tidy(name), unfit) {
		return "", fail(BadInput, "name_characters", nil)
	}
	name = tidy(name)
	switch {
	case !strings.ContainsFunc(name, visible):
		return "", fail(BadInput, "name_missing", nil)
	case utf8.RuneCountInString(name) > maxName:
		return "", fail(BadInput, "name_too_long", nil)
	}
	return name, nil
}

// unfit reports whether r may not occur in a line of text: control characters,
// line breaks, private-use characters, surrogates, replacement characters, byte
// order marks and bidirectional controls.
func unfit(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) ||
		r == utf8.RuneError || r == 0xfeff
}

func visible(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r)
}

// cleanLabel makes text from outside, such as a browser's name, safe to display:
// one line of at most maxName characters.
func cleanLabel(label string) string {
	label = strings.Map(func(r rune) rune {
		if unfit(r) {
			return -1
		}
		return r
	}, tidy(strings.ToValidUTF8(label, "")))
	if r := []rune(label); len(r) > maxName {
		label = string(r[:maxName])
	}
	return label
}

// cleanLang returns lang, or "" if it is not formed like a language tag.
func cleanLang(lang string) string {
	if len(lang) > 35 || strings.ContainsFunc(lang, func(r rune) bool {
		return r != '-' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsNumber(r))
	}) {
		return ""
	}
	return lang
}

// gone turns storage.ErrNotFound into an Error of kind Missing with this code.
// It returns other errors unchanged.
func gone(err error, code string) error {
	if errors.Is(err, storage.ErrNotFound) {
		return fail(Missing, code, err)
	}
	return err
}
