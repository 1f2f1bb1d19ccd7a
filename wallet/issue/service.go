package issue

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"backpack/vc"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A Service issues credentials. All exported fields are needed. It is safe for
// concurrent use.
type Service struct {
	Store    storage.Store
	Sealer   *vault.Sealer
	Keys     keys.Ring
	Verifier *vc.Verifier
	Suite    vc.SigningSuite   // eddsa-rdfc-2022
	Suites   []vc.SigningSuite // all that Issue can sign with
	Clock    func() time.Time

	mu   sync.Mutex
	last map[listKind]int // the list that had room last
}

// now returns the time in whole seconds of UTC.
func (s *Service) now() time.Time { return s.Clock().UTC().Truncate(time.Second) }

// suite returns the suite with the name, or nil.
func (s *Service) suite(name string) vc.SigningSuite {
	for _, x := range s.Suites {
		if slices.Contains(x.IDs(), name) {
			return x
		}
	}
	return nil
}

// load reads a record of the installation.
func (s *Service) load(tx storage.Tx, k storage.Key, content any) error {
	rec, err := tx.Get(k)
	if err != nil {
		return err
	}
	return s.open(rec, content)
}

func (s *Service) open(rec *storage.Record, content any) error {
	plain, err := s.Sealer.Open(rec.Key, rec.Data)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, content)
}

// create creates a record of the installation.
func (s *Service) create(tx storage.Tx, k storage.Key, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return err
	}
	return s.Sealer.Create(tx, k, plain)
}

// replace replaces a record that was read.
func (s *Service) replace(tx storage.Tx, rec *storage.Record, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if rec.Data, err = s.Sealer.Seal(tx, rec.Key, plain); err != nil {
		return err
	}
	return tx.Update(rec)
}

// notSaved reports whether a change failed because the store accepts none now.
func notSaved(err error) bool {
	return errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrUnsure)
}
