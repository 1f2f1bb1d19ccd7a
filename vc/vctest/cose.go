package vctest

import (
	"testing"

	"github.com/fxamacker/cbor/v2"

	"backpack/vc/jose"
)

// COSE signs a payload as a tagged COSE_Sign1. header overrides the protected
// parameters of a credential by label; nil removes one.
func (i *Issuer) COSE(t testing.TB, header map[any]any, payload []byte) []byte {
	t.Helper()
	alg, err := jose.AlgFor(i.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]int{"ES256": -7, "ES384": -35, "ES512": -36, "EdDSA": -8, "RS256": -257}
	all := map[any]any{1: labels[alg], 3: "application/vc", 4: []byte(i.Method), 16: "application/vc+cose"}
	for label, v := range header {
		if all[label] = v; v == nil {
			delete(all, label)
		}
	}
	protected := CBOR(t, all)
	sig, err := i.Signer.Sign(t.Context(), CBOR(t, []any{"Signature1", protected, []byte{}, payload}))
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{0xd2}, CBOR(t, []any{protected, map[any]any{}, payload, sig})...)
}

// CBOR encodes v.
func CBOR(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Badge returns the issuer's badge of data model 2.0 as JSON, without a proof.
func (i *Issuer) Badge(t testing.TB, options ...Option) []byte {
	t.Helper()
	return i.Issue(t, append(options, As(None))...)
}
