package vc

import (
	"context"
	"sync"
	"sync/atomic"
)

// A shared holds the state that the parts of one verification have in common.
type shared struct {
	mu     sync.Mutex
	values map[any]any
}

type sharedKey struct{}

// withShared returns a context with shared state. A nested verification, such as
// that of a status list, joins the outer one.
func withShared(ctx context.Context) context.Context {
	if ctx.Value(sharedKey{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, sharedKey{}, &shared{values: map[any]any{}})
}

// Shared returns the value stored under key in the verification that ctx belongs
// to. The first call makes it, for example a suite's work budget for all documents.
// Outside a verification every call makes a new value.
func Shared[T any](ctx context.Context, key any, make func() T) T {
	s, ok := ctx.Value(sharedKey{}).(*shared)
	if !ok {
		return make()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key].(T)
	if !ok {
		v = make()
		s.values[key] = v
	}
	return v
}

// Limits for all documents of one verification together.
const (
	maxAllProofs = 4096 // each costs a signature check
	maxAllAsked  = 512  // proofs and statuses that may cause a request
)

// spend adds n to the count of kind and reports whether it stays within most.
func spend(ctx context.Context, kind string, n, most int) bool {
	left := Shared(ctx, kind, func() *atomic.Int64 {
		var left atomic.Int64
		left.Store(int64(most))
		return &left
	})
	return left.Add(-int64(n)) >= 0
}
