package wallet

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// Limits of a share.
const (
	shareLife    = 30 * 24 * time.Hour // unless the learner chooses another time
	shareKept    = 90 * 24 * time.Hour // how long its view count outlives it
	maxShareLife = 366 * 24 * time.Hour
	maxShared    = 100 // badges
	maxTitle     = 120 // characters of title and audience
	maxPasscode  = 128 // bytes
	maxTries     = 10  // wrong passcodes in triesWindow
	triesWindow  = 15 * time.Minute
	grantLife    = 30 * time.Minute
)

// A shareRecord is the stored form of a share. The record has the share's ID and
// one lookup, the hash of its token.
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

func (w *Wallet) share(rec *storage.Record, s *shareRecord) *Share {
	return &Share{ID: rec.ID, Title: s.Title, Audience: s.Audience, Entries: s.Entries, CreatedAt: s.CreatedAt,
		ExpiresAt: s.ExpiresAt, RevokedAt: s.RevokedAt, Passcode: s.PasscodeHash != nil, MaxViews: s.MaxViews,
		Views: s.Views, Days: s.Days, Token: w.shareToken(rec.Account, rec.ID)}
}

// shareToken derives the token of a share. Its link and QR code can be shown again
// although only the token's hash is stored.
func (w *Wallet) shareToken(a storage.AccountID, id string) string {
	return w.cfg.Sealer.Secret("share/" + string(a) + "/" + id)
}

func (w *Wallet) shareLookup(token string) string { return w.cfg.Sealer.Lookup("share", token) }

// validate normalizes the request and fills in defaults. It returns BadInput for
// a value out of bounds.
func (r *ShareRequest) validate(now time.Time) error {
	r.Title, r.Audience = strings.TrimSpace(r.Title), strings.TrimSpace(r.Audience)
	if r.ExpiresAt.IsZero() {
		r.ExpiresAt = now.Add(shareLife)
	}
	r.ExpiresAt = r.ExpiresAt.UTC().Truncate(time.Second)
	r.Passcode = tidy(r.Passcode)
	r.Entries = slices.Clone(r.Entries)
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
	case r.Passcode != "" && (len(r.Passcode) < 4 || len(r.Passcode) > maxPasscode):
		return fail(BadInput, "passcode_length", nil)
	}
	return nil
}

// PreviewShare returns what a viewer of the share would see, and stores nothing.
func (w *Wallet) PreviewShare(ctx context.Context, a storage.AccountID, r ShareRequest) (*SharedView, error) {
	if err := r.validate(w.now()); err != nil {
		return nil, err
	}
	s := &Share{Title: r.Title, Audience: r.Audience, Entries: r.Entries, CreatedAt: w.now(), ExpiresAt: r.ExpiresAt,
		Passcode: r.Passcode != "", MaxViews: r.MaxViews}
	return w.view(ctx, a, s, false)
}

// CreateShare creates a share.
func (w *Wallet) CreateShare(ctx context.Context, a storage.AccountID, r ShareRequest) (*Share, error) {
	if err := r.validate(w.now()); err != nil {
		return nil, err
	}
	s := &shareRecord{Title: r.Title, Audience: r.Audience, Entries: r.Entries, CreatedAt: w.now(), ExpiresAt: r.ExpiresAt, MaxViews: r.MaxViews}
	if r.Passcode != "" {
		salt, err := w.cfg.Sealer.Bytes(16)
		if err != nil {
			return nil, err
		}
		s.PasscodeSalt, s.PasscodeHash = salt, passcodeHash(r.Passcode, salt)
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, err
	}
	var out *Share
	err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		if err := w.checkShare(tx, v, s); err != nil {
			return err
		}
		rec, err := v.Record(storage.KindShare, id, s)
		if err != nil {
			return err
		}
		rec.Lookups = []string{w.shareLookup(w.shareToken(a, id))}
		rec.Due = s.ExpiresAt.Add(shareKept)
		if err := tx.Create(rec); err != nil {
			return err
		}
		out = w.share(rec, s)
		return w.events.Record(tx, v, event.Event{Code: "share_created", Share: id, Text: s.Title})
	})
	return out, err
}

// checkShare returns an error unless the badges belong to the account and another
// share is allowed. It schedules the daily checks of the badges.
func (w *Wallet) checkShare(tx storage.Tx, v *vault.Vault, s *shareRecord) error {
	live := 0
	err := vault.Each(tx, v, storage.KindShare, func(other *shareRecord, _ *storage.Record) error {
		if other.open(w.now(), false) {
			live++
		}
		return nil
	})
	if err != nil {
		return err
	}
	if live >= w.cfg.Limits.Shares {
		return fail(Limited, "too_many_shares", nil)
	}
	for _, id := range s.Entries {
		e, _, err := vault.Load[Entry](tx, v, storage.KindEntry, id)
		if err != nil {
			return notFound(err)
		}
		within := recheckDaily
		if w.now().Sub(e.CheckedAt) > recheckDaily { // a viewer should not see an old result
			within = soon
		}
		if err := w.work.Schedule(tx, v.Account, "check/"+id, w.now().Add(w.jitter(within))); err != nil {
			return err
		}
	}
	return nil
}

// hashers limits how many passcodes are hashed at the same time, 19 MiB each.
const hashers = 2

// passcodeHash returns the argon2id hash, with OWASP's minimum parameters.
func passcodeHash(passcode string, salt []byte) []byte {
	return argon2.IDKey([]byte(passcode), salt, 2, 19*1024, 1, 32)
}

// Shares lists the account's shares, the latest first.
func (w *Wallet) Shares(ctx context.Context, a storage.AccountID) ([]*Share, error) {
	var out []*Share
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		return vault.Each(tx, v, storage.KindShare, func(s *shareRecord, rec *storage.Record) error {
			out = append(out, w.share(rec, s))
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b *Share) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return out, err
}

// Share returns one of the account's shares.
func (w *Wallet) Share(ctx context.Context, a storage.AccountID, id string) (*Share, error) {
	var out *Share
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		s, rec, err := vault.Load[shareRecord](tx, v, storage.KindShare, id)
		if err != nil {
			return notFound(err)
		}
		out = w.share(rec, s)
		return nil
	})
	return out, err
}

// RevokeShare ends a share at once.
func (w *Wallet) RevokeShare(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		s, rec, err := vault.Load[shareRecord](tx, v, storage.KindShare, id)
		if err != nil {
			return notFound(err)
		}
		if !s.RevokedAt.IsZero() {
			return nil
		}
		s.RevokedAt = w.now()
		if err := v.Replace(tx, rec, s); err != nil {
			return err
		}
		return w.events.Record(tx, v, event.Event{Code: "share_revoked", Share: id, Text: s.Title})
	})
}

// RemoveShare deletes a share with its view count.
func (w *Wallet) RemoveShare(ctx context.Context, a storage.AccountID, id string) error {
	return w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		return notFound(tx.Delete(storage.Key{Account: a, Kind: storage.KindShare, ID: id}))
	})
}
