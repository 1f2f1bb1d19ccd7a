package server

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
)

// Limits of requests.
const (
	bodyLimit      = 64 << 20 // a folder of badge pictures
	formLimit      = 256 << 10
	requestTime    = 60 * time.Second
	shutdownTime   = 30 * time.Second // more than a check may take (wallet.Limits.CheckTime)
	headerTime     = 10 * time.Second
	importTime     = 2 * time.Second
	maxConnections = 16_384
	progressPause  = 400 * time.Millisecond
	maxUploadFiles = 500
	uploadRoom     = 256 << 20 // of all bodies of requests under way
	grantLife      = 30 * time.Minute
)

// A Config holds all that a Server works with; New refuses a missing one.
type Config struct {
	Wallet    *wallet.Wallet
	UI        *ui.Renderer
	Secret    func(name string) string // derives a secret from the master key; marks tables that the server signs
	Turns     *wallet.Turns            // shared with Wallet; nil admits every request
	Suites    []vc.SigningSuite        // listed by the API as available for issuing
	Rand      io.Reader                // of request IDs
	PublicURL *url.URL                 // the origin under which the server is reached
	Trusted   []netip.Prefix           // reverse proxies whose X-Forwarded-For is believed
	Now       func() time.Time
	Log       *slog.Logger
	// After pauses a progress stream; time.After in the program.
	After   func(time.Duration) <-chan time.Time
	Rates   Rates
	Shared  bool // other processes serve the same store: rates are drawn from it
	API     API
	Version string // of the program, for the foot of pages
	// Observe is told of every request that was answered; nil: nobody is.
	Observe func(Answered)
	// Probes are asked, in order, whether requests should be sent here, after
	// the store and the master key were.
	Probes []Probe
	// Uploads bounds the bytes of all bodies of requests under way that are larger
	// than 1 MiB; those that are smaller have a quarter of it for themselves.
	// Default 256 MiB; with less than four times the largest body, one visitor's
	// may take more than their share.
	Uploads int
	// Answers bounds the bytes of all answers larger than 32 KiB that are not yet
	// taken; when there are more, the oldest are broken off. Default 128 MiB.
	Answers int
	// AnswerTime is how long a client may take to read an answer, archives aside;
	// default 2 minutes.
	AnswerTime time.Duration
	// HeaderTime is how long a client may take for the handshake of TLS and to
	// send the head of a request; default 10 seconds. For the body there is a minute more.
	HeaderTime time.Duration
	// ImportTime is how long an import is waited for before its progress is
	// shown; default 2 seconds.
	ImportTime time.Duration
}

// Rates say how often something may be done, in requests per minute with a
// burst of the same number. Zero fields take the defaults.
type Rates struct {
	SignIn int // attempts to sign in or up, for each network; default 30
	Check  int // checks without an account, for each network; default 60
	Show   int // openings of shows, for each network; default 240
	Import int // imports and re-checks, for each account; default 60
}

func (c *Config) check() error {
	var missing []error
	for name, ok := range map[string]bool{"Wallet": c.Wallet != nil, "UI": c.UI != nil, "PublicURL": c.PublicURL != nil,
		"Secret": c.Secret != nil, "Rand": c.Rand != nil,
		"Now": c.Now != nil, "Log": c.Log != nil, "After": c.After != nil} {
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
	}{{&r.SignIn, 30}, {&r.Check, 60}, {&r.Show, 240}, {&r.Import, 60}} {
		if *x.p == 0 {
			*x.p = x.preset
		}
	}
	return r
}
