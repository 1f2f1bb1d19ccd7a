package wallet

import "sync"

// eachWorkers is the maximum number of goroutines that each starts.
const eachWorkers = 8

// each calls fn for 0 to n-1 on at most eachWorkers goroutines and waits for them.
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
