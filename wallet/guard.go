package wallet

import (
	"context"
	"errors"
)

var (
	errReadOnly = errors.New("a record cannot be changed within View")
	errEnded    = errors.New("the transaction has ended")
)

// A Guard says what a transaction still lets its user do. Stores embed one in
// each Tx, so that they refuse the same.
type Guard struct {
	ctx             context.Context // lives as long as the call it belongs to
	writable, ended bool
}

// NewGuard returns the Guard of a transaction that begins.
func NewGuard(ctx context.Context, writable bool) Guard { return Guard{ctx: ctx, writable: writable} }

// Context returns that of the call the transaction belongs to.
func (g *Guard) Context() context.Context { return g.ctx }

// Writable reports whether it is a transaction of Update.
func (g *Guard) Writable() bool { return g.writable }

// End ends the transaction for its user.
func (g *Guard) End() { g.ended = true }

// Readable returns why nothing can be read any more.
func (g *Guard) Readable() error {
	if g.ended {
		return errEnded
	}
	return g.ctx.Err()
}

// Changeable returns why nothing can be changed, or not any more.
func (g *Guard) Changeable() error {
	if !g.writable {
		return errReadOnly
	}
	return g.Readable()
}

// Acceptable returns why r cannot be written.
func (g *Guard) Acceptable(r *Record) error {
	if err := g.Changeable(); err != nil {
		return err
	}
	return r.Check()
}

// Restorable returns why r cannot be written with the version that it has.
func (g *Guard) Restorable(r *Record) error {
	if r == nil || r.Version < 1 {
		return errors.New("restore: a record without a version")
	}
	return nil
}

// Deletable returns why an account's records cannot be deleted.
func (g *Guard) Deletable(a AccountID) error {
	if a == "" {
		return errors.New("which account is not said")
	}
	return g.Changeable()
}
