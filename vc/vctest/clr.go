package vctest

import (
	"encoding/json"
	"fmt"
	"testing"

	"backpack/vc"
)

// CLR makes a CLR 2.0 with n badges by the same issuer about the same learner. Each
// badge is signed and made with the options.
func CLR(n int, options ...Option) Option {
	return func(t testing.TB, d *Draft) {
		t.Helper()
		inside := make([]any, n)
		for i := range inside {
			id := With("id", fmt.Sprint("https://", d.i.host, "/badges/", i+1))
			inside[i] = json.RawMessage(d.i.Issue(t, append(options[:len(options):len(options)], id)...))
		}
		With("@context", []any{vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
			"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"})(t, d)
		With("id", "https://"+d.i.host+"/clrs/1")(t, d)
		With("type", []any{"VerifiableCredential", "ClrCredential"})(t, d)
		With("credentialSubject", Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": inside})(t, d)
	}
}
