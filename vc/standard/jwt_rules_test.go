package standard_test

import (
	"encoding/json"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// plainJWT returns the claims of a badge as a JWT by Open Badges 3.0.
func plainJWT(t *testing.T, i *vctest.Issuer, options ...vctest.Option) vctest.Object {
	t.Helper()
	var out vctest.Object
	if err := json.Unmarshal(i.Badge(t, options...), &out); err != nil {
		t.Fatal(err)
	}
	out["iss"], out["jti"], out["sub"], out["nbf"], out["exp"] = i.ID, out["id"], "did:example:learner", 1767225600, 1893456000
	return out
}

// TestJWTRules goes through the rules for JWTs (specs A5, D5) row by row, each with
// one change to a valid JWT. Algorithms and keys have their own tests in vc/jose
// and vc/did.
func TestJWTRules(t *testing.T) {
	type change = func(header, payload vctest.Object)
	header := func(name string, v any) change {
		return func(h, _ vctest.Object) { h[name] = v }
	}
	claim := func(name string, v any) change {
		return func(_, p vctest.Object) {
			if p[name] = v; v == nil {
				delete(p, name)
			}
		}
	}
	for _, x := range []struct {
		row, name string
		change    change
		want      string
	}{
		{"A5", "unchanged", nil, "valid"},
		{"A5.1", "crit", func(h, _ vctest.Object) { h["crit"], h["x"] = []any{"x"}, 1 }, "error"},
		{"A5.1", "b64 false", func(h, _ vctest.Object) { h["crit"], h["b64"] = []any{"b64"}, false }, "error"},
		{"A5.1", "b64 true", header("b64", true), "error"},
		{"A5.1", "alg none", header("alg", "none"), "invalid; proof failed algorithm_forbidden"},
		{"A5.1", "alg HS256", header("alg", "HS256"), "invalid; proof failed algorithm_forbidden"},
		{"A5.1", "alg of another key", header("alg", "ES384"), "invalid; proof failed malformed"},
		{"A5.1", "unknown alg", header("alg", "XY1"), "undetermined; proof unknown unsupported_suite"},
		{"A5.2", "neither kid nor jwk", header("kid", nil), "undetermined; proof unknown key_not_named"},
		{"A5.2", "no typ", header("typ", nil), "valid"},
		{"A5.2", "typ vc+jwt", header("typ", "vc+jwt"), "valid"},
		{"A5.2", "typ with prefix", header("typ", "application/vc+jwt"), "valid"},
		{"A5.2", "typ in capitals", header("typ", "VC+JWT"), "valid"},
		{"A5.2", "typ of a draft", header("typ", "vc+ld+jwt"), "valid"},
		{"A5.2", "typ of an older draft", header("typ", "vc+ld+json+jwt"), "valid"},
		{"A5.2", "typ of a presentation", header("typ", "vp+jwt"), "irregular; format failed wrong_type"},
		{"A5.2", "typ of a key binding", header("typ", "kb+jwt"), "error"},
		{"A5.2", "typ of an access token", header("typ", "at+jwt"), "error"},
		{"A5.2", "typ of an SD-JWT without a ~", header("typ", "vc+sd-jwt"), "error"},
		{"A5.2", "typ of a status list", header("typ", "statuslist+jwt"), "error"},
		{"A5.3", "data model 2.0 below vc", func(_, p vctest.Object) {
			inner := vctest.Object{}
			for name, v := range p {
				inner[name] = v
			}
			for name := range p {
				if name != "iss" && name != "sub" && name != "jti" && name != "nbf" && name != "exp" {
					delete(p, name)
				}
			}
			p["vc"] = inner
		}, "irregular; format failed mixed_models"},
		{"A5.4", "another iss", claim("iss", "did:example:x"), "invalid; format failed claims_mismatch; issuer failed claims_mismatch"},
		{"A5.4", "another jti", claim("jti", "urn:x:1"), "irregular; format failed claims_mismatch"},
		{"A5.4", "another sub", claim("sub", "did:example:x"), "irregular; format failed claims_mismatch"},
		{"A5.4", "nbf minutes early", claim("nbf", 1767225600-300), "valid"},
		{"A5.4", "nbf minutes late", claim("nbf", 1767225600+300), "valid"},
		{"A5.4", "nbf too early", claim("nbf", 1767225600-301), "irregular; format failed claims_mismatch"},
		{"A5.4", "nbf too late", claim("nbf", 1767225600+301), "irregular; format failed claims_mismatch"},
		{"A5.4", "nbf with a fraction", claim("nbf", 1767225600.5), "valid"},
		{"A5.4", "nbf as text", claim("nbf", "1767225600"), "invalid; format failed claims_mismatch; proof failed date_format"},
		{"A5.4", "exp earlier, expired", claim("exp", 1767225601), "expired; valid_until failed expired"},
		{"A5.4", "exp later", claim("exp", 1924992000), "valid"},
		{"A5.4", "exp as text", claim("exp", "x"), "invalid; proof failed date_format; valid_until unknown date_format"},
		{"A5.4", "exp out of range", claim("exp", 1e300), "invalid; proof failed date_format; valid_until unknown date_format"},
		{"A5.4", "iat in the future", claim("iat", 1893456000), "invalid; proof failed proof_in_future"},
		{"A5.5", "no sub", claim("sub", nil), "valid"},
		{"A5.5", "no iss", claim("iss", nil), "valid"},
		{"A5.5", "iss is an object", claim("iss", vctest.Object{"id": "x"}), "invalid; format failed claims_mismatch; issuer failed claims_mismatch"},
		{"A5.6", "private key in the header", func(h, _ vctest.Object) {
			jwk := h["jwk"].(vctest.Object)
			jwk["d"] = "AAAA"
		}, "invalid; format failed private_key; proof failed private_key"},
		{"A5.9", "kid and jwk are the same key", nil, "valid"},
		{"A5.9", "jwk of another key", func(h, _ vctest.Object) { h["jwk"] = vctest.NewHolder(t).JWK(t, "") }, "invalid; proof failed key_unsuitable"},
		{"A5.11", "jku", header("jku", "https://evil.example/keys"), "valid"},
		{"A5.11", "x5u", header("x5u", "https://evil.example/cert"), "valid"},
		{"A5.11", "x5c", header("x5c", []any{"AAAA"}), "valid"},
		{"D5.1", "vc claim", claim("vc", vctest.Object{}), "irregular; format failed mixed_models"},
		{"D5.1", "vp claim", claim("vp", "x"), "irregular; format failed mixed_models"},
		{"D5.1", "cty vc", header("cty", "vc"), "valid"},
		{"D5.1", "cty of a presentation", header("cty", "application/vp"), "irregular; format failed wrong_type"},
		{"D5.1", "cty of a nested JWT", header("cty", "JWT"), "irregular; format failed wrong_type"},
		{"D5.2", "iss in the header", func(h, p vctest.Object) { h["iss"] = p["iss"] }, "valid"},
		{"D5.2", "another iss in the header", header("iss", "did:example:x"), "invalid; format failed claims_mismatch; issuer failed claims_mismatch"},
	} {
		t.Run(x.row+" "+x.name, func(t *testing.T) {
			i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
			h, p := vctest.Object{"typ": "JWT", "jwk": i.JWK(t, "")}, plainJWT(t, i)
			if x.row != "A5.6" && x.row != "A5.9" {
				delete(h, "jwk")
			}
			if x.change != nil {
				x.change(h, p)
			}
			text := []byte(i.Compact(t, h, p))
			got := "error"
			if _, err := vc.Parse(text); err == nil {
				got = outcome(verify(t, newVerifier(t, i.Web), text, vc.Options{}))
			}
			if got != x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
			for _, r := range i.Web.Requests() {
				if strings.Contains(r.URL, "evil") {
					t.Errorf("%s was requested", r.URL)
				}
			}
		})
	}
}

// TestJWTTimesOfJOSE checks that in VC-JOSE-COSE nbf and exp limit the signature,
// in addition to the credential's own dates (specs D5.2).
func TestJWTTimesOfJOSE(t *testing.T) {
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	v := newVerifier(t, i.Web)
	for _, x := range []struct {
		claim string
		value int
		want  string
	}{
		{"nbf", 1767225600 + 60, "valid"},
		{"nbf", 1893456000, "invalid; proof failed proof_in_future"},
		{"exp", 1767225600, "expired; valid_until failed expired"},
		{"exp", 1893456000, "valid"},
		{"iat", 1893456000, "invalid; proof failed proof_in_future"},
	} {
		b := i.Issue(t, vctest.As(vctest.JOSEVC), vctest.WithClaim(x.claim, x.value))
		if got := outcome(verify(t, v, b, vc.Options{})); got != x.want {
			t.Errorf("%s %d: %s, want %s", x.claim, x.value, got, x.want)
		}
	}
}

// TestJWTPresentation checks that iss names the holder of a presentation, and that
// the types of a credential are refused (specs D5.2).
func TestJWTPresentation(t *testing.T) {
	holder := vctest.NewHolder(t)
	for _, x := range []struct {
		name          string
		header, claim vctest.Object
		want          string
	}{
		{"unchanged", nil, nil, "valid"},
		{"iss is the holder", nil, vctest.Object{"iss": holder.ID}, "valid"},
		{"another iss", nil, vctest.Object{"iss": "did:example:x"}, "invalid; format failed claims_mismatch; holder failed claims_mismatch"},
		{"another iss in the header", vctest.Object{"iss": "did:example:x"}, nil, "invalid; format failed claims_mismatch; holder failed claims_mismatch"},
		{"typ of a credential", vctest.Object{"typ": "vc+jwt"}, nil, "irregular; format failed wrong_type"},
		{"cty of a credential", vctest.Object{"cty": "vc"}, nil, "irregular; format failed wrong_type"},
		{"expired", nil, vctest.Object{"exp": 1767225600}, "invalid; proof failed proof_expired"},
		{"another verifier", nil, vctest.Object{"nonce": "x", "aud": "y"}, "invalid; proof failed challenge_mismatch"},
	} {
		h := vctest.Object{"typ": "vp+jwt"}
		p := vctest.Object{"@context": []any{vc.ContextV2}, "type": []any{"VerifiablePresentation"}, "holder": holder.ID, "nonce": "n", "aud": "d"}
		for name, v := range x.header {
			h[name] = v
		}
		for name, v := range x.claim {
			p[name] = v
		}
		r := verify(t, newVerifier(t, holder.Web), []byte(holder.Compact(t, h, p)), vc.Options{Challenge: "n", Domain: "d"})
		if got := outcome(r); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}
