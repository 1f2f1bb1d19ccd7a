package vc

import (
	"bytes"
	"fmt"
)

// A COSESign1 is a parsed COSE_Sign1 (RFC 9052, 4.2). Nothing in it is verified.
type COSESign1 struct {
	Alg              string // JOSE name
	Kid              string
	Typ, ContentType string // media types
	Payload          []byte
	Signature        []byte
	Signed           []byte // the bytes that are signed
}

// A COSEOpener parses a COSE_Sign1. This package has none, since the standard
// library lacks CBOR; vc/cose provides one.
type COSEOpener func(b []byte) (*COSESign1, error)

// ParseWith is Parse that also reads COSE, at any depth, if open is not nil.
func ParseWith(b []byte, open COSEOpener) (*Document, error) {
	p := &parser{open: open}
	if isCOSE(b) { // binary, so no trimming
		return p.cose(b, 0)
	}
	return p.bytes(bytes.TrimSpace(b), 0)
}

// isCOSE reports whether b is CBOR rather than text: an array of four, optionally
// tagged as COSE_Sign1.
func isCOSE(b []byte) bool { return len(b) > 0 && (b[0] == 0xd2 || b[0] == 0x84) }

// cose reads a credential or presentation secured with COSE (VC-JOSE-COSE 3.3).
func (p *parser) cose(b []byte, depth int) (*Document, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%w: documents nested deeper than %d", ErrTooLarge, maxNesting)
	}
	if p.open == nil {
		return nil, fmt.Errorf("%w: COSE", ErrUnsupported)
	}
	s, err := p.open(b)
	if err != nil {
		return nil, err
	}
	kind, err := s.kind()
	if err != nil {
		return nil, err
	}
	payload, err := ParseJSON(s.Payload)
	if err != nil {
		return nil, fmt.Errorf("COSE payload: %w", err)
	}
	if !payload.Is(Object) {
		return nil, fmt.Errorf("%w: the payload of a credential must be a JSON object", ErrUnsupported)
	}
	proof := (&JWS{Alg: s.Alg, SigningInput: s.Signed, Signature: s.Signature}).proof(payload)
	proof.Type, proof.VerificationMethod = "COSE", s.Kid
	proof.JOSE.Kid, proof.JOSE.Typ = s.Kid, s.Typ
	d := &Document{Raw: bytes.Clone(b), Form: COSEVC, Claims: payload, Proofs: []Proof{proof}}
	if err := p.content(d, depth); err != nil {
		return nil, err
	}
	d.checkShape(proof.JOSE, kind)
	d.checkItself()
	return d, nil
}

// kind returns "vc" or "vp" according to the types, or "" if they do not say. Other
// types are refused (specs D5.1, D5.3).
func (s *COSESign1) kind() (string, error) {
	kind := ""
	for _, x := range []struct{ media, suffix string }{{s.Typ, "+cose"}, {s.ContentType, ""}} {
		name := mediaSubtype(x.media)
		switch {
		case name == "":
		case (name == "vc"+x.suffix || name == "vp"+x.suffix) && (kind == "" || kind == name[:2]):
			kind = name[:2]
		default:
			return "", fmt.Errorf("%w: COSE of type %.40q with content type %.40q", ErrUnsupported, s.Typ, s.ContentType)
		}
	}
	return kind, nil
}

// checkItself notes vc and vp claims beside a payload that is itself a credential
// or presentation (specs D5.1).
func (d *Document) checkItself() {
	for _, name := range []string{"vc", "vp"} {
		if d.Claims.Get(name) != nil {
			d.problem(ReasonMixedModels, "the payload is a credential and also has the claim %s", name)
		}
	}
}
