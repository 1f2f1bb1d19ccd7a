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

// Times of the mail with a learner's notices.
const (
	digestGather = time.Hour      // so that what happens together is told together
	digestPause  = 24 * time.Hour // between two mails
	digestLines  = 20
	digestTries  = 3
)

// digestJob is the work that is owed: one mail.
const digestJob = "digest/mail"

// States of Event.Mail.
const (
	mailDue  = "due"
	mailSent = "sent" // or given up
)

// MailTo returns the id of the address that notices are mailed to, "" for none.
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

// SetMailTo has notices mailed to one of the learner's proved addresses, at
// most once a day; "" ends that.
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

// stopMailTo ends mails to an address that is removed.
func (w *Wallet) stopMailTo(tx storage.Tx, v *vault.Vault, id string) error {
	acc, err := w.account(tx, v)
	if err != nil || acc.MailTo != id {
		return err
	}
	return w.setMailTo(tx, v, "", "")
}

// mailToken is what a mail's link to end such mails has: whose they are, to
// which address, and a proof that we wrote it.
func (w *Wallet) mailToken(a storage.AccountID, id string) string {
	return string(a) + "." + id + "." + w.cfg.Sealer.Secret("mail/"+string(a)+"/"+id)
}

// StopMail ends mails to an address for who has the link in one of them. It
// needs no session, and does nothing when they have ended already. An invented
// link, or one of an account that is gone, is Missing, mail_link.
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

// scheduleMail schedules a mail with a notice, if the learner wants mails. It is
// the hook of event.Log.
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

// A letter is one mail.
type letter struct {
	to, token string
	notices   []*event.Event
}

// workDigest mails what there is to tell. The notices are marked as mailed
// before: a mail that a crash may have stopped is not sent twice, and what it
// said stands in the backpack. What the mail server did not take is tried again.
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

// takeDigest marks what is due as mailed. It returns nil when there is nothing
// to mail, or not yet.
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

// markMail moves notices from one state of mailing to another, and returns them
// in the order in which they happened.
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

// untakeDigest makes what was not sent due again, for the next day.
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
		if work.IsLost(err) { // another notice is due meanwhile
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

// digestText is the mail: of a badge nothing but its title, in one line.
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

// noticeText says a notice in a sentence.
func noticeText(e *event.Event) string {
	title := "“" + cleanLabel(e.Text) + "”"
	date := e.Until.Format("2 January 2006") // the day that the issuer wrote
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
