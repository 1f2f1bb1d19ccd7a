package wallet

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// Limits of the digest, the mail with a learner's notices.
const (
	digestGather = time.Hour      // delay that collects related notices in one mail
	digestPause  = 24 * time.Hour // minimum time between two mails
	digestLines  = 20             // notices listed in one mail
	digestTries  = 3              // attempts before a mail is given up
)

// digestJob is the job that sends one digest.
const digestJob = "digest/mail"

// States of Event.Mail.
const (
	mailDue  = "due"
	mailSent = "sent" // also after the last failed attempt
)

// MailTo returns the id of the address that receives notices, or "" if mails
// are off.
func (w *Wallet) MailTo(ctx context.Context, a storage.AccountID) (id string, err error) {
	err = w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		if err == nil {
			id = acc.MailTo
		}
		return err
	})
	return id, err
}

// SetMailTo turns on mails with notices, at most one a day, to the proved
// address with this id. An empty id turns them off. An address that is not
// proved is Conflict, email_unproved.
func (w *Wallet) SetMailTo(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		address := ""
		if id != "" {
			e, _, err := loadEmail(tx, v, id)
			if err != nil {
				return err
			}
			if e.ProvedAt.IsZero() {
				return fail(Conflict, "email_unproved", nil)
			}
			address = e.Address
		}
		return w.setMailTo(tx, v, id, address)
	})
}

func (w *Wallet) setMailTo(tx storage.Tx, v *vault.Vault, id, address string) error {
	acc, rec, err := vault.Load[accountRecord](tx, v, storage.KindAccount, accountSelf)
	if err != nil || acc.MailTo == id {
		return err
	}
	acc.MailTo = id
	if err := v.Replace(tx, rec, acc); err != nil {
		return err
	}
	if id != "" {
		return w.events.Record(tx, v, event.Event{Code: "mail_on", Text: address})
	}
	if err := w.work.Cancel(tx, v.Account, digestJob); err != nil {
		return err
	}
	return w.events.Record(tx, v, event.Event{Code: "mail_off"})
}

// stopMailTo turns mails off if they go to the address with this id.
func (w *Wallet) stopMailTo(tx storage.Tx, v *vault.Vault, id string) error {
	acc, err := w.account(tx, v)
	if err != nil || acc.MailTo != id {
		return err
	}
	return w.setMailTo(tx, v, "", "")
}

// mailToken returns the token of a digest's unsubscribe link: the account, the
// id of the address, and a secret that only this service can compute.
func (w *Wallet) mailToken(a storage.AccountID, id string) string {
	return string(a) + "." + id + "." + w.cfg.Sealer.Secret("mail/"+string(a)+"/"+id)
}

// StopMail turns mails off for the token of an unsubscribe link. It needs no
// session and does nothing if mails to that address are already off. A forged
// token, or one of a deleted account, is Missing, mail_link.
func (w *Wallet) StopMail(ctx context.Context, token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || subtle.ConstantTimeCompare([]byte(token), []byte(w.mailToken(storage.AccountID(parts[0]), parts[1]))) != 1 {
		return fail(Missing, "mail_link", nil)
	}
	err := w.vaults.Update(ctx, storage.AccountID(parts[0]), func(tx storage.Tx, v *vault.Vault) error { return w.stopMailTo(tx, v, parts[1]) })
	var e *Error
	if errors.As(err, &e) && e.Kind == Missing {
		return fail(Missing, "mail_link", err)
	}
	return err
}

// scheduleMail marks a notice as due and schedules a digest, if the learner has
// turned mails on. It is the hook of event.Log.
func (w *Wallet) scheduleMail(tx storage.Tx, v *vault.Vault, e *event.Event) error {
	acc, err := w.account(tx, v)
	if err != nil || acc.MailTo == "" {
		return err
	}
	e.Mail = mailDue
	due := w.now().Add(digestGather)
	if next := acc.MailedAt.Add(digestPause); next.After(due) {
		due = next
	}
	return w.work.Schedule(tx, v.Account, digestJob, due)
}

// A letter is one digest to send.
type letter struct {
	to, token string // the address; see mailToken
	notices   []*event.Event
}

// workDigest handles digestJob. It marks the notices as mailed before it sends
// them, so a crash loses a mail rather than sending it twice; the notices stay
// in the backpack. It tries to send a mail up to digestTries times.
func (w *Wallet) workDigest(ctx context.Context, j *work.Job) error {
	d, err := w.takeDigest(ctx, j)
	switch {
	case work.IsLost(err), err == nil && d == nil:
		return nil
	case err != nil:
		return w.work.Retry(ctx, j, err)
	}
	w.work.WithLease(ctx, j, func() { err = w.cfg.Mail.Send(ctx, d.to, digestSubject(len(d.notices)), w.digestText(d)) })
	if err == nil {
		return w.work.Complete(ctx, j)
	}
	hidden := errors.New(strings.ReplaceAll(err.Error(), d.to, "the address")) // errors are logged
	if j.Fail() >= digestTries {
		return errors.Join(hidden, w.work.Complete(ctx, j))
	}
	return errors.Join(hidden, w.untakeDigest(context.WithoutCancel(ctx), j, d))
}

// takeDigest marks the due notices as mailed and returns their letter. It
// returns nil if no mail may be sent now.
func (w *Wallet) takeDigest(ctx context.Context, j *work.Job) (d *letter, err error) {
	var lease work.Lease
	err = w.vaults.Update(ctx, j.Account(), func(tx storage.Tx, v *vault.Vault) error {
		d = nil
		acc, rec, err := vault.Load[accountRecord](tx, v, storage.KindAccount, accountSelf)
		if err != nil {
			return err
		}
		if lease, err = w.work.Extend(tx, j); err != nil {
			return err
		}
		email, _, err := loadEmail(tx, v, acc.MailTo)
		if acc.MailTo == "" || err != nil {
			return j.Finish(tx) // the learner has turned mails off
		}
		if next := acc.MailedAt.Add(digestPause); next.After(w.now()) {
			return w.work.Delay(tx, j, lease, next)
		}
		if list, err := markMail(tx, v, mailDue, mailDue); err != nil || len(list) == 0 {
			return errors.Join(err, j.Finish(tx))
		}
		if err := w.spendMail(tx, v.Account, email.Address); err != nil {
			return w.work.Delay(tx, j, lease, w.now().Add(digestPause))
		}
		list, err := markMail(tx, v, mailDue, mailSent)
		if err != nil {
			return err
		}
		d = &letter{to: email.Address, token: w.mailToken(v.Account, acc.MailTo), notices: list}
		acc.MailedAt = w.now()
		return v.Replace(tx, rec, acc)
	})
	if err == nil {
		j.Hold(lease)
	}
	return d, err
}

// markMail changes Event.Mail of all notices in state from and returns these
// notices, the earliest first. If from equals to, it changes nothing.
func markMail(tx storage.Tx, v *vault.Vault, from, to string) (list []*event.Event, err error) {
	err = vault.Each(tx, v, storage.KindEvent, func(e *event.Event, rec *storage.Record) error {
		if e.Mail != from {
			return nil
		}
		if list = append(list, e); to == from {
			return nil
		}
		e.Mail = to
		return v.Replace(tx, rec, e)
	})
	return list, err
}

// untakeDigest marks the notices of an unsent letter as due again and delays
// the job by a day.
func (w *Wallet) untakeDigest(ctx context.Context, j *work.Job, d *letter) error {
	return w.vaults.Update(ctx, j.Account(), func(tx storage.Tx, v *vault.Vault) error {
		err := vault.Each(tx, v, storage.KindEvent, func(e *event.Event, rec *storage.Record) error {
			if !slices.ContainsFunc(d.notices, func(x *event.Event) bool { return x.ID == e.ID }) {
				return nil
			}
			e.Mail = mailDue
			return v.Replace(tx, rec, e)
		})
		if err != nil {
			return err
		}
		due := w.now().Add(digestPause)
		err = w.work.Delay(tx, j, work.Lease{}, due)
		if work.IsLost(err) { // a new notice has rescheduled the job
			err = w.work.Schedule(tx, j.Account(), digestJob, due)
		}
		return err
	})
}

func digestSubject(n int) string {
	if n == 1 {
		return "News about one of your badges"
	}
	return fmt.Sprintf("News about your badges (%d)", n)
}

// digestText returns the text of the mail: one line for each notice. Of a badge
// it contains only the title.
func (w *Wallet) digestText(d *letter) string {
	var lines strings.Builder
	for i, e := range d.notices {
		if i == digestLines {
			fmt.Fprintf(&lines, "  - and %d more\n", len(d.notices)-i)
			break
		}
		fmt.Fprintf(&lines, "  - %s\n", noticeText(e))
	}
	return fmt.Sprintf(`There is news in your backpack at %s:

%s
See it there:

    %s/backpack

You get this mail because you asked for it in your backpack: at most
one a day, and only when there is news. To stop these mails:

    %s/mail/stop/%s
`, w.cfg.PublicURL.Host, lines.String(), w.cfg.PublicURL, w.cfg.PublicURL, d.token)
}

// noticeText returns a notice as one sentence, without a full stop.
func noticeText(e *event.Event) string {
	title := "“" + cleanLabel(e.Text) + "”"
	date := e.Until.Format("2 January 2006") // the issuer's date, not the reader's local one
	switch e.Code {
	case event.NoticeSoon, event.NoticeVerySoon:
		return title + " expires on " + date
	case event.NoticeExpired:
		return title + " has expired"
	case event.NoticeRevoked:
		return title + " was taken back by its issuer"
	case event.NoticeSuspended:
		return title + " was put on hold by its issuer"
	case event.NoticeReinstated:
		return title + " counts again: its issuer has reinstated it"
	case event.NoticeKey:
		return title + " no longer holds: its issuer shows another key than before"
	case event.NoticeSilent:
		return "the issuer of " + title + " has not answered for two weeks"
	case event.NoticeNewer:
		return "there is a newer version of " + title
	}
	return "the answer for " + title + " has changed"
}
