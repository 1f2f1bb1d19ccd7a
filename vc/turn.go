package vc

import "context"

// A TurnFunc waits for room to compute in, and returns ctx for what is done in
// it and a function to give the room back. Its error is that of ctx.
type TurnFunc func(ctx context.Context) (inside context.Context, done func(), err error)

type turnKey struct{}

// WithTurns returns ctx for verifications that share a machine with others:
// they call take before each piece of work that needs no answer from anybody,
// such as checking a proof, and hold the room no longer than that. A nil take
// lets them go on at once.
func WithTurns(ctx context.Context, take TurnFunc) context.Context {
	return context.WithValue(ctx, turnKey{}, take)
}

// Turn waits for room, as WithTurns said; without it there always is.
func Turn(ctx context.Context) (inside context.Context, done func(), err error) {
	if take, ok := ctx.Value(turnKey{}).(TurnFunc); ok && take != nil {
		return take(ctx)
	}
	return ctx, func() {}, nil
}
