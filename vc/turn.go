package vc

import "context"

// A TurnFunc waits for a computing slot. It returns a context for the work and a
// function that releases the slot. Its error is that of ctx.
type TurnFunc func(ctx context.Context) (inside context.Context, done func(), err error)

type turnKey struct{}

// WithTurns returns a context for verifications that share a machine: they hold a
// slot from take during CPU work such as checking a proof, but not while waiting
// for the network. A nil take means no limit.
func WithTurns(ctx context.Context, take TurnFunc) context.Context {
	return context.WithValue(ctx, turnKey{}, take)
}

// Turn waits for a slot from the TurnFunc of ctx. Without one it returns at once.
func Turn(ctx context.Context) (inside context.Context, done func(), err error) {
	if take, ok := ctx.Value(turnKey{}).(TurnFunc); ok && take != nil {
		return take(ctx)
	}
	return ctx, func() {}, nil
}
