package wallet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"backpack/wallet/storage"
)

// ErrSealed means that sealed data could not be opened: another master key,
// or data that was changed or moved.
var ErrSealed = errors.New("sealed data cannot be opened with this master key")

// MasterKeySize is the length of a master key in bytes.
const MasterKeySize = 32

// A Sealer holds the installation's master key, and a second one while the key
// is changed. It seals each learner's own key, and derives the secrets that are
// never stored. It is safe for concurrent use.
type Sealer struct {
	rand io.Reader

	mu   sync.RWMutex
	keys []*masterKey // never none
	mac  []byte       // what secrets and lookups are derived from
}

type masterKey struct {
	aead        cipher.AEAD
	vouching    []byte
	fingerprint string
}

// NewSealer returns a Sealer for a master key of MasterKeySize bytes, that also
// opens what others sealed. random gives the bytes of new keys and nonces.
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
	s.mac = derive(master, "derive") // until the store's own is known
	return s, nil
}

// Accept makes the Sealer know one more master key, and returns its fingerprint:
// 16 characters that tell it from others and give nothing of it away.
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

// Only returns a Sealer that knows one of this one's master keys alone.
func (s *Sealer) Only(fingerprint string) (*Sealer, error) {
	for _, k := range s.known() {
		if k.fingerprint == fingerprint {
			return &Sealer{rand: s.rand, keys: []*masterKey{k}, mac: s.secret()}, nil
		}
	}
	return nil, errors.New("no such master key is known")
}

// Forget makes the Sealer know one of its master keys alone.
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

func (s *Sealer) secret() []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.mac
}

// Fingerprint returns that of the first master key.
func (s *Sealer) Fingerprint() string { return s.known()[0].fingerprint }

// current returns the master key that a store's data is to be sealed with: the
// one that its sentinel was. A change of the sentinel is thereby one for every
// process at once.
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

// Current returns the fingerprint of the master key that the store's data is
// sealed with, or an error as CheckKey does.
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

// CheckKey returns an error that wraps ErrSealed when the store's data is sealed
// with another master key, and ErrNotFound when it is no store of a Wallet.
func (s *Sealer) CheckKey(tx storage.Tx) error {
	r, err := tx.Get(storage.KeySentinel)
	if err != nil {
		return err
	}
	_, err = s.IsKeyOf(r)
	return err
}

// IsKeyOf reports whether r is the record that tells which master key a store's
// data is sealed with, and for that one returns what CheckKey does.
func (s *Sealer) IsKeyOf(r *storage.Record) (bool, error) {
	if r.Key != storage.KeySentinel {
		return false, nil
	}
	_, err := s.Open(storage.KeySentinel, r.Data)
	return true, err
}

// derive returns a 32-byte key for one use of a key.
func derive(key []byte, use string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("backpack/" + use))
	return m.Sum(nil)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Secret returns a 160-bit secret for the thing called name, in lower-case
// base32. The same name always gives the same secret; without the master key
// it is as good as random.
func (s *Sealer) Secret(name string) string {
	return encode32(derive(s.secret(), "secret/"+name)[:20])
}

// Lookup returns the keyed hash under which an identifier is found.
func (s *Sealer) Lookup(kind, identifier string) string {
	return hex.EncodeToString(derive(s.secret(), "lookup/"+kind+"/"+identifier))
}

// Vouchers returns keyed hashes of what by which it is known again with the
// master key alone, also by another store: one for each key that is known.
func (s *Sealer) Vouchers(what string) (all []string) {
	for _, k := range s.known() {
		all = append(all, hex.EncodeToString(derive(k.vouching, what)))
	}
	return all
}

// Seal encrypts plain for the record k, which it is bound to, with the master
// key that tx says.
func (s *Sealer) Seal(tx storage.Tx, k storage.Key, plain []byte) ([]byte, error) {
	key, err := s.current(tx)
	if err != nil {
		return nil, err
	}
	return seal(key.aead, s.rand, k, plain)
}

// Open decrypts what Seal made, or returns an error that wraps ErrSealed.
func (s *Sealer) Open(k storage.Key, data []byte) ([]byte, error) {
	plain, _, err := s.open(k, data)
	return plain, err
}

// open also returns with which master key it was sealed.
func (s *Sealer) open(k storage.Key, data []byte) (plain []byte, key *masterKey, err error) {
	for _, key = range s.known() {
		if plain, err = open(key.aead, k, data); err == nil {
			return plain, key, nil
		}
	}
	return nil, nil, err
}

func (s *Sealer) bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return b, nil
}

// newID returns a random 128-bit id: 26 characters.
func (s *Sealer) newID() (string, error) {
	b, err := s.bytes(16)
	return encode32(b), err
}

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func encode32(b []byte) string { return base32Lower.EncodeToString(b) }

const sealVersion = 1

// seal returns version ‖ nonce ‖ ciphertext, bound to the place of k.
func seal(aead cipher.AEAD, random io.Reader, k storage.Key, plain []byte) ([]byte, error) {
	out := make([]byte, 1+aead.NonceSize(), 1+aead.NonceSize()+len(plain)+aead.Overhead())
	out[0] = sealVersion
	if _, err := io.ReadFull(random, out[1:]); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return aead.Seal(out, out[1:], plain, place(k)), nil
}

func open(aead cipher.AEAD, k storage.Key, data []byte) ([]byte, error) {
	n := 1 + aead.NonceSize()
	if len(data) < n || data[0] != sealVersion {
		return nil, fmt.Errorf("%s: %w", k.Kind, ErrSealed)
	}
	plain, err := aead.Open(nil, data[1:n], data[n:], place(k))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.Kind, ErrSealed)
	}
	return plain, nil
}

// place returns the additional data that binds sealed data to its record. Data
// moved to another account, kind or ID does not open.
func place(k storage.Key) []byte {
	return []byte(string(k.Account) + "\x00" + string(k.Kind) + "\x00" + k.ID)
}

// A vault seals and opens the records of one account with the account's key,
// within one transaction.
type vault struct {
	account storage.AccountID
	aead    cipher.AEAD
	rand    io.Reader
	usage   *Usage  // once it was counted; a vault lives as long as its transaction
	origin  *origin // of a new account, once usage was counted
}

func newVault(a storage.AccountID, key []byte, random io.Reader) (*vault, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return &vault{account: a, aead: aead, rand: random}, nil
}

// record returns a new record of the account with v sealed in it.
func (v *vault) record(kind storage.Kind, id string, content any) (*storage.Record, error) {
	r := &storage.Record{Key: storage.Key{Account: v.account, Kind: kind, ID: id}}
	return r, v.fill(r, content)
}

// fill seals content into r.
func (v *vault) fill(r *storage.Record, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encode %s: %w", r.Kind, err)
	}
	r.Data, err = seal(v.aead, v.rand, r.Key, plain)
	return err
}

// read opens r into content.
func (v *vault) read(r *storage.Record, content any) error {
	plain, err := open(v.aead, r.Key, r.Data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, content); err != nil {
		return fmt.Errorf("decode %s: %w", r.Kind, err)
	}
	return nil
}

// load reads the account's record of the kind and id.
func load[T any](tx storage.Tx, v *vault, kind storage.Kind, id string) (*T, *storage.Record, error) {
	r, err := tx.Get(storage.Key{Account: v.account, Kind: kind, ID: id})
	if err != nil {
		return nil, nil, err
	}
	content := new(T)
	return content, r, v.read(r, content)
}

// loadAll calls fn with every record of the kind, in order of id.
func loadAll[T any](tx storage.Tx, v *vault, kind storage.Kind, fn func(*T, *storage.Record) error) error {
	for after := ""; ; {
		page, err := tx.List(v.account, kind, after, 200)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			content := new(T)
			if err := v.read(r, content); err != nil {
				return err
			}
			if err := fn(content, r); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}
}
