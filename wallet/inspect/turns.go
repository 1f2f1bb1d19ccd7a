package inspect

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"backpack/vc"
	"backpack/wallet/fault"
)

// How many requests wait for an answer at a time: of one visitor, of all
// strangers, and in total.
const (
	maxOfOne       = 16
	maxOfStrangers = maxOfAll / 2
	maxOfAll       = 512
)

// A Visitor is the party that a check is for: an account, the network of a
// person who views an open share, or the network of a stranger.
type Visitor struct {
	ID       string
	Stranger bool
}

// Turns share the processors among visitors. A learner may use all processors, a
// stranger all but one, and strangers together one computation more than there
// are processors; one more is left for learners. Waiting visitors take turns,
// strangers and learners alternately. So a visitor with a thousand badges, or
// with costly ones, delays others little. A turn covers CPU work only; it is
// released during network waits. The zero value is not usable; a nil *Turns
// limits nothing. It is safe for concurrent use.
type Turns struct {
	room, strangers       int // limits of computations: in total, and of all strangers
	ofLearner, ofStranger int // limits of one visitor

	mu      sync.Mutex
	running tally
	busy    map[Visitor]int             // of running, by visitor
	waiting map[Visitor][]chan struct{} // by visitor, in order of arrival
	ring    []Visitor                   // the waiting visitors, the next one first
	last    bool                        // the visitor called last was a stranger
	inside  map[Visitor]int             // admitted, by visitor
	all     tally                       // admitted
	refused int64
}

// A tally is a count, and how many of it are strangers'.
type tally struct{ all, strangers int }

func (l *tally) add(v Visitor, n int) {
	l.all += n
	if v.Stranger {
		l.strangers += n
	}
}

// NewTurns returns Turns with room for that many computations, and each of one
// visitor. If either is 0, a learner gets one for each processor, a stranger one
// less, and there is room for two more in total.
func NewTurns(room, each int) *Turns {
	stranger := each
	if room <= 0 || each <= 0 {
		each = runtime.GOMAXPROCS(0)
		room, stranger = each+2, max(1, each-1)
	}
	return &Turns{room: room, strangers: max(each, room-1), ofLearner: each, ofStranger: stranger,
		busy: map[Visitor]int{}, waiting: map[Visitor][]chan struct{}{}, inside: map[Visitor]int{}}
}

// As returns ctx for checks on behalf of a visitor. Checks with another ctx do
// not wait.
func (t *Turns) As(ctx context.Context, visitor Visitor) context.Context {
	if t == nil {
		return ctx
	}
	return vc.WithTurns(ctx, func(ctx context.Context) (context.Context, func(), error) {
		if err := t.take(ctx, visitor); err != nil {
			return ctx, func() {}, err
		}
		return vc.WithTurns(ctx, nil), sync.OnceFunc(func() { t.give(visitor) }), nil // a turn within a turn is the same one
	})
}

// Admit admits the request of a visitor, and returns ctx for it and a function
// to call after the answer. It returns a Limited error, code too_many_checks, if
// too many requests of the visitor wait, and a Busy one, code busy, if too many
// wait in total, or too many of strangers.
func (t *Turns) Admit(ctx context.Context, visitor Visitor) (context.Context, func(), error) {
	if t == nil {
		return ctx, func() {}, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.inside[visitor] >= maxOfOne:
		t.refused++
		return ctx, nil, fault.New(fault.Limited, "too_many_checks", nil)
	case t.all.all >= maxOfAll, visitor.Stranger && t.all.strangers >= maxOfStrangers:
		t.refused++
		return ctx, nil, fault.New(fault.Busy, "busy", nil)
	}
	t.inside[visitor]++
	t.all.add(visitor, 1)
	return t.As(ctx, visitor), sync.OnceFunc(func() { t.leave(visitor) }), nil
}

func (t *Turns) leave(visitor Visitor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.add(visitor, -1)
	if t.inside[visitor]--; t.inside[visitor] == 0 {
		delete(t.inside, visitor)
	}
}

// take waits for a turn.
func (t *Turns) take(ctx context.Context, visitor Visitor) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	if t.running.all < t.room && t.may(visitor) { // visitors that wait now may have no more
		t.begin(visitor)
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	if len(t.waiting[visitor]) == 0 {
		t.ring = append(t.ring, visitor)
	}
	t.waiting[visitor] = append(t.waiting[visitor], mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
		t.withdraw(visitor, mine)
		return ctx.Err()
	}
}

// may reports whether the limits of the visitor allow one more computation.
func (t *Turns) may(v Visitor) bool {
	if v.Stranger {
		return t.busy[v] < t.ofStranger && t.running.strangers < t.strangers
	}
	return t.busy[v] < t.ofLearner
}

func (t *Turns) begin(visitor Visitor) {
	t.running.add(visitor, 1)
	t.busy[visitor]++
}

// withdraw removes mine from the queue, or ends the turn if it was called at the
// same moment.
func (t *Turns) withdraw(visitor Visitor, mine chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := t.waiting[visitor]
	if i := slices.Index(queue, mine); i >= 0 {
		t.queue(visitor, slices.Delete(queue, i, i+1))
		return
	}
	t.end(visitor)
}

// queue replaces a visitor's queue. A visitor without a queue leaves the ring.
func (t *Turns) queue(visitor Visitor, left []chan struct{}) {
	if len(left) > 0 {
		t.waiting[visitor] = left
		return
	}
	delete(t.waiting, visitor)
	t.ring = slices.DeleteFunc(t.ring, func(v Visitor) bool { return v == visitor })
}

func (t *Turns) give(visitor Visitor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(visitor)
}

// end ends a turn and calls the next visitor that may have one, which then moves
// to the end of the ring.
func (t *Turns) end(visitor Visitor) {
	t.running.add(visitor, -1)
	if t.busy[visitor]--; t.busy[visitor] == 0 {
		delete(t.busy, visitor)
	}
	i := slices.IndexFunc(t.ring, func(v Visitor) bool { return t.may(v) && v.Stranger != t.last })
	if i < 0 {
		i = slices.IndexFunc(t.ring, t.may)
	}
	if i < 0 {
		return
	}
	next := t.ring[i]
	queue := t.waiting[next]
	t.ring = append(slices.Delete(t.ring, i, i+1), next)
	t.last = next.Stranger
	t.begin(next)
	close(queue[0])
	t.queue(next, queue[1:])
}

// inTurn runs fn, which sends no requests, in a turn. If it returns an error,
// that of ctx, fn did not run.
func inTurn(ctx context.Context, fn func(ctx context.Context)) error {
	ctx, done, err := vc.Turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	fn(ctx)
	return nil
}

// A Load is the current use of Turns.
type Load struct {
	Running  int   // computations in progress
	Waiting  int   // computations waiting for a turn
	Admitted int   // requests waiting for an answer
	Refused  int64 // requests refused since the start
}

// Load returns the current use of t.
func (t *Turns) Load() Load {
	if t == nil {
		return Load{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := 0
	for _, q := range t.waiting {
		n += len(q)
	}
	return Load{t.running.all, n, t.all.all, t.refused}
}
