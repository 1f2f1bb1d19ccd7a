package suite

import (
	"context"
	"slices"

	"backpack/vc"
)

// Sign implements vc.SigningSuite by VC-JOSE-COSE 3.1: the payload is the document
// itself, byte for byte, and the result is a compact JWS. Of the options it uses
// VerificationMethod only.
func (joseSuite) Sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, s vc.Signer) ([]byte, error) {
	kind := "vc"
	if v, err := vc.ParseJSON(unsigned); err == nil && slices.Contains(v.Get("type").Strs(), "VerifiablePresentation") {
		kind = "vp"
	}
	return SignJWT(ctx, unsigned, map[string]string{"typ": kind + "+jwt", "cty": kind, "kid": opt.VerificationMethod}, s)
}
