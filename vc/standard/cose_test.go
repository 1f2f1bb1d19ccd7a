package standard_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/cose"
	"backpack/vc/jose"
	"backpack/vc/vctest"
)

func verifyCOSE(t *testing.T, v *vc.Verifier, b []byte) string {
	t.Helper()
	d, err := cose.Parse(b)
	if err != nil {
		return "error"
	}
	r, err := v.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return outcome(r)
}

func TestCOSE(t *testing.T) {
	for _, kind := range []string{vctest.Ed25519, vctest.P256, vctest.P384} {
		for _, way := range []string{vctest.DIDKey, vctest.DIDWeb, vctest.HTTPS, vctest.KeySet} {
			i := vctest.NewIssuer(t, vctest.NewWeb(), way, kind)
			v := newVerifier(t, i.Web)
			payload := i.Badge(t)
			b := i.COSE(t, nil, payload)
			if got := verifyCOSE(t, v, b); got != "valid" {
				t.Errorf("%s, %s: %s", kind, way, got)
			}
			if got := verifyCOSE(t, v, b[1:]); got != "valid" {
				t.Errorf("%s, %s, no tag: %s", kind, way, got)
			}
			if got := verifyCOSE(t, v, bytes.Replace(b, []byte("Bakes bread."), []byte("Bakes cakes."), 1)); got != "invalid; proof failed bad_signature" {
				t.Errorf("%s, %s, changed: %s", kind, way, got)
			}
			thief := vctest.NewHolder(t)
			thief.Method = i.Method
			if got := verifyCOSE(t, v, thief.COSE(t, nil, payload)); strings.HasPrefix(got, "valid") || strings.HasPrefix(got, "undetermined") {
				t.Errorf("%s, %s, signed by another key: %s", kind, way, got)
			}
		}
	}
}

// TestCOSEAttacks changes one thing at a time in a valid COSE_Sign1.
func TestCOSEAttacks(t *testing.T) {
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	v, payload := newVerifier(t, i.Web), i.Badge(t)
	with := func(name, value string) []byte {
		return bytes.Replace(payload, []byte("{"), []byte("{"+strconv.Quote(name)+":"+value+","), 1)
	}
	for _, x := range []struct {
		name string
		b    []byte
		want string
	}{
		{"HMAC", i.COSE(t, map[any]any{1: 5}, payload), "invalid; proof failed algorithm_forbidden"},
		{"another algorithm", i.COSE(t, map[any]any{1: -8}, payload), "invalid; proof failed malformed"},
		{"unknown algorithm", i.COSE(t, map[any]any{1: 0}, payload), "undetermined; proof unknown unsupported_suite"},
		{"no kid", i.COSE(t, map[any]any{4: nil}, payload), "undetermined; proof unknown key_not_named"},
		{"another iss", i.COSE(t, nil, with("iss", `"did:example:x"`)), "invalid; format failed claims_mismatch; issuer failed claims_mismatch"},
		{"vc claim", i.COSE(t, nil, with("vc", `{}`)), "irregular; format failed mixed_models"},
		{"data model 1.1", i.COSE(t, nil, i.Badge(t, vctest.Model11)), "irregular; format failed mixed_models"},
		{"payload is not JSON", i.COSE(t, nil, []byte("hello")), "error"},
		{"duplicate member in the payload", i.COSE(t, nil, with("id", `"urn:x:1"`)), "error"},
		{"nested COSE", i.COSE(t, nil, i.COSE(t, nil, payload)), "error"},
		{"types of a presentation", i.COSE(t, map[any]any{16: "application/vp+cose", 3: "application/vp"}, payload), "irregular; format failed wrong_type"},
	} {
		if got := verifyCOSE(t, v, x.b); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

// TestCOSEEnveloped presents credentials in COSE and SD-JWT beside others, byte for
// byte.
func TestCOSEEnveloped(t *testing.T) {
	i, holder := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256), vctest.NewHolder(t)
	m := metadataIssuer(t, vctest.P256)
	all := [][]byte{i.COSE(t, nil, i.Badge(t)), i.Issue(t, vctest.As(vctest.SDJWT)), m.SDJWT(t, dc, identity(m, nil)), i.Issue(t)}
	var docs []*vc.Document
	for _, b := range all {
		d, err := cose.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	unsigned, err := vc.NewPresentation(holder.ID, docs, "urn:uuid:1")
	if err != nil {
		t.Fatal(err)
	}
	opt := vc.SignOptions{VerificationMethod: holder.Method, Purpose: vc.Authentication, Created: vctest.Now(), Challenge: "n", Domain: "d"}
	signed, err := holder.Suite("eddsa-rdfc-2022").Sign(t.Context(), unsigned, opt, holder.Signer)
	if err != nil {
		t.Fatal(err)
	}
	p, err := cose.Parse(signed)
	if err != nil {
		t.Fatal(err)
	}
	for n, d := range p.Presentation.Documents {
		if !bytes.Equal(d.Raw, all[n]) {
			t.Errorf("credential %d has changed: %v", n+1, d.Problems)
		}
	}
	r, err := newVerifier(t, m.Web).Verify(t.Context(), p, vc.Options{Challenge: "n", Domain: "d"})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{outcome(r)}
	for _, sub := range r.Check(vc.CheckProof).Sub {
		got = append(got, outcome(sub))
	}
	if diff := cmp.Diff([]string{"valid", "valid", "valid", "valid", "valid"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestCOSEVectors runs the COSE verification cases of the W3C's suite for
// VC-JOSE-COSE, whose files are in base64.
func TestCOSEVectors(t *testing.T) {
	dir := vectors(t, "w3c-vc-jose-cose")
	v, ran := keySetVerifier(t, dir), 0
	for name, x := range joseCases(t, dir) {
		if x.Fn != "verify" || !strings.HasSuffix(x.Feature, "_cose") {
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) {
			b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(string(read(t, filepath.Join(dir, "input", x.Input))), "=\n"))
			var d *vc.Document
			if err == nil {
				d, err = cose.Parse(b)
			}
			got := err == nil
			if x.Input == "presentation-cose-single.txt" { // its holder is a did:example, which has no document
				got = got && signedBy(t, b, filepath.Join(dir, "input", x.Key))
			} else {
				got = got && holds(t, v, d)
			}
			if want := x.Result == "success"; got != want {
				t.Errorf("valid: %v (%v), want %v", got, err, want)
			}
		})
	}
	if ran != 7 {
		t.Errorf("%d cases", ran)
	}
}

// signedBy reports whether the key in a file signed b.
func signedBy(t *testing.T, b []byte, name string) bool {
	t.Helper()
	c, err := cose.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return jose.VerifyJWS(c.Alg, keyFile(t, name).Signer.Public(), c.Signed, c.Signature) == nil
}

func holdsItself(t *testing.T, v *vc.Verifier, d *vc.Document) bool {
	t.Helper()
	r, err := v.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r.Checks)
	return r.Check(vc.CheckFormat).Outcome == vc.Passed && r.Check(vc.CheckProof).Outcome == vc.Passed
}

// TestIssueVectors signs the suite's issuing cases as SD-JWT and COSE and verifies
// the result. Backpack issues neither, so the tests' issuer signs: only the
// verification counts.
func TestIssueVectors(t *testing.T) {
	dir := vectors(t, "w3c-vc-jose-cose")
	v, ran := keySetVerifier(t, dir), 0
	for name, x := range joseCases(t, dir) {
		if x.Fn != "issue" || strings.HasSuffix(x.Feature, "_jose") {
			continue
		}
		ran++
		t.Run(name, func(t *testing.T) {
			i := keyFile(t, filepath.Join(dir, "input", x.Key))
			payload := read(t, filepath.Join(dir, "input", x.Input))
			thing := map[bool]string{true: "vc", false: "vp"}[strings.HasPrefix(x.Feature, "credential")]
			var b []byte
			if strings.HasSuffix(x.Feature, "_cose") {
				b = i.COSE(t, map[any]any{3: "application/" + thing, 16: "application/" + thing + "+cose"}, payload)
			} else {
				b = i.SDJWT(t, vctest.Object{"typ": thing + "+sd-jwt", "cty": thing}, hide(t, payload, x.Paths))
			}
			d, err := cose.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if d.SD != nil && len(d.SD.Disclosures) != len(x.Paths) {
				t.Errorf("%d disclosures, want %d", len(d.SD.Disclosures), len(x.Paths))
			}
			if !holdsItself(t, v, d) {
				t.Error("format or proof did not pass")
			}
		})
	}
	if ran != 5 {
		t.Errorf("%d cases", ran)
	}
}

// hide marks the members at paths as selectively disclosable.
func hide(t *testing.T, payload []byte, paths []string) vctest.Object {
	t.Helper()
	var out vctest.Object
	if err := json.Unmarshal(payload, &out); err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		names := strings.Split(path, ".")
		o := out
		for _, name := range names[:len(names)-1] {
			o = o[name].(vctest.Object)
		}
		last, index, list := strings.Cut(strings.TrimSuffix(names[len(names)-1], "]"), "[")
		if !list {
			o[last] = vctest.SD{Value: o[last]}
			continue
		}
		n, err := strconv.Atoi(index)
		if err != nil {
			t.Fatal(err)
		}
		items := o[last].([]any)
		items[n] = vctest.SD{Value: items[n]}
	}
	return out
}

// keyFile returns an issuer with the key in a file of the vectors.
func keyFile(t *testing.T, name string) *vctest.Issuer {
	t.Helper()
	var file struct{ SecretKeyJwk struct{ Crv, D, Kid string } }
	if err := json.Unmarshal(read(t, name), &file); err != nil {
		t.Fatal(err)
	}
	d, err := vc.DecodeBase64(file.SecretKeyJwk.D)
	if err != nil {
		t.Fatal(err)
	}
	var key crypto.Signer
	switch curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[file.SecretKeyJwk.Crv]; curve {
	case nil:
		key = ed25519.NewKeyFromSeed(d)
	default:
		if key, err = ecdsa.ParseRawPrivateKey(curve, d); err != nil {
			t.Fatal(err)
		}
	}
	return &vctest.Issuer{ID: "https://example.issuer/vc-jose-cose", Method: file.SecretKeyJwk.Kid, Signer: vctest.SignerOf(key)}
}

// BenchmarkSealedForms parses and verifies a badge in each form of VC-JOSE-COSE.
func BenchmarkSealedForms(b *testing.B) {
	i := vctest.NewIssuer(b, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	v := newVerifier(b, i.Web)
	for _, x := range []struct {
		name string
		text []byte
	}{
		{"jwt", i.Issue(b, vctest.As(vctest.JOSEVC))},
		{"sd-jwt", i.Issue(b, vctest.As(vctest.SDJWT))},
		{"cose", i.COSE(b, nil, i.Badge(b))},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d, err := cose.Parse(x.text)
				if err != nil {
					b.Fatal(err)
				}
				if r, err := v.Verify(b.Context(), d, vc.Options{}); err != nil || r.Verdict(vc.Policy{}) != vc.Valid {
					b.Fatal(err)
				}
			}
		})
	}
}
