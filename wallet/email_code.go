package wallet

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// Limits of mailed codes. A code has six digits. With five tries per code and
// these limits, an attacker who keeps guessing at one address succeeds about
// once in fifty years.
const (
	codeLife        = 10 * time.Minute
	codeTries       = 5
	mailsPerAddress = 10 // per window, from all accounts; prevents flooding a mailbox
	mailsPerAccount = 20 // per window
	mailsWindow     = 24 * time.Hour
)

// A codeRecord is a pending code. The Due of its record is its expiry time.
type codeRecord struct {
	Code  string
	Tries int
}

// putCode counts a mail and replaces the address's code with a new one.
func (w *Wallet) putCode(tx storage.Tx, v *vault.Vault, id, address string) (string, error) {
	if err := w.spendMail(tx, v.Account, address); err != nil {
		return "", err
	}
	code, err := w.newCode()
	if err != nil {
		return "", err
	}
	k := v.Key(storage.KindChallenge, emailPrefix+id)
	if err := tx.Delete(k); err != nil && !errors.Is(err, storage.ErrNotFound) {
		return "", err
	}
	rec, err := v.Record(k.Kind, k.ID, &codeRecord{Code: code})
	if err != nil {
		return "", err
	}
	rec.Due = w.now().Add(codeLife)
	return code, tx.Create(rec)
}

// newCode returns a uniformly random six-digit code.
func (w *Wallet) newCode() (string, error) {
	const codes = 1_000_000
	for {
		b, err := w.cfg.Sealer.Bytes(4)
		if err != nil {
			return "", err
		}
		n := binary.BigEndian.Uint32(b)
		if n < 1<<32-1<<32%codes {
			return fmt.Sprintf("%06d", n%codes), nil
		}
	}
}

// ResendCode mails a new code for an address. A proved address is Conflict,
// email_exists.
func (w *Wallet) ResendCode(ctx context.Context, a storage.AccountID, id string) error {
	var address, code string
	err := w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		e, _, err := loadEmail(tx, v, id)
		if err != nil {
			return err
		}
		if !e.ProvedAt.IsZero() {
			return fail(Conflict, "email_exists", nil)
		}
		address = e.Address
		code, err = w.putCode(tx, v, id, address)
		return err
	})
	if err != nil {
		return err
	}
	return w.mailCode(ctx, address, code)
}

// ProveEmail proves an address with the mailed code and schedules a check of
// each badge that may now be the learner's. A wrong code is Forbidden,
// code_wrong. After five wrong codes the error is Limited, code_tries, until a
// new code is mailed. An expired code is Missing, code_expired. If the address
// is already proved, ProveEmail does nothing.
func (w *Wallet) ProveEmail(ctx context.Context, a storage.AccountID, id, code string) error {
	var wrong error // kept out of the transaction, which must commit the try
	err := w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		wrong = nil
		e, rec, err := loadEmail(tx, v, id)
		if err != nil || !e.ProvedAt.IsZero() {
			return err
		}
		c, codeRec, err := vault.Load[codeRecord](tx, v, storage.KindChallenge, emailPrefix+id)
		if err != nil {
			return gone(err, "code_expired")
		}
		switch {
		case !codeRec.Due.After(w.now()):
			return fail(Missing, "code_expired", nil)
		case c.Tries >= codeTries:
			return fail(Limited, "code_tries", nil)
		case subtle.ConstantTimeCompare([]byte(digits(code)), []byte(c.Code)) != 1:
			wrong = fail(Forbidden, "code_wrong", nil)
			c.Tries++
			return v.Replace(tx, codeRec, c)
		}
		e.ProvedAt = w.now()
		return errors.Join(tx.Delete(codeRec.Key), v.Replace(tx, rec, e), w.matchAgain(tx, v, ""),
			w.events.Record(tx, v, event.Event{Code: "email_proved", Text: e.Address}))
	})
	w.work.Wake()
	if err != nil {
		return err // never reveal the result of an uncounted try
	}
	return wrong
}

// digits returns code without spaces, hyphens and format characters. It returns
// "" for more than 100 bytes.
func digits(code string) string {
	if len(code) > 100 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf) || r == '-' {
			return -1
		}
		return r
	}, code)
}

// spendMail counts a mail from the account to the address. Over the daily limit
// of either, the error is Limited, too_many_mails.
func (w *Wallet) spendMail(tx storage.Tx, a storage.AccountID, address string) error {
	hash := w.cfg.Sealer.Lookup("mails", strings.ToLower(address))
	if err := w.spend(tx, storage.Key{Account: "", Kind: storage.KindChallenge, ID: "mails/" + hash}, mailsPerAddress); err != nil {
		return err
	}
	return w.spend(tx, storage.Key{Account: a, Kind: storage.KindChallenge, ID: "mails"}, mailsPerAccount)
}

// spend counts one mail under k and refuses more than most per mailsWindow. The
// count is stored in a record; its Due is the end of the window.
func (w *Wallet) spend(tx storage.Tx, k storage.Key, most int) error {
	used := 0
	rec, err := tx.Get(k)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		rec = &storage.Record{Key: k}
	case err != nil:
		return err
	case rec.Due.After(w.now()):
		if err := json.Unmarshal(rec.Data, &used); err != nil {
			return fmt.Errorf("decode a mail count: %w", err)
		}
	}
	if used >= most {
		return fail(Limited, "too_many_mails", nil)
	}
	if used == 0 {
		rec.Due = w.now().Add(mailsWindow)
	}
	if rec.Data, err = json.Marshal(used + 1); err != nil {
		return err
	}
	if rec.Version == 0 {
		return tx.Create(rec)
	}
	return tx.Update(rec)
}

// mailCode mails a code. The mail contains no text that a user chooses, so it
// cannot be abused to send messages.
func (w *Wallet) mailCode(ctx context.Context, address, code string) error {
	host := w.cfg.PublicURL.Host
	text := fmt.Sprintf(`Your code is

    %s

Type it on the page where you added this e-mail address to your
backpack at %s. The code works for ten minutes.

It shows that this address is yours, so that badges awarded to it
are recognised as yours.

If you did not ask for this, you need not do anything: without the
code nothing happens.
`, code, host)
	err := w.cfg.Mail.Send(ctx, address, "Your code for Backpack: "+code, text)
	if err != nil {
		hidden := strings.ReplaceAll(err.Error(), address, "the address") // errors are logged
		return fail(Upstream, "mail_failed", errors.New(hidden))
	}
	return nil
}
