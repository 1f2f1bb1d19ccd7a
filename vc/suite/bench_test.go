package suite

import (
	"context"
	"crypto/ed25519"
	"testing"

	"backpack/vc"
)

// BenchmarkVerify measures parsing and verifying a badge next to a bare
// ed25519.Verify of 64 bytes.
func BenchmarkVerify(b *testing.B) {
	key := edSigner(1)
	b.Run("ed25519 alone", func(b *testing.B) {
		message := make([]byte, 64)
		sig, public := ed25519.Sign(key.ed, message), key.ed.Public().(ed25519.PublicKey)
		for b.Loop() {
			ed25519.Verify(public, message, sig)
		}
	})
	for _, x := range roundTrips(b) {
		signed := x.sign(b, badge)
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := x.verify(document(b, signed)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	token, err := SignJWT(context.Background(), []byte(badge), nil, key)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("JWT EdDSA", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			j, err := vc.ParseJWS(token)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := vc.ParseJSON(j.Payload); err != nil {
				b.Fatal(err)
			}
			p := vc.Proof{JOSE: &vc.JOSE{Alg: j.Alg, SigningInput: j.SigningInput, Signature: j.Signature}}
			if err := JOSE().Verify(context.Background(), nil, &p, &vc.Key{Public: key.Public()}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
