package wallet

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"backpack/vc"
)

// What one visitor, and all of them together, may have under way at a time.
const (
	maxOfOne = 16
	maxOfAll = 256
)

// Turns share the machine among those for whom something is checked. One
// visitor may use all processors, and there is room for one computation more, of
// somebody else; those that wait are taken from one visitor after the other. So
// who brings a thousand badges, or costly ones, delays others by little. A turn
// is held only while something is computed: who waits for a stranger's
// server holds none. The zero value is not usable; a nil *Turns lets everybody
// go on at once. It is safe for concurrent use.
type Turns struct {
	room, each int // of computations, in all and of one visitor

	mu      sync.Mutex
	running int
	busy    map[string]int             // of running, by visitor
	waiting map[string][]chan struct{} // by visitor, the first come first
	ring    []string                   // the visitors that wait, the next first
	inside  map[string]int             // admitted, by visitor
	all     int                        // admitted
	refused int64
}

// NewTurns returns Turns of which so many run at a time, and so many of each
// visitor. With 0 for either, that is one for each processor, and one more in all.
func NewTurns(room, each int) *Turns {
	if room <= 0 || each <= 0 {
		each = runtime.GOMAXPROCS(0)
		room = each + 1
	}
	return &Turns{room: room, each: each, busy: map[string]int{}, waiting: map[string][]chan struct{}{}, inside: map[string]int{}}
}

// As returns ctx for what is checked for a visitor: a network, or an account.
// What is checked outside of such a ctx waits for nobody.
func (t *Turns) As(ctx context.Context, visitor string) context.Context {
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
// visitor waits for too many already, and a Busy one when all do: to begin what
// cannot be finished helps nobody.
func (t *Turns) Admit(ctx context.Context, visitor string) (context.Context, func(), error) {
	if t == nil {
		return ctx, func() {}, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.inside[visitor] >= maxOfOne:
		t.refused++
		return ctx, nil, fail(Limited, "too_many_checks", nil)
	case t.all >= maxOfAll:
		t.refused++
		return ctx, nil, fail(Busy, "busy", nil)
	}
	t.inside[visitor]++
	t.all++
	return t.As(ctx, visitor), sync.OnceFunc(func() { t.leave(visitor) }), nil
}

func (t *Turns) leave(visitor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all--
	if t.inside[visitor]--; t.inside[visitor] == 0 {
		delete(t.inside, visitor)
	}
}

// take waits for a turn.
func (t *Turns) take(ctx context.Context, visitor string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	if t.running < t.room && t.busy[visitor] < t.each { // whoever waits then may have no more
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

func (t *Turns) begin(visitor string) {
	t.running++
	t.busy[visitor]++
}

// withdraw takes somebody out of the queue, or gives back the turn that was
// given at the same moment.
func (t *Turns) withdraw(visitor string, mine chan struct{}) {
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
func (t *Turns) queue(visitor string, left []chan struct{}) {
	if len(left) > 0 {
		t.waiting[visitor] = left
		return
	}
	delete(t.waiting, visitor)
	t.ring = slices.DeleteFunc(t.ring, func(v string) bool { return v == visitor })
}

func (t *Turns) give(visitor string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(visitor)
}

// end ends a turn, and hands the room to the next visitor who may have it and
// then goes to the end of the ring.
func (t *Turns) end(visitor string) {
	t.running--
	if t.busy[visitor]--; t.busy[visitor] == 0 {
		delete(t.busy, visitor)
	}
	i := slices.IndexFunc(t.ring, func(v string) bool { return t.busy[v] < t.each })
	if i < 0 {
		return
	}
	next := t.ring[i]
	queue := t.waiting[next]
	t.ring = append(slices.Delete(t.ring, i, i+1), next)
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
	return Load{t.running, n, t.all, t.refused}
}
