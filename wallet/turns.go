package wallet

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"backpack/vc"
)

// What one visitor, all strangers, and all of them together may have under way
// at a time.
const (
	maxOfOne       = 16
	maxOfStrangers = maxOfAll / 2
	maxOfAll       = 512
)

// A Visitor is for whom something is done: an account, the network from which
// an open show is looked at, or that of a stranger, who needs neither.
type Visitor struct {
	ID       string
	Stranger bool
}

// Turns share the machine among those for whom something is checked. A learner
// may use all processors and a stranger all but one, strangers together one
// computation more than there are, and there is room for yet another one, of
// somebody else; those that wait are taken from one visitor after the other, of
// strangers and of others by turns. So who brings a thousand badges, or costly
// ones, from however many networks, delays others by little. A turn is held only while something is computed: who
// waits for a stranger's server holds none. The zero value is not usable; a nil
// *Turns lets everybody go on at once. It is safe for concurrent use.
type Turns struct {
	room, strangers       int // of computations, in all and of all strangers
	ofLearner, ofStranger int // of one visitor

	mu      sync.Mutex
	running tally
	busy    map[Visitor]int             // of running, by visitor
	waiting map[Visitor][]chan struct{} // by visitor, the first come first
	ring    []Visitor                   // the visitors that wait, the next first
	last    bool                        // whether the last that was called was a stranger
	inside  map[Visitor]int             // admitted, by visitor
	all     tally                       // admitted
	refused int64
}

// A tally is a number, and how many of it are strangers'.
type tally struct{ all, strangers int }

func (l *tally) add(v Visitor, n int) {
	l.all += n
	if v.Stranger {
		l.strangers += n
	}
}

// NewTurns returns Turns of which so many run at a time, and so many of each
// visitor. With 0 for either, that is one for each processor, for strangers one
// less, and two more in all.
func NewTurns(room, each int) *Turns {
	stranger := each
	if room <= 0 || each <= 0 {
		each = runtime.GOMAXPROCS(0)
		room, stranger = each+2, max(1, each-1)
	}
	return &Turns{room: room, strangers: max(each, room-1), ofLearner: each, ofStranger: stranger, busy: map[Visitor]int{}, waiting: map[Visitor][]chan struct{}{}, inside: map[Visitor]int{}}
}

// As returns ctx for what is checked for a visitor. What is checked outside of such a ctx waits for nobody.
func (t *Turns) As(ctx context.Context, visitor Visitor) context.Context {
	if t == nil {
		return ctx
	}
	return vc.WithTurns(ctx, func(ctx context.Context) (context.Context, func(), error) {
		if err := t.take(ctx, visitor); err != nil {
			return ctx, func() {}, err
		}
		return vc.WithTurns(ctx, nil), sync.OnceFunc(func() { t.give(visitor) }), nil // a turn inside a turn is the same one
	})
}

// Admit lets a visitor who waits for an answer in, and returns ctx for it and a
// function to call when there is one. It returns a Limited error when the
// visitor waits for too many already, and a Busy one when all do, or all
// strangers and it is one: to begin what cannot be finished helps nobody.
func (t *Turns) Admit(ctx context.Context, visitor Visitor) (context.Context, func(), error) {
	if t == nil {
		return ctx, func() {}, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.inside[visitor] >= maxOfOne:
		t.refused++
		return ctx, nil, fail(Limited, "too_many_checks", nil)
	case t.all.all >= maxOfAll, visitor.Stranger && t.all.strangers >= maxOfStrangers:
		t.refused++
		return ctx, nil, fail(Busy, "busy", nil)
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
	if t.running.all < t.room && t.may(visitor) { // whoever waits then may have no more
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

// may reports whether a visitor may have one more, if there is room.
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

// withdraw takes somebody out of the queue, or gives back the turn that was
// given at the same moment.
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

// queue replaces a visitor's queue; who waits for nothing leaves the ring.
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

// end ends a turn, and hands the room to the next visitor who may have it and
// then goes to the end of the ring.
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

// inTurn runs fn, which asks nobody for anything, in a turn. Its error is that
// of ctx, and fn was not run.
func inTurn(ctx context.Context, fn func(ctx context.Context)) error {
	ctx, done, err := vc.Turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	fn(ctx)
	return nil
}

// A Load says how busy Turns are.
type Load struct {
	Running  int   // computations under way
	Waiting  int   // computations that wait for a turn
	Admitted int   // requests that wait for an answer
	Refused  int64 // requests refused since the start
}

// Load returns how busy t is.
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
