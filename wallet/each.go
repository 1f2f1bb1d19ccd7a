package wallet

import "sync"

// workers is how many things are checked at the same time.
const workers = 8

// each runs fn for 0 to n-1 on a few goroutines and waits for them.
func each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, workers) {
		wg.Go(func() {
			for i := range next {
				fn(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
