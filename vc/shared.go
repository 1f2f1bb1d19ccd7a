package vc

import (
	"context"
	"sync"
	"sync/atomic"
)

// A shared holds what the parts of one verification have in common.
type shared struct {
	mu     sync.Mutex
	values map[any]any
}

type sharedKey struct{}

// withShared returns ctx for a verification; one inside another, such as that
// of a status list, is a part of it.
func withShared(ctx context.Context) context.Context {
	if ctx.Value(sharedKey{}) != nil {
		return ctx
	}
	return context.WithValue(ctx, sharedKey{}, &shared{values: map[any]any{}})
}

// Shared returns the one value under key of the verification that ctx belongs
// to, and makes it when it is asked for first: what a suite may spend on all
// documents together. Outside of a verification each call makes a new one.
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

// What all documents of one verification may contain together.
const (
	maxAllProofs = 4096 // each costs a signature
	maxAllAsked  = 512  // proofs and statuses that may lead to a request
)

// spend counts things of one kind, and reports whether there may be so many.
func spend(ctx context.Context, kind string, n, most int) bool {
	left := Shared(ctx, kind, func() *atomic.Int64 {
		var left atomic.Int64
		left.Store(int64(most))
		return &left
	})
	return left.Add(-int64(n)) >= 0
}
