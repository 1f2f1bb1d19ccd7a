package inspect

import (
	"context"
	"iter"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"backpack/vc/intake"
)

// Limits of the work in progress.
const (
	streamBytes = 256 << 20 // of inputs that were read and not reported
	streamLeast = 1 << 20   // the least that each find counts
)

// CheckEach checks any number of inputs, several at a time, and calls found
// with one result after the other, in the order of the inputs. An input may be
// as large as one request. If in yields an error with an input, the result has
// a problem. people are as in Examine. The only error is that of ctx.
func (ch *Checker) CheckEach(ctx context.Context, in iter.Seq2[Input, error], people []string, found func(*Checked)) error {
	return ch.stream(ctx, ch.findsIn(ctx, in), people, found)
}

// stream checks finds, several at a time, and reports them in their order.
func (ch *Checker) stream(ctx context.Context, finds iter.Seq[Find], people []string, found func(*Checked)) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type result struct {
		checked chan []*Checked
		weight  int64
	}
	room := semaphore.NewWeighted(streamBytes)
	turns := semaphore.NewWeighted(int64(max(workers, runtime.GOMAXPROCS(0))))
	queue := make(chan result, streamBytes/streamLeast) // room runs out first
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(queue)
		for f := range finds {
			r := result{make(chan []*Checked, 1), f.weight()}
			if room.Acquire(ctx, r.weight) != nil || turns.Acquire(ctx, 1) != nil {
				return
			}
			queue <- r
			wg.Go(func() {
				defer turns.Release(1)
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

// weight returns how much of streamBytes a find takes.
func (f Find) weight() int64 {
	n := len(f.Item.Source) + len(f.Item.Image)
	return min(max(int64(n), streamLeast), streamBytes)
}

// checkFind checks a find and everything that it links to.
func (ch *Checker) checkFind(ctx context.Context, f Find, people []string) []*Checked {
	fetch, cancel := ch.fetching(ctx, 0)
	defer cancel()
	if fetch.Err() != nil {
		f.Item = intake.Item{Name: f.Item.Name, Folder: f.Item.Folder, Problem: ProblemTime, Err: errTime}
	}
	if f.evidence != nil && f.Item.Problem == "" {
		return []*Checked{ch.checkEvidence(ctx, f, people)}
	}
	var out []*Checked
	for _, g := range ch.Follow(ctx, f, true) {
		g.input, g.Item.Folder = f.input, f.Item.Folder
		out = append(out, ch.checked(ctx, g, people))
	}
	return out
}
