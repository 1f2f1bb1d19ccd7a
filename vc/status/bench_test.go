package status

import (
	"testing"

	"backpack/vc"
)

// BenchmarkRememberedList is one look into a list that was verified before, as
// in the import of many badges of one issuer.
func BenchmarkRememberedList(b *testing.B) {
	w := newWeb()
	l, err := Bitstring(Config{Fetch: w, Now: w.clock})
	if err != nil {
		b.Fatal(err)
	}
	body := make([]byte, 20<<10)
	w.pages[listURL] = string(body)
	v := &vc.Verifier{}
	l.memo.put(digestOf(v, bitstring.list+" "+listURL, body), &bitlist{purposes: []string{"revocation"}, bits: bitsWith(7)}, MinBits/8, noon.Add(trusted))
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
