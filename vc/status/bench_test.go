package status

import (
	"testing"

	"backpack/vc"
)

// BenchmarkCachedList is a lookup in a cached list, as in the import of many badges
// of one issuer.
func BenchmarkCachedList(b *testing.B) {
	w := newWeb()
	l, err := Bitstring(Config{Fetch: w, Now: w.clock})
	if err != nil {
		b.Fatal(err)
	}
	v := &vc.Verifier{}
	list := &bitlist{purposes: []string{"revocation"}, bits: bitsWith(7)}
	l.held.put(place{v, bitstring.list + " " + listURL}, &reading[*bitlist]{list: list, until: noon.Add(usual)})
	entry, err := vc.ParseJSON([]byte(bitEntry("7")))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		got, err := l.CheckStatus(b.Context(), v, &vc.Credential{}, vc.Status{Type: bitstring.entry, Value: entry})
		if err != nil || got.Reason != vc.ReasonRevoked {
			b.Fatal(got, err)
		}
	}
}
