package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/sync/singleflight"

	"backpack/vc"
)

// Limits that are not configurable.
const (
	maxURL       = 2048
	maxRedirects = 3
	maxHeader    = 64 << 10
	defaultBody  = 2 << 20
	maxBody      = 16 << 20
	maxAccept    = 512
	dialTimeout  = 5 * time.Second
)

// A Config configures a Client. Only Now is required.
type Config struct {
	Now func() time.Time
	// Allow lists networks that may be reached although they are not public,
	// also with plain http and on any port.
	Allow []netip.Prefix
	// Proxy is an http or https proxy for all requests, at any address. It
	// decides which addresses are dialled.
	Proxy     *url.URL
	UserAgent string         // empty means "Backpack"
	RootCAs   *x509.CertPool // nil means those of the system
	Resolver  *net.Resolver  // nil means that of the system
	Timeout   time.Duration  // of one request with its redirects; 0 means 10 s
	MaxCache  int64          // in bytes; 0 means 32 MiB
	Shared    SharedCache    // nil means that only this process shares answers
}

// A Client sends requests to public hosts. It is safe for concurrent use.
type Client struct {
	cfg     Config
	rules   rules
	http    *http.Client
	cache   *cache
	hosts   *hosts
	calls   *hosts // slots of Do: a slow service must not hold up checks
	flights singleflight.Group
}

var _ vc.Fetcher = (*Client)(nil)

// New returns a Client, or an error if cfg is incomplete or invalid.
func New(cfg Config) (*Client, error) {
	if cfg.Now == nil {
		return nil, errors.New("fetch: no clock")
	}
	if p := cfg.Proxy; p != nil && (p.Host == "" || p.Scheme != "http" && p.Scheme != "https") {
		return nil, errors.New("fetch: the proxy address must be http://host:port or https://host:port")
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "Backpack"
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.MaxCache <= 0 {
		cfg.MaxCache = 32 << 20
	}
	r, err := newRules(cfg.Allow, cfg.Proxy != nil)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, rules: r, cache: newCache(cfg.MaxCache), hosts: newHosts(), calls: newHosts()}
	c.http = &http.Client{Transport: c.transports(), CheckRedirect: redirect}
	return c, nil
}

// transports returns one transport for public hosts and one for allowed
// networks, so no request outside profits from the rules inside.
func (c *Client) transports() http.RoundTripper {
	return split{
		public: c.transport(c.rules.controlPublic),
		inside: c.transport(c.rules.controlInside),
		rules:  c.rules,
	}
}

func (c *Client) transport(control controlFunc) *http.Transport {
	d := &net.Dialer{Timeout: dialTimeout, Control: control, Resolver: c.cfg.Resolver}
	t := &http.Transport{
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: c.cfg.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxHeader,
		MaxConnsPerHost:        perHost,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
	}
	if c.cfg.Proxy != nil {
		d.Control = nil // only the proxy is dialled
		t.Proxy = http.ProxyURL(c.cfg.Proxy)
		t.OnProxyConnectResponse = proxyAnswer
	}
	return t
}

// Fetch implements vc.Fetcher. The caller owns the Resource. Status 404 and 410
// are cached for a minute, other failures not at all. With vc.Offline it returns
// ErrUnreachable without a look into the cache, so an offline result does not
// depend on earlier requests.
func (c *Client) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	u, err := c.rules.parse(req.URL)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	if len(req.Accept) > maxAccept {
		return nil, fmt.Errorf("fetch %s: %w: the Accept header exceeds %d bytes", u.Host, vc.ErrMalformed, maxAccept)
	}
	if vc.Offline(ctx) {
		return nil, fmt.Errorf("fetch %s: %w: offline", u.Host, vc.ErrUnreachable)
	}
	req.MaxBytes = bodyLimit(req.MaxBytes)
	req.Fresh = req.Fresh || vc.Fresh(ctx)
	res, err := c.get(ctx, u, req)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", u.Host, err)
	}
	if int64(len(res.Body)) > req.MaxBytes {
		return nil, fmt.Errorf("fetch %s: %w: more than %d bytes", u.Host, vc.ErrTooLarge, req.MaxBytes)
	}
	own := *res
	own.Body = bytes.Clone(res.Body)
	return &own, nil
}

// get answers from the cache, or from one request that concurrent callers with
// the same question share.
func (c *Client) get(ctx context.Context, u *url.URL, req vc.FetchRequest) (*vc.Resource, error) {
	key := cacheKey{url: u.String(), accept: req.Accept}
	if !req.Fresh {
		if e := c.cache.get(key); e != nil && c.cfg.Now().Before(e.until) {
			return e.res, nil
		}
	}
	// A request whose failure counts against its host does not join one whose
	// failure does not.
	flight := fmt.Sprintf("%t %t %d %q %s", req.Fresh, vc.Holding(ctx), req.MaxBytes, req.Accept, key.url)
	ch := c.flights.DoChan(flight, func() (any, error) {
		// A caller that leaves must not fail the others: only time ends a flight.
		timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.cfg.Timeout)
		defer cancel()
		return c.shared(timed, u, key, req)
	})
	select {
	case r := <-ch:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*vc.Resource), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", vc.ErrUnreachable, context.Cause(ctx))
	}
}

// gated sends the request when a slot is free, unless the host is paused.
func (c *Client) gated(ctx context.Context, u *url.URL, key cacheKey, req vc.FetchRequest) (*entry, error) {
	leave, err := c.hosts.enter(ctx, u.Host, c.cfg.Now())
	if err != nil {
		return nil, err
	}
	p := new(progress)
	e, err := c.exchange(p.traced(ctx), u, key, req)
	leave(c.cfg.Now(), p.outcome(ctx, err))
	return e, err
}
