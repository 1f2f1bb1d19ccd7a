package keyring_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"backpack/wallet/bolt"
	"backpack/wallet/keyring"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A canary is a source of random bytes that records its output.
type canary struct {
	mu    sync.Mutex
	given [][]byte
}

func (c *canary) Read(p []byte) (int, error) {
	n, err := rand.Read(p)
	c.mu.Lock()
	c.given = append(c.given, bytes.Clone(p))
	c.mu.Unlock()
	return n, err
}

type env struct {
	path   string
	store  *bolt.Store
	master []byte
	rand   *canary
	keys   *keyring.Keyring
}

func newEnv(t *testing.T) *env {
	t.Helper()
	e := &env{path: filepath.Join(t.TempDir(), "data.db"), master: bytes.Repeat([]byte{7}, vault.MasterKeySize), rand: new(canary)}
	e.open(t)
	return e
}

func (e *env) open(t *testing.T) {
	t.Helper()
	var err error
	if e.store, err = bolt.Open(e.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.store.Close() })
	e.keys = e.keyring(t, e.master)
}

func (e *env) keyring(t *testing.T, master []byte) *keyring.Keyring {
	t.Helper()
	sealer, err := vault.NewSealer(master, e.rand)
	if err != nil {
		t.Fatal(err)
	}
	k, err := keyring.New(keyring.Config{Store: e.store, Sealer: sealer, Rand: e.rand})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (e *env) create(t *testing.T, a storage.AccountID) keys.Info {
	t.Helper()
	var info keys.Info
	err := e.store.Update(t.Context(), func(tx storage.Tx) (err error) {
		info, err = e.keys.Create(tx, a, keys.Ed25519)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestSignAndVerify(t *testing.T) {
	e := newEnv(t)
	for _, a := range []storage.AccountID{"", "alpha"} {
		info := e.create(t, a)
		if !strings.HasPrefix(info.DID, "did:key:z6Mk") || info.Method != info.DID+"#"+strings.TrimPrefix(info.DID, "did:key:") {
			t.Errorf("got did %s, method %s", info.DID, info.Method)
		}
		s, err := e.keys.Signer(t.Context(), a, info.ID)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := s.Sign(t.Context(), []byte("message"))
		if err != nil || !ed25519.Verify(s.Public().(ed25519.PublicKey), []byte("message"), signature) {
			t.Errorf("the signature is invalid: %v", err)
		}
	}
}

// TestECDSA: the standard library verifies the signatures of each kind of key, also
// after a restart, and the seed restores the key.
func TestECDSA(t *testing.T) {
	e := newEnv(t)
	for kind, x := range map[keys.Kind]struct {
		curve  elliptic.Curve
		did    string
		hashed func([]byte) []byte
	}{
		keys.P256: {elliptic.P256(), "did:key:zDn", func(b []byte) []byte { h := sha256.Sum256(b); return h[:] }},
		keys.P384: {elliptic.P384(), "did:key:z82L", func(b []byte) []byte { h := sha512.Sum384(b); return h[:] }},
	} {
		var info keys.Info
		err := e.store.Update(t.Context(), func(tx storage.Tx) (err error) {
			info, err = e.keys.Create(tx, "", kind)
			return err
		})
		if err != nil || !strings.HasPrefix(info.DID, x.did) {
			t.Fatalf("%s: got %s, error %v", kind, info.DID, err)
		}
		e.store.Close()
		e.open(t)
		s, err := e.keys.Signer(t.Context(), "", info.ID)
		if err != nil {
			t.Fatal(err)
		}
		key := s.Public().(*ecdsa.PublicKey)
		signature, err := s.Sign(t.Context(), []byte("message"))
		n := len(signature) / 2
		if err != nil || key.Curve != x.curve || n != x.curve.Params().BitSize/8 ||
			!ecdsa.Verify(key, x.hashed([]byte("message")), new(big.Int).SetBytes(signature[:n]), new(big.Int).SetBytes(signature[n:])) {
			t.Errorf("%s: the signature is invalid: %v", kind, err)
		}
		again, err := ecdsa.ParseRawPrivateKey(x.curve, e.seed(t, "", info.ID))
		if err != nil || !again.PublicKey.Equal(key) {
			t.Errorf("%s: the seed restores another key, error %v", kind, err)
		}
	}
	err := e.store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := e.keys.Create(tx, "", "p-521")
		return err
	})
	if err == nil {
		t.Error("got no error for an unknown kind of key")
	}
}

func TestKeysSurviveARestart(t *testing.T) {
	e := newEnv(t)
	info := e.create(t, "alpha")
	before, err := e.keys.Signer(t.Context(), "alpha", info.ID)
	if err != nil {
		t.Fatal(err)
	}
	e.store.Close()
	e.open(t)
	after, err := e.keys.Signer(t.Context(), "alpha", info.ID)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := after.Sign(t.Context(), []byte("m"))
	if err != nil || !ed25519.Verify(before.Public().(ed25519.PublicKey), []byte("m"), signature) {
		t.Errorf("got another key after the restart, error %v", err)
	}
}

func TestKeysBelongToTheirAccount(t *testing.T) {
	e := newEnv(t)
	info := e.create(t, "alpha")
	for _, a := range []storage.AccountID{"", "alph", "alphaa", "beta"} {
		if _, err := e.keys.Signer(t.Context(), a, info.ID); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("account %q: got error %v", a, err)
		}
	}
	if _, err := e.keys.Signer(t.Context(), "alpha", "another"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("another id: got error %v", err)
	}
}

// TestMovedKey: a key copied to another account or id does not open.
func TestMovedKey(t *testing.T) {
	e := newEnv(t)
	mine, other := e.create(t, "alpha"), e.create(t, "beta")
	err := e.store.Update(t.Context(), func(tx storage.Tx) error {
		from, err := tx.Get(storage.Key{Account: "alpha", Kind: storage.KindKey, ID: "key/" + mine.ID})
		if err != nil {
			return err
		}
		to, err := tx.Get(storage.Key{Account: "beta", Kind: storage.KindKey, ID: "key/" + other.ID})
		if err != nil {
			return err
		}
		to.Data = from.Data
		return tx.Update(to)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.keys.Signer(t.Context(), "beta", other.ID); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("got error %v", err)
	}
}

func TestAnotherMasterKey(t *testing.T) {
	e := newEnv(t)
	info := e.create(t, "alpha")
	k := e.keyring(t, bytes.Repeat([]byte{8}, vault.MasterKeySize))
	if _, err := k.Signer(t.Context(), "alpha", info.ID); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("got error %v", err)
	}
}

func TestDamagedKeyIsAnError(t *testing.T) {
	e := newEnv(t)
	for name, data := range map[string]string{"empty": "", "no JSON": "{", "empty JSON": "{}", "null": "null", "other": `{"encryptedKeyset":"AAAA"}`} {
		info := e.create(t, "alpha")
		err := e.store.Update(t.Context(), func(tx storage.Tx) error {
			r, err := tx.Get(storage.Key{Account: "alpha", Kind: storage.KindKey, ID: "key/" + info.ID})
			if err != nil {
				return err
			}
			r.Data = []byte(data)
			return tx.Update(r)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.keys.Signer(t.Context(), "alpha", info.ID); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func TestKeyFollowsTheTransaction(t *testing.T) {
	e := newEnv(t)
	stop := errors.New("stop")
	var info keys.Info
	err := e.store.Update(t.Context(), func(tx storage.Tx) (err error) {
		if info, err = e.keys.Create(tx, "alpha", keys.Ed25519); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if _, err := e.keys.Signer(t.Context(), "alpha", info.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the key after the rollback: got error %v", err)
	}
	info = e.create(t, "alpha")
	err = e.store.Update(t.Context(), func(tx storage.Tx) error {
		_, err := tx.DeleteAccount("alpha")
		return err
	})
	if _, got := e.keys.Signer(t.Context(), "alpha", info.ID); err != nil || !errors.Is(got, storage.ErrNotFound) {
		t.Errorf("the key after its account is deleted: got error %v, %v", err, got)
	}
}

// TestNoKeyInClear reads the data file as a thief would (threat 25). It searches for
// every 32 bytes from the source of randomness, which include the seed.
func TestNoKeyInClear(t *testing.T) {
	e := newEnv(t)
	var all []keys.Info
	for range 20 {
		all = append(all, e.create(t, "alpha"))
	}
	e.store.Close()
	file, err := os.ReadFile(e.path)
	if err != nil {
		t.Fatal(err)
	}
	seeds := 0
	for _, b := range e.rand.given {
		if len(b) != ed25519.SeedSize {
			continue
		}
		seeds++
		for name, form := range map[string]string{
			"raw": string(b), "hex": hex.EncodeToString(b), "HEX": strings.ToUpper(hex.EncodeToString(b)),
			"base64": base64.RawStdEncoding.EncodeToString(b)[:42], "base64url": base64.RawURLEncoding.EncodeToString(b)[:42],
			"half": string(b[:16]), "other half": string(b[16:]),
		} {
			if bytes.Contains(file, []byte(form)) {
				t.Errorf("the file contains a seed: %s", name)
			}
		}
	}
	if seeds != len(all) {
		t.Errorf("got %d seeds for %d keys", seeds, len(all))
	}
	if !bytes.Contains(file, []byte("key/"+all[0].ID)) {
		t.Error("the file does not contain the id, so the test proves nothing")
	}
}

// seed opens our record of a key's seed.
func (e *env) seed(t *testing.T, a storage.AccountID, id string) []byte {
	t.Helper()
	sealer, err := vault.NewSealer(e.master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	place := storage.Key{Account: a, Kind: storage.KindKey, ID: "seed/" + id}
	var seed []byte
	err = e.store.View(t.Context(), func(tx storage.Tx) error {
		r, err := tx.Get(place)
		if err != nil {
			return err
		}
		seed, err = sealer.Open(place, r.Data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// TestSeedIsKept: our own record alone restores the key.
func TestSeedIsKept(t *testing.T) {
	e := newEnv(t)
	info := e.create(t, "alpha")
	seed := e.seed(t, "alpha", info.ID)
	s, err := e.keys.Signer(t.Context(), "alpha", info.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey).Equal(s.Public()) {
		t.Error("the seed restores another key")
	}
}

func TestNewRequiresAllFields(t *testing.T) {
	e := newEnv(t)
	sealer, err := vault.NewSealer(e.master, e.rand)
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]keyring.Config{
		"store":  {Sealer: sealer, Rand: e.rand},
		"rand":   {Store: e.store, Sealer: sealer},
		"sealer": {Store: e.store, Rand: e.rand},
	} {
		if _, err := keyring.New(cfg); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	store, err := bolt.Open(filepath.Join(b.TempDir(), "data.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	sealer, err := vault.NewSealer(make([]byte, 32), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	ring, err := keyring.New(keyring.Config{Store: store, Sealer: sealer, Rand: rand.Reader})
	if err != nil {
		b.Fatal(err)
	}
	var info keys.Info
	err = store.Update(b.Context(), func(tx storage.Tx) (err error) {
		info, err = ring.Create(tx, "a", keys.Ed25519)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := ring.Signer(b.Context(), "a", info.ID)
		if err == nil {
			_, err = s.Sign(b.Context(), []byte("message"))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
