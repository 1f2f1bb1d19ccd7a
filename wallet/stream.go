package wallet

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"backpack/vc/intake"
)

// Limits of what is under way at a time in a stream.
const (
	streamBytes = 256 << 20 // of what was read and not yet told
	streamLeast = 1 << 20   // what each thing counts at least
)

// CheckEach checks what in yields, however much that is, several things at a
// time, and calls found with one after the other in the order brought. An
// input may be as large as an import, and has a problem of its own when in
// yields an error with it. It also checks whether things were awarded to one
// of people. Its only error is that of ctx.
func (ch *Checker) CheckEach(ctx context.Context, in iter.Seq2[Input, error], people []string, found func(*Checked)) error {
	return ch.stream(ctx, func(yield func(find) bool) {
		n, more := 0, true
		for x, err := range in {
			if err != nil {
				more = yield(find{item: intake.Item{Name: x.Name, Problem: ProblemUnreadable, Err: err}, source: sourceOf(x), input: n})
			} else {
				ch.eachFind(ctx, x, func(f find) {
					f.input = n
					more = more && yield(f)
				})
			}
			if n++; !more {
				return
			}
		}
	}, people, found)
}

// eachFind takes one input apart. A panic that its bytes lead to in one of the
// libraries that read pictures ends no more than that.
func (ch *Checker) eachFind(ctx context.Context, x Input, found func(find)) {
	defer func() {
		if r := recover(); r != nil {
			found(find{item: intake.Item{Name: x.Name, Problem: ProblemInternal, Err: fmt.Errorf("panic: %v", r)}, source: sourceOf(x)})
		}
	}()
	if finds, ok := ch.openEvidence(x); ok {
		for _, f := range finds {
			found(f)
		}
		return
	}
	limits := ch.Limits.withDefaults()
	opt := intake.Options{MaxItems: limits.ImportItems, MaxBytes: limits.ImportBytes, KeepPresentation: true}
	intake.Each(ctx, x.Bytes, opt, func(item intake.Item) {
		if item.Name == "" {
			item.Name = x.Name
		}
		found(find{item: item, source: sourceOf(x)})
	})
}

// stream checks finds, several at a time, and tells of them in their order.
// What is under way is bounded in bytes.
func (ch *Checker) stream(ctx context.Context, finds iter.Seq[find], people []string, found func(*Checked)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type result struct {
		checked chan []*Checked
		weight  int64
	}
	room := semaphore.NewWeighted(streamBytes)
	workers := semaphore.NewWeighted(int64(max(workers, runtime.GOMAXPROCS(0))))
	queue := make(chan result, streamBytes/streamLeast) // room is full before it is
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(queue)
		for f := range finds {
			r := result{make(chan []*Checked, 1), f.weight()}
			if room.Acquire(ctx, r.weight) != nil || workers.Acquire(ctx, 1) != nil {
				return
			}
			queue <- r
			wg.Go(func() {
				defer workers.Release(1)
				r.checked <- ch.checkFind(ctx, f, people)
			})
		}
	})
	for r := range queue {
		for _, c := range <-r.checked {
			if ctx.Err() == nil {
				found(c)
			}
		}
		room.Release(r.weight)
	}
	wg.Wait()
	return ctx.Err()
}

// weight is how much of streamBytes a find takes.
func (f find) weight() int64 {
	n := len(f.item.Source) + len(f.item.Image)
	return min(max(int64(n), streamLeast), streamBytes)
}

// checkFind checks one find and all that it leads to.
func (ch *Checker) checkFind(ctx context.Context, f find, people []string) []*Checked {
	if soft(ctx).Err() != nil {
		f.item = intake.Item{Name: f.item.Name, Folder: f.item.Folder, Problem: ProblemTime, Err: errTime}
	}
	if f.evidence != nil && f.item.Problem == "" {
		return []*Checked{ch.checkEvidence(ctx, f, people)}
	}
	var out []*Checked
	for _, g := range ch.follow(ctx, f, true) {
		g.input, g.item.Folder = f.input, f.item.Folder
		out = append(out, ch.checked(ctx, g, people))
	}
	return out
}

var errTime = errors.New("there was no time left to check it")

func sourceOf(x Input) Source {
	if x.Name == "" {
		return Source{Kind: "text"}
	}
	return Source{Kind: "file", Name: x.Name}
}

// file is the name of the file that something was brought in.
func (s Source) file() string {
	if s.Kind != "file" {
		return ""
	}
	return s.Name
}

type softKey struct{}

// withSoft returns ctx with a context for what strangers' servers are asked:
// when that ends, what can be found out without them still is.
func withSoft(ctx, soft context.Context) context.Context {
	return context.WithValue(ctx, softKey{}, soft)
}

// soft returns the context for asking strangers' servers: ctx itself unless
// there is a stricter one.
func soft(ctx context.Context) context.Context {
	if s, ok := ctx.Value(softKey{}).(context.Context); ok {
		return s
	}
	return ctx
}
