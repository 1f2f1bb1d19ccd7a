package keyring

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"

	ariescrypto "github.com/hyperledger/aries-framework-go/pkg/crypto"
	"github.com/hyperledger/aries-framework-go/pkg/crypto/tinkcrypto"
	"github.com/hyperledger/aries-framework-go/pkg/kms"
	"github.com/hyperledger/aries-framework-go/pkg/kms/localkms"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A Config configures a Keyring. All fields are required.
type Config struct {
	Store  storage.Store
	Sealer *vault.Sealer // with the installation's master key
	Rand   io.Reader     // for seeds and ids
}

// A Keyring creates, stores and uses keys. It is safe for concurrent use.
type Keyring struct {
	store  storage.Store
	sealer *vault.Sealer
	rand   io.Reader
	crypto ariescrypto.Crypto
}

var _ keys.Ring = (*Keyring)(nil)

// New returns a Keyring over a store's records of kind storage.KindKey.
func New(cfg Config) (*Keyring, error) {
	if cfg.Store == nil || cfg.Sealer == nil || cfg.Rand == nil {
		return nil, errors.New("keyring: a store, a sealer and a source of randomness are required")
	}
	k := &Keyring{store: cfg.Store, sealer: cfg.Sealer, rand: cfg.Rand}
	err := guard("create aries' crypto", func() (err error) {
		k.crypto, err = tinkcrypto.New()
		return err
	})
	return k, err
}

// Create implements keys.Ring.
func (k *Keyring) Create(tx storage.Tx, a storage.AccountID, kind keys.Kind) (keys.Info, error) {
	id, err := k.newID()
	if err != nil {
		return keys.Info{}, err
	}
	m, err := newMaterial(kind, k.rand)
	if err != nil {
		return keys.Info{}, err
	}
	defer clear(m.seed)
	if err := k.keepSeed(tx, a, id, m.seed); err != nil {
		return keys.Info{}, err
	}
	err = k.manage(tx, a, id, func(l *localkms.LocalKMS) error {
		_, _, err := l.ImportPrivateKey(m.private, m.aries, kms.WithKeyID(id))
		return err
	})
	if err != nil {
		return keys.Info{}, fmt.Errorf("import a key: %w", err)
	}
	holder, method, err := did.KeyDID(m.private.Public())
	if err != nil {
		return keys.Info{}, err
	}
	return keys.Info{ID: id, DID: holder, Method: method}, nil
}

// keepSeed seals the seed in a record that is independent of aries.
func (k *Keyring) keepSeed(tx storage.Tx, a storage.AccountID, id string, seed []byte) error {
	place := seedPlace(a, id)
	data, err := k.sealer.Seal(tx, place, seed)
	if err != nil {
		return err
	}
	return tx.Create(&storage.Record{Key: place, Data: data})
}

// Signer implements wallet.Keyring. It must not be called within a transaction. The
// error wraps storage.ErrNotFound if the account has no such key, and vault.ErrSealed if
// another master key sealed it.
func (k *Keyring) Signer(ctx context.Context, a storage.AccountID, id string) (vc.Signer, error) {
	s := &signer{crypto: k.crypto}
	err := k.store.View(ctx, func(tx storage.Tx) error {
		return k.manage(tx, a, id, func(m *localkms.LocalKMS) (err error) {
			if s.handle, err = m.Get(id); err != nil {
				return err
			}
			public, kind, err := m.ExportPubKeyBytes(id)
			if err != nil {
				return err
			}
			s.public, s.size, err = publicKey(public, kind)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("open key %s: %w", id, err)
	}
	return s, nil
}

// manage calls fn with aries' key management for one key of the account. An error of
// the store or the lock precedes what aries returns.
func (k *Keyring) manage(tx storage.Tx, a storage.AccountID, id string, fn func(*localkms.LocalKMS) error) error {
	p := &provider{tx: tx, sealer: k.sealer, place: keyPlace(a, id), id: id}
	err := guard("aries", func() error {
		m, err := localkms.New(lockURI, p)
		if err != nil {
			return err
		}
		return fn(m)
	})
	if err != nil && p.cause != nil {
		return p.cause
	}
	return err
}

func (k *Keyring) newID() (string, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(k.rand, b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), nil
}

// guard turns a panic in aries into an error.
func guard(what string, fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: panic: %v", what, r)
		}
	}()
	return fn()
}
