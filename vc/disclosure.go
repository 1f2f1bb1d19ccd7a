package vc

import (
	"context"
	"strings"
)

// A DerivingSuite signs such that the holder can disclose a part. What Sign
// makes is a base proof, with a secret in it that tells all: only the holder may
// have it. Verify refuses one with ErrPrivateCopy; what Derive makes from it
// is for others.
type DerivingSuite interface {
	SigningSuite
	// VerifyBase is Verify for a base proof, on its holder's behalf.
	VerifyBase(ctx context.Context, d *Document, p *Proof, key *Key) error
	// Derive returns a document with what JSON pointers (RFC 6901) name, with
	// what they stand in and with what the issuer made mandatory; "" names
	// everything. Its one proof is derived from d's base proof. Errors wrap
	// ErrNotFound when d has no base proof of this suite, ErrMalformed when a
	// pointer leads nowhere, ErrSignature when the base proof does not hold by
	// itself (whose key signed it is not looked at).
	Derive(ctx context.Context, d *Document, pointers []string) ([]byte, error)
}

// Base reports whether p is, or calls itself, a base proof of selective
// disclosure, also of a suite that we do not know (specs D4.5, D4.8).
func (p *Proof) Base() bool { return isBase(p.Value) }

// isBase looks at the three bytes that a proofValue of selective disclosure
// begins with, in base64url: d9 5d and an even number.
func isBase(proof *Value) bool {
	text, ok := strings.CutPrefix(proof.Get("proofValue").Str(), "u2V0")
	return ok && text != "" && strings.IndexByte("ACEGI", text[0]) >= 0 && proof.Get("type").Str() == "DataIntegrityProof"
}

// HoldsBase reports whether anything in v has a base proof: then v is for its
// holder alone.
func HoldsBase(v *Value) bool {
	if isBase(v) {
		return true
	}
	for i := range v.Items() {
		if HoldsBase(&v.Items()[i]) {
			return true
		}
	}
	return false
}

// verifyWith asks the suite, about a base proof on its holder's behalf.
func verifyWith(ctx context.Context, s Suite, d *Document, p *Proof, key *Key) error {
	ctx, done, err := Turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	if deriving, ok := s.(DerivingSuite); ok && p.Base() {
		return deriving.VerifyBase(ctx, d, p, key)
	}
	return s.Verify(ctx, d, p, key)
}

// derives reports whether a proof of the suite may disclose a part only.
func derives(s Suite, p *Proof) bool {
	_, ok := s.(DerivingSuite)
	return ok && !p.Base() || p.Type == "BbsBlsSignatureProof2020"
}

// unstated says why something is missing: who shows a derived proof, or an
// SD-JWT of W3C's model that has more digests than disclosures, may have left it
// out (specs D4.7). In an SD-JWT VC nothing of the kind can be left out: its
// issuer must not make status, nbf and exp of those that can be, and many of its
// other claims are hidden as a matter of course.
func (c *check) unstated() Reason {
	if c.derived || c.d.Form == SDJWTVCDM && c.d.SD.HiddenTop > 0 {
		return ReasonNotDisclosed
	}
	return ReasonNotStated
}

// hides reports whether a part of a member of an SD-JWT is left out.
func (c *check) hides(name string) bool { return c.d.SD != nil && c.d.SD.hiddenIn[name] }
