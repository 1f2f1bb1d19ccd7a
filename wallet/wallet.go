package wallet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"sync/atomic"
	"time"

	"backpack/vc"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/issue"
	"backpack/wallet/keys"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
	"backpack/wallet/work"
)

// A Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, to, subject, text string) error
}

// A Config holds everything a Wallet needs. New returns an error if a required
// field is missing.
type Config struct {
	inspect.Checker
	Limits    Limits
	Store     storage.Store
	Suite     vc.SigningSuite   // eddsa-rdfc-2022
	Suites    []vc.SigningSuite // all suites that can sign
	Keys      keys.Ring
	Sealer    *vault.Sealer
	Mail      Mailer
	PublicURL *url.URL                        // origin under which learners and employers reach the server
	Samples   func() ([]inspect.Input, error) // the sample badges; nil for none
	Software  string                          // this program's name in receipts
	Now       func() time.Time
	After     func(time.Duration) <-chan time.Time // pauses; time.After in the program
	Rand      io.Reader
	Log       *slog.Logger
	// Turns shares the CPU among learners and visitors; nil for no limit.
	Turns *inspect.Turns
	// Scrub overwrites the remains of deleted records in the store's free space;
	// nil if the store keeps none or its operator removes them.
	Scrub func(context.Context) error
	// Worked is called after every background job; nil for no call.
	Worked func(work.Done)
}

// Limits are the limits for one learner. Zero fields take the defaults.
type Limits struct {
	Entries   int       // badges in a backpack; default 5,000
	Bytes     int64     // of all kept data; default 500 MiB
	PartBytes int64     // of a part of a large archive, which its last badge may exceed; default 40 MiB, as an upload takes 64
	Shares    int       // live shares; default 200
	New       Newcomers // for accounts that are not trusted yet
}

// A Wallet is the product without HTTP. It is safe for concurrent use.
type Wallet struct {
	inspect.Checker
	Issuing *issue.Service // issues credentials of the service
	cfg     Config
	vaults  *vault.Vaults
	service keys.Info // the service's own key
	work    *work.Queue
	events  *event.Log
	full    atomic.Bool   // the workers found no room
	hashing chan struct{} // limits how many passcodes are hashed at once
	lists   lists         // the cache of lists
}

// New returns a Wallet. On an empty store it creates the service's key; on any
// other it returns an error unless the master key is the store's.
func New(ctx context.Context, cfg Config) (*Wallet, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.Limits, cfg.Checker.Limits = cfg.Limits.withDefaults(), cfg.Checker.Limits.WithDefaults()
	w := &Wallet{Checker: cfg.Checker, cfg: cfg, hashing: make(chan struct{}, hashers)}
	w.vaults = &vault.Vaults{Store: cfg.Store, Sealer: cfg.Sealer, Rand: cfg.Rand}
	w.events = &event.Log{Vaults: w.vaults, Now: cfg.Now, Notify: w.scheduleMail}
	w.startWork()
	w.Marks = w.evidenceMarks
	w.Issuing = &issue.Service{Store: cfg.Store, Sealer: cfg.Sealer, Keys: cfg.Keys, Verifier: cfg.Verifier,
		Suite: cfg.Suite, Suites: cfg.Suites, Clock: cfg.Now}
	return w, w.start(ctx)
}

func (c *Config) check() error {
	var missing []error
	for name, ok := range map[string]bool{
		"Store": c.Store != nil, "Verifier": c.Verifier != nil, "Fetcher": c.Fetcher != nil,
		"Contexts": c.Contexts != nil, "Suite": c.Suite != nil, "Keys": c.Keys != nil, "Sealer": c.Sealer != nil,
		"Mail": c.Mail != nil, "PublicURL": c.PublicURL != nil, "Now": c.Now != nil, "After": c.After != nil, "Rand": c.Rand != nil, "Log": c.Log != nil,
	} {
		if !ok {
			missing = append(missing, fmt.Errorf("wallet: %s is missing", name))
		}
	}
	return errors.Join(missing...)
}

func (l Limits) withDefaults() Limits {
	set(&l.Entries, 5_000)
	set(&l.Bytes, 500<<20)
	set(&l.PartBytes, 40<<20)
	set(&l.Shares, 200)
	l.New.withDefaults()
	return l
}

// set sets *p to v if it is zero.
func set[T ~int | ~int64](p *T, v T) {
	if *p == 0 {
		*p = v
	}
}

// now returns the time in whole seconds of UTC, as stores keep it.
func (w *Wallet) now() time.Time { return w.cfg.Now().UTC().Truncate(time.Second) }
