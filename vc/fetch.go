package vc

import (
	"context"
	"time"
)

// A Fetcher retrieves remote resources. It is the only way that vc, and all
// that is built on it, reaches out.
type Fetcher interface {
	// Fetch sends one GET request and returns the answer, whatever its status
	// code. It returns an error that wraps ErrUnreachable when nobody answered,
	// ErrForbidden when the address may not be asked, ErrTooLarge when the body
	// passes the limit, and ErrMalformed when URL is no absolute https URL.
	Fetch(ctx context.Context, req FetchRequest) (*Resource, error)
}

// A FetchRequest says what to fetch.
type FetchRequest struct {
	URL      string
	Accept   string // value of the Accept header
	MaxBytes int64  // limit of the body after decompression; 0 means 2 MiB
	Fresh    bool   // do not answer from a cache
	Role     Role   // what it is asked for; it changes no answer
}

// A Resource is what a server answered.
type Resource struct {
	URL         string // where the answer came from, after redirects
	Status      int
	ContentType string // media type with its parameters
	Body        []byte
	ETag        string
	FetchedAt   time.Time
	Expires     time.Time // until when it may be used again; zero when not stated
	Live        bool      `json:",omitzero"` // who answers knows it at every moment, so that nobody is to keep it
}

// OK reports whether the status says success.
func (r *Resource) OK() bool { return r != nil && r.Status >= 200 && r.Status < 300 }

type fetchMode int

const (
	offline fetchMode = iota + 1
	fresh
	holding
)

// WithOffline returns a context in which every fetch answers ErrUnreachable
// without asking anybody.
func WithOffline(ctx context.Context) context.Context { return context.WithValue(ctx, offline, true) }

// Offline reports whether ctx forbids fetching. Every Fetcher honours it.
func Offline(ctx context.Context) bool { return ctx.Value(offline) != nil }

// WithFresh returns a context in which no cache answers.
func WithFresh(ctx context.Context) context.Context { return context.WithValue(ctx, fresh, true) }

// Fresh reports whether ctx asks for answers that no cache gave.
func Fresh(ctx context.Context) bool { return ctx.Value(fresh) != nil }

// WithHolding returns a context for requests that a badge asks for whose proof
// holds, or held when it was checked last. Only their failures speak against a
// host: what an unsigned badge names, a stranger chose.
//
// While a proof is being checked, the request for its key is not one of these.
// When it fails, nobody will ever know whether the proof would have held.
func WithHolding(ctx context.Context) context.Context {
	return context.WithValue(ctx, holding, true)
}

// withoutHolding returns a context for a document inside another one, which
// speaks for itself.
func withoutHolding(ctx context.Context) context.Context {
	if !Holding(ctx) {
		return ctx
	}
	return context.WithValue(ctx, holding, false)
}

// Holding reports whether ctx is one of WithHolding.
func Holding(ctx context.Context) bool {
	is, _ := ctx.Value(holding).(bool)
	return is
}
