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
)

// ErrSealed means that sealed data could not be opened: another master key,
// or data that was changed or moved.
var ErrSealed = errors.New("sealed data cannot be opened with this master key")

// MasterKeySize is the length of a master key in bytes.
const MasterKeySize = 32

// A Sealer holds the installation's master key. It seals each learner's own
// key, and derives the secrets that are never stored.
type Sealer struct {
	aead        cipher.AEAD
	mac         []byte
	fingerprint string
	rand        io.Reader
}

// NewSealer returns a Sealer for a master key of MasterKeySize bytes. random
// gives the bytes of new keys and nonces.
func NewSealer(master []byte, random io.Reader) (*Sealer, error) {
	if len(master) != MasterKeySize || random == nil {
		return nil, fmt.Errorf("a master key of %d bytes and a source of randomness are needed", MasterKeySize)
	}
	aead, err := newAEAD(derive(master, "seal"))
	if err != nil {
		return nil, err
	}
	return &Sealer{aead: aead, mac: derive(master, "derive"), fingerprint: hex.EncodeToString(derive(master, "fingerprint")[:8]), rand: random}, nil
}

// Fingerprint returns 16 characters that tell one master key from another and
// give nothing of it away.
func (s *Sealer) Fingerprint() string { return s.fingerprint }

// CheckKey returns an error that wraps ErrSealed when the store's data is sealed
// with another master key, and ErrNotFound when it is no store of a Wallet.
func (s *Sealer) CheckKey(tx Tx) error {
	r, err := tx.Get(KeySentinel)
	if err != nil {
		return err
	}
	_, err = s.IsKeyOf(r)
	return err
}

// IsKeyOf reports whether r is the record that tells which master key a store's
// data is sealed with, and for that one returns what CheckKey does.
func (s *Sealer) IsKeyOf(r *Record) (bool, error) {
	if r.Key != KeySentinel {
		return false, nil
	}
	_, err := s.Open(KeySentinel, r.Data)
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
	return encode32(derive(s.mac, "secret/"+name)[:20])
}

// Lookup returns the keyed hash under which an identifier is found.
func (s *Sealer) Lookup(kind, identifier string) string {
	return hex.EncodeToString(derive(s.mac, "lookup/"+kind+"/"+identifier))
}

// Seal encrypts plain for the record k, which it is bound to.
func (s *Sealer) Seal(k Key, plain []byte) ([]byte, error) { return seal(s.aead, s.rand, k, plain) }

// Open decrypts what Seal made, or returns an error that wraps ErrSealed.
func (s *Sealer) Open(k Key, data []byte) ([]byte, error) { return open(s.aead, k, data) }

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
func seal(aead cipher.AEAD, random io.Reader, k Key, plain []byte) ([]byte, error) {
	out := make([]byte, 1+aead.NonceSize(), 1+aead.NonceSize()+len(plain)+aead.Overhead())
	out[0] = sealVersion
	if _, err := io.ReadFull(random, out[1:]); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return aead.Seal(out, out[1:], plain, k.place()), nil
}

func open(aead cipher.AEAD, k Key, data []byte) ([]byte, error) {
	n := 1 + aead.NonceSize()
	if len(data) < n || data[0] != sealVersion {
		return nil, fmt.Errorf("%s: %w", k.Kind, ErrSealed)
	}
	plain, err := aead.Open(nil, data[1:n], data[n:], k.place())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.Kind, ErrSealed)
	}
	return plain, nil
}

// place is what sealed data is bound to, so that a record moved to another
// account, kind or id does not open.
func (k Key) place() []byte {
	return []byte(string(k.Account) + "\x00" + string(k.Kind) + "\x00" + k.ID)
}

// A vault seals and opens the records of one account with the account's key,
// within one transaction.
type vault struct {
	account AccountID
	aead    cipher.AEAD
	rand    io.Reader
	usage   *Usage // once it was counted; a vault lives as long as its transaction
}

func newVault(a AccountID, key []byte, random io.Reader) (*vault, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	return &vault{account: a, aead: aead, rand: random}, nil
}

// record returns a new record of the account with v sealed in it.
func (v *vault) record(kind Kind, id string, content any) (*Record, error) {
	r := &Record{Key: Key{v.account, kind, id}}
	return r, v.fill(r, content)
}

// fill seals content into r.
func (v *vault) fill(r *Record, content any) error {
	plain, err := json.Marshal(content)
	if err != nil {
		return fmt.Errorf("encode %s: %w", r.Kind, err)
	}
	r.Data, err = seal(v.aead, v.rand, r.Key, plain)
	return err
}

// read opens r into content.
func (v *vault) read(r *Record, content any) error {
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
func load[T any](tx Tx, v *vault, kind Kind, id string) (*T, *Record, error) {
	r, err := tx.Get(Key{v.account, kind, id})
	if err != nil {
		return nil, nil, err
	}
	content := new(T)
	return content, r, v.read(r, content)
}

// loadAll calls fn with every record of the kind, in order of id.
func loadAll[T any](tx Tx, v *vault, kind Kind, fn func(*T, *Record) error) error {
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
