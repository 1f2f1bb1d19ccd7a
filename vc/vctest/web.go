package vctest

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"backpack/vc"
)

// Now returns the time in tests, for vc.Config.Now.
func Now() time.Time { return time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC) }

// A Web is a vc.Fetcher that responds from memory. A host without any page is
// unreachable; other unknown addresses respond with 404. It is safe for concurrent
// use.
type Web struct {
	mu       sync.Mutex
	pages    map[string]page
	hosts    map[string]bool
	requests []vc.FetchRequest
}

type page struct {
	status   int
	media    string
	body     []byte
	location string
	err      error
}

var _ vc.Fetcher = (*Web)(nil)

// NewWeb returns an empty Web.
func NewWeb() *Web { return &Web{pages: map[string]page{}, hosts: map[string]bool{}} }

// Serve sets the response of an address.
func (w *Web) Serve(address, mediaType string, body []byte) {
	w.put(address, page{status: 200, media: mediaType, body: slices.Clone(body)})
}

// Status makes an address respond with a status code: 404, 410, 500, …
func (w *Web) Status(address string, code int, body []byte) {
	w.put(address, page{status: code, media: "application/json", body: slices.Clone(body)})
}

// Fail makes an address fail with an error such as vc.ErrUnreachable.
func (w *Web) Fail(address string, err error) { w.put(address, page{err: err}) }

// Redirect makes an address redirect to another.
func (w *Web) Redirect(from, to string) { w.put(from, page{location: to}) }

func (w *Web) put(address string, p page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[address] = p
	w.hosts[hostOf(address)] = true
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Hits returns the number of requests to an address.
func (w *Web) Hits(address string) int {
	n := 0
	for _, r := range w.Requests() {
		if r.URL == address {
			n++
		}
	}
	return n
}

// Requests returns all requests in order, without followed redirects.
func (w *Web) Requests() []vc.FetchRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.requests)
}

// Fetch implements vc.Fetcher.
func (w *Web) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	if vc.Offline(ctx) {
		return nil, fmt.Errorf("fetch %s offline: %w", req.URL, vc.ErrUnreachable)
	}
	if u, err := url.Parse(req.URL); err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("fetch %.200q: %w", req.URL, vc.ErrMalformed)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	noted := req
	noted.URL = strings.Clone(req.URL) // must not keep the document with the address in memory
	w.requests = append(w.requests, noted)
	address := req.URL
	for range 4 {
		p, ok := w.pages[address]
		switch {
		case !ok && !w.hosts[hostOf(address)]:
			return nil, fmt.Errorf("fetch %s: no such host: %w", address, vc.ErrUnreachable)
		case !ok:
			p = page{status: 404}
		case p.err != nil:
			return nil, fmt.Errorf("fetch %s: %w", address, p.err)
		case p.location != "":
			address = p.location
			continue
		case req.MaxBytes > 0 && int64(len(p.body)) > req.MaxBytes:
			return nil, fmt.Errorf("fetch %s: %w", address, vc.ErrTooLarge)
		}
		return &vc.Resource{URL: address, Status: p.status, ContentType: p.media, Body: slices.Clone(p.body), FetchedAt: Now()}, nil
	}
	return nil, fmt.Errorf("fetch %s: too many redirects: %w", req.URL, vc.ErrUnreachable)
}
