package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backpack/server/edge"
	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// importTime is the default of Config.ImportTime.
const importTime = 2 * time.Second

// A Config holds what a Server depends on. New refuses a nil field unless it says
// otherwise.
type Config struct {
	edge.Config // of the transport
	Wallet      *wallet.Wallet
	UI          *ui.Renderer
	Secret      func(name string) string // derives a secret from the master key; signs tables
	Turns       *inspect.Turns           // those of Wallet; nil admits every request
	Suites      []vc.SigningSuite        // that the API lists for issuing; may be nil
	Rates       Rates
	Shared      bool // other processes serve the same store: rates are counted there
	API         API
	Version     string // of the program, for the foot of pages
	// Probes are run in order, after those of the store and the master key, to find
	// out whether requests should be sent here.
	Probes []Probe
	// ImportTime is the time to wait for an import before its progress is shown;
	// default 2 seconds.
	ImportTime time.Duration
}

// Rates limit requests per minute, with a burst of the same number. Zero fields
// take the defaults.
type Rates struct {
	SignIn int // attempts to sign in or up, per network; default 30
	Check  int // checks without an account, per network; default 60
	View   int // views of shares, per network; default 240
	Import int // imports and checks, per account; default 60
}

func (c *Config) check() error {
	var missing []error
	for name, ok := range map[string]bool{"Wallet": c.Wallet != nil, "UI": c.UI != nil, "PublicURL": c.PublicURL != nil, "Secret": c.Secret != nil} {
		if !ok {
			missing = append(missing, fmt.Errorf("server: %s is missing", name))
		}
	}
	if err := c.API.Check(); err != nil {
		missing = append(missing, fmt.Errorf("server: the API's prefix: %w", err))
	}
	return errors.Join(missing...)
}

func (r Rates) withDefaults() Rates {
	for _, x := range []struct {
		p      *int
		preset int
	}{{&r.SignIn, 30}, {&r.Check, 60}, {&r.View, 240}, {&r.Import, 60}} {
		if *x.p == 0 {
			*x.p = x.preset
		}
	}
	return r
}

// A Probe is something without which no request should be sent here. Says is
// what everybody is told when Check returns an error; the error itself is for
// the log.
type Probe struct {
	Says  string
	Check func(ctx context.Context) error
}
