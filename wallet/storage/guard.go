package storage

import (
	"context"
	"errors"
)

var (
	errReadOnly = errors.New("a record cannot be changed within View")
	errEnded    = errors.New("the transaction has ended")
)

// A Guard checks what a transaction allows at the moment. Every Tx embeds one,
// so all stores refuse the same calls.
type Guard struct {
	ctx             context.Context // of the call that runs the transaction
	writable, ended bool
}

// NewGuard returns the Guard of a transaction that begins. writable is true
// within Update.
func NewGuard(ctx context.Context, writable bool) Guard { return Guard{ctx: ctx, writable: writable} }

// Context returns the context of the call that runs the transaction.
func (g *Guard) Context() context.Context { return g.ctx }

// Writable reports whether the transaction belongs to Update.
func (g *Guard) Writable() bool { return g.writable }

// End ends the transaction: every later use is an error.
func (g *Guard) End() { g.ended = true }

// Readable returns an error if the transaction has ended or its context is
// cancelled.
func (g *Guard) Readable() error {
	if g.ended {
		return errEnded
	}
	return g.ctx.Err()
}

// Changeable returns an error unless records can be changed.
func (g *Guard) Changeable() error {
	if !g.writable {
		return errReadOnly
	}
	return g.Readable()
}

// Acceptable returns an error unless r can be written.
func (g *Guard) Acceptable(r *Record) error {
	if err := g.Changeable(); err != nil {
		return err
	}
	return r.Check()
}

// Restorable returns an error unless r has a version, as Tx.Restore demands.
func (g *Guard) Restorable(r *Record) error {
	if r == nil || r.Version < 1 {
		return errors.New("restore: the record has no version")
	}
	return nil
}

// Deletable returns an error unless the records of a can be deleted.
func (g *Guard) Deletable(a AccountID) error {
	if a == "" {
		return errors.New("no account is named")
	}
	return g.Changeable()
}
