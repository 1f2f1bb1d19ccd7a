package standard_test

import (
	"context"
	"fmt"
	"testing"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// BenchmarkVerify measures a badge of about 3.1 KB from bytes to verdict, for
// profiles and allocations. BenchmarkTable in cmd/backpack compares it with other
// implementations.
func BenchmarkVerify(b *testing.B) {
	web := vctest.NewWeb()
	issuer := vctest.NewIssuer(b, web, vctest.DIDKey, vctest.Ed25519)
	s, err := standard.New(standard.Config{Fetch: web, Now: vctest.Now})
	if err != nil {
		b.Fatal(err)
	}
	for _, form := range vctest.Forms(vctest.Ed25519) {
		signed := issuer.Issue(b, vctest.Rich, vctest.As(form))
		b.Run(form, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := whole(b.Context(), s.Verifier, signed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func whole(ctx context.Context, v *vc.Verifier, signed []byte) error {
	d, err := vc.Parse(signed)
	if err != nil {
		return err
	}
	r, err := v.Verify(ctx, d, vc.Options{})
	if err != nil {
		return err
	}
	if got := r.Verdict(vc.Policy{}); got != vc.Valid {
		return fmt.Errorf("verdict %s", got)
	}
	return nil
}
