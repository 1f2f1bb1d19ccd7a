package registry

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"backpack/vc"
)

// Lifetime of a list, and the pause after it could not be read.
const (
	refreshAfter = 6 * time.Hour
	retryAfter   = 10 * time.Minute
)

// A Web is the access of registries to the web. Kept may be nil.
type Web struct {
	Fetch vc.Fetcher
	Now   func() time.Time
	Kept  Copies
}

// Copies keeps the last good copy of a list over a restart. An error means that
// there is no copy, or that it could not be stored; neither is fatal.
type Copies interface {
	Load(address string) (body []byte, at time.Time, err error)
	Save(address string, body []byte, at time.Time) error
}

// A Remote is a list at an https address. Its last good copy stays in use if it
// cannot be read again. It is safe for concurrent use.
type Remote struct {
	web     Web
	name    string // from the operator; "" for the list's own
	address string
	turn    chan struct{} // holds one reader at a time

	mu    sync.Mutex
	list  *List
	at    time.Time // when list was read
	tried time.Time
	fault error
}

// NewRemote returns the list at an address. The first lookup or Refresh reads it.
func NewRemote(w Web, name, address string) (*Remote, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%w: %q is not an https address", vc.ErrMalformed, short(address))
	}
	r := &Remote{web: w, name: line(name), address: address, turn: make(chan struct{}, 1)}
	if w.Kept != nil {
		if body, at, err := w.Kept.Load(address); err == nil {
			r.take(body, at)
		}
	}
	return r, nil
}

func (r *Remote) take(body []byte, at time.Time) error {
	l, err := ParseList(r.name, body)
	if err != nil {
		return err
	}
	if l.Name == "" {
		u, _ := url.Parse(r.address)
		l.Name = u.Host
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.at = l, at
	return nil
}

// Refresh reads the list again if that is due. A concurrent caller waits only if
// there is no copy yet.
func (r *Remote) Refresh(ctx context.Context) error {
	if !r.due() {
		return nil
	}
	if r.copy() != nil {
		select {
		case r.turn <- struct{}{}:
		default:
			return nil
		}
	} else {
		select {
		case r.turn <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer func() { <-r.turn }()
	if vc.Offline(ctx) || !r.due() {
		return nil
	}
	err := r.read(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tried, r.fault = r.web.Now(), err
	return err
}

func (r *Remote) due() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.web.Now()
	return (r.list == nil || now.Sub(r.at) > refreshAfter) && (r.tried.IsZero() || now.Sub(r.tried) > retryAfter)
}

func (r *Remote) copy() *List {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list
}

func (r *Remote) read(ctx context.Context) error {
	res, err := r.web.Fetch.Fetch(ctx, vc.FetchRequest{URL: r.address, Accept: "application/json, text/csv, text/plain", MaxBytes: MaxListBytes})
	if err != nil {
		return fmt.Errorf("read registry %s: %w", r.address, err)
	}
	if !res.OK() {
		return fmt.Errorf("read registry %s: %w: status %d", r.address, vc.ErrUnreachable, res.Status)
	}
	now := r.web.Now()
	if err := r.take(res.Body, now); err != nil {
		return fmt.Errorf("read registry %s: %w", r.address, err)
	}
	if r.web.Kept != nil {
		_ = r.web.Kept.Save(r.address, res.Body, now) // without a copy the next start reads the list again
	}
	return nil
}

// Label returns the list's name, or its host until the list is read.
func (r *Remote) Label() string {
	if l := r.copy(); l != nil {
		return l.Name
	}
	if r.name != "" {
		return r.name
	}
	u, _ := url.Parse(r.address)
	return u.Host
}

// Lookup finds an issuer in the last good copy, after a refresh if that is due.
func (r *Remote) Lookup(ctx context.Context, q vc.Inquiry) (*vc.Listing, error) {
	fault := r.Refresh(ctx)
	r.mu.Lock()
	l, at := r.list, r.at
	if fault == nil {
		fault = r.fault
	}
	r.mu.Unlock()
	if l == nil {
		if fault == nil {
			fault = fmt.Errorf("read registry %s: %w", r.address, vc.ErrUnreachable)
		}
		return nil, fault
	}
	found := l.find(q)
	if found != nil {
		found.At, found.Stale = at, r.web.Now().Sub(at) > 2*refreshAfter
	}
	return found, nil
}

// LooksLike implements Source with the last good copy.
func (r *Remote) LooksLike(domain string) string {
	if l := r.copy(); l != nil {
		return l.LooksLike(domain)
	}
	return ""
}
