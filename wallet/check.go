package wallet

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"backpack/vc"
)

// How long a badge may go without a re-check.
const (
	recheckWeekly = 7 * 24 * time.Hour
	recheckDaily  = 24 * time.Hour // while it is shown to somebody
)

// recheckAfter returns when to look again: before the badge expires, sooner
// when it is shown, and never for many badges at the same moment.
func (w *Wallet) recheckAfter(e *Entry, shown bool) time.Duration {
	d := recheckWeekly
	if shown {
		d = recheckDaily
	}
	if until := e.Summary.ValidUntil; !until.IsZero() {
		if left := until.Sub(w.now()) + time.Minute; left > 0 && left < d {
			d = left
		}
	}
	return d + w.jitter(d/8)
}

// jitter returns a random duration below d.
func (w *Wallet) jitter(d time.Duration) time.Duration {
	b, err := w.Sealer.bytes(8)
	if err != nil || d <= 0 {
		return 0
	}
	return time.Duration(binary.BigEndian.Uint64(b) % uint64(d)).Truncate(time.Second)
}

// Recheck checks a badge again, with fresh answers, and records a change.
func (w *Wallet) Recheck(ctx context.Context, a AccountID, id string) (*Entry, error) {
	b, err := w.Badge(ctx, a, id)
	if err != nil {
		return nil, err
	}
	known, err := w.knownRecipients(ctx, a)
	if err != nil {
		return nil, err
	}
	r, err := w.verify(ctx, b, vc.Options{Recipients: known, Fresh: true})
	if err != nil {
		return nil, err
	}
	var out *Entry
	err = w.changeEntry(ctx, a, id, func(tx Tx, v *vault, e *Entry) error {
		out = e
		if err := w.noteVerdict(tx, v, e, r); err != nil {
			return err
		}
		e.Mine = mine(b, r, known)
		return w.keepCurrent(tx, v, id, r)
	})
	return out, err
}

// verify verifies the original of a badge by the rules of its own form.
func (w *Wallet) verify(ctx context.Context, b *Badge, opt vc.Options) (*vc.Report, error) {
	doc, err := b.original(ctx)
	if err != nil {
		return nil, err
	}
	r, err := w.Verifier.Verify(ctx, doc, opt)
	if err != nil {
		return nil, fail(Internal, "check_failed", err)
	}
	return r, nil
}

func mine(b *Badge, r *vc.Report, known []string) string {
	doc := b.Document
	if r.Current != nil {
		doc = r.Current
	}
	if doc.Credential == nil {
		return ""
	}
	match, _ := vc.MatchRecipient(&doc.Credential.Subject, known)
	return match
}

// noteVerdict writes what a check found into the entry. That nothing could be
// found out never hides that a badge was taken back.
func (w *Wallet) noteVerdict(tx Tx, v *vault, e *Entry, r *vc.Report) error {
	now := r.Verdict(w.Policy())
	if now == vc.Undetermined && e.Verdict == vc.Revoked {
		return nil
	}
	before := e.Verdict
	e.Report, e.Verdict, e.CheckedAt = r, now, r.At
	if before == now {
		return nil
	}
	e.History = append(e.History, Change{At: r.At, From: before, To: now})
	if n := len(e.History); n > 100 {
		e.History = e.History[n-100:]
	}
	return w.tell(tx, v, Event{Code: "verdict_changed", Entry: e.ID, Text: e.Summary.Title})
}

// keepCurrent keeps what the address of a hosted badge served, once it held.
func (w *Wallet) keepCurrent(tx Tx, v *vault, id string, r *vc.Report) error {
	if r.Current == nil || r.Check(vc.CheckProof).Outcome != vc.Passed {
		return nil
	}
	body, rec, err := load[Body](tx, v, KindBody, id)
	if err != nil {
		return notFound(err)
	}
	if string(body.Current) == string(r.Current.Raw) {
		return nil
	}
	body.Current = r.Current.Raw
	if err := v.fill(rec, body); err != nil {
		return err
	}
	return tx.Update(rec)
}

// workCheck is the scheduled re-check of one badge.
func (w *Wallet) workCheck(ctx context.Context, c *claimed) error {
	e, err := w.Recheck(ctx, c.account(), c.name())
	var missing *Error
	if errors.As(err, &missing) && missing.Kind == Missing {
		return w.Store.Update(ctx, func(tx Tx) error {
			if err := tx.Delete(c.rec.Key); !errors.Is(err, ErrNotFound) {
				return err
			}
			return nil
		})
	}
	if err != nil {
		return w.give(ctx, c, err)
	}
	shown, err := w.shown(ctx, c.account(), c.name())
	if err != nil {
		return w.give(ctx, c, err)
	}
	c.job.Attempts = 0
	return w.release(ctx, c, w.now().Add(w.recheckAfter(e, shown)))
}

// shown reports whether a live show contains the badge.
func (w *Wallet) shown(ctx context.Context, a AccountID, id string) (bool, error) {
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
