package wallet

import "sync"

// eachWorkers is how many goroutines each starts.
const eachWorkers = 8

// each runs fn for 0 to n-1 on a few goroutines and waits for them.
func each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, eachWorkers) {
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
