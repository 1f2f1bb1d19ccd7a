package suite

import (
	"context"
	"crypto"
	"errors"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/ld"

	"github.com/google/go-cmp/cmp"
)

// TestRevisions counts the tried bodies of contexts (specs A1.6): all that any
// context in the document has had, until the proof is valid.
func TestRevisions(t *testing.T) {
	const ob = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	inside := `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"verifiableCredential":[` + badge + `]}`
	undefined := strings.Replace(badge, `"evidence"`, `"zzz":"1","evidence"`, 1)
	other := errors.New("something else")
	for _, x := range []struct {
		name, doc string
		answers   []error // results of the signature check
		want      error
		tried     int
	}{
		{"valid at once", badge, []error{nil}, nil, 1},
		{"valid under an older body", badge, []error{vc.ErrSignature, nil}, nil, 2},
		{"valid under none", badge, []error{vc.ErrSignature, vc.ErrSignature}, vc.ErrSignature, 2},
		{"undecidable", badge, []error{vc.ErrSignature, other}, other, 2},
		{"another failure", badge, []error{other}, other, 1},
		{"a single body", strings.Replace(badge, ob, strings.Replace(ob, "3.0.3", "3.0.2", 1), 1), []error{vc.ErrSignature}, vc.ErrSignature, 1},
		{"nested context", inside, []error{vc.ErrSignature, nil}, nil, 2},
		{"undefined in both", undefined, nil, vc.ErrTerms, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			text := strings.TrimSuffix(x.doc, "}") + `,"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022"}}`
			d := document(t, []byte(text))
			in := input{doc: d.Claims, options: d.Proofs[0].Value, value: "proofValue", hash: crypto.SHA256}
			tried := 0
			err := rdfc{engine(t)}.check(context.Background(), in, func([]byte) error {
				if tried++; tried > len(x.answers) {
					return errors.New("tried too often")
				}
				return x.answers[tried-1]
			})
			if !errors.Is(err, x.want) || (err == nil) != (x.want == nil) || tried != x.tried {
				t.Errorf("%v after %d, want %v after %d", err, tried, x.want, x.tried)
			}
		})
	}
}

func TestContextURLs(t *testing.T) {
	v, err := vc.ParseJSON([]byte(`{"@context":["a",{"@context":"b","x":{"@context":"c"}}],"y":[1,{"@context":"d"}],"@graph":"e"}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d"}, contextURLs(nil, v)); diff != "" {
		t.Error(diff)
	}
}

// poison returns a document with two nodes of n identical children each. RDFC-1.0
// tries every order of them.
func poison(n int) string {
	child := `{"https://example.org/b":"1"},`
	node := `{"https://example.org/a":[` + strings.TrimSuffix(strings.Repeat(child, n), ",") + `]}`
	return strings.Replace(badge, `"evidence": [`, `"https://example.org/all":[`+node+","+node+`],"evidence": [`, 1)
}

// TestThreat08PoisonIsNeitherValidNorInvalid checks that an undecidable document is
// neither valid nor invalid.
func TestThreat08PoisonIsNeitherValidNorInvalid(t *testing.T) {
	x := roundTrips(t)[0]
	signed := string(x.sign(t, badge))
	proof := signed[strings.Index(signed, `"proof"`):]
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name, text string
		ctx        context.Context
		want       error
	}{
		{"unknown context", strings.Replace(signed, "context-3.0.3.json", "context-9.9.9.json", 1), context.Background(), vc.ErrContext},
		{"entangled blank nodes", strings.TrimSuffix(poison(20), "}") + "," + proof, context.Background(), vc.ErrTooComplex},
		{"cancelled", signed, cancelled, context.Canceled},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := document(t, []byte(c.text))
			err := x.suite.Verify(c.ctx, d, &d.Proofs[0], &vc.Key{Public: x.key.Public()})
			if !errors.Is(err, c.want) || errors.Is(err, vc.ErrSignature) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestKeptContexts verifies with a stored context, and fails without it.
func TestKeptContexts(t *testing.T) {
	const url = "https://school.example/terms"
	doc := strings.Replace(badge, `context-3.0.3.json"`, `context-3.0.3.json","`+url+`"`, 1)
	doc = strings.Replace(doc, `"evidence"`, `"houseColour":"red","evidence"`, 1)
	text := strings.TrimSuffix(doc, "}") + `,"proof":{"type":"DataIntegrityProof","cryptosuite":"eddsa-rdfc-2022",` +
		`"verificationMethod":"did:example:issuer#key","proofPurpose":"assertionMethod"PROOF}}`
	kept := map[string][]byte{url: []byte(`{"@context":{"houseColour":"https://school.example/terms#houseColour"}}`)}
	x := roundTrips(t)[0]

	d := document(t, []byte(strings.Replace(text, "PROOF", "", 1)))
	message, err := rdfc{engine(t)}.message(context.Background(),
		input{doc: d.Claims, options: d.Proofs[0].Value, value: "proofValue", hash: crypto.SHA256, extra: kept})
	if err != nil {
		t.Fatal(err)
	}
	sig, _ := x.key.Sign(context.Background(), message)
	d = document(t, []byte(strings.Replace(text, "PROOF", `,"proofValue":"`+encodeProofValue(sig)+`"`, 1)))
	if err := x.verify(d); !errors.Is(err, vc.ErrContext) {
		t.Errorf("without the context: %v", err)
	}
	d.Contexts = kept
	if err := x.verify(d); err != nil {
		t.Errorf("with the context: %v", err)
	}
	d.Contexts = map[string][]byte{url: []byte(`{"@context":{"houseColour":"https://school.example/terms#shirtColour"}}`)}
	if err := x.verify(d); !errors.Is(err, vc.ErrSignature) {
		t.Errorf("with another context: %v", err)
	}
}

// FuzzVerify checks that a modified document that verifies still means what was
// signed.
func FuzzVerify(f *testing.F) {
	trips := roundTrips(f)[:2]
	var signed [2]string
	for i, x := range trips {
		signed[i] = string(x.sign(f, badge))
	}
	for _, s := range []string{`"evidence": [`, `"@context"`, "Fire Safety", `"proofPurpose":"assertionMethod"`, `{"narrative": "Passed the test."}`} {
		f.Add(s, s+" ")
		f.Add(s, strings.Replace(s, "e", "\\u0065", 1))
		f.Add(s, `"@index":"x",`+s)
	}
	f.Fuzz(func(t *testing.T, old, new string) {
		for i, x := range trips {
			changed := strings.Replace(signed[i], old, new, 1)
			v, err := vc.ParseJSON([]byte(changed))
			if err != nil || !v.Is(vc.Object) {
				return
			}
			if x.verify(documentOf(v)) != nil {
				continue
			}
			original := document(t, []byte(signed[i])).Claims
			a, errA := engine(t).Canonicalize(context.Background(), v, ld.Options{})
			b, errB := engine(t).Canonicalize(context.Background(), original, ld.Options{})
			if !equal(v, original) && (errA != nil || errB != nil || string(a) != string(b)) {
				t.Errorf("%q in place of %q was accepted", new, old)
			}
		}
	})
}
