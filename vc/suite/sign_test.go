package suite

import (
	"context"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
)

// A roundTrip is a suite with a signing key.
type roundTrip struct {
	name  string
	suite vc.SigningSuite
	key   signer
}

func roundTrips(t testing.TB) []roundTrip {
	e := engine(t)
	p256, p384 := ecSigner(t, elliptic.P256()), ecSigner(t, elliptic.P384())
	return []roundTrip{
		{"eddsa-rdfc-2022", EdDSA(e), edSigner(1)},
		{"eddsa-jcs-2022", EdDSAJCS(), edSigner(1)},
		{"ecdsa-rdfc-2019 P-256", ECDSA(e), p256},
		{"ecdsa-rdfc-2019 P-384", ECDSA(e), p384},
		{"ecdsa-jcs-2019 P-256", ECDSAJCS(), p256},
		{"ecdsa-jcs-2019 P-384", ECDSAJCS(), p384},
	}
}

func (x roundTrip) sign(t testing.TB, unsigned string) []byte {
	t.Helper()
	signed, err := x.suite.Sign(context.Background(), []byte(unsigned), options(), x.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// verify verifies all proofs of the document.
func (x roundTrip) verify(d *vc.Document) error {
	if len(d.Proofs) == 0 {
		return errors.New("no proof")
	}
	for i := range d.Proofs {
		if err := x.suite.Verify(context.Background(), d, &d.Proofs[i], &vc.Key{Public: x.key.Public()}); err != nil {
			return err
		}
	}
	return nil
}

func TestSignAndVerify(t *testing.T) {
	for _, x := range roundTrips(t) {
		t.Run(x.name, func(t *testing.T) {
			signed := x.sign(t, badge)
			if err := x.verify(document(t, signed)); err != nil {
				t.Errorf("one proof: %v", err)
			}
			if kept, _, _ := strings.Cut(badge, "\n}"); !strings.HasPrefix(string(signed), kept) {
				t.Errorf("the members have changed: %s", signed)
			}
			twice := x.sign(t, string(signed))
			d := document(t, twice)
			if err := x.verify(d); err != nil || len(d.Proofs) != 2 {
				t.Errorf("%d proofs: %v", len(d.Proofs), err)
			}
			other := roundTrip{x.name, x.suite, x.key}
			if other.key.ed != nil {
				other.key = edSigner(2)
			} else {
				other.key = ecSigner(t, x.key.ec.Curve)
			}
			if err := other.verify(d); !errors.Is(err, vc.ErrSignature) {
				t.Errorf("another key: %v", err)
			}
		})
	}
}

// TestSignOptions signs a presentation with all options.
func TestSignOptions(t *testing.T) {
	const vp = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"holder":"did:example:learner"}`
	opt := vc.SignOptions{
		VerificationMethod: "did:example:learner#key", Purpose: vc.Authentication,
		Created: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)), Expires: time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC),
		Challenge: `n"o<n>ce`, Domain: "employer.example",
	}
	for _, s := range []vc.SigningSuite{EdDSA(engine(t)), EdDSAJCS()} {
		signed, err := s.Sign(context.Background(), []byte(vp), opt, edSigner(1))
		if err != nil {
			t.Fatal(err)
		}
		d := document(t, signed)
		got := map[string]string{}
		for _, m := range d.Proofs[0].Value.Items() {
			if m.Name() != "proofValue" && m.Name() != "@context" {
				got[m.Name()] = m.Text()
			}
		}
		want := map[string]string{
			"type": "DataIntegrityProof", "cryptosuite": s.IDs()[0], "verificationMethod": "did:example:learner#key",
			"proofPurpose": "authentication", "created": "2026-01-02T02:04:05Z", "expires": "2026-01-03T00:00:00Z",
			"challenge": `n"o<n>ce`, "domain": "employer.example",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if err := (roundTrip{"", s, edSigner(1)}).verify(d); err != nil {
			t.Error(err)
		}
	}
}

// badSigner returns a fixed signature or error.
type badSigner struct {
	signer
	sig []byte
	err error
}

func (b badSigner) Sign(context.Context, []byte) ([]byte, error) { return b.sig, b.err }

func TestSignRefuses(t *testing.T) {
	e := engine(t)
	v11 := strings.NewReplacer("https://www.w3.org/ns/credentials/v2", contextV1, "validFrom", "issuanceDate").Replace(badge)
	without := func(change func(*vc.SignOptions)) vc.SignOptions {
		opt := options()
		change(&opt)
		return opt
	}
	down := errors.New("the key store is down")
	for _, x := range []struct {
		name string
		s    vc.SigningSuite
		doc  string
		opt  vc.SignOptions
		key  vc.Signer
		want error  // nil: any error
		says string // part of the error text
	}{
		{"undefined term", EdDSA(e), strings.Replace(badge, `"narrative"`, `"narative"`, 1), options(), edSigner(1), vc.ErrTerms, "narative"},
		{"relative type", ECDSA(e), strings.Replace(badge, `"Evidence"`, `"Proof of it"`, 1), options(), ecSigner(t, elliptic.P256()), vc.ErrTerms, "Proof of it"},
		{"unknown context", EdDSA(e), strings.Replace(badge, "context-3.0.3.json", "context-9.9.9.json", 1), options(), edSigner(1), vc.ErrContext, ""},
		{"data model 1.1 without the proof context", EdDSA(e), v11, options(), edSigner(1), vc.ErrTerms,
			"needs the context https://w3id.org/security/data-integrity/v2"},
		{"not JSON", EdDSA(e), `{`, options(), edSigner(1), vc.ErrMalformed, ""},
		{"not an object", EdDSA(e), `[]`, options(), edSigner(1), vc.ErrMalformed, ""},
		{"duplicate member", EdDSAJCS(), `{"a":1,"a":2}`, options(), edSigner(1), vc.ErrMalformed, ""},
		{"proof is a text", EdDSAJCS(), `{"proof":"none"}`, options(), edSigner(1), vc.ErrMalformed, ""},
		{"key of another kind", EdDSA(e), badge, options(), ecSigner(t, elliptic.P256()), vc.ErrMalformed, ""},
		{"P-521", ECDSA(e), badge, options(), ecSigner(t, elliptic.P521()), vc.ErrMalformed, ""},
		{"Ed25519 for ECDSA", ECDSAJCS(), badge, options(), edSigner(1), vc.ErrMalformed, ""},
		{"no method", EdDSA(e), badge, without(func(o *vc.SignOptions) { o.VerificationMethod = "" }), edSigner(1), nil, "method"},
		{"no purpose", EdDSA(e), badge, without(func(o *vc.SignOptions) { o.Purpose = "" }), edSigner(1), nil, "purpose"},
		{"no time", EdDSA(e), badge, without(func(o *vc.SignOptions) { o.Created = time.Time{} }), edSigner(1), nil, "time"},
		{"relative method", EdDSA(e), badge, without(func(o *vc.SignOptions) { o.VerificationMethod = "key-1" }), edSigner(1), vc.ErrTerms, ""},
		{"failing signer", EdDSA(e), badge, options(), badSigner{edSigner(1), nil, down}, down, ""},
		{"signature of something else", EdDSA(e), badge, options(), badSigner{edSigner(1), make([]byte, 64), nil}, vc.ErrSignature, ""},
		{"signature with a prefix", EdDSA(e), badge, options(), badSigner{edSigner(1), make([]byte, 69), nil}, vc.ErrSignature, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			signed, err := x.s.Sign(context.Background(), []byte(x.doc), x.opt, x.key)
			if err == nil || x.want != nil && !errors.Is(err, x.want) || !strings.Contains(err.Error(), x.says) {
				t.Errorf("%s, %v, want %v %q", signed, err, x.want, x.says)
			}
		})
	}
}

// TestSignOldModel signs a document of data model 1.1 that names the proof context
// (specs A1.4).
func TestSignOldModel(t *testing.T) {
	doc := `{"@context":["` + contextV1 + `","https://w3id.org/security/data-integrity/v2"],` +
		`"type":["VerifiableCredential"],"issuer":"did:example:issuer","issuanceDate":"2026-01-02T03:04:05Z",` +
		`"credentialSubject":{"id":"did:example:learner"}}`
	x := roundTrip{"", EdDSA(engine(t)), edSigner(1)}
	if err := x.verify(document(t, x.sign(t, doc))); err != nil {
		t.Error(err)
	}
}

func TestSignCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := EdDSA(engine(t)).Sign(ctx, []byte(badge), options(), edSigner(1)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestAddProof checks that all bytes outside the proof are kept.
func TestAddProof(t *testing.T) {
	for name, x := range map[string]struct{ doc, want string }{
		"empty":               {`{}`, `{"proof":P}`},
		"members":             {`{ "b" : 1 , "a":2 }`, `{ "b" : 1 , "a":2 ,"proof":P}`},
		"escaped":             {`{"\u0062":"\u00e9\/"}`, `{"\u0062":"\u00e9\/","proof":P}`},
		"one":                 {`{"proof" :  {"x":1} ,"z":0}`, `{"proof" :  [{"x":1},P] ,"z":0}`},
		"list of one":         {`{"proof":[ {"x":1} ]}`, `{"proof":[ {"x":1} ,P]}`},
		"empty list":          {`{"proof":[ ]}`, `{"proof":[P]}`},
		"escaped name":        {`{"pr\u006fof":{"x":1}}`, `{"pr\u006fof":[{"x":1},P]}`},
		"name like its value": {`{"1":1,"{}":{},"proof":{}}`, `{"1":1,"{}":{},"proof":[{},P]}`},
		"quotes in names":     {`{"a\"b:":"\"proof\":{}","\\":0,"proof":{}}`, `{"a\"b:":"\"proof\":{}","\\":0,"proof":[{},P]}`},
		"surrounding space":   {" {\n\t\"proof\"\r\n:\n{}\n}\n", "{\n\t\"proof\"\r\n:\n[{},P]\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := vc.ParseJSON([]byte(x.doc))
			if err != nil {
				t.Fatal(err)
			}
			got, err := addProof(v, `{"p":0}`)
			if want := strings.Replace(x.want, "P", `{"p":0}`, 1); err != nil || string(got) != want {
				t.Errorf("%s, %v, want %s", got, err, want)
			}
			if !json.Valid(got) {
				t.Errorf("%s is not JSON", got)
			}
		})
	}
}

// FuzzAddProof checks that addProof adds one proof and changes nothing else.
func FuzzAddProof(f *testing.F) {
	for _, s := range []string{`{}`, `{"proof":{}}`, `{"a\\":"}","proof":[{"b":[]}],"c":{}}`, badge} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := vc.ParseJSON([]byte(s))
		if err != nil || !v.Is(vc.Object) {
			return
		}
		out, err := addProof(v, `{"p":0}`)
		if err != nil {
			return
		}
		got, err := vc.ParseJSON(out)
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		before, after := v.Get("proof").List(), got.Get("proof").List()
		if len(after) != len(before)+1 || after[len(before)].Raw() != `{"p":0}` {
			t.Errorf("%d proofs became %s", len(before), got.Get("proof").Raw())
		}
		if !equal(v.With([]string{"proof"}), got.With([]string{"proof"})) {
			t.Errorf("%s became %s", s, out)
		}
	})
}
