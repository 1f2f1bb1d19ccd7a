package keyring

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/hyperledger/aries-framework-go/pkg/kms"
	"github.com/hyperledger/aries-framework-go/pkg/secretlock"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// lockURI is the name of the secret lock, which aries requires.
const lockURI = "local-lock://backpack"

func keyPlace(a storage.AccountID, id string) storage.Key {
	return storage.Key{Account: a, Kind: storage.KindKey, ID: "key/" + id}
}

func seedPlace(a storage.AccountID, id string) storage.Key {
	return storage.Key{Account: a, Kind: storage.KindKey, ID: "seed/" + id}
}

// A provider is the store and the secret lock of aries' key management for one key in
// one transaction. It implements kms.Provider, kms.Store and secretlock.Service.
type provider struct {
	tx     storage.Tx
	sealer *vault.Sealer
	place  storage.Key
	id     string
	cause  error // the first error of the store or the lock, which aries may not wrap
}

// StorageProvider implements kms.Provider.
func (p *provider) StorageProvider() kms.Store { return p }

// SecretLock implements kms.Provider.
func (p *provider) SecretLock() secretlock.Service { return p }

// Put implements kms.Store.
func (p *provider) Put(id string, key []byte) error {
	if err := p.own(id); err != nil {
		return err
	}
	return p.note(p.tx.Create(&storage.Record{Key: p.place, Data: key}))
}

// Get implements kms.Store.
func (p *provider) Get(id string) ([]byte, error) {
	if err := p.own(id); err != nil {
		return nil, err
	}
	r, err := p.tx.Get(p.place)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, fmt.Errorf("%w: %w", kms.ErrKeyNotFound, p.note(err))
	}
	if err != nil {
		return nil, p.note(err)
	}
	return r.Data, nil
}

// Delete implements kms.Store. Keys are deleted with their account only.
func (p *provider) Delete(string) error { return p.note(errors.New("a single key cannot be deleted")) }

// own refuses any key but that of the transaction.
func (p *provider) own(id string) error {
	if id != p.id {
		return p.note(fmt.Errorf("key %q is requested instead of %q", id, p.id))
	}
	return nil
}

// note records the first error.
func (p *provider) note(err error) error {
	if p.cause == nil {
		p.cause = err
	}
	return err
}

// Encrypt implements secretlock.Service.
func (p *provider) Encrypt(_ string, req *secretlock.EncryptRequest) (*secretlock.EncryptResponse, error) {
	data, err := p.sealer.Seal(p.tx, p.place, []byte(req.Plaintext))
	if err != nil {
		return nil, p.note(err)
	}
	return &secretlock.EncryptResponse{Ciphertext: base64.URLEncoding.EncodeToString(data)}, nil
}

// Decrypt implements secretlock.Service.
func (p *provider) Decrypt(_ string, req *secretlock.DecryptRequest) (*secretlock.DecryptResponse, error) {
	data, err := base64.URLEncoding.DecodeString(req.Ciphertext)
	if err != nil {
		return nil, p.note(fmt.Errorf("decode a sealed key: %w", err))
	}
	plain, err := p.sealer.Open(p.place, data)
	if err != nil {
		return nil, p.note(err)
	}
	return &secretlock.DecryptResponse{Plaintext: string(plain)}, nil
}
