//go:build !race

package intake

// How much longer things may take, and how much smaller large pictures are
// made; see race_test.go.
const (
	slowness = 1
	smaller  = 1
)
