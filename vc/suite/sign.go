package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"backpack/vc"
)

// Sign implements vc.SigningSuite. A document that has proofs already gets one
// more: a proof set, each over the document without any (specs D3.8).
func (s *dataIntegrity) Sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, signer vc.Signer) ([]byte, error) {
	doc, err := vc.ParseJSON(unsigned)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if !doc.Is(vc.Object) {
		return nil, fmt.Errorf("sign: %w: not an object", vc.ErrMalformed)
	}
	h, err := s.family.hash(signer.Public())
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	text, err := s.options(doc, opt)
	if err != nil {
		return nil, err
	}
	options, err := vc.ParseJSON(text)
	if err != nil {
		return nil, fmt.Errorf("sign: proof options: %w", err)
	}
	var sig []byte
	err = s.canon.hashes(ctx, doc, options, h, nil, func(message []byte) error {
		sig, err = signer.Sign(ctx, message)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	proof := append(text[:len(text)-1], fmt.Sprintf(`,"proofValue":%q}`, encodeProofValue(sig))...)
	return addProof(doc, proof)
}

// options writes a proof without its value.
func (s *dataIntegrity) options(doc *vc.Value, opt vc.SignOptions) ([]byte, error) {
	if opt.VerificationMethod == "" || opt.Purpose == "" || opt.Created.IsZero() {
		return nil, errors.New("sign: a verification method, a purpose and a time are needed")
	}
	var b bytes.Buffer
	b.WriteByte('{')
	if _, ok := s.canon.(jcs); ok && doc.Get("@context") != nil {
		fmt.Fprintf(&b, `"@context":%s,`, doc.Get("@context").Raw()) // specs D4.2
	}
	fmt.Fprintf(&b, `"type":"DataIntegrityProof","cryptosuite":%q`, s.ids[0])
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
			return nil, fmt.Errorf("sign: %s: %w", m[0], err)
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

// addProof writes the document with one proof more; everything else stays as
// it was written, in its order.
func addProof(doc *vc.Value, proof []byte) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	items := doc.Items()
	for i := range items {
		if items[i].Name() == "proof" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(items[i].Name())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%s", name, items[i].Raw())
	}
	b.WriteString(`,"proof":`)
	if old := doc.Get("proof").List(); len(old) > 0 {
		b.WriteByte('[')
		for _, p := range old {
			b.WriteString(p.Raw())
			b.WriteByte(',')
		}
		b.Write(proof)
		b.WriteByte(']')
	} else {
		b.Write(proof)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
