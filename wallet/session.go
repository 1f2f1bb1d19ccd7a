package wallet

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

const (
	sessionIdle     = 12 * time.Hour      // a session ends after this time without use
	sessionAbsolute = 30 * 24 * time.Hour // a session ends after this time in any case
	sessionTouch    = 5 * time.Minute     // the shortest time between two records of its use
	maxSessions     = 50                  // of one account; the one that ends first makes room
)

// A sessionRecord is the stored form of a session. The record is Due at its end.
type sessionRecord struct {
	Label     string
	CreatedAt time.Time
	SeenAt    time.Time
}

func (s *sessionRecord) end() time.Time {
	idle, absolute := s.SeenAt.Add(sessionIdle), s.CreatedAt.Add(sessionAbsolute)
	if idle.Before(absolute) {
		return idle
	}
	return absolute
}

func (s *sessionRecord) session(rec *storage.Record) *Session {
	return &Session{
		ID: rec.ID, Account: rec.Account, Label: s.Label,
		CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, ExpiresAt: rec.Due,
	}
}

// newToken returns a token of 256 bits and the hash to store.
func (w *Wallet) newToken() (token, lookup string, err error) {
	b, err := w.cfg.Sealer.Bytes(32)
	if err != nil {
		return "", "", err
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, w.sessionLookup(token), nil
}

func (w *Wallet) sessionLookup(token string) string { return w.cfg.Sealer.Lookup("session", token) }

// openSession creates a session. Its token is always new, so a token planted in
// the browser earlier gives no access.
func (w *Wallet) openSession(tx storage.Tx, v *vault.Vault, label string) (*Session, string, error) {
	if err := errors.Join(w.enabled(tx, v), w.makeRoom(tx, v)); err != nil {
		return nil, "", err
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, "", err
	}
	token, lookup, err := w.newToken()
	if err != nil {
		return nil, "", err
	}
	content := &sessionRecord{Label: cleanLabel(label), CreatedAt: w.now(), SeenAt: w.now()}
	rec, err := v.Record(storage.KindSession, id, content)
	if err != nil {
		return nil, "", err
	}
	rec.Lookups, rec.Due = []string{lookup}, content.end()
	return content.session(rec), token, tx.Create(rec)
}

// enter is openSession for a sign-in. It records an event that the learner sees.
func (w *Wallet) enter(tx storage.Tx, v *vault.Vault, label string) (*Session, string, error) {
	s, token, err := w.openSession(tx, v, label)
	if err != nil {
		return nil, "", err
	}
	return s, token, errors.Join(w.scheduleEmpty(tx, v.Account, false), w.events.Record(tx, v, event.Event{Code: "signed_in", Text: s.Label}))
}

// makeRoom deletes the expired sessions, and those that end first if there are too
// many for another one.
func (w *Wallet) makeRoom(tx storage.Tx, v *vault.Vault) error {
	recs, err := tx.List(v.Account, storage.KindSession, "", 2*maxSessions)
	if err != nil {
		return err
	}
	slices.SortFunc(recs, func(a, b *storage.Record) int { return a.Due.Compare(b.Due) })
	for i, rec := range recs {
		if len(recs)-i < maxSessions && rec.Due.After(w.now()) {
			return nil
		}
		if err := tx.Delete(rec.Key); err != nil {
			return err
		}
	}
	return nil
}

// Authenticate returns the session of a token, or a Forbidden error.
func (w *Wallet) Authenticate(ctx context.Context, token string) (*Session, error) {
	var out *Session
	err := w.cfg.Store.View(ctx, func(tx storage.Tx) (err error) {
		out, err = w.findSession(tx, token, nil)
		return err
	})
	if err != nil || w.now().Sub(out.SeenAt) < sessionTouch {
		return out, err
	}
	var touched *Session
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) (err error) {
		touched, err = w.findSession(tx, token, func(v *vault.Vault, s *sessionRecord, rec *storage.Record) error {
			s.SeenAt = w.now()
			rec.Due = s.end()
			return v.Replace(tx, rec, s)
		})
		return err
	})
	if notSaved(err) { // the session is valid even if its use cannot be recorded
		return out, nil
	}
	return touched, err
}

// findSession returns the live session of a token. If fn is not nil, it changes
// the session first. Without a live session the error is Forbidden.
func (w *Wallet) findSession(tx storage.Tx, token string, fn func(*vault.Vault, *sessionRecord, *storage.Record) error) (*Session, error) {
	rec, err := tx.Find(storage.KindSession, w.sessionLookup(token))
	if errors.Is(err, storage.ErrNotFound) {
		return nil, fail(Forbidden, "signed_out", nil)
	}
	if err != nil {
		return nil, err
	}
	if !rec.Due.After(w.now()) {
		return nil, fail(Forbidden, "signed_out", nil)
	}
	v, err := w.vaults.Open(tx, rec.Account)
	if err != nil {
		return nil, err
	}
	s := new(sessionRecord)
	if err := v.Read(rec, s); err != nil {
		return nil, err
	}
	if fn != nil {
		if err := fn(v, s, rec); err != nil {
			return nil, err
		}
	}
	return s.session(rec), nil
}

// RotateSession returns a new token for the session of a token; the old one stops
// working. Servers call it when the rights of a session change.
func (w *Wallet) RotateSession(ctx context.Context, token string) (string, error) {
	var fresh string
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		_, err := w.findSession(tx, token, func(v *vault.Vault, s *sessionRecord, rec *storage.Record) error {
			var lookup string
			var err error
			if fresh, lookup, err = w.newToken(); err != nil {
				return err
			}
			rec.Lookups = []string{lookup}
			return tx.Update(rec)
		})
		return err
	})
	if err != nil {
		return "", err
	}
	return fresh, nil
}

// Sessions lists the account's sessions, the latest first.
func (w *Wallet) Sessions(ctx context.Context, a storage.AccountID) ([]*Session, error) {
	var out []*Session
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		return vault.Each(tx, v, storage.KindSession, func(s *sessionRecord, rec *storage.Record) error {
			if rec.Due.After(w.now()) {
				out = append(out, s.session(rec))
			}
			return nil
		})
	})
	slices.SortFunc(out, func(a, b *Session) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

// RevokeSession ends one of the account's sessions.
func (w *Wallet) RevokeSession(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		return gone(tx.Delete(storage.Key{Account: a, Kind: storage.KindSession, ID: id}), "not_found")
	})
}

// RevokeOtherSessions ends all sessions of the account except keep.
func (w *Wallet) RevokeOtherSessions(ctx context.Context, a storage.AccountID, keep string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		recs, err := tx.List(a, storage.KindSession, "", 2*maxSessions)
		if err != nil {
			return err
		}
		for _, rec := range recs {
			if rec.ID == keep {
				continue
			}
			if err := tx.Delete(rec.Key); err != nil {
				return err
			}
		}
		return nil
	})
}
