package wallet_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"backpack/wallet/storage"
	"backpack/wallet/transfer"
	"backpack/wallet/vault"
	"backpack/wallet/wallettest"
)

// canaries are texts that must not be readable in data at rest.
const (
	canaryName  = "Canary Quillfeather"
	canaryEmail = "canary.quillfeather@example.org"
)

// TestThreat25NothingReadableAtRest asserts that neither the data file nor an
// unencrypted backup contains a name, an address or a key seed in plain text,
// and that another master key does not open them.
func TestThreat25NothingReadableAtRest(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	l := e.Learner(t, canaryName)
	e.Prove(t, l.ID, canaryEmail)
	var seeds [][]byte
	eachRecord(t, e.Store, func(r *storage.Record) {
		if strings.HasPrefix(r.ID, "seed/") {
			seed, err := e.Sealer.Open(r.Key, r.Data)
			if err != nil {
				t.Fatal(err)
			}
			seeds = append(seeds, seed)
		}
	})
	if len(seeds) != 2 { // the learner's and the service's
		t.Fatalf("%d seeds", len(seeds))
	}
	var archive bytes.Buffer
	w, err := transfer.NewWriter(&archive, transfer.Header{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Store.View(t.Context(), func(tx storage.Tx) error { _, err := transfer.Each(tx, w); return err }); err != nil {
		t.Fatal(err)
	}
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	for what, b := range map[string][]byte{"the data file": file, "a backup": archive.Bytes()} {
		if !bytes.Contains(b, []byte(l.ID)) {
			t.Errorf("%s does not contain the account", what)
		}
		for _, s := range append(seeds, []byte(canaryName), []byte(canaryEmail), []byte("Quillfeather"), []byte(l.Token), []byte(l.Key), e.Master) {
			if bytes.Contains(b, s) {
				t.Errorf("%s contains %q", what, s)
			}
		}
	}
	e.Master = bytes.Repeat([]byte{9}, vault.MasterKeySize)
	if err := e.Open(t); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("it starts with another master key: %v", err)
	}
}

func eachRecord(t testing.TB, s storage.Store, fn func(*storage.Record)) {
	t.Helper()
	err := s.View(t.Context(), func(tx storage.Tx) error {
		walk := func(a storage.AccountID) error {
			return tx.Walk(a, func(r *storage.Record) error { fn(r); return nil })
		}
		return errors.Join(walk(""), transfer.Accounts(tx, walk))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestThreat25RotateUnderLoad changes the master key while learners use the
// service. Nothing fails, no data is lost, every key signs as before, links and
// sessions stay valid, and the old master key opens nothing.
func TestThreat25RotateUnderLoad(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	var before []*wallettest.Learner
	for i := range 20 {
		before = append(before, e.Learner(t, fmt.Sprint("Learner ", i)))
	}
	publics := publicKeys(t, e)
	secret := e.Sealer.Secret("share/x/y")
	fresh := make([]byte, vault.MasterKeySize)
	rand.Read(fresh)
	old := e.Master
	to, err := e.Sealer.Accept(fresh)
	if err != nil {
		t.Fatal(err)
	}

	load := startLoad(t, e, before)
	if _, err := vault.Rotate(t.Context(), e.Store, e.Sealer, e.Keys, to, func(int) {}); err != nil {
		t.Fatal(err)
	}
	during := load.stop()
	if len(during) == 0 {
		t.Fatal("no learner signed up during the rotation")
	}
	mustOpenNothing(t, e, old)
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Open(t); !errors.Is(err, vault.ErrSealed) {
		t.Fatalf("it starts with the old master key: %v", err)
	}
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	e.Master = fresh
	if err := e.Open(t); err != nil {
		t.Fatal(err)
	}
	for _, l := range append(before, during...) {
		if s, _, err := e.SignInWithKey(t.Context(), l.Key, "a test"); err != nil || s.Account != l.ID {
			t.Errorf("sign in: %v", err)
		}
		if s, err := e.Authenticate(t.Context(), l.Token); err != nil || s.Account != l.ID {
			t.Errorf("an earlier session: %v", err)
		}
	}
	after := publicKeys(t, e)
	for id, public := range publics {
		if after[id] != public {
			t.Errorf("key %s has changed", id)
		}
	}
	if len(after) != len(before)+len(during)+1 {
		t.Errorf("%d keys after the rotation", len(after))
	}
	if e.Sealer.Secret("share/x/y") != secret {
		t.Error("links to shares have changed")
	}
}

// publicKeys signs with every key and returns the public keys by record key.
func publicKeys(t *testing.T, e *wallettest.Env) map[storage.Key]string {
	t.Helper()
	out := map[storage.Key]string{}
	eachRecord(t, e.Store, func(r *storage.Record) {
		if strings.HasPrefix(r.ID, "key/") {
			out[r.Key] = ""
		}
	})
	for k := range out {
		s, err := e.Keys.Signer(t.Context(), k.Account, strings.TrimPrefix(k.ID, "key/"))
		if err == nil {
			_, err = s.Sign(t.Context(), []byte("message"))
		}
		if err != nil {
			t.Fatalf("%s: %v", k.ID, err)
		}
		out[k] = fmt.Sprint(s.Public())
	}
	return out
}

func mustOpenNothing(t *testing.T, e *wallettest.Env, old []byte) {
	t.Helper()
	only, err := vault.NewSealer(old, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	eachRecord(t, e.Store, func(r *storage.Record) {
		if _, err := only.Open(r.Key, r.Data); err == nil {
			t.Errorf("the old master key opens %s %s", r.Kind, r.ID)
		}
		if e.Keys.Rewraps(r.Key) {
			keys++
			err := e.Store.View(t.Context(), func(tx storage.Tx) error { return e.Keys.Opens(tx, r.Key, only) })
			if !errors.Is(err, vault.ErrSealed) {
				t.Errorf("the old master key opens %s: %v", r.ID, err)
			}
		}
	})
	if keys < 20 {
		t.Errorf("only %d keys", keys)
	}
}

// load simulates learners who sign up, rename themselves and sign.
type load struct {
	cancel context.CancelFunc
	over   sync.WaitGroup
	mu     sync.Mutex
	came   []*wallettest.Learner
	some   chan struct{}
}

func startLoad(t *testing.T, e *wallettest.Env, there []*wallettest.Learner) *load {
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{cancel: cancel, some: make(chan struct{})}
	first := sync.OnceFunc(func() { close(l.some) })
	for n := range 4 {
		l.over.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				s, token, key, err := e.SignUpWithKey(t.Context(), fmt.Sprintf("New %d %d", n, i), "en", "a test")
				if err != nil {
					t.Errorf("sign up: %v", err)
					return
				}
				l.mu.Lock()
				l.came = append(l.came, &wallettest.Learner{ID: s.Account, Token: token, Key: key})
				l.mu.Unlock()
				first()
				x := there[(n*5+i)%len(there)]
				if err := e.Rename(t.Context(), x.ID, fmt.Sprint("Renamed ", i)); err != nil {
					t.Errorf("rename: %v", err)
				}
				if _, _, err := e.SignInWithKey(t.Context(), x.Key, "a test"); err != nil {
					t.Errorf("sign in: %v", err)
				}
			}
		})
	}
	<-l.some
	return l
}

func (l *load) stop() []*wallettest.Learner {
	l.cancel()
	l.over.Wait()
	return l.came
}

// TestRotateResumes asserts that an interrupted rotation can be resumed. Until
// then both master keys are needed, and a backup is refused.
func TestRotateResumes(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for i := range 20 {
		e.Learner(t, fmt.Sprint("Learner ", i))
	}
	if _, err := vault.Rotate(t.Context(), e.Store, e.Sealer, e.Keys, "0123456789abcdef", func(int) {}); err == nil {
		t.Error("rotation to an unknown key")
	}
	fresh := make([]byte, vault.MasterKeySize)
	rand.Read(fresh)
	to, err := e.Sealer.Accept(fresh)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := vault.Rotate(ctx, e.Store, e.Sealer, e.Keys, to, func(int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := e.Store.View(t.Context(), vault.Settled); !errors.Is(err, vault.ErrRotating) {
		t.Errorf("in mid-rotation: %v", err)
	}
	publicKeys(t, e)
	n, err := vault.Rotate(t.Context(), e.Store, e.Sealer, e.Keys, to, func(int) {})
	if err != nil || n == 0 || n >= 20*3 {
		t.Errorf("%d records resealed, %v", n, err)
	}
	if err := e.Store.View(t.Context(), vault.Settled); err != nil {
		t.Error(err)
	}
	if n, err := vault.Rotate(t.Context(), e.Store, e.Sealer, e.Keys, to, func(int) {}); err != nil || n != 0 {
		t.Errorf("once more: %d, %v", n, err)
	}
	if err := e.Sealer.Forget(to); err != nil {
		t.Fatal(err)
	}
	publicKeys(t, e)
}
