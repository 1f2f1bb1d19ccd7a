package standard_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
)

// TestKeyBinding presents SD-JWTs of both kinds with, without and with an invalid
// key binding.
func TestKeyBinding(t *testing.T) {
	holder, thief := vctest.NewHolder(t), vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	asked := vc.Options{Challenge: "n-1", Domain: "https://verifier.example"}
	now := vctest.Now()
	bind := func(t *testing.T, b []byte) []byte { return holder.Bind(t, b, asked.Domain, asked.Challenge, now) }
	hash := func(t *testing.T, b []byte) string {
		s := parse(t, b).SD
		h, err := s.Digest(s.Bound)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	// by makes a key binding with any claims and header.
	by := func(k *vctest.Issuer, header vctest.Object, change func(claims vctest.Object)) func(t *testing.T, b []byte) []byte {
		return func(t *testing.T, b []byte) []byte {
			claims := vctest.Object{"iat": now.Unix(), "aud": asked.Domain, "nonce": asked.Challenge, "sd_hash": hash(t, b)}
			if change != nil {
				change(claims)
			}
			all := vctest.Object{"typ": "kb+jwt", "kid": nil}
			for name, v := range header {
				all[name] = v
			}
			return append(b, k.Compact(t, all, claims)...)
		}
	}
	set := func(name string, v any) func(vctest.Object) {
		return func(c vctest.Object) {
			if c[name] = v; v == nil {
				delete(c, name)
			}
		}
	}
	jwk := vctest.Object{"jwk": holder.JWK(t, "")}
	for _, x := range []struct {
		name string
		cnf  any
		with func(t *testing.T, b []byte) []byte
		opt  vc.Options
		want string // verdict and check holder
	}{
		{"bound", jwk, bind, asked, "valid passed"},
		{"bound, no challenge", jwk, bind, vc.Options{}, "valid passed"},
		{"by kid", vctest.Object{"kid": holder.Method}, bind, asked, "valid passed"},
		{"no key binding", jwk, nil, vc.Options{}, "valid skipped holder_not_shown"},
		{"no key binding, challenge set", jwk, nil, asked, "undetermined unknown holder_not_shown"},
		{"no bound key", nil, nil, vc.Options{}, "valid skipped not_run"},
		{"key binding without a bound key", nil, by(holder, nil, nil), asked, "invalid failed key_not_found"},
		{"another nonce", jwk, bind, vc.Options{Challenge: "n-2", Domain: asked.Domain}, "invalid failed challenge_mismatch"},
		{"another audience", jwk, bind, vc.Options{Challenge: "n-1", Domain: "https://other.example"}, "invalid failed domain_mismatch"},
		{"another key", jwk, by(thief, nil, nil), asked, "invalid failed bad_signature"},
		{"another key, in the header", jwk, by(thief, vctest.Object{"jwk": thief.JWK(t, "")}, nil), asked, "invalid failed bad_signature"},
		{"typ of a JWT", jwk, by(holder, vctest.Object{"typ": "JWT"}, nil), asked, "invalid failed wrong_type"},
		{"no typ", jwk, by(holder, vctest.Object{"typ": nil}, nil), asked, "invalid failed wrong_type"},
		{"alg none", jwk, by(holder, vctest.Object{"alg": "none"}, nil), asked, "invalid failed algorithm_forbidden"},
		{"HS256", jwk, by(holder, vctest.Object{"alg": "HS256"}, nil), asked, "invalid failed algorithm_forbidden"},
		{"another alg", jwk, by(holder, vctest.Object{"alg": "ES256"}, nil), asked, "invalid failed malformed"},
		{"no sd_hash", jwk, by(holder, nil, set("sd_hash", nil)), asked, "invalid failed bad_signature"},
		{"another sd_hash", jwk, by(holder, nil, set("sd_hash", "x")), asked, "invalid failed bad_signature"},
		{"no nonce", jwk, by(holder, nil, set("nonce", nil)), vc.Options{}, "invalid failed missing_member"},
		{"no aud", jwk, by(holder, nil, set("aud", nil)), vc.Options{}, "invalid failed missing_member"},
		{"no iat", jwk, by(holder, nil, set("iat", nil)), asked, "invalid failed date_format"},
		{"iat in the future", jwk, by(holder, nil, set("iat", now.Add(time.Hour).Unix())), asked, "invalid failed proof_in_future"},
		{"nbf in the future", jwk, by(holder, nil, set("nbf", now.Add(time.Hour).Unix())), asked, "invalid failed proof_in_future"},
		{"expired, challenge set", jwk, by(holder, nil, set("exp", now.Add(-time.Hour).Unix())), asked, "undetermined unknown holder_not_shown"},
		{"expired", jwk, by(holder, nil, set("exp", now.Add(-time.Hour).Unix())), vc.Options{}, "valid skipped holder_not_shown"},
		{"bound to a thumbprint", vctest.Object{"jkt": "x"}, by(holder, nil, nil), asked, "undetermined unknown unsupported"},
		{"bound to a private key", vctest.Object{"jwk": vctest.Object{"kty": "OKP", "crv": "Ed25519", "x": "x", "d": "x"}}, by(holder, nil, nil), asked,
			"invalid failed key_unsuitable"},
		{"fewer disclosures than bound", jwk, func(t *testing.T, b []byte) []byte {
			parts := strings.Split(string(bind(t, b)), "~")
			return []byte(strings.Join(append(parts[:1:1], parts[2:]...), "~"))
		}, asked, "invalid failed bad_signature"},
	} {
		for _, kind := range []string{"dc", "vc"} {
			t.Run(kind+" "+x.name, func(t *testing.T) {
				i := metadataIssuer(t, vctest.P256)
				b := i.SDJWT(t, dc, identity(i, vctest.Object{"cnf": x.cnf}))
				if kind == "vc" {
					i = vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
					b = i.Issue(t, vctest.As(vctest.SDJWT), vctest.WithClaim("cnf", x.cnf))
					if x.cnf == nil {
						b = i.Issue(t, vctest.As(vctest.SDJWT))
					}
				}
				if x.with != nil {
					b = x.with(t, b)
				}
				r := verify(t, newVerifier(t, i.Web), b, x.opt)
				c := r.Check(vc.CheckHolder)
				if got := strings.TrimSpace(fmt.Sprint(r.Verdict(vc.Policy{}), " ", c.Outcome, " ", c.Reason)); got != x.want {
					t.Errorf("%s (%s), want %s", got, c.Detail, x.want)
				}
			})
		}
	}
}

// TestKeyBindingOfAForgery checks that a key binding to the key in a forged
// credential proves nothing.
func TestKeyBindingOfAForgery(t *testing.T) {
	i, thief := metadataIssuer(t, vctest.P256), vctest.NewHolder(t)
	b := i.SDJWT(t, dc, identity(i, vctest.Object{"cnf": vctest.Object{"jwk": thief.JWK(t, "")}}))
	b = vctest.Alter(t, b, `"grade":"A"`, `"grade":"B"`)
	b = thief.Bind(t, b, "https://verifier.example", "n", vctest.Now())
	r := verify(t, newVerifier(t, i.Web), b, vc.Options{Challenge: "n"})
	if got, c := outcome(r), r.Check(vc.CheckHolder); got != "invalid; proof failed bad_signature" || c.Outcome != vc.Skipped {
		t.Errorf("%s, holder %s", got, c.Outcome)
	}
}
