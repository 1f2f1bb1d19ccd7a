package wallet

import (
	"fmt"
	"testing"
)

// TestPartsFit asserts that parts have about equal sizes, wherever the large
// badges are, and that each badge is in exactly one part.
func TestPartsFit(t *testing.T) {
	t.Parallel()
	const most, large = 32 << 20, 12 << 20
	for name, heavy := range map[string]func(i int) bool{
		"none": func(int) bool { return false }, "first": func(i int) bool { return i < 20 }, "last": func(i int) bool { return i >= 1980 },
		"all over": func(i int) bool { return i%100 == 0 }, "one": func(i int) bool { return i == 1000 },
	} {
		x := &weights{body: map[string]int{}}
		var entries []*Entry
		for i := range 2000 {
			e := &Entry{ID: fmt.Sprint(i)}
			if entries = append(entries, e); heavy(i) {
				x.body[e.ID] = large / 2
			}
		}
		n := 0
		for k, part := range divide(entries, x, most) {
			sum := 0
			for _, e := range part {
				if e.ID != fmt.Sprint(n) {
					t.Fatalf("%s: part %d has %s, want %d", name, k+1, e.ID, n)
				}
				n++
				sum += x.of(e)
			}
			if len(part) == 0 || sum > most+large+badgeWeight {
				t.Errorf("%s: part %d of %d badges weighs %d MiB", name, k+1, len(part), sum>>20)
			}
		}
		if n != len(entries) {
			t.Errorf("%s: %d badges, want %d", name, n, len(entries))
		}
	}
}
