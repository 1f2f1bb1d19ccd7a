package inspect_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"backpack/vc"
	"backpack/wallet/fault"
	"backpack/wallet/inspect"
)

// A queue takes turns on a goroutine each and tells, in order, who got one; a
// turn is held until it is let go.
type queue struct {
	t     *testing.T
	turns *inspect.Turns
	got   chan string
	done  map[string]chan struct{}
	wg    sync.WaitGroup
}

// join waits until the turn is queued or taken, so that the order is known.
func (q *queue) join(ctx context.Context, visitor, name string) {
	q.t.Helper()
	let := make(chan struct{})
	q.done[name] = let
	before := q.turns.Load()
	q.wg.Go(func() {
		_, done, err := vc.Turn(q.turns.As(ctx, inspect.Visitor{ID: visitor, Stranger: strings.HasPrefix(visitor, "stranger")}))
		if err != nil {
			q.got <- name + " gave up"
			return
		}
		q.got <- name
		<-let
		done()
		done() // a second time does nothing
	})
	for {
		if l := q.turns.Load(); l.Running+l.Waiting > before.Running+before.Waiting {
			return
		}
		runtime.Gosched()
	}
}

func (q *queue) next(t *testing.T, want string) {
	t.Helper()
	if got := <-q.got; got != want {
		t.Fatalf("%s was next, not %s", got, want)
	}
}

// TestTurns: visitors take turns, not those who bring the most.
func TestTurns(t *testing.T) {
	q := &queue{t: t, turns: inspect.NewTurns(1, 1), got: make(chan string), done: map[string]chan struct{}{}}
	for i := range 5 {
		q.join(t.Context(), "many", fmt.Sprint("many", i))
		if i == 0 {
			q.next(t, "many0")
		}
	}
	leaving, leave := context.WithCancel(t.Context())
	q.join(t.Context(), "a", "a0")
	q.join(t.Context(), "a", "a1")
	q.join(leaving, "b", "b0")
	q.join(t.Context(), "c", "c0")
	leave()
	q.next(t, "b0 gave up")
	if l := q.turns.Load(); l.Running != 1 || l.Waiting != 7 {
		t.Errorf("%+v", l)
	}
	order := []string{"many1", "a0", "c0", "many2", "a1", "many3", "many4"}
	last := "many0"
	for _, name := range order {
		close(q.done[last])
		q.next(t, name)
		last = name
	}
	close(q.done[last])
	q.wg.Wait()
	if l := q.turns.Load(); l != (inspect.Load{}) {
		t.Errorf("%+v is left", l)
	}
}

// TestTurnsForOthers: one visitor never has all the room.
func TestTurnsForOthers(t *testing.T) {
	q := &queue{t: t, turns: inspect.NewTurns(3, 2), got: make(chan string), done: map[string]chan struct{}{}}
	for i := range 4 {
		q.join(t.Context(), "many", fmt.Sprint("many", i))
		if i < 2 {
			q.next(t, fmt.Sprint("many", i))
		}
	}
	q.join(t.Context(), "a", "a0")
	q.next(t, "a0")
	q.join(t.Context(), "b", "b0")
	close(q.done["many0"]) // whose visitor now may have one more, and comes first
	q.next(t, "many2")
	close(q.done["a0"])
	q.next(t, "b0")
	close(q.done["b0"])
	close(q.done["many1"])
	q.next(t, "many3")
	close(q.done["many2"])
	close(q.done["many3"])
	q.wg.Wait()
	if l := q.turns.Load(); l != (inspect.Load{}) {
		t.Errorf("%+v is left", l)
	}
}

// TestTurnInside: who has a turn does not wait for another one.
func TestTurnInside(t *testing.T) {
	turns := inspect.NewTurns(1, 1)
	ctx, done, err := vc.Turn(turns.As(t.Context(), inspect.Visitor{ID: "a"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, inner, err := vc.Turn(ctx); err != nil {
		t.Fatal(err)
	} else {
		inner()
	}
	if l := turns.Load(); l.Running != 1 {
		t.Errorf("%+v", l)
	}
	done()
	ended, end := context.WithCancel(t.Context())
	end()
	if _, _, err := vc.Turn(turns.As(ended, inspect.Visitor{ID: "a"})); !errors.Is(err, context.Canceled) || turns.Load() != (inspect.Load{}) {
		t.Errorf("%v %+v", err, turns.Load())
	}
	var none *inspect.Turns
	if _, done, err := vc.Turn(none.As(t.Context(), inspect.Visitor{ID: "a"})); err != nil || none.Load() != (inspect.Load{}) {
		t.Error(err)
	} else {
		done()
	}
}

// TestAdmit: one visitor cannot fill the room, and when it is full everybody is
// told so at once.
func TestAdmit(t *testing.T) {
	turns := inspect.NewTurns(1, 1)
	var leaves []func()
	enter := func(visitor string) string {
		_, leave, err := turns.Admit(t.Context(), inspect.Visitor{ID: visitor})
		var e *fault.Error
		switch {
		case err == nil:
			leaves = append(leaves, leave)
			return ""
		case errors.As(err, &e):
			return e.Code
		}
		return err.Error()
	}
	in := 0
	for enter("a") == "" {
		in++
	}
	if in != 16 || enter("a") != "too_many_checks" || enter("b") != "" {
		t.Fatalf("%d of one visitor", in)
	}
	codes := map[string]int{}
	for i := range 600 {
		codes[enter(fmt.Sprint("c", i))]++
	}
	if codes[""] != 512-17 || codes["busy"] != 600-codes[""] || turns.Load().Admitted != 512 {
		t.Errorf("%v %+v", codes, turns.Load())
	}
	slices.Reverse(leaves)
	for _, leave := range leaves {
		leave()
		leave()
	}
	if l := turns.Load(); l.Admitted != 0 || enter("a") != "" {
		t.Errorf("%+v", l)
	}
}

// TestThreat09StrangersLeaveRoom: however many strangers come, from however many
// networks, others find room at once, and where they wait, every other turn.
func TestThreat09StrangersLeaveRoom(t *testing.T) {
	q := &queue{t: t, turns: inspect.NewTurns(4, 2), got: make(chan string), done: map[string]chan struct{}{}}
	for i := range 20 {
		name := fmt.Sprint("stranger", i)
		q.join(t.Context(), name, name)
		if i < 3 {
			q.next(t, name)
		}
	}
	q.join(t.Context(), "learner", "learner0")
	q.next(t, "learner0")
	q.join(t.Context(), "learner", "learner1")
	q.join(t.Context(), "another", "another0")
	last, begun := "stranger0", 4
	for _, name := range []string{"stranger3", "learner1", "stranger4", "another0", "stranger5"} {
		close(q.done[last])
		q.next(t, name)
		last = name
		begun++
	}
	for name, let := range q.done {
		if !slices.Contains([]string{"stranger0", "stranger3", "learner1", "stranger4", "another0"}, name) {
			close(let)
		}
	}
	for ; begun < len(q.done); begun++ {
		<-q.got
	}
	q.wg.Wait()
	if l := q.turns.Load(); l != (inspect.Load{}) {
		t.Errorf("%+v is left", l)
	}
}

// TestThreat09StrangersAreAdmittedToHalf: who waits for an answer as a stranger
// does not take the place of learners and of those who look at a show.
func TestThreat09StrangersAreAdmittedToHalf(t *testing.T) {
	turns := inspect.NewTurns(1, 1)
	in := 0
	for i := range 400 {
		if _, _, err := turns.Admit(t.Context(), inspect.Visitor{ID: fmt.Sprint("198.51.100.", i), Stranger: true}); err == nil {
			in++
		}
	}
	if in != 256 {
		t.Errorf("%d strangers were admitted", in)
	}
	for i := range 256 {
		if _, _, err := turns.Admit(t.Context(), inspect.Visitor{ID: fmt.Sprint("198.51.100.", i)}); err != nil {
			t.Fatalf("one that is none, after %d: %v", i, err)
		}
	}
}
