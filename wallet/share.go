package wallet

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"backpack/vc"
)

// Limits of a show.
const (
	shareLife    = 30 * 24 * time.Hour
	maxShareLife = 366 * 24 * time.Hour
	maxShared    = 100 // badges
	maxTitle     = 120 // characters of title and audience
	maxTries     = 10  // wrong passcodes in triesWindow
	triesWindow  = 15 * time.Minute
	grantLife    = 30 * time.Minute
)

// A shareRecord is what is kept of a show. Its record's ID is the share's, its
// one lookup the hash of its token.
type shareRecord struct {
	Title, Audience string
	Entries         []string
	CreatedAt       time.Time
	ExpiresAt       time.Time
	RevokedAt       time.Time
	PasscodeSalt    []byte
	PasscodeHash    []byte
	MaxViews        int
	Views           int
	Days            map[string]int
	Tries           int // wrong passcodes since TriedAt
	TriedAt         time.Time
}

func (w *Wallet) share(rec *Record, s *shareRecord) *Share {
	return &Share{ID: rec.ID, Title: s.Title, Audience: s.Audience, Entries: s.Entries, CreatedAt: s.CreatedAt,
		ExpiresAt: s.ExpiresAt, RevokedAt: s.RevokedAt, Passcode: s.PasscodeHash != nil, MaxViews: s.MaxViews,
		Views: s.Views, Days: s.Days, Token: w.shareToken(rec.Account, rec.ID)}
}

// shareToken derives the token of a share, so that its link and QR code can be
// shown again though only its hash is stored.
func (w *Wallet) shareToken(a AccountID, id string) string {
	return w.Sealer.Secret("share/" + string(a) + "/" + id)
}

func (w *Wallet) shareLookup(token string) string { return w.Sealer.Lookup("share", token) }

// validate completes the request and refuses what makes no sense.
func (r *ShareRequest) validate(now time.Time) error {
	r.Title, r.Audience = strings.TrimSpace(r.Title), strings.TrimSpace(r.Audience)
	if r.ExpiresAt.IsZero() {
		r.ExpiresAt = now.Add(shareLife)
	}
	r.ExpiresAt = r.ExpiresAt.UTC().Truncate(time.Second)
	slices.Sort(r.Entries)
	r.Entries = slices.Compact(r.Entries)
	switch {
	case len(r.Entries) == 0:
		return fail(BadInput, "no_badges_chosen", nil)
	case len(r.Entries) > maxShared:
		return fail(BadInput, "too_many_badges_chosen", nil)
	case utf8.RuneCountInString(r.Title) > maxTitle || utf8.RuneCountInString(r.Audience) > maxTitle:
		return fail(BadInput, "title_too_long", nil)
	case !r.ExpiresAt.After(now):
		return fail(BadInput, "expiry_in_past", nil)
	case r.ExpiresAt.After(now.Add(maxShareLife)):
		return fail(BadInput, "expiry_too_far", nil)
	case r.MaxViews < 0 || r.MaxViews > 100_000:
		return fail(BadInput, "view_limit", nil)
	case r.Passcode != "" && (len(r.Passcode) < 4 || len(r.Passcode) > 128):
		return fail(BadInput, "passcode_length", nil)
	}
	return nil
}

// PreviewShare returns what the person will see, with nothing stored.
func (w *Wallet) PreviewShare(ctx context.Context, a AccountID, r ShareRequest) (*SharedView, error) {
	if err := r.validate(w.now()); err != nil {
		return nil, err
	}
	s := &Share{Title: r.Title, Audience: r.Audience, Entries: r.Entries, CreatedAt: w.now(), ExpiresAt: r.ExpiresAt,
		Passcode: r.Passcode != "", MaxViews: r.MaxViews}
	return w.view(ctx, a, s, false)
}

// CreateShare makes a show.
func (w *Wallet) CreateShare(ctx context.Context, a AccountID, r ShareRequest) (*Share, error) {
	if err := r.validate(w.now()); err != nil {
		return nil, err
	}
	s := &shareRecord{Title: r.Title, Audience: r.Audience, Entries: r.Entries, CreatedAt: w.now(), ExpiresAt: r.ExpiresAt, MaxViews: r.MaxViews}
	if r.Passcode != "" {
		salt, err := w.Sealer.bytes(16)
		if err != nil {
			return nil, err
		}
		s.PasscodeSalt, s.PasscodeHash = salt, passcodeHash(r.Passcode, salt)
	}
	id, err := w.Sealer.newID()
	if err != nil {
		return nil, err
	}
	var out *Share
	err = w.change(ctx, a, func(tx Tx, v *vault) error {
		if err := w.checkShare(tx, a, s); err != nil {
			return err
		}
		rec, err := v.record(KindShare, id, s)
		if err != nil {
			return err
		}
		rec.Lookups = []string{w.shareLookup(w.shareToken(a, id))}
		rec.Due = s.ExpiresAt
		if err := tx.Create(rec); err != nil {
			return err
		}
		out = w.share(rec, s)
		return w.tell(tx, v, Event{Code: "share_created", Share: id, Text: s.Title})
	})
	return out, err
}

// checkShare demands that the badges are the account's, that there is room for
// another show, and has the badges looked at daily from now on.
func (w *Wallet) checkShare(tx Tx, a AccountID, s *shareRecord) error {
	n, _, err := tx.Count(a, KindShare)
	if err != nil {
		return err
	}
	if n >= w.Limits.Shares {
		return fail(Limited, "too_many_shares", nil)
	}
	for _, id := range s.Entries {
		if _, err := tx.Get(Key{a, KindEntry, id}); err != nil {
			return notFound(err)
		}
		if err := w.owe(tx, a, "check/"+id, w.now().Add(w.jitter(recheckDaily))); err != nil {
			return err
		}
	}
	return nil
}

// passcodeHash is argon2id with the parameters that OWASP gives as minimum.
func passcodeHash(passcode string, salt []byte) []byte {
	return argon2.IDKey([]byte(passcode), salt, 2, 19*1024, 1, 32)
}

// Shares lists the account's shows, the latest first.
func (w *Wallet) Shares(ctx context.Context, a AccountID) ([]*Share, error) {
	var out []*Share
	err := w.in(ctx, a, func(tx Tx, v *vault) error {
		out = nil
		return loadAll(tx, v, KindShare, func(s *shareRecord, rec *Record) error {
			out = append(out, w.share(rec, s))
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b *Share) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out, err
}

// Share returns one of the account's shows.
func (w *Wallet) Share(ctx context.Context, a AccountID, id string) (*Share, error) {
	var out *Share
	err := w.in(ctx, a, func(tx Tx, v *vault) error {
		s, rec, err := load[shareRecord](tx, v, KindShare, id)
		if err != nil {
			return notFound(err)
		}
		out = w.share(rec, s)
		return nil
	})
	return out, err
}

// RevokeShare ends a show at once.
func (w *Wallet) RevokeShare(ctx context.Context, a AccountID, id string) error {
	return w.change(ctx, a, func(tx Tx, v *vault) error {
		s, rec, err := load[shareRecord](tx, v, KindShare, id)
		if err != nil {
			return notFound(err)
		}
		if !s.RevokedAt.IsZero() {
			return nil
		}
		s.RevokedAt = w.now()
		if err := v.fill(rec, s); err != nil {
			return err
		}
		if err := tx.Update(rec); err != nil {
			return err
		}
		return w.tell(tx, v, Event{Code: "share_revoked", Share: id, Text: s.Title})
	})
}

// RemoveShare deletes a show, with its count of views.
func (w *Wallet) RemoveShare(ctx context.Context, a AccountID, id string) error {
	return w.Store.Update(ctx, func(tx Tx) error { return notFound(tx.Delete(Key{a, KindShare, id})) })
}

// OpenShareOptions say how a show is opened.
type OpenShareOptions struct {
	Passcode string
	// Grant is SharedView.Grant of an earlier opening by the same person: it
	// stands for the passcode and counts no second view.
	Grant string
	Fresh bool // the person asked for a re-check
}

// errShareGone is the one answer to a wrong token and to a show that is over.
func errShareGone() error { return fail(Missing, "share_gone", nil) }

// OpenShare opens a show for the person who has its token. A wrong token and
// an expired, used up or revoked show give the same Missing error; a missing
// or wrong passcode a Forbidden one, code passcode_needed or passcode_wrong;
// too many wrong ones Limited, code passcode_tries.
func (w *Wallet) OpenShare(ctx context.Context, token string, o OpenShareOptions) (*SharedView, error) {
	a, s, err := w.admit(ctx, token, o)
	if err != nil {
		return nil, err
	}
	view, err := w.view(ctx, a, s, o.Fresh)
	if err != nil {
		return nil, err
	}
	view.Grant = w.grant(s.Token, w.now().Add(grantLife))
	return view, nil
}

// admit checks token, grant and passcode, and counts the view. All that
// decides is read and written in one transaction.
func (w *Wallet) admit(ctx context.Context, token string, o OpenShareOptions) (a AccountID, out *Share, err error) {
	hash, err := w.passcodeOf(ctx, token, o.Passcode)
	if err != nil {
		return "", nil, err
	}
	var refused error
	err = w.Store.Update(ctx, func(tx Tx) error {
		out, refused = nil, nil
		v, s, rec, err := w.findShare(tx, token)
		if err != nil {
			return err
		}
		a = rec.Account
		granted := w.granted(token, o.Grant)
		if !s.open(w.now(), granted) {
			return errShareGone()
		}
		if granted {
			out = w.share(rec, s)
			return nil
		}
		if refused = s.enter(hash, w.now()); refused == nil {
			s.count(w.now())
		}
		if err := v.fill(rec, s); err != nil {
			return err
		}
		out = w.share(rec, s)
		return tx.Update(rec)
	})
	return a, out, errors.Join(err, refused)
}

// findShare returns the show that has the token, whatever its state.
func (w *Wallet) findShare(tx Tx, token string) (*vault, *shareRecord, *Record, error) {
	rec, err := tx.Find(KindShare, w.shareLookup(token))
	if errors.Is(err, ErrNotFound) {
		return nil, nil, nil, errShareGone()
	}
	if err != nil {
		return nil, nil, nil, err
	}
	v, err := w.vault(tx, rec.Account)
	if err != nil {
		return nil, nil, nil, err
	}
	s := new(shareRecord)
	return v, s, rec, v.read(rec, s)
}

// passcodeOf hashes a passcode as the show's was, outside of any transaction
// that others wait for: it takes long on purpose. Nil when there is none.
func (w *Wallet) passcodeOf(ctx context.Context, token, passcode string) ([]byte, error) {
	if passcode == "" {
		return nil, nil
	}
	var salt []byte
	err := w.Store.View(ctx, func(tx Tx) error {
		_, s, _, err := w.findShare(tx, token)
		if err == nil {
			salt = s.PasscodeSalt
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return passcodeHash(passcode, salt), nil
}

// open reports whether the show may be seen; who was let in before may go on
// looking when the last view is used up.
func (s *shareRecord) open(now time.Time, granted bool) bool {
	return s.RevokedAt.IsZero() && now.Before(s.ExpiresAt) && (granted || s.MaxViews == 0 || s.Views < s.MaxViews)
}

// enter checks the hash of the passcode given, nil for none, and counts wrong ones.
func (s *shareRecord) enter(hash []byte, now time.Time) error {
	if s.PasscodeHash == nil {
		return nil
	}
	if hash == nil {
		return fail(Forbidden, "passcode_needed", nil)
	}
	if now.Sub(s.TriedAt) > triesWindow {
		s.Tries, s.TriedAt = 0, now
	}
	if s.Tries >= maxTries {
		return fail(Limited, "passcode_tries", nil)
	}
	if subtle.ConstantTimeCompare(hash, s.PasscodeHash) != 1 {
		s.Tries++
		return fail(Forbidden, "passcode_wrong", nil)
	}
	return nil
}

func (s *shareRecord) count(now time.Time) {
	s.Views++
	if s.Days == nil {
		s.Days = map[string]int{}
	}
	s.Days[now.Format(time.DateOnly)]++
}

// grant returns a pass to the show that was just opened, until a moment.
func (w *Wallet) grant(token string, until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 36)
	return expires + "." + w.Sealer.Secret("grant/"+token+"/"+expires)
}

func (w *Wallet) granted(token, grant string) bool {
	expires, mac, ok := strings.Cut(grant, ".")
	unix, err := strconv.ParseInt(expires, 36, 64)
	if !ok || err != nil || !w.now().Before(time.Unix(unix, 0)) {
		return false
	}
	want := w.Sealer.Secret("grant/" + token + "/" + expires)
	return subtle.ConstantTimeCompare([]byte(mac), []byte(want)) == 1
}

// view loads the badges of a show and checks each of them now.
func (w *Wallet) view(ctx context.Context, a AccountID, s *Share, fresh bool) (*SharedView, error) {
	out := &SharedView{Share: s, CheckedAt: w.now()}
	var badges []*Badge
	err := w.in(ctx, a, func(tx Tx, v *vault) error {
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
	out.Items = make([]*SharedItem, len(badges))
	errs := make([]error, len(badges))
	each(len(badges), func(i int) { out.Items[i], errs[i] = w.sharedItem(ctx, badges[i], fresh) })
	return out, errors.Join(errs...)
}

// loadShared loads the badges that are still there.
func loadShared(tx Tx, v *vault, ids []string) ([]*Badge, error) {
	var out []*Badge
	for _, id := range ids {
		b, err := loadBadge(tx, v, id)
		if errors.Is(err, ErrNotFound) {
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

func (w *Wallet) sharedItem(ctx context.Context, b *Badge, fresh bool) (*SharedItem, error) {
	if err := b.parse(ctx); err != nil {
		return nil, err
	}
	r, err := w.verify(ctx, b, vc.Options{Fresh: fresh, NoRefresh: true})
	if err != nil {
		return nil, err
	}
	if r.Current != nil {
		b.Document = r.Current
	}
	return &SharedItem{Badge: b, Report: r, Verdict: r.Verdict(w.Policy())}, nil
}

// SharedImage returns the picture of a badge in a show that was opened: o must
// hold a grant.
func (w *Wallet) SharedImage(ctx context.Context, token, grant, entry string) (body []byte, contentType string, err error) {
	a, s, err := w.admitted(ctx, token, grant)
	if err != nil {
		return nil, "", err
	}
	if !slices.Contains(s.Entries, entry) {
		return nil, "", errShareGone()
	}
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		e, _, err := load[Entry](tx, v, KindEntry, entry)
		if err != nil {
			return notFound(err)
		}
		im, _, err := load[imageRecord](tx, v, KindImage, e.Summary.Image)
		if err != nil {
			return notFound(err)
		}
		body, contentType = im.Body, im.Type
		return nil
	})
	return body, contentType, err
}

// admitted is admit for the things beside a page: it needs a grant and counts
// nothing.
func (w *Wallet) admitted(ctx context.Context, token, grant string) (AccountID, *Share, error) {
	if !w.granted(token, grant) {
		return "", nil, errShareGone()
	}
	return w.admit(ctx, token, OpenShareOptions{Grant: grant})
}

// SharedBadge returns one badge of a show that was opened, for download.
func (w *Wallet) SharedBadge(ctx context.Context, token, grant, entry string) (*Badge, error) {
	a, s, err := w.admitted(ctx, token, grant)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.Entries, entry) {
		return nil, errShareGone()
	}
	return w.Badge(ctx, a, entry)
}

var errNoBadges = fmt.Errorf("no badge of the show can be presented")
