package standard_test

import (
	"encoding/json"

	"backpack/vc"
	"backpack/vc/vctest"
)

func rawJSON(b []byte) json.RawMessage { return b }

// clrOf are the options that make a CLR of what stands in it.
func clrOf(children []any, more ...vctest.Option) []vctest.Option {
	return append([]vctest.Option{
		vctest.With("@context", []any{vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}),
		vctest.With("type", []any{"VerifiableCredential", "ClrCredential"}), vctest.With("id", "https://issuer.example/clrs/1"),
		vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": children}),
	}, more...)
}
