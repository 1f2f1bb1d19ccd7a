package wallet

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"backpack/vc"
	"backpack/vc/kept"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// jitter returns a random duration from 0 to below d, in whole seconds. It
// returns 0 if d is not positive or the random source fails.
func (w *Wallet) jitter(d time.Duration) time.Duration {
	b, err := w.cfg.Sealer.Bytes(8)
	if err != nil || d <= 0 {
		return 0
	}
	return time.Duration(binary.BigEndian.Uint64(b) % uint64(d)).Truncate(time.Second)
}

// Recheck checks a badge again, without cached answers, and stores the result.
func (w *Wallet) Recheck(ctx context.Context, a storage.AccountID, id string) (*Entry, error) {
	return w.recheck(ctx, a, id, inspect.Patience, true)
}

// recheck is Recheck with a time limit. Without fresh, answers may come from
// the shared cache while they are valid, and the check does not cover the older
// badge that this one was made from.
func (w *Wallet) recheck(ctx context.Context, a storage.AccountID, id string, patience time.Duration, fresh bool) (*Entry, error) {
	b, err := w.Badge(ctx, a, id)
	if err != nil {
		return nil, err
	}
	known, err := w.knownRecipients(ctx, a)
	if err != nil {
		return nil, err
	}
	doc, err := b.toCheck(ctx)
	if err != nil {
		return nil, err
	}
	asking, given := kept.Collect(ctx)
	if b.Entry.heldLast() {
		asking = vc.WithHolding(asking)
	}
	r, err := w.VerifyWithin(asking, patience, doc, vc.Options{Recipients: known, Fresh: fresh, Original: fresh, Own: true})
	if err != nil {
		return nil, err
	}
	s := snapshotOf(r, r.Verdict(w.Policy()), doc.Raw, given.Materials())
	gather, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pic := w.renewedPicture(gather, b, r, fresh)
	var out *Entry
	old := ""
	err = w.changeRecord(ctx, a, id, func(tx storage.Tx, v *vault.Vault, e *Entry, rec *storage.Record) error {
		out, old = e, e.Summary.Image
		if err := w.noteIdentity(tx, v, rec, b, doc, r); err != nil {
			return err
		}
		if err := w.noteVerdict(tx, v, e, r, s); err != nil {
			return err
		}
		if err := w.noteCurrent(tx, v, e, b, r, known); err != nil {
			return err
		}
		e.Summary.Inside = inspect.GraverInside(e.Report, e.Verdict)
		if err := w.notePicture(tx, v, e, pic); err != nil {
			return err
		}
		return w.noteDates(tx, v, e)
	})
	if err == nil && out.Summary.Image != old {
		err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error { return dropImage(tx, v, old) })
	}
	return out, err
}

// heldLast reports whether the latest check, or the latest good one, found the
// badge genuine. Its addresses are then its issuer's; see vc.WithHolding.
func (e *Entry) heldLast() bool {
	return e.Report.Confirmed() || e.LastGood != nil && e.LastGood.Report.Confirmed()
}

// takenBack reports whether v is Revoked or Suspended.
func takenBack(v vc.Verdict) bool { return v == vc.Revoked || v == vc.Suspended }

// noteCurrent stores the issuer's current version of the badge, once its proof
// passes: the response from a hosted badge's address, or a newer version. It
// also sets e.Mine to the identity of the learner that the badge matches.
func (w *Wallet) noteCurrent(tx storage.Tx, v *vault.Vault, e *Entry, b *Badge, r *vc.Report, known []string) error {
	doc := b.Document
	if r.Current != nil && r.Check(vc.CheckProof).Outcome == vc.Passed && inspect.Whole(r.Current) {
		doc = r.Current
		was := e.Summary
		e.Summary = inspect.Summarise(doc, r.Words)
		e.Summary.Image, e.Summary.ImageType, e.Summary.Picture = was.Image, was.ImageType, was.Picture
		if err := w.keepCurrent(tx, v, e, doc, r); err != nil {
			return err
		}
	}
	if c := doc.Credential; c != nil && len(r.Words) > 0 { // the first check may have lacked the words
		e.Summary.Title = inspect.Title(c, r.Words)
	}
	e.Mine = ""
	if doc.Credential != nil {
		e.Mine, _ = vc.MatchRecipient(&doc.Credential.Subject, known)
	}
	return nil
}

// workCheck handles the scheduled check of one badge. If the badge is gone, it
// finishes the job.
func (w *Wallet) workCheck(ctx context.Context, j *work.Job) error {
	var e *Entry
	var err error
	w.work.WithLease(ctx, j, func() { e, err = w.recheck(ctx, j.Account(), j.Name(), inspect.Patience, false) })
	var missing *Error
	if errors.As(err, &missing) && missing.Kind == Missing {
		return w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
			if err := j.Finish(tx); !errors.Is(err, storage.ErrNotFound) {
				return err
			}
			return nil
		})
	}
	if err != nil {
		return w.work.Retry(ctx, j, err)
	}
	shown, err := w.shown(ctx, j.Account(), j.Name())
	if err != nil {
		return w.work.Retry(ctx, j, err)
	}
	return w.work.Repeat(ctx, j, w.now().Add(w.recheckAfter(e, shown)))
}

// shown reports whether a live share contains the badge.
func (w *Wallet) shown(ctx context.Context, a storage.AccountID, id string) (bool, error) {
	shares, err := w.Shares(ctx, a)
	if err != nil {
		return false, err
	}
	for _, s := range shares {
		if s.Live(w.now()) && slices.Contains(s.Entries, id) {
			return true, nil
		}
	}
	return false, nil
}
