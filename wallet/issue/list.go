package issue

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"backpack/vc"
	"backpack/vc/status"
	"backpack/wallet/fault"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
)

// SetStatus sets or clears a status of the credential with the id. A Missing
// error, code status_unknown, reports that it has no such status.
func (s *Service) SetStatus(ctx context.Context, id, purpose string, on bool) error {
	err := s.Store.Update(ctx, func(tx storage.Tx) error {
		place := statusPlace{}
		if err := s.load(tx, s.statusPlace(id), &place); err != nil {
			return err
		}
		at, ok := place[purpose]
		if !ok {
			return storage.ErrNotFound
		}
		rec, err := tx.Get(listPlace(at.List))
		if err != nil {
			return err
		}
		l := new(statusList)
		if err := s.open(rec, l); err != nil {
			return err
		}
		status.Set(l.Bits, at.Index, on)
		l.Signed = nil
		return s.replace(tx, rec, l)
	})
	if errors.Is(err, storage.ErrNotFound) {
		return fault.New(fault.Missing, "status_unknown", err)
	}
	return err
}

// StatusList returns the n-th status list as a signed credential, and how long
// it may be cached.
func (s *Service) StatusList(ctx context.Context, n int) ([]byte, time.Duration, error) {
	for range publishTries {
		var rec *storage.Record
		l := new(statusList)
		err := s.Store.View(ctx, func(tx storage.Tx) (err error) {
			if rec, err = tx.Get(listPlace(n)); err != nil {
				return err
			}
			return s.open(rec, l)
		})
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return nil, 0, fault.New(fault.Missing, "status_unknown", err)
		case err != nil || l.Signed != nil:
			return l.Signed, listLife, err
		}
		if l.Signed, err = s.signList(ctx, l); err != nil {
			return nil, 0, err
		}
		err = s.Store.Update(ctx, func(tx storage.Tx) error {
			r := *rec
			return s.replace(tx, &r, l)
		})
		if notSaved(err) {
			err = nil // it is signed again next time
		}
		if !errors.Is(err, storage.ErrConflict) {
			return l.Signed, listLife, err
		}
	}
	return nil, 0, errors.New("a status list changes faster than it can be signed")
}

// signList returns the list as a signed credential (specs E1.2, E1.3).
func (s *Service) signList(ctx context.Context, l *statusList) ([]byte, error) {
	issuer, err := s.Issuer(ctx, l.Key)
	if err != nil {
		return nil, err
	}
	key := issuer.Keys[l.Key]
	suite := s.suite("ecdsa-rdfc-2019")
	if l.Key == keys.Ed25519 {
		suite = s.Suite
	}
	if suite == nil {
		return nil, errors.New("no suite signs status lists")
	}
	unsigned, err := json.Marshal(map[string]any{
		"@context": []string{vc.ContextV2}, "id": l.Address,
		"type":   []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer": issuer.Identifier(l.Key), "validFrom": s.now().Format(time.RFC3339),
		"credentialSubject": map[string]any{"id": l.Address + "#list", "type": "BitstringStatusList", "statusPurpose": l.Purpose,
			"encodedList": status.Encode(slices.Clone(l.Bits)), "ttl": listLife.Milliseconds()},
	})
	if err != nil {
		return nil, err
	}
	signer, err := s.Keys.Signer(ctx, "", key.ID)
	if err != nil {
		return nil, err
	}
	return suite.Sign(ctx, unsigned, vc.SignOptions{VerificationMethod: key.Method, Purpose: vc.AssertionMethod, Created: s.now()}, signer)
}
