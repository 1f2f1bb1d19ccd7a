package ld

import (
	"context"
	"fmt"

	"backpack/vc"
)

// A Budget is what several calls may spend together, e.g. on one document
// under each revision of its contexts. It is for one goroutine at a time.
type Budget struct {
	steps  int     // reading members, defining terms, writing text
	hashes int     // hash-n-degree steps of RDFC-1.0
	whole  *Budget // of which this one is a part; or nil
}

// Times returns a budget n times as large: what many documents may cost
// together, each of which has a part of it.
func (b *Budget) Times(n int) *Budget { return &Budget{steps: n * b.steps, hashes: n * b.hashes} }

// Of makes b a part of whole, and returns it: what it spends is spent of both.
func (b *Budget) Of(whole *Budget) *Budget {
	b.whole = whole
	return b
}

// spend takes from the budget, and reports whether there was enough.
func (b *Budget) spend(steps, hashes int) bool {
	b.steps -= steps
	b.hashes -= hashes
	return (b.whole == nil || b.whole.spend(steps, hashes)) && b.steps >= 0 && b.hashes >= 0
}

// hashesPerQuad is how many hash steps a document may cost for each of its
// statements beside those of the budget: many badges by one issuer, which look
// alike, cost about one, and a poison graph grows faster than any such line.
const hashesPerQuad = 2

// grant adds hash steps.
func (b *Budget) grant(hashes int) {
	for ; b != nil; b = b.whole {
		b.hashes += hashes
	}
}

// stepsPerHash is how many plain steps come with each hash step: a plain step
// costs some tens of nanoseconds, a hash step about a microsecond.
const stepsPerHash = 30

// A meter charges a budget and looks for cancellation on the way.
type meter struct {
	ctx    context.Context
	budget *Budget
	since  int
}

func (m *meter) step(n int) error {
	if !m.budget.spend(n, 0) {
		return fmt.Errorf("%w: the document takes too much work to read", vc.ErrTooComplex)
	}
	return m.look(n)
}

func (m *meter) hash(n int) error {
	if !m.budget.spend(0, n) {
		return fmt.Errorf("%w: the blank nodes are too entangled to be told apart", vc.ErrTooComplex)
	}
	return m.look(32 * n)
}

// look asks for cancellation about every hundred microseconds.
func (m *meter) look(n int) error {
	if m.since += n; m.since < 4096 {
		return nil
	}
	m.since = 0
	return m.ctx.Err()
}
