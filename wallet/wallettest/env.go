package wallettest

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"backpack/vc/registry"
	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/inspect"
	"backpack/wallet/issue"
	"backpack/wallet/keyring"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// PublicURL is the default address of a test's wallet.
const PublicURL = "http://localhost:8080"

// Options replace parts of an Env. The zero value is valid.
type Options struct {
	PublicURL string
	Samples   []inspect.Input
	Limits    wallet.Limits
	Request   inspect.Limits // of one import or check
	File      bolt.Limits    // of the data file
	Mail      wallet.Mailer  // default: Env.Mails
	Turns     *inspect.Turns // default: inspect.NewTurns(0, 0)
	Rand      io.Reader      // default: crypto/rand
	// Registries know issuers; default: none.
	Registries *registry.Set
	Web        *Web          // default: a new one
	Master     []byte        // the master key; default: a new one
	Store      storage.Store // default: a new bbolt file, in Env.Store
}

// An Env is a Wallet with its parts.
type Env struct {
	*wallet.Wallet
	Config wallet.Config // of Wallet
	Store  *bolt.Store
	Path   string // of the data file
	Master []byte
	Sealer *vault.Sealer
	Keys   *keyring.Keyring
	Clock  *Clock
	Web    *Web
	Mails  *Mailbox
	Logs   *Logs
	// Samples are the wallet's sample badges.
	Samples []inspect.Input

	options Options
	lists   *issue.OwnLists
}

// New returns a Wallet on an empty store. The test's cleanup closes it.
func New(t testing.TB, o Options) *Env {
	t.Helper()
	if o.PublicURL == "" {
		o.PublicURL = PublicURL
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	e := &Env{
		Path: filepath.Join(t.TempDir(), "data.db"), Master: o.Master,
		Clock: NewClock(), Mails: new(Mailbox), Logs: new(Logs), options: o,
	}
	if e.Web = o.Web; e.Web == nil {
		e.Web = NewWeb(e.Clock.Now)
	}
	if e.Master == nil {
		e.Master = make([]byte, vault.MasterKeySize)
		if _, err := rand.Read(e.Master); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Open(t); err != nil {
		t.Fatal(err)
	}
	return e
}

// Reopen closes the store and starts a new Wallet on it, as a restart does.
func (e *Env) Reopen(t testing.TB) {
	t.Helper()
	if err := e.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Open(t); err != nil {
		t.Fatal(err)
	}
}

// Open opens the closed store and starts a Wallet on it with e.Master. It returns the
// error of wallet.New.
func (e *Env) Open(t testing.TB) error {
	t.Helper()
	store, err := e.options.Store, error(nil)
	if store == nil {
		if e.Store, err = bolt.OpenWithin(e.Path, e.options.File); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Store.Close() })
		store = e.Store
	}
	if e.Sealer, err = vault.NewSealer(e.Master, e.options.Rand); err != nil {
		t.Fatal(err)
	}
	if e.Keys, err = keyring.New(keyring.Config{Store: store, Sealer: e.Sealer, Rand: e.options.Rand}); err != nil {
		t.Fatal(err)
	}
	cfg := e.config(t)
	cfg.Store = store
	if e.Store != nil {
		cfg.Scrub = e.Store.Scrub
	}
	e.Config = cfg
	e.Wallet, err = wallet.New(t.Context(), cfg)
	e.lists.Serve(e.Wallet.Issuing)
	return err
}

func (e *Env) config(t testing.TB) wallet.Config {
	t.Helper()
	public, err := url.Parse(e.options.PublicURL)
	if err != nil {
		t.Fatal(err)
	}
	known := e.options.Registries.With()
	limits := e.options.Limits
	if limits.New == (wallet.Newcomers{}) { // most tests are about established learners
		limits.New = wallet.Newcomers{Bytes: 1 << 40, NetworkBytes: 1 << 40, NetworkAccounts: 1 << 20}
	}
	request := e.options.Request
	if request.Time == 0 {
		request.Time = 5 * time.Minute // the machine may be slow
	}
	e.lists = &issue.OwnLists{Address: e.options.PublicURL + "/api/vc/status/", Next: e.Web}
	std := newStandard(t, e.lists, e.Clock, known)
	e.Samples = e.samples(t)
	mailer := e.options.Mail
	if mailer == nil {
		mailer = e.Mails
	}
	return wallet.Config{
		Software: "Backpack test",
		Checker: inspect.Checker{Verifier: std.verifier, Fetcher: std.fetcher, Contexts: std.contexts, Limits: request,
			Replay: Replay, Registries: known},
		Limits: limits,
		Store:  e.Store, Suite: std.suite, Suites: std.suites,
		Keys: e.Keys, Sealer: e.Sealer, Mail: mailer, PublicURL: public, Samples: func() ([]inspect.Input, error) { return e.Samples, nil },
		Turns: cmp.Or(e.options.Turns, inspect.NewTurns(0, 0)),
		Now:   e.Clock.Now, After: func(time.Duration) <-chan time.Time { return nil }, Rand: e.options.Rand, Log: slog.New(slog.NewTextHandler(e.Logs, nil)),
	}
}

// samples returns the samples of the options, or the built-in ones.
func (e *Env) samples(t testing.TB) []inspect.Input {
	t.Helper()
	if e.options.Samples != nil {
		return e.options.Samples
	}
	files, err := Samples()
	if err != nil {
		t.Fatal(err)
	}
	var out []inspect.Input
	for _, f := range files {
		out = append(out, inspect.Input{Name: f.Name, Bytes: f.Bytes})
	}
	return out
}

// A Learner is a signed-in learner with an account.
type Learner struct {
	ID      storage.AccountID
	Session *wallet.Session
	Token   string
	Key     string // the backpack key
}

// Learner creates an account with a backpack key.
func (e *Env) Learner(t testing.TB, name string) *Learner {
	t.Helper()
	s, token, key, err := e.SignUpWithKey(t.Context(), name, "en", "a test")
	if err != nil {
		t.Fatalf("sign up %s: %v", name, err)
	}
	return &Learner{ID: s.Account, Session: s, Token: token, Key: key}
}

// Prove adds an address to an account and proves it with the mailed code.
func (e *Env) Prove(t testing.TB, a storage.AccountID, address string) *wallet.Email {
	t.Helper()
	email, err := e.AddEmail(t.Context(), a, address)
	if err != nil {
		t.Fatalf("add %s: %v", address, err)
	}
	if err := e.ProveEmail(t.Context(), a, email.ID, e.Mails.Code(t)); err != nil {
		t.Fatalf("prove %s: %v", address, err)
	}
	return email
}

// Logs collects log output. It is safe for concurrent use.
type Logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns all output.
func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
