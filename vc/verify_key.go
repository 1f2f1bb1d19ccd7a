package vc

import (
	"errors"
	"slices"
)

// keyRequest returns the request for a proof's key by the rules of the document's
// form.
func (c *check) keyRequest(p *Proof, purpose Purpose, controller string) KeyRequest {
	q := KeyRequest{ID: p.VerificationMethod, Issuer: controller, Purpose: purpose, At: c.r.At}
	switch {
	case p.JOSE == nil:
	case c.d.Form == SDJWTVC:
		q.Issued, q.X5C = true, p.JOSE.X5C
	default:
		q.JWK, q.Certified = p.JOSE.JWK, certified(p.JOSE.Header)
	}
	return q
}

// certified reports whether a header names the signer's certificate (RFC 7515 4.1.5
// to 4.1.8).
func certified(header *Value) bool {
	for _, name := range []string{"x5c", "x5u", "x5t", "x5t#S256"} {
		if header.Get(name) != nil {
			return true
		}
	}
	return false
}

// keyOutcome returns the result for a key that was not found. An unreachable key
// proves nothing; an impossible one does.
func keyOutcome(err error) (Outcome, Reason) {
	switch {
	case errors.Is(err, ErrUnreachable), errors.Is(err, ErrForbidden), errors.Is(err, ErrTooLarge):
		return Unknown, FetchReason(err)
	case errors.Is(err, ErrUnsupported):
		return Unknown, ReasonUnsupported
	case errors.Is(err, ErrNoKeys):
		return Unknown, ReasonNoKeys
	case errors.Is(err, ErrNoKeyName):
		return Unknown, ReasonKeyNotNamed
	case errors.Is(err, ErrCertificate):
		return Unknown, ReasonKeyCertificate
	case errors.Is(err, ErrNotFound):
		return Failed, ReasonKeyNotFound
	case errors.Is(err, ErrMalformed):
		return Failed, ReasonKeyUnsuitable
	}
	return Unknown, ReasonNotRun
}

// sameList reports whether two values, or lists of values, have the same text.
func sameList(a, b *Value) bool {
	return slices.EqualFunc(a.List(), b.List(), func(x, y *Value) bool { return x.Raw() == y.Raw() })
}
