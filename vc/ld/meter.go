package ld

import (
	"context"
	"fmt"

	"backpack/vc"
)

// A Budget limits the work of one or several calls, e.g. all readings of one document
// under different revisions of its contexts. It is not safe for concurrent use.
type Budget struct {
	steps  int     // reading members, defining terms, writing text
	hashes int     // hash-n-degree steps of RDFC-1.0
	whole  *Budget // charged as well; or nil
}

// Times returns a budget n times as large, for many documents with a budget each.
func (b *Budget) Times(n int) *Budget { return &Budget{steps: n * b.steps, hashes: n * b.hashes} }

// Of charges everything spent on b to whole as well. It returns b.
func (b *Budget) Of(whole *Budget) *Budget {
	b.whole = whole
	return b
}

// spend charges the budget. It returns false if the budget is exhausted.
func (b *Budget) spend(steps, hashes int) bool {
	b.steps -= steps
	b.hashes -= hashes
	return (b.whole == nil || b.whole.spend(steps, hashes)) && b.steps >= 0 && b.hashes >= 0
}

// hashesPerQuad is the number of hash steps that each statement adds to the budget.
// Many similar badges by one issuer need about one per statement; the cost of a poison
// graph grows faster than linearly.
const hashesPerQuad = 2

// grant adds hash steps.
func (b *Budget) grant(hashes int) {
	for ; b != nil; b = b.whole {
		b.hashes += hashes
	}
}

// stepsPerHash is the number of plain steps that come with each hash step. A plain
// step takes some tens of nanoseconds, a hash step about a microsecond.
const stepsPerHash = 30

// A meter charges a budget and checks for cancellation.
type meter struct {
	ctx    context.Context
	budget *Budget
	since  int
}

func (m *meter) step(n int) error {
	if !m.budget.spend(n, 0) {
		return fmt.Errorf("%w: reading the document takes too much work", vc.ErrTooComplex)
	}
	return m.poll(n)
}

func (m *meter) hash(n int) error {
	if !m.budget.spend(0, n) {
		return fmt.Errorf("%w: telling the blank nodes apart takes too much work", vc.ErrTooComplex)
	}
	return m.poll(32 * n)
}

// poll checks for cancellation about every hundred microseconds.
func (m *meter) poll(n int) error {
	if m.since += n; m.since < 4096 {
		return nil
	}
	m.since = 0
	return m.ctx.Err()
}
