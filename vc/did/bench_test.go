package did

import (
	"testing"

	"backpack/vc"
)

func BenchmarkDIDKey(b *testing.B) {
	r, err := New(Config{Fetch: web{}, Now: noonClock})
	if err != nil {
		b.Fatal(err)
	}
	id, method, err := KeyDID(edKey('1'))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.ResolveKey(b.Context(), vc.KeyRequest{ID: method, Issuer: id, Purpose: vc.AssertionMethod, At: noon}); err != nil {
			b.Fatal(err)
		}
	}
}
