package suite

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backpack/vc"
)

// Sign implements vc.SigningSuite. In a document with proofs, the new one joins the
// proof set: each covers the document without proofs (specs D3.8). The error wraps
// vc.ErrTerms if JSON-LD would drop part of the document, which the proof would not
// cover.
func (s *dataIntegrity) Sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, signer vc.Signer) ([]byte, error) {
	signed, err := s.sign(ctx, unsigned, opt, signer)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", s.ids[0], err)
	}
	return signed, nil
}

func (s *dataIntegrity) sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, signer vc.Signer) ([]byte, error) {
	if len(opt.Mandatory) > 0 {
		return nil, fmt.Errorf("%w: it does not support selective disclosure", vc.ErrUnsupported)
	}
	h, err := s.family.hash(signer.Public())
	if err != nil {
		return nil, err
	}
	_, overJSON := s.canon.(jcs)
	in, err := toSign(unsigned, opt, s.ids[0], overJSON)
	if err != nil {
		return nil, err
	}
	in.hash = h
	message, err := s.canon.message(ctx, in)
	if err != nil {
		return nil, explain(err, in.doc)
	}
	sig, err := signMessage(ctx, s.family, message, h, signer)
	if err != nil {
		return nil, err
	}
	return in.signed(encodeProofValue(sig))
}

// toSign reads the document and writes the proof without its value.
func toSign(unsigned []byte, opt vc.SignOptions, suite string, overJSON bool) (input, error) {
	in := input{value: "proofValue", extra: opt.Contexts}
	var err error
	if in.doc, err = vc.ParseJSON(unsigned); err != nil {
		return in, err
	}
	if !in.doc.Is(vc.Object) {
		return in, fmt.Errorf("%w: the document is not an object", vc.ErrMalformed)
	}
	text, err := proofOptions(in.doc, opt, suite, overJSON)
	if err != nil {
		return in, err
	}
	if in.options, err = vc.ParseJSON(text); err != nil {
		return in, fmt.Errorf("proof options: %w", err)
	}
	return in, nil
}

// signed returns the document with the proof and its value.
func (in input) signed(proofValue string) ([]byte, error) {
	text := in.options.Raw()
	return addProof(in.doc, fmt.Sprintf(`%s,"proofValue":%q}`, text[:len(text)-1], proofValue))
}

// signMessage returns the signer's signature after verifying it.
func signMessage(ctx context.Context, f family, message []byte, h crypto.Hash, signer vc.Signer) ([]byte, error) {
	sig, err := signer.Sign(ctx, message)
	if err != nil {
		return nil, err
	}
	if key := signer.Public(); len(sig) != f.size(key) || !f.verify(key, h, message, sig) {
		return nil, fmt.Errorf("%w: the signer's own key does not verify it", vc.ErrSignature)
	}
	return sig, nil
}

// The contexts named by explain (specs A1.4).
const (
	contextV1            = "https://www.w3.org/2018/credentials/v1"
	contextDataIntegrity = "https://w3id.org/security/data-integrity/"
)

// explain adds a hint at the context that documents of data model 1.1 most often
// lack.
func explain(err error, doc *vc.Value) error {
	urls := doc.Get("@context").Strs()
	here := func(u string) bool { return strings.HasPrefix(u, contextDataIntegrity) }
	if errors.Is(err, vc.ErrTerms) && slices.Contains(urls, contextV1) && !slices.ContainsFunc(urls, here) {
		return fmt.Errorf("a document of data model 1.1 also needs the context %sv2: %w", contextDataIntegrity, err)
	}
	return err
}

// proofOptions writes a proof without its value.
func proofOptions(doc *vc.Value, opt vc.SignOptions, suite string, overJSON bool) ([]byte, error) {
	if opt.VerificationMethod == "" || opt.Purpose == "" || opt.Created.IsZero() {
		return nil, errors.New("a verification method, a purpose and a time are required")
	}
	var b bytes.Buffer
	b.WriteByte('{')
	if overJSON && doc.Get("@context") != nil {
		fmt.Fprintf(&b, `"@context":%s,`, doc.Get("@context").Raw()) // specs D4.2
	}
	fmt.Fprintf(&b, `"type":"DataIntegrityProof","cryptosuite":%q`, suite)
	for _, m := range [][2]string{
		{"created", stamp(opt.Created)}, {"expires", stamp(opt.Expires)},
		{"verificationMethod", opt.VerificationMethod}, {"proofPurpose", string(opt.Purpose)},
		{"challenge", opt.Challenge}, {"domain", opt.Domain},
	} {
		if m[1] == "" {
			continue
		}
		value, err := json.Marshal(m[1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m[0], err)
		}
		fmt.Fprintf(&b, ",%q:%s", m[0], value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// addProof returns the document with one more proof. All other bytes stay as
// written.
func addProof(doc *vc.Value, proof string) ([]byte, error) {
	text := doc.Raw()
	old := doc.Get("proof")
	if old == nil {
		comma := ","
		if len(doc.Items()) == 0 {
			comma = ""
		}
		return []byte(text[:len(text)-1] + comma + `"proof":` + proof + "}"), nil
	}
	from, to := span(doc, "proof")
	switch list := text[from:to]; {
	case old.Is(vc.Object):
		proof = "[" + list + "," + proof + "]"
	case old.Is(vc.Array) && len(old.Items()) == 0:
		proof = "[" + proof + "]"
	case old.Is(vc.Array):
		proof = list[:len(list)-1] + "," + proof + "]"
	default:
		return nil, fmt.Errorf("%w: the document's proof is %s", vc.ErrMalformed, old.Kind())
	}
	return []byte(text[:from] + proof + text[to:]), nil
}

// span returns the position of a member's value in the text of its object.
func span(object *vc.Value, name string) (from, to int) {
	text, at := object.Raw(), 1
	for _, m := range object.Items() {
		at += strings.IndexByte(text[at:], '"') + 1 // skip to the name
		for ; text[at] != '"'; at++ {
			if text[at] == '\\' {
				at++
			}
		}
		at += strings.IndexByte(text[at:], ':') + 1
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n"))
		if m.Name() == name {
			return at, at + len(m.Raw())
		}
		at += len(m.Raw())
	}
	return at, at
}
