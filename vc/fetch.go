package vc

import (
	"context"
	"time"
)

// A Fetcher retrieves remote resources. All network access of vc and the packages
// built on it goes through a Fetcher.
type Fetcher interface {
	// Fetch sends one GET request and returns the response, whatever its status
	// code. The error wraps ErrUnreachable if no server answered, ErrForbidden if
	// the address is not allowed, ErrTooLarge if the body exceeds the limit, and
	// ErrMalformed if the URL is not an absolute https URL.
	Fetch(ctx context.Context, req FetchRequest) (*Resource, error)
}

// A FetchRequest describes one request.
type FetchRequest struct {
	URL      string
	Accept   string // value of the Accept header
	MaxBytes int64  // limit of the decompressed body; 0 means 2 MiB
	Fresh    bool   // bypass the cache
	Role     Role   // purpose of the request; does not affect the response
}

// A Resource is a server's response.
type Resource struct {
	URL         string // final URL after redirects
	Status      int
	ContentType string // media type with its parameters
	Body        []byte
	ETag        string
	FetchedAt   time.Time
	Expires     time.Time // end of reuse; zero when not stated
	Live        bool      `json:",omitzero"` // must not be cached: the source always has the current answer
}

// OK reports whether the status code is 2xx.
func (r *Resource) OK() bool { return r != nil && r.Status >= 200 && r.Status < 300 }

type fetchMode int

const (
	offline fetchMode = iota + 1
	fresh
	holding
)

// WithOffline returns a context in which every fetch fails with ErrUnreachable and
// sends nothing.
func WithOffline(ctx context.Context) context.Context { return context.WithValue(ctx, offline, true) }

// Offline reports whether ctx forbids fetching. Every Fetcher honours it.
func Offline(ctx context.Context) bool { return ctx.Value(offline) != nil }

// WithFresh returns a context in which fetches bypass caches.
func WithFresh(ctx context.Context) context.Context { return context.WithValue(ctx, fresh, true) }

// Fresh reports whether fetches under ctx bypass caches.
func Fresh(ctx context.Context) bool { return ctx.Value(fresh) != nil }

// WithHolding returns a context for requests on behalf of a badge whose proof is
// valid, or was at its last check. Only failures of such requests count against a
// host: an unsigned badge can name any host.
//
// The key request of a proof under verification does not count. If it fails, the
// proof's validity stays unknown.
func WithHolding(ctx context.Context) context.Context {
	return context.WithValue(ctx, holding, true)
}

// withoutHolding returns a context for an embedded document, which must prove
// itself.
func withoutHolding(ctx context.Context) context.Context {
	if !Holding(ctx) {
		return ctx
	}
	return context.WithValue(ctx, holding, false)
}

// Holding reports whether ctx comes from WithHolding.
func Holding(ctx context.Context) bool {
	is, _ := ctx.Value(holding).(bool)
	return is
}
