package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"backpack/server"
	"backpack/server/edge"
	"backpack/vc/registry"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/issue"
	"backpack/wallet/keyring"
	"backpack/wallet/mail"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// jobPause is the interval at which the background worker polls for jobs.
const jobPause = 10 * time.Second

// serve runs the server until ctx ends.
func (p *program) serve(ctx context.Context, args []string) error {
	c, err := toConfig(p.values("serve", args))
	if err != nil {
		return err
	}
	listener, err := listen(c)
	if err != nil {
		return err
	}
	m, log := newMetrics(), p.logger(c)
	x, err := build(ctx, c, m, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	front, err := newEntrance(c, x, log)
	if err != nil {
		return errors.Join(err, listener.Close(), x.store.Close())
	}
	beside, err := serveBeside(ctx, c, m, front, log)
	if err != nil {
		return errors.Join(err, listener.Close(), x.store.Close())
	}
	ended := p.serveOperator(ctx, &operator{config: c, store: x.store, sealer: x.sealer, server: &serving{x.wallet}}, log)
	fmt.Fprintf(p.out, "Backpack is at %s\n", c.PublicURL)
	broken, err := whileWritable(ctx, x.store, func(ctx context.Context) error { return run(ctx, front.listen(listener), x, log, c.Drain) })
	if broken {
		return err // returns at once
	}
	cancel()
	ended()
	return errors.Join(err, beside(), x.store.Close())
}

// listen opens the port. If the port is 0, the public address gets the port
// that the system chose.
func listen(c *config) (net.Listener, error) {
	l, err := net.Listen("tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is used by another program; choose another address with --listen", c.Listen)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	if _, port, err := net.SplitHostPort(l.Addr().String()); err == nil && c.PublicURL.Port() == "0" {
		c.PublicURL.Host = net.JoinHostPort(c.PublicURL.Hostname(), port)
	}
	return l, nil
}

func (p *program) logger(c *config) *slog.Logger {
	if c.LogJSON {
		return slog.New(redactor{slog.NewJSONHandler(p.err, nil)})
	}
	return slog.New(redactor{slog.NewTextHandler(p.err, nil)})
}

// run serves and works until ctx ends or serving fails. It then drains, and
// waits for running requests and jobs.
func run(ctx context.Context, l net.Listener, x *parts, log *slog.Logger, wait time.Duration) error {
	srv := x.server
	ctx, cancel := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		tick := time.NewTicker(jobPause)
		defer tick.Stop()
		x.wallet.Run(ctx, tick.C)
	})
	background.Go(func() {
		keepFresh(ctx, x.registries, func(err error) { log.Warn("a registry could not be read", "error", err) })
	})
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l); close(served) }()
	var err error
	select {
	case <-ctx.Done():
		drain(ctx, srv, wait, served)
		err = srv.Shutdown()
		l.Close() // Shutdown does not reach a server that has not begun to serve
		<-served
	case err = <-served:
	}
	cancel()
	background.Wait()
	return err
}

// The parts of the program, wired together.
type parts struct {
	store      storage.Store
	sealer     *vault.Sealer
	turns      *inspect.Turns
	registries *registry.Set
	wallet     *wallet.Wallet
	server     *server.Server
}

// build wires the program together. Closing the store closes everything it
// opens.
func build(ctx context.Context, c *config, m *metrics, log *slog.Logger) (*parts, error) {
	if err := makeFolder(c.Data); err != nil {
		return nil, err
	}
	master, err := loadMaster(c, rand.Reader)
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, c)
	if err != nil {
		return nil, err
	}
	warnAboutClock(ctx, store, time.Now, log)
	x := &parts{store: m.store(store)}
	if err := x.build(ctx, c, master, scrubber(store), m, log); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	x.store = store
	return x, nil
}

// build makes the other parts on x.store. scrub may be nil.
func (x *parts) build(ctx context.Context, c *config, master []byte, scrub func(context.Context) error, m *metrics, log *slog.Logger) (err error) {
	store := x.store
	sealer, err := newSealer(c, master)
	if err != nil {
		return err
	}
	lists := &issue.OwnLists{Address: server.ListsAddress(c.PublicURL, c.API)}
	st, err := buildStack(c, around{
		lists:  lists,
		copies: copies{filepath.Join(c.Data, "registries")}, timed: m.fetcher,
		shelf: &wallet.Shelf{Store: store, Sealer: sealer, Now: time.Now, After: time.After},
	})
	if err != nil {
		return err
	}
	st.checker.Verified = m.verdict
	m.suites(st.std.Verifier.Suites())
	keys, err := keyring.New(keyring.Config{Store: store, Sealer: sealer, Rand: rand.Reader})
	if err != nil {
		return err
	}
	mailer, err := newMailer(c, log)
	if err != nil {
		return err
	}
	x.sealer, x.turns, x.registries = sealer, inspect.NewTurns(0, 0), st.checker.Registries
	x.wallet, err = wallet.New(ctx, wallet.Config{
		Software: "Backpack " + version,
		Checker:  *st.checker, Limits: limits(c), Store: store, Suite: st.std.Signing, Suites: st.std.Suites, Keys: keys, Sealer: sealer, Mail: mailer,
		PublicURL: c.PublicURL, Samples: st.inputs, Now: time.Now, After: time.After, Rand: rand.Reader, Log: log,
		Turns: x.turns, Worked: m.worked, Scrub: scrub,
	})
	if err != nil {
		return err
	}
	lists.Serve(x.wallet.Issuing)
	m.watch(x.wallet, x.turns)
	x.server, err = server.New(server.Config{
		Config: edge.Config{PublicURL: c.PublicURL, Trusted: c.Trusted, Now: time.Now, Log: log, After: time.After, Rand: rand.Reader, Observe: m.answered},
		Wallet: x.wallet, UI: st.texts, Secret: sealer.Secret, Turns: x.turns, Suites: st.std.Suites,
		Version: version, API: c.API, Shared: c.Database != "", Probes: probes(store),
	})
	return err
}

// limits returns what a learner may use.
func limits(c *config) wallet.Limits {
	return wallet.Limits{Entries: c.Quota.Badges, Bytes: c.Quota.Bytes, New: c.New}
}

// inputs are the sample badges in the form in which learners import them.
func (s *stack) inputs() ([]inspect.Input, error) {
	files, err := s.samples.Files()
	var out []inspect.Input
	for _, f := range files {
		out = append(out, inspect.Input{Name: f.Name, Bytes: f.Bytes})
	}
	return out, err
}

func newMailer(c *config, log *slog.Logger) (wallet.Mailer, error) {
	if c.SMTP.Addr == "" {
		return mail.File(c.Data, log), nil
	}
	return mail.SMTP(mail.Config{Addr: c.SMTP.Addr, User: c.SMTP.User, Password: c.SMTP.Password, From: c.SMTP.From, TLS: c.SMTP.TLS})
}
