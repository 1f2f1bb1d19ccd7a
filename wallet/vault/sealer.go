package vault

import (
	"context"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"backpack/wallet/storage"
)

var (
	// KeyService names the record of the service's own key. The master key seals
	// it.
	KeyService = storage.Key{Kind: storage.KindMeta, ID: "service"}
	// keyRoot names the record that secrets and lookups derive from. It outlives
	// master keys, because links to shares are derived and the originals of
	// lookups are not stored.
	keyRoot = storage.Key{Kind: storage.KindMeta, ID: "root"}
)

// ErrSealed means that sealed data does not open: it belongs to another key, or
// was changed or moved.
var ErrSealed = errors.New("sealed data cannot be opened with this master key")

// MasterKeySize is the length of a master key in bytes.
const MasterKeySize = 32

// A Sealer holds the installation's master key, and a second one while the key
// is being changed. It seals the keys of accounts and derives secrets that are
// never stored. It is safe for concurrent use.
type Sealer struct {
	rand io.Reader

	mu   sync.RWMutex
	keys []*masterKey // at least one
	root []byte       // secrets and lookups derive from it
}

type masterKey struct {
	aead        cipher.AEAD
	vouching    []byte
	fingerprint string
}

// NewSealer returns a Sealer for a master key of MasterKeySize bytes. It also
// opens data that was sealed with others. random is the source of new keys and
// nonces.
func NewSealer(master []byte, random io.Reader, others ...[]byte) (*Sealer, error) {
	if random == nil {
		return nil, errors.New("a source of randomness is needed")
	}
	s := &Sealer{rand: random}
	for _, key := range append([][]byte{master}, others...) {
		if _, err := s.Accept(key); err != nil {
			return nil, err
		}
	}
	s.root = derive(master, "derive") // until Adopt
	return s, nil
}

// Accept adds a master key and returns its fingerprint: 16 characters that
// identify the key and reveal nothing about it.
func (s *Sealer) Accept(master []byte) (fingerprint string, err error) {
	if len(master) != MasterKeySize {
		return "", fmt.Errorf("a master key has %d bytes", MasterKeySize)
	}
	aead, err := newAEAD(derive(master, "seal"))
	if err != nil {
		return "", err
	}
	k := &masterKey{aead, derive(master, "vouch"), hex.EncodeToString(derive(master, "fingerprint")[:8])}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(s.keys, func(x *masterKey) bool { return x.fingerprint == k.fingerprint }) {
		s.keys = append(s.keys[:len(s.keys):len(s.keys)], k)
	}
	return k.fingerprint, nil
}

// Only returns a Sealer with one of the master keys of s.
func (s *Sealer) Only(fingerprint string) (*Sealer, error) {
	for _, k := range s.known() {
		if k.fingerprint == fingerprint {
			return &Sealer{rand: s.rand, keys: []*masterKey{k}, root: s.derivesFrom()}, nil
		}
	}
	return nil, errors.New("the master key is unknown")
}

// Forget removes all master keys but one.
func (s *Sealer) Forget(allBut string) error {
	one, err := s.Only(allBut)
	if err == nil {
		s.mu.Lock()
		s.keys = one.keys
		s.mu.Unlock()
	}
	return err
}

func (s *Sealer) known() []*masterKey {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys
}

func (s *Sealer) derivesFrom() []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.root
}

// Fingerprint returns the fingerprint of the first master key.
func (s *Sealer) Fingerprint() string { return s.known()[0].fingerprint }

// current returns the master key that the store's sentinel is sealed with. New
// data is sealed with it, so a new sentinel changes the key for all processes at
// once.
func (s *Sealer) current(tx storage.Tx) (*masterKey, error) {
	r, err := tx.Get(storage.KeySentinel)
	if errors.Is(err, storage.ErrNotFound) {
		return s.known()[0], nil
	}
	if err != nil {
		return nil, err
	}
	_, k, err := s.open(r.Key, r.Data)
	return k, err
}

// Current returns the fingerprint of the master key that seals the store's data.
// Its errors are those of CheckKey.
func (s *Sealer) Current(tx storage.Tx) (string, error) {
	if err := s.CheckKey(tx); err != nil {
		return "", err
	}
	k, err := s.current(tx)
	if err != nil {
		return "", err
	}
	return k.fingerprint, nil
}

// CheckKey returns an error that wraps ErrSealed if another master key seals the
// store's data, and storage.ErrNotFound if the store has no sentinel.
func (s *Sealer) CheckKey(tx storage.Tx) error {
	r, err := tx.Get(storage.KeySentinel)
	if err != nil {
		return err
	}
	_, err = s.IsKeyOf(r)
	return err
}

// IsKeyOf reports whether r is the sentinel. If it is, the error is that of
// CheckKey.
func (s *Sealer) IsKeyOf(r *storage.Record) (bool, error) {
	if r.Key != storage.KeySentinel {
		return false, nil
	}
	_, err := s.Open(storage.KeySentinel, r.Data)
	return true, err
}

// Secret returns a 160-bit secret for the thing called name, in lower-case
// base32. The same name always gives the same secret. Without the root it cannot
// be told from a random one.
func (s *Sealer) Secret(name string) string {
	return encode32(derive(s.derivesFrom(), "secret/"+name)[:20])
}

// Lookup returns the keyed hash of an identifier, for a record's Lookups.
func (s *Sealer) Lookup(kind, identifier string) string {
	return hex.EncodeToString(derive(s.derivesFrom(), "lookup/"+kind+"/"+identifier))
}

// Vouchers returns a keyed hash of what for each master key. Another store with
// one of these keys recognizes it.
func (s *Sealer) Vouchers(what string) (all []string) {
	for _, k := range s.known() {
		all = append(all, hex.EncodeToString(derive(k.vouching, what)))
	}
	return all
}

// Seal encrypts plain with the current master key of the store and binds it to
// the record k.
func (s *Sealer) Seal(tx storage.Tx, k storage.Key, plain []byte) ([]byte, error) {
	key, err := s.current(tx)
	if err != nil {
		return nil, err
	}
	return seal(key.aead, s.rand, k, plain)
}

// Open decrypts data from Seal. The error wraps ErrSealed.
func (s *Sealer) Open(k storage.Key, data []byte) ([]byte, error) {
	plain, _, err := s.open(k, data)
	return plain, err
}

// open also returns the master key that sealed data.
func (s *Sealer) open(k storage.Key, data []byte) (plain []byte, key *masterKey, err error) {
	for _, key = range s.known() {
		if plain, err = open(key.aead, k, data); err == nil {
			return plain, key, nil
		}
	}
	return nil, nil, err
}

// Bytes returns n random bytes.
func (s *Sealer) Bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return b, nil
}

// NewID returns a random 128-bit ID of 26 characters.
func (s *Sealer) NewID() (string, error) {
	b, err := s.Bytes(16)
	return encode32(b), err
}

// IsID reports whether s has the form of an ID from NewID.
func IsID(s string) bool {
	b, err := base32Lower.DecodeString(s)
	return err == nil && len(b) == 16
}

// Create creates a record with plain sealed in it by the current master key.
func (s *Sealer) Create(tx storage.Tx, k storage.Key, plain []byte) error {
	data, err := s.Seal(tx, k, plain)
	if err != nil {
		return err
	}
	return tx.Create(&storage.Record{Key: k, Data: data})
}

// OpenVault opens the vault of the account with r, the record of its own key.
func (s *Sealer) OpenVault(r *storage.Record) (*Vault, error) {
	key, err := s.Open(r.Key, r.Data)
	if err != nil {
		return nil, err
	}
	return newVault(r.Account, key, s.rand)
}

// Adopt makes s derive secrets and lookups from the store's root. A store
// without a root gets the one that the master key gave until then.
func (s *Sealer) Adopt(ctx context.Context, store storage.Store) error {
	err := store.View(ctx, s.adoptFrom)
	if errors.Is(err, storage.ErrNotFound) {
		err = store.Update(ctx, func(tx storage.Tx) error {
			if err := s.adoptFrom(tx); !errors.Is(err, storage.ErrNotFound) {
				return err
			}
			data, err := s.Seal(tx, keyRoot, s.derivesFrom())
			if err != nil {
				return err
			}
			return tx.Create(&storage.Record{Key: keyRoot, Data: data})
		})
	}
	return err
}

// adoptFrom is Adopt for a store with a root. Else the error is
// storage.ErrNotFound.
func (s *Sealer) adoptFrom(tx storage.Tx) error {
	rec, err := tx.Get(keyRoot)
	if err != nil {
		return err
	}
	root, err := s.Open(keyRoot, rec.Data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.root = root
	return nil
}

// DerivesAs adopts the root of the store and reports whether there is one. It
// reports false if s is nil.
func (s *Sealer) DerivesAs(tx storage.Tx) (bool, error) {
	if s == nil {
		return false, nil
	}
	err := s.adoptFrom(tx)
	if errors.Is(err, storage.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Init makes the secrets of an empty store: the sentinel and the root.
func (s *Sealer) Init(tx storage.Tx) error {
	if err := s.Create(tx, storage.KeySentinel, []byte("backpack")); err != nil {
		return err
	}
	root, err := s.Bytes(32)
	if err != nil {
		return err
	}
	return s.Create(tx, keyRoot, root)
}
