package did

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
)

// hasDocument reports whether the issuer can have a document of its own that
// lists its keys.
func hasDocument(issuer string) bool {
	return authority(issuer) != "" || strings.HasPrefix(issuer, "did:web:")
}

// byIssuer lets the issuer's own document decide about a key on the issuer's host
// or with another controller. The result is unknown if the document is
// unavailable or lists no keys.
func (r *Resolver) byIssuer(ctx context.Context, k *vc.Key, q vc.KeyRequest) *vc.Key {
	hosted := k.Outcome == vc.Passed && k.Binding == vc.BindingDomain
	others := k.Outcome == vc.Failed && k.Reason == vc.ReasonControllerMismatch
	if !hosted && !others || !hasDocument(q.Issuer) {
		return k
	}
	doc, err := r.controllerDocument(ctx, q.Issuer)
	switch {
	case err != nil:
		return undecided(k, err)
	case doc.listsNoKeys(q.Purpose):
		return undecided(k, fmt.Errorf("%w: %.200s", vc.ErrNoKeys, doc.id))
	}
	if listed := doc.lists(k, q); listed != nil {
		return listed
	}
	if hosted {
		return notListed(k.Public, q.ID, "the issuer's document does not list the key")
	}
	return k
}

// undecided returns k with an unknown owner.
func undecided(k *vc.Key, cause error) *vc.Key {
	u := unconfirmed(k.Public, k.ID, cause)
	if u.Outcome == vc.Failed { // another subject's document is no evidence either way
		u.Outcome, u.Reason = vc.Unknown, vc.ReasonNotConfirmed
	}
	u.Type, u.Controller, u.Expires, u.Revoked = k.Type, k.Controller, k.Expires, k.Revoked
	return u
}

// lists returns k as the document lists it, by material or by name; nil if it
// lists neither, or another key under that name.
func (d *document) lists(k *vc.Key, q vc.KeyRequest) *vc.Key {
	if listed := d.holds(k.Public, q.Purpose); listed != nil && listed.Reason != vc.ReasonControllerMismatch {
		listed.Binding = vc.BindingDocument
		bind(listed, d.id, q.Issuer)
		return listed
	}
	if q.ID == "" || !d.named(q.ID) || d.namesOtherKey(q.ID, k.Public) || d.hasOtherController(q.ID) {
		return nil
	}
	out := *k
	out.Outcome, out.Reason, out.Detail, out.Binding = vc.Passed, "", "", vc.BindingDocument
	d.judge(&out, q.ID, q.Purpose)
	return &out
}

// namesOtherKey reports whether the document has a key other than pub under id. A key
// in an unsupported form may be pub.
func (d *document) namesOtherKey(id string, pub crypto.PublicKey) bool {
	m := d.method(id)
	if m == nil {
		return false
	}
	key, err := methodKey(m)
	return err == nil && !equalKeys(key, pub) || err != nil && !errors.Is(err, vc.ErrUnsupported)
}

// hasOtherController reports whether the document names another controller for a key under
// its own address.
func (d *document) hasOtherController(id string) bool {
	c := d.absolute(controllerOf(d.method(id)))
	return strings.HasPrefix(id, d.id+"#") && c != "" && c != d.id
}

// judge sets the outcome of a key that the document controls: passed if listed
// for the purpose, failed if only for others, unknown if for none.
func (d *document) judge(k *vc.Key, id string, purpose vc.Purpose) {
	switch {
	case d.authorises(id, purpose):
		return
	case d.hasPurpose(id):
		k.Outcome, k.Reason, k.Detail = vc.Failed, vc.ReasonNotAuthorised, "not listed under "+string(purpose)
	default:
		k.Outcome, k.Reason, k.Detail = vc.Unknown, vc.ReasonKeyPurpose, "not listed under any purpose"
	}
	k.Binding = vc.BindingNone
}

// purposes are the members that list keys for a purpose.
var purposes = []string{"assertionMethod", "authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation"}

// hasPurpose reports whether the document lists the method for any purpose.
func (d *document) hasPurpose(id string) bool {
	return slices.ContainsFunc(purposes, func(name string) bool { return d.authorises(id, vc.Purpose(name)) })
}

// named reports whether any member contains the method, as an object or by id.
func (d *document) named(id string) bool {
	if d.method(id) != nil {
		return true
	}
	return slices.ContainsFunc(slices.Concat(methodMembers, purposes), func(name string) bool { return d.authorises(id, vc.Purpose(name)) })
}
