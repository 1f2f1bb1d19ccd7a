package jose_test

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/jose"
)

// The P-256 and Ed25519 keys of RFC 7515 A.3 and RFC 8037 A.2, the RSA key of
// RFC 7638 3.1 and the base point of secp256k1.
const (
	jwkP256 = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`
	jwkEd   = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	jwkRSA  = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB"}`
	jwkK1   = `{"kty":"EC","crv":"secp256k1","x":"eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g","y":"SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg"}`
)

// with returns the JWK with more members.
func with(jwk, members string) string { return strings.TrimSuffix(jwk, "}") + "," + members + "}" }

func TestParseJWK(t *testing.T) {
	swap := func(s, old, new string) string { return strings.Replace(s, old, new, 1) }
	for _, x := range []struct {
		name, jwk string
		want      error
	}{
		{"Ed25519", jwkEd, nil},
		{"P-256", jwkP256, nil},
		{"RSA", jwkRSA, nil},
		{"secp256k1", jwkK1, nil},
		{"use sig", with(jwkEd, `"use":"sig"`), nil},
		{"use enc", with(jwkEd, `"use":"enc"`), vc.ErrMalformed},
		{"use a number", with(jwkEd, `"use":1`), vc.ErrMalformed},
		{"key_ops verify", with(jwkEd, `"key_ops":["verify"]`), nil},
		{"key_ops sign", with(jwkEd, `"key_ops":["sign"]`), vc.ErrMalformed},
		{"alg fits", with(jwkRSA, `"alg":"PS256"`), nil},
		{"alg of another kind", with(jwkRSA, `"alg":"ES256"`), vc.ErrUnsupported},
		{"alg HS256", with(jwkRSA, `"alg":"HS256"`), vc.ErrUnsupported},
		{"alg of key agreement", with(jwkP256, `"alg":"ECDH-ES"`), vc.ErrUnsupported},
		{"alg ES256K", with(jwkK1, `"alg":"ES256K"`), nil},
		{"private d", with(jwkEd, `"d":"AA"`), vc.ErrMalformed},
		{"private d, empty", with(jwkEd, `"d":null`), vc.ErrMalformed},
		{"private oth", with(jwkRSA, `"oth":[]`), vc.ErrMalformed},
		{"secret", `{"kty":"oct","k":"AA"}`, vc.ErrMalformed},
		{"oct without k", `{"kty":"oct"}`, vc.ErrUnsupported},
		{"X25519", swap(jwkEd, "Ed25519", "X25519"), vc.ErrUnsupported},
		{"Ed448", swap(jwkEd, "Ed25519", "Ed448"), vc.ErrUnsupported},
		{"no kty", `{}`, vc.ErrUnsupported},
		{"kty in lower case", swap(jwkRSA, "RSA", "rsa"), vc.ErrUnsupported},
		{"wrong kty", swap(jwkP256, "EC", "OKP"), vc.ErrUnsupported},
		{"not an object", `"key"`, vc.ErrMalformed},
		{"short", swap(jwkEd, "11qY", ""), vc.ErrMalformed},
		{"padded", swap(jwkEd, `Ro"`, `Ro="`), vc.ErrMalformed},
		{"spare bits", swap(jwkEd, `Ro"`, `Rp"`), vc.ErrMalformed},
		{"not base64url", swap(jwkEd, "_", "/"), vc.ErrMalformed},
		{"no x", `{"kty":"OKP","crv":"Ed25519"}`, vc.ErrMalformed},
		{"no y", `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}`, vc.ErrMalformed},
		{"not on P-256", swap(jwkP256, "x_FE", "y_FE"), vc.ErrMalformed},
		{"of P-256 on P-384", swap(jwkP256, "P-256", "P-384"), vc.ErrMalformed},
		{"of P-256 on secp256k1", swap(jwkP256, "P-256", "secp256k1"), vc.ErrMalformed},
		{"not on secp256k1", swap(jwkK1, "SDra", "TDra"), vc.ErrMalformed},
		{"origin", `{"kty":"EC","crv":"P-256","x":"` + strings.Repeat("A", 43) + `","y":"` + strings.Repeat("A", 43) + `"}`, vc.ErrMalformed},
		{"RSA of 1024 bits", `{"kty":"RSA","n":"` + strings.Repeat("_", 170) + `8","e":"AQAB"}`, vc.ErrMalformed},
		{"RSA, endless", `{"kty":"RSA","n":"` + strings.Repeat("_", 4000) + `","e":"AQAB"}`, vc.ErrMalformed},
		{"RSA, e 1", swap(jwkRSA, "AQAB", "AQ"), vc.ErrMalformed},
		{"RSA, e even", swap(jwkRSA, "AQAB", "AQAA"), vc.ErrMalformed},
		{"RSA, e beyond 31 bits", swap(jwkRSA, "AQAB", "_____w"), vc.ErrMalformed},
		{"RSA, no e", swap(jwkRSA, `"e":"AQAB"`, `"f":"AQAB"`), vc.ErrMalformed},
		{"RSA, n even", swap(jwkRSA, "DKgw", "DKgg"), vc.ErrMalformed},
	} {
		t.Run(x.name, func(t *testing.T) {
			key, err := jose.ParseJWK(parseJSON(t, x.jwk))
			if !errors.Is(err, x.want) || (err == nil) != (key != nil) {
				t.Errorf("got %T, error %v, want %v", key, err, x.want)
			}
		})
	}
	if _, err := jose.ParseJWK(nil); !errors.Is(err, vc.ErrMalformed) {
		t.Errorf("no JWK: %v", err)
	}
}

func TestThumbprint(t *testing.T) {
	for name, x := range map[string]struct{ jwk, want string }{
		"RFC 7638 3.1": {jwkRSA, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"},
		"RFC 8037 A.3": {jwkEd, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := jose.ParseJWK(parseJSON(t, with(x.jwk, `"kid":"ignored"`)))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := jose.Thumbprint(key); err != nil || got != x.want {
				t.Errorf("got %q, error %v, want %q", got, err, x.want)
			}
		})
	}
	for _, key := range []any{nil, "key", jose.Secp256k1{4}} {
		if got, err := jose.Thumbprint(key); !errors.Is(err, vc.ErrUnsupported) {
			t.Errorf("%T: %q, %v", key, got, err)
		}
	}
}

func TestAlgFor(t *testing.T) {
	k := newKeys(t)
	for want, key := range map[string]any{
		"EdDSA": k.ed.Public(), "ES256": &k.p256.PublicKey, "ES384": &k.p384.PublicKey, "RS256": &k.rsa.PublicKey,
	} {
		if got, err := jose.AlgFor(key); err != nil || got != want {
			t.Errorf("%T: got %q, error %v, want %q", key, got, err, want)
		}
	}
	for _, key := range []any{nil, ed25519.PublicKey{1}, k.ed, []byte("key")} {
		if got, err := jose.AlgFor(key); !errors.Is(err, vc.ErrUnsupported) {
			t.Errorf("%T: %q, %v", key, got, err)
		}
	}
}

// FuzzParseJWK asserts that an accepted key is encoded as the same JWK, and that a
// JWK with a private member is refused.
func FuzzParseJWK(f *testing.F) {
	for _, s := range []string{jwkEd, jwkP256, jwkRSA, jwkK1, `{"kty":"EC"}`, with(jwkEd, `"use":"sig","alg":"EdDSA"`)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := vc.ParseJSON([]byte(s))
		if err != nil {
			return
		}
		key, err := jose.ParseJWK(v)
		if err != nil {
			if !errors.Is(err, vc.ErrMalformed) && !errors.Is(err, vc.ErrUnsupported) {
				t.Errorf("unclassified error: %v", err)
			}
			return
		}
		text, err := jose.MarshalJWK(key)
		if err != nil {
			t.Fatal(err)
		}
		again, err := jose.ParseJWK(parseJSON(t, string(text)))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(key) {
			t.Errorf("%s: got %v, error %v", text, again, err)
		}
		if _, err := jose.ParseJWK(parseJSON(t, with(string(text), `"d":"AA"`))); err == nil {
			t.Error("a private key is accepted")
		}
	})
}

// FuzzParseJWS asserts that a parsed token encodes to itself: no token has two
// encodings.
func FuzzParseJWS(f *testing.F) {
	for _, s := range []string{
		"eyJhbGciOiJFZERTQSJ9.e30.AA", "eyJhbGciOiJFZERTQSJ9..AA", "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30.",
		"eyJhbGciOiJFZERTQSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19..AA",
	} {
		f.Add(s)
	}
	key := ed25519.NewKeyFromSeed(make([]byte, 32)).Public()
	f.Fuzz(func(t *testing.T, s string) {
		j, err := vc.ParseJWS([]byte(s), "b64")
		if err != nil {
			if !errors.Is(err, vc.ErrMalformed) && !errors.Is(err, vc.ErrTooLarge) {
				t.Errorf("unclassified error: %v", err)
			}
			return
		}
		head, _, _ := strings.Cut(string(j.SigningInput), ".")
		text := head + "." + vc.EncodeBase64(j.Payload) + "." + vc.EncodeBase64(j.Signature)
		if text != strings.TrimSpace(s) {
			t.Errorf("%q encodes as %q", s, text)
		}
		if jose.VerifyJWS(j.Alg, key, j.SigningInput, j.Signature) == nil {
			t.Errorf("the signature of %q is accepted", s)
		}
	})
}
