package wallet

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"backpack/vc"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// OpenShareOptions control how a share is opened.
type OpenShareOptions struct {
	Passcode string
	// Grant is SharedView.Grant of an earlier opening by the same viewer. It
	// replaces the passcode, and no second view is counted.
	Grant string
	Fresh bool // the viewer asks for a new check
}

// errShareGone returns the error for both a wrong token and a share that has ended.
func errShareGone() error { return fail(Missing, "share_gone", nil) }

// OpenShare opens a share for a viewer with its token. A wrong token and an
// expired, used up or revoked share give the same Missing error. A missing or
// wrong passcode gives Forbidden, code passcode_needed or passcode_wrong; too many
// wrong ones give Limited, code passcode_tries.
func (w *Wallet) OpenShare(ctx context.Context, token string, o OpenShareOptions) (*SharedView, error) {
	granted := w.granted(token, o.Grant)
	a, s, err := w.admit(ctx, token, o)
	if err != nil {
		return nil, err
	}
	view, err := w.view(ctx, a, s, o.Fresh)
	if err != nil {
		return nil, err
	}
	if view.Grant = o.Grant; !granted { // renewing a grant would give access for ever
		view.Grant = w.grant(s.Token, w.now().Add(grantLife))
	}
	return view, nil
}

// admit checks token, grant and passcode, and counts the view. Everything that
// decides is read and written in one transaction.
func (w *Wallet) admit(ctx context.Context, token string, o OpenShareOptions) (a storage.AccountID, out *Share, err error) {
	if w.granted(token, o.Grant) {
		return w.look(ctx, token)
	}
	hash, err := w.passcodeOf(ctx, token, o.Passcode)
	if err != nil {
		return "", nil, err
	}
	var refused error
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		out, refused = nil, nil
		v, s, rec, err := w.findShare(tx, token)
		if err != nil {
			return err
		}
		a = rec.Account
		if !s.open(w.now(), false) {
			return errShareGone()
		}
		if refused = s.enter(hash, w.now()); refused == nil {
			if err := w.countView(tx, v, rec, s); err != nil {
				return err
			}
		}
		out = w.share(rec, s)
		return v.Replace(tx, rec, s)
	})
	if err == nil {
		err = refused // the transaction is committed: a wrong passcode counts
	}
	if notSaved(err) && out != nil && out.MaxViews == 0 && !out.Passcode {
		return w.look(ctx, token) // no limit depends on the count
	}
	return a, out, err
}

// look is admit for a viewer who already holds a grant; it counts and writes
// nothing.
func (w *Wallet) look(ctx context.Context, token string) (a storage.AccountID, out *Share, err error) {
	err = w.cfg.Store.View(ctx, func(tx storage.Tx) error {
		_, s, rec, err := w.findShare(tx, token)
		if err != nil {
			return err
		}
		if !s.open(w.now(), true) {
			return errShareGone()
		}
		a, out = rec.Account, w.share(rec, s)
		return nil
	})
	return a, out, err
}

// findShare returns the share with the token in any state. If the operator has
// disabled its account, the error is errShareGone.
func (w *Wallet) findShare(tx storage.Tx, token string) (*vault.Vault, *shareRecord, *storage.Record, error) {
	rec, err := tx.Find(storage.KindShare, w.shareLookup(token))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil, nil, errShareGone()
	}
	if err != nil {
		return nil, nil, nil, err
	}
	v, err := w.vaults.Open(tx, rec.Account)
	if err != nil {
		return nil, nil, nil, err
	}
	if acc, err := w.account(tx, v); err != nil {
		return nil, nil, nil, err
	} else if !acc.Disabled.IsZero() {
		return nil, nil, nil, errShareGone()
	}
	s := new(shareRecord)
	return v, s, rec, v.Read(rec, s)
}

// passcodeOf hashes a passcode with the share's salt. Hashing is slow and takes
// memory by design, so it runs outside write transactions, at most hashers at a
// time. It returns nil if no passcode is given or the share has none.
func (w *Wallet) passcodeOf(ctx context.Context, token, passcode string) ([]byte, error) {
	if passcode = tidy(passcode); passcode == "" || len(passcode) > maxPasscode {
		return nil, nil
	}
	var s *shareRecord
	err := w.cfg.Store.View(ctx, func(tx storage.Tx) error {
		var err error
		_, s, _, err = w.findShare(tx, token)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !s.open(w.now(), false):
		return nil, errShareGone()
	case s.PasscodeHash == nil:
		return nil, nil
	case s.triedOut(w.now()):
		return nil, fail(Limited, "passcode_tries", nil)
	}
	select {
	case w.hashing <- struct{}{}:
		defer func() { <-w.hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return passcodeHash(passcode, s.PasscodeSalt), nil
}

// open reports whether the share may be seen. A viewer with a grant may still look
// after the last view is used up.
func (s *shareRecord) open(now time.Time, granted bool) bool {
	return s.RevokedAt.IsZero() && now.Before(s.ExpiresAt) && (granted || s.MaxViews == 0 || s.Views < s.MaxViews)
}

// enter checks the hash of the passcode given, or nil for none, and counts wrong
// passcodes.
func (s *shareRecord) enter(hash []byte, now time.Time) error {
	if s.PasscodeHash == nil {
		return nil
	}
	if hash == nil {
		return fail(Forbidden, "passcode_needed", nil)
	}
	if s.triedOut(now) {
		return fail(Limited, "passcode_tries", nil)
	}
	if now.Sub(s.TriedAt) > triesWindow {
		s.Tries, s.TriedAt = 0, now
	}
	if subtle.ConstantTimeCompare(hash, s.PasscodeHash) != 1 {
		s.Tries++
		return fail(Forbidden, "passcode_wrong", nil)
	}
	return nil
}

func (s *shareRecord) triedOut(now time.Time) bool {
	return s.Tries >= maxTries && now.Sub(s.TriedAt) <= triesWindow
}

// countView counts a view and records an event for the first one of a day. The
// learner sees that the share was opened, never by whom.
func (w *Wallet) countView(tx storage.Tx, v *vault.Vault, rec *storage.Record, s *shareRecord) error {
	day := w.now().Format(time.DateOnly)
	if s.Days == nil {
		s.Days = map[string]int{}
	}
	s.Views++
	if s.Days[day]++; s.Days[day] > 1 {
		return nil
	}
	return w.events.Record(tx, v, event.Event{Code: "share_opened", Share: rec.ID, Text: s.Title})
}

// grant returns a signed pass to the share with the token, valid until a time.
func (w *Wallet) grant(token string, until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 36)
	return expires + "." + w.cfg.Sealer.Secret("grant/"+token+"/"+expires)
}

// granted reports whether grant is a valid pass to the share with the token.
func (w *Wallet) granted(token, grant string) bool {
	expires, mac, ok := strings.Cut(grant, ".")
	unix, err := strconv.ParseInt(expires, 36, 64)
	if !ok || err != nil || !w.now().Before(time.Unix(unix, 0)) {
		return false
	}
	want := w.cfg.Sealer.Secret("grant/" + token + "/" + expires)
	return subtle.ConstantTimeCompare([]byte(mac), []byte(want)) == 1
}

// view loads the badges of a share with the results of their latest checks. A
// view triggers no check, so an issuer does not learn when its badge is viewed;
// the watch checks shared badges daily. Only fresh asks for a new check.
func (w *Wallet) view(ctx context.Context, a storage.AccountID, s *Share, fresh bool) (*SharedView, error) {
	if fresh {
		if err := w.checkShown(ctx, a, s.Entries); err != nil {
			return nil, err
		}
	}
	out := &SharedView{Share: s, CheckedAt: w.now()}
	var badges []*Badge
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		badges = nil
		acc, err := w.account(tx, v)
		if err != nil {
			return err
		}
		out.Holder, out.HolderDID = acc.Name, acc.Holder
		badges, err = loadShared(tx, v, s.Entries)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, b := range badges {
		item, err := w.sharedItem(ctx, b)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, item)
		if item.Report.At.Before(out.CheckedAt) {
			out.CheckedAt = item.Report.At
		}
	}
	return out, nil
}

// checkEvery is the shortest time between two checks of a badge that viewers
// request.
const checkEvery = time.Minute

// checkShown checks the badges of a share again and stores the results.
func (w *Wallet) checkShown(ctx context.Context, a storage.AccountID, ids []string) error {
	errs := make([]error, len(ids))
	each(len(ids), func(i int) {
		b, err := w.Badge(ctx, a, ids[i])
		if err == nil && w.now().Sub(b.Entry.CheckedAt) >= checkEvery {
			_, err = w.recheck(ctx, a, ids[i], inspect.ViewerPatience, true)
		}
		var e *Error
		if !errors.As(err, &e) || e.Kind != Missing { // the learner removed it
			errs[i] = err
		}
	})
	return errors.Join(errs...)
}

// loadShared loads those of the badges that still exist, the latest award first.
func loadShared(tx storage.Tx, v *vault.Vault, ids []string) ([]*Badge, error) {
	var out []*Badge
	for _, id := range ids {
		b, err := loadBadge(tx, v, id)
		if errors.Is(err, storage.ErrNotFound) {
			continue // the learner removed it
		}
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(x, y *Badge) int { return y.Entry.Summary.AwardedAt.Compare(x.Entry.Summary.AwardedAt) })
	return out, nil
}

// stale is the age from which a check result no longer counts. The watch checks
// more often than that unless the service was down.
const stale = 10 * 24 * time.Hour

// sharedItem returns a badge with its latest report, adjusted to the present date.
// Which of the learner's addresses the badge belongs to stays private.
func (w *Wallet) sharedItem(ctx context.Context, b *Badge) (*SharedItem, error) {
	if _, err := w.disclosed(ctx, b); err != nil {
		return nil, err
	}
	r := forOthers(vc.Dated(b.Document, b.Entry.Report, w.now()))
	item := &SharedItem{Badge: b, Report: r, Verdict: r.Verdict(w.Policy())}
	if g := b.Entry.LastGood; g != nil {
		then := *g
		then.Report = forOthers(g.Report)
		item.LastGood = &then
	}
	if item.Verdict.Genuine() && w.now().Sub(r.At) > stale {
		item.Verdict, item.LastGood = vc.Undetermined, &inspect.LastGood{At: r.At, Why: inspect.WhyOld, Since: r.At}
	}
	return item, nil
}

// forOthers returns a copy of a report without the recipient check against the
// learner's addresses and without the mention of a private copy; nil for nil.
func forOthers(r *vc.Report) *vc.Report {
	if r == nil {
		return nil
	}
	out := *r
	out.Checks = slices.Clone(r.Checks)
	for i, c := range out.Checks {
		switch {
		case c.ID == vc.CheckRecipient:
			out.Checks[i] = vc.Check{ID: c.ID, Outcome: vc.Skipped, Reason: vc.ReasonNobodyAsked}
		case c.Reason == vc.ReasonOwnCopy:
			out.Checks[i].Reason, out.Checks[i].Detail = "", ""
		}
	}
	return &out
}

// SharedImage returns the picture of a badge in a share; the viewer must hold a
// grant.
func (w *Wallet) SharedImage(ctx context.Context, token, grant, entry string) (body []byte, contentType string, err error) {
	a, s, err := w.admitted(ctx, token, grant)
	if err != nil {
		return nil, "", err
	}
	if !slices.Contains(s.Entries, entry) {
		return nil, "", errShareGone()
	}
	return w.BadgeImage(ctx, a, entry)
}

// admitted is admit for the files beside a page: it requires a grant and counts
// nothing.
func (w *Wallet) admitted(ctx context.Context, token, grant string) (storage.AccountID, *Share, error) {
	if !w.granted(token, grant) {
		return "", nil, errShareGone()
	}
	return w.look(ctx, token)
}

// SharedBadge returns one badge of a share for download; the viewer must hold a
// grant. If only the learner may have the bytes, the error is a Conflict, code
// private_copy.
func (w *Wallet) SharedBadge(ctx context.Context, token, grant, entry string) (*Badge, error) {
	a, s, err := w.admitted(ctx, token, grant)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.Entries, entry) {
		return nil, errShareGone()
	}
	b, err := w.Badge(ctx, a, entry)
	if err != nil {
		return nil, err
	}
	if ok, err := w.disclosed(ctx, b); err != nil {
		return nil, err
	} else if !ok {
		return nil, fail(Conflict, "private_copy", nil)
	}
	return b, nil
}
