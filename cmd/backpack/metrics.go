package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"backpack/server/edge"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/work"
)

// A metrics counts what the program does. Labels are route patterns, methods,
// statuses, and names from our own lists, never a learner, an address, a token
// or other input. So their number is bounded by the program.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec // method, route, status
	verified *prometheus.CounterVec   // verdict, suite
	fetched  *prometheus.HistogramVec // outcome
	jobs     *prometheus.HistogramVec // kind, outcome
	stored   *prometheus.HistogramVec // operation, outcome
	known    map[string]bool          // known suites
}

// Upper bounds of the buckets, in seconds.
var (
	quick = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}
	slow  = []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}
)

func newMetrics() *metrics {
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "backpack", Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(), known: map[string]bool{},
		requests: histogram("request_seconds", "Requests answered, by duration.", quick, "method", "route", "status"),
		verified: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "backpack", Name: "verifications_total",
			Help: "Badges and presentations checked."}, []string{"verdict", "suite"}),
		fetched: histogram("fetch_seconds", "Requests to other servers.", slow, "outcome"),
		jobs:    histogram("job_seconds", "Background jobs.", slow, "kind", "outcome"),
		stored:  histogram("store_seconds", "Store transactions.", quick, "operation", "outcome"),
	}
	m.registry.MustRegister(m.requests, m.verified, m.fetched, m.jobs, m.stored,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.gauge("info", "Build information.", prometheus.Labels{"version": version}, func() float64 { return 1 })
	m.suites([]string{"hosted", "EdDSA", "ES256", "ES384", "RS256", "PS256"})
	return m
}

// suites adds names of proofs that may become labels.
func (m *metrics) suites(names []string) {
	for _, s := range names {
		m.known[s] = true
	}
}

func (m *metrics) gauge(name, help string, labels prometheus.Labels, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "backpack", Name: name, Help: help, ConstLabels: labels}, value))
}

// watch exports the load of a wallet.
func (m *metrics) watch(w *wallet.Wallet, turns *inspect.Turns) {
	for name, of := range map[string]func(inspect.Load) float64{
		"running": func(l inspect.Load) float64 { return float64(l.Running) }, "waiting": func(l inspect.Load) float64 { return float64(l.Waiting) },
		"admitted": func(l inspect.Load) float64 { return float64(l.Admitted) }, "refused": func(l inspect.Load) float64 { return float64(l.Refused) },
	} {
		m.gauge("checks_"+name, "Checks that compute, wait for a turn, wait for a server, or were refused since the start.", nil,
			func() float64 { return of(turns.Load()) })
	}
	m.gauge("jobs_due", "Jobs due, counted up to 1,000; -1 if the store did not answer.", nil, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		n, err := w.Backlog(ctx, 1000)
		if err != nil {
			return -1
		}
		return float64(n)
	})
}

// answered implements edge.Config.Observe.
func (m *metrics) answered(a edge.Answered) {
	m.requests.WithLabelValues(a.Method, a.Route, strconv.Itoa(a.Status)).Observe(a.Took.Seconds())
}

// verdict implements inspect.Checker.Verified. The name in a stranger's proof
// becomes a label only if it is known.
func (m *metrics) verdict(r *vc.Report, v vc.Verdict) {
	suite := r.Suite
	switch {
	case suite == "":
		suite = "none"
	case !m.known[suite]:
		suite = "other"
	}
	m.verified.WithLabelValues(string(v), suite).Inc()
}

// worked implements wallet.Config.Worked.
func (m *metrics) worked(x work.Done) {
	kind := "other"
	switch x.Kind {
	case "import", "check", "digest", "scrub":
		kind = x.Kind
	}
	m.jobs.WithLabelValues(kind, outcome(x.Err)).Observe(x.Took.Seconds())
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "ended"
	case errors.Is(err, vc.ErrForbidden):
		return "forbidden"
	case errors.Is(err, vc.ErrUnreachable):
		return "unreachable"
	}
	return "failed"
}

// A timedStore measures each transaction of a store.
type timedStore struct {
	storage.Store
	m *metrics
}

// store returns s with measured transactions.
func (m *metrics) store(s storage.Store) storage.Store { return timedStore{s, m} }

// Unwrap returns the store itself, which may have more methods than
// storage.Store.
func (s timedStore) Unwrap() storage.Store { return s.Store }

// View implements storage.Store.
func (s timedStore) View(ctx context.Context, fn func(tx storage.Tx) error) error {
	return s.timed("view", func() error { return s.Store.View(ctx, fn) })
}

// Update implements storage.Store.
func (s timedStore) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	return s.timed("update", func() error { return s.Store.Update(ctx, fn) })
}

func (s timedStore) timed(operation string, fn func() error) error {
	start := time.Now()
	err := fn()
	// A missing record and a refusal are answers too.
	counted := err
	var expected *wallet.Error
	if errors.As(err, &expected) || errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrExists) {
		counted = nil
	}
	s.m.stored.WithLabelValues(operation, outcome(counted)).Observe(time.Since(start).Seconds())
	return err
}

// A timedFetcher measures each request to another server.
type timedFetcher struct {
	next vc.Fetcher
	m    *metrics
}

// fetcher returns f with measured requests.
func (m *metrics) fetcher(f vc.Fetcher) vc.Fetcher { return timedFetcher{f, m} }

// Fetch implements vc.Fetcher.
func (f timedFetcher) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	start := time.Now()
	res, err := f.next.Fetch(ctx, req)
	result := outcome(err)
	if err == nil && !res.OK() {
		result = "refused"
	}
	f.m.fetched.WithLabelValues(result).Observe(time.Since(start).Seconds())
	return res, err
}

// serve answers on a separate listener until ctx ends, since metrics are for
// the operator's network only.
func (m *metrics) serve(ctx context.Context, addr string, log *slog.Logger) (wait func() error, err error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for metrics on %s: %w", addr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	log.Info("metrics", "address", l.Addr().String())
	return serveHTTP(ctx, l, mux), nil
}

// serveHTTP answers on l until ctx ends, and returns a function that waits for
// its end.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) (wait func() error) {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	return func() error {
		stop()
		srv.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
