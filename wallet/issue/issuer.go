package issue

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"backpack/wallet/fault"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
)

// An Issuer is a party that credentials are issued for.
type Issuer struct {
	ID   string // "" for the service itself
	DID  string // "" for an issuer whose DID is that of the key (did:key)
	Keys map[keys.Kind]keys.Info
}

// Identifier returns the DID that credentials signed with the key of a kind name.
func (i *Issuer) Identifier(kind keys.Kind) string {
	if i.DID != "" {
		return i.DID
	}
	return i.Keys[kind].DID
}

// Issuer returns the service as an issuer, with its key of a kind. The key is
// made when it is first used. A BadInput error, code cannot_issue, reports an
// unknown kind.
func (s *Service) Issuer(ctx context.Context, kind keys.Kind) (*Issuer, error) {
	if !slices.Contains(keys.Kinds(), kind) {
		return nil, fault.New(fault.BadInput, "cannot_issue", fmt.Errorf("no key of kind %.40q exists", kind))
	}
	issuer := &Issuer{}
	k, err := s.key(ctx, issuer, kind)
	issuer.Keys = map[keys.Kind]keys.Info{kind: k}
	return issuer, err
}

// key reads or makes a key of an issuer.
func (s *Service) key(ctx context.Context, i *Issuer, kind keys.Kind) (info keys.Info, err error) {
	read := func(tx storage.Tx) error { return s.load(tx, i.place(kind), &info) }
	err = s.Store.View(ctx, read)
	if !errors.Is(err, storage.ErrNotFound) {
		return info, err
	}
	err = s.Store.Update(ctx, func(tx storage.Tx) error {
		err := read(tx) // another process may have made it
		if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if info, err = s.Keys.Create(tx, "", kind); err != nil {
			return fmt.Errorf("make the key to issue with: %w", err)
		}
		return s.create(tx, i.place(kind), info)
	})
	return info, err
}

// place returns the key of the record of an issuer's key. IDs contain no slash.
func (i *Issuer) place(kind keys.Kind) storage.Key {
	id := "issuer/"
	if i.ID != "" {
		id += i.ID + "/"
	}
	return storage.Key{Kind: storage.KindMeta, ID: id + string(kind)}
}
