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
	"backpack/wallet"
	"backpack/wallet/keyring"
	"backpack/wallet/mail"
	"backpack/wallet/storage"
)

// jobPause is the interval at which the background worker polls for jobs.
const jobPause = 10 * time.Second

// serve runs the server until ctx ends.
func (p *program) serve(ctx context.Context, args []string) error {
	c, err := settle(p.values("serve", args))
	if err != nil {
		return err
	}
	listener, err := listen(c)
	if err != nil {
		return err
	}
	m, log := newMetrics(), p.logger(c)
	store, w, srv, err := build(ctx, c, m, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	front, err := newEntrance(c, w, log)
	if err != nil {
		return errors.Join(err, listener.Close(), store.Close())
	}
	beside, err := serveBeside(ctx, c, m, front, log)
	if err != nil {
		return errors.Join(err, listener.Close(), store.Close())
	}
	ended := p.serveOperator(ctx, &operator{config: c, store: store, sealer: w.Sealer, server: &serving{w}}, log)
	fmt.Fprintf(p.out, "Backpack is at %s\n", c.PublicURL)
	broken, err := whileWhole(ctx, store, func(ctx context.Context) error { return run(ctx, front.listen(listener), w, srv, c.Drain) })
	if broken {
		return err // returns at once
	}
	cancel()
	ended()
	return errors.Join(err, beside(), store.Close())
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
func run(ctx context.Context, l net.Listener, w *wallet.Wallet, srv *server.Server, wait time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		tick := time.NewTicker(jobPause)
		defer tick.Stop()
		w.Run(ctx, tick.C)
	})
	background.Go(func() {
		keepFresh(ctx, w.Registries, func(err error) { w.Log.Warn("a registry could not be read", "error", err) })
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

// build wires the program together. Closing the store closes everything it
// opens.
func build(ctx context.Context, c *config, m *metrics, log *slog.Logger) (storage.Store, *wallet.Wallet, *server.Server, error) {
	if err := makeFolder(c.Data); err != nil {
		return nil, nil, nil, err
	}
	master, err := loadMaster(c, rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	store, err := openStore(ctx, c)
	if err != nil {
		return nil, nil, nil, err
	}
	tellClock(ctx, store, time.Now, log)
	w, srv, err := buildOn(ctx, c, m.store(store), master, m, log)
	if err != nil {
		return nil, nil, nil, errors.Join(err, store.Close())
	}
	w.Scrub = scrubber(store)
	return store, w, srv, nil
}

func buildOn(ctx context.Context, c *config, store storage.Store, master []byte, m *metrics, log *slog.Logger) (*wallet.Wallet, *server.Server, error) {
	sealer, err := newSealer(c, master)
	if err != nil {
		return nil, nil, err
	}
	lists := &wallet.OwnLists{Address: server.ListsAddress(c.PublicURL, c.API)}
	st, err := buildStack(c, around{
		lists:  lists,
		copies: copies{filepath.Join(c.Data, "registries")}, timed: m.fetcher,
		shelf: &wallet.Shelf{Store: store, Sealer: sealer, Now: time.Now, After: time.After},
	})
	if err != nil {
		return nil, nil, err
	}
	st.checker.Verified = m.verdict
	m.suites(st.std.Verifier.Suites())
	keys, err := keyring.New(keyring.Config{Store: store, Sealer: sealer, Rand: rand.Reader})
	if err != nil {
		return nil, nil, err
	}
	mailer, err := newMailer(c, log)
	if err != nil {
		return nil, nil, err
	}
	w, err := wallet.New(ctx, wallet.Config{
		Software: "Backpack " + version,
		Checker:  *st.checker, Limits: limits(c), Store: store, Suite: st.std.Signing, Suites: st.std.Suites, Keys: keys, Sealer: sealer, Mail: mailer,
		PublicURL: c.PublicURL, Samples: st.inputs, Now: time.Now, After: time.After, Rand: rand.Reader, Log: log,
		Turns: wallet.NewTurns(0, 0), Worked: m.worked,
	})
	if err != nil {
		return nil, nil, err
	}
	lists.Serve(w)
	m.watch(w)
	srv, err := server.New(server.Config{
		Config: edge.Config{PublicURL: c.PublicURL, Trusted: c.Trusted, Now: time.Now, Log: log, After: time.After, Rand: rand.Reader, Observe: m.answered},
		Wallet: w, UI: st.texts, Version: version, API: c.API, Shared: c.Database != "", Probes: probes(store),
	})
	return w, srv, err
}

// limits returns what a learner may use.
func limits(c *config) wallet.Limits {
	return wallet.Limits{Entries: c.Quota.Badges, Bytes: c.Quota.Bytes, New: c.New}
}

// inputs are the sample badges in the form in which learners import them.
func (s *stack) inputs() ([]wallet.Input, error) {
	files, err := s.samples.Files()
	var out []wallet.Input
	for _, f := range files {
		out = append(out, wallet.Input{Name: f.Name, Bytes: f.Bytes})
	}
	return out, err
}

func newMailer(c *config, log *slog.Logger) (wallet.Mailer, error) {
	if c.SMTP.Addr == "" {
		return mail.File(c.Data, log), nil
	}
	return mail.SMTP(mail.Config{Addr: c.SMTP.Addr, User: c.SMTP.User, Password: c.SMTP.Password, From: c.SMTP.From, TLS: c.SMTP.TLS})
}
