//go:build race

package intake

// Under the race detector all takes longer, and large pictures are made smaller.
const (
	slowness = 20
	smaller  = 2
)
