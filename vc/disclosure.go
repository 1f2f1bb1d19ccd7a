package vc

import (
	"context"
	"strings"
)

// A DerivingSuite signs for selective disclosure. Sign makes a base proof, whose
// secret reveals everything: only the holder may have it. Derive makes a proof for
// others from it. Verify refuses a base proof with ErrPrivateCopy.
type DerivingSuite interface {
	SigningSuite
	// VerifyBase is Verify for a base proof, on behalf of its holder.
	VerifyBase(ctx context.Context, d *Document, p *Proof, key *Key) error
	// Derive returns a document reduced to what the JSON pointers (RFC 6901)
	// select, their ancestors and the issuer's mandatory parts; "" selects
	// everything. Its single proof is derived from d's base proof. Errors wrap
	// ErrNotFound if d has no base proof of this suite, ErrMalformed if a pointer
	// selects nothing, and ErrSignature if the base proof is invalid. Derive does
	// not check whose key signed it.
	Derive(ctx context.Context, d *Document, pointers []string) ([]byte, error)
}

// Base reports whether p is a base proof of selective disclosure or claims to be
// one, even of an unknown suite (specs D4.5, D4.8).
func (p *Proof) Base() bool { return isBase(p.Value) }

// isBase checks the three bytes that start a proofValue of selective disclosure, in
// base64url: d9 5d and an even number.
func isBase(proof *Value) bool {
	text, ok := strings.CutPrefix(proof.Get("proofValue").Str(), "u2V0")
	return ok && text != "" && strings.IndexByte("ACEGI", text[0]) >= 0 && proof.Get("type").Str() == "DataIntegrityProof"
}

// HoldsBase reports whether v contains a base proof, which makes it private to its
// holder.
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

// verifyWith calls the suite. It accepts base proofs, on behalf of their holder.
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

// derives reports whether a proof of the suite may disclose only a part.
func derives(s Suite, p *Proof) bool {
	_, ok := s.(DerivingSuite)
	return ok && !p.Base() || p.Type == "BbsBlsSignatureProof2020"
}

// unstated returns the reason for an absent member. The holder of a derived proof,
// or of an SD-JWT of W3C's model with hidden members, may have left it out (specs
// D4.7). An SD-JWT VC cannot hide status, nbf or exp, so there an absent one was
// never stated.
func (c *check) unstated() Reason {
	if c.derived {
		return ReasonNotDisclosed
	}
	return ReasonNotStated
}

// hides reports whether part of the SD-JWT's member name is undisclosed.
func (c *check) hides(name string) bool { return c.d.SD != nil && c.d.SD.hiddenIn[name] }
