package vctest

import (
	"crypto/sha512"
	"testing"

	"backpack/vc"
)

// Selective is the form of a badge with a base proof of selective disclosure. It needs
// a P-256 key, and only its holder keeps it.
const Selective = "ecdsa-sd-2023"

// Mandatory lists the JSON pointers that every derived proof discloses.
func Mandatory(pointers ...string) Option {
	return func(_ testing.TB, d *Draft) { d.opt.Mandatory = pointers }
}

// Derived makes a badge of the form Selective and derives a proof that discloses the
// JSON pointers; "" discloses everything.
func Derived(pointers ...string) Option {
	return func(t testing.TB, d *Draft) {
		t.Helper()
		d.form = Selective
		d.After(func(t testing.TB, signed []byte) []byte {
			t.Helper()
			doc, err := vc.Parse(signed)
			if err != nil {
				t.Fatal(err)
			}
			derived, err := d.i.suites[Selective].(vc.DerivingSuite).Derive(t.Context(), doc, pointers)
			if err != nil {
				t.Fatalf("derive: %v", err)
			}
			return derived
		})
	}
}

// A fixedRandom is a deterministic source of randomness.
type fixedRandom struct{ state [sha512.Size]byte }

func (c *fixedRandom) Read(b []byte) (int, error) {
	for n := 0; n < len(b); {
		c.state = sha512.Sum512(c.state[:])
		n += copy(b[n:], c.state[:])
	}
	return len(b), nil
}
