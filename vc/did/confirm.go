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

// asked reports whether an issuer has a document of its own that can be asked
// which keys are the issuer's.
func asked(issuer string) bool {
	return authority(issuer) != "" || strings.HasPrefix(issuer, "did:web:")
}

// byIssuer lets the issuer's own document decide on a key that only lies on
// the issuer's host, or that another controls. The document may list either;
// while it cannot be had, or lists no keys at all, nobody can tell.
func (r *Resolver) byIssuer(ctx context.Context, k *vc.Key, q vc.KeyRequest) *vc.Key {
	hosted := k.Outcome == vc.Passed && k.Binding == vc.BindingDomain
	others := k.Outcome == vc.Failed && k.Reason == vc.ReasonControllerMismatch
	if !hosted && !others || !asked(q.Issuer) {
		return k
	}
	doc, err := r.controllerDocument(ctx, q.Issuer)
	switch {
	case err != nil:
		return open(k, err)
	case doc.silent(q.Purpose):
		return open(k, fmt.Errorf("%w: %.200s", vc.ErrNoKeys, doc.id))
	}
	if listed := doc.lists(k, q); listed != nil {
		return listed
	}
	if hosted {
		return notListed(k.Public, q.ID, "the issuer's document does not list the key")
	}
	return k
}

// open makes a key one of which nobody can tell now whose it is.
func open(k *vc.Key, cause error) *vc.Key {
	u := unconfirmed(k.Public, k.ID, cause)
	if u.Outcome == vc.Failed { // what stands there speaks of somebody else, and so neither for nor against
		u.Outcome, u.Reason = vc.Unknown, vc.ReasonNotConfirmed
	}
	u.Type, u.Controller, u.Expires, u.Revoked = k.Type, k.Controller, k.Expires, k.Revoked
	return u
}

// lists returns k as the document lists it, by its material or by its name;
// nil when it does neither, or gives the name to another key.
func (d *document) lists(k *vc.Key, q vc.KeyRequest) *vc.Key {
	if listed := d.holds(k.Public, q.Purpose); listed != nil && listed.Reason != vc.ReasonControllerMismatch {
		listed.Binding = vc.BindingDocument
		bind(listed, d.id, q.Issuer)
		return listed
	}
	if q.ID == "" || !d.named(q.ID) || d.another(q.ID, k.Public) || d.disowned(q.ID) {
		return nil
	}
	out := *k
	out.Outcome, out.Reason, out.Detail, out.Binding = vc.Passed, "", "", vc.BindingDocument
	d.judge(&out, q.ID, q.Purpose)
	return &out
}

// another reports whether the document gives the name to a key that is not pub.
// One that it holds in a form that we cannot read may be the same.
func (d *document) another(id string, pub crypto.PublicKey) bool {
	m := d.method(id)
	if m == nil {
		return false
	}
	key, err := methodKey(m)
	return err == nil && !equalKeys(key, pub) || err != nil && !errors.Is(err, vc.ErrUnsupported)
}

// disowned reports whether the document says of a key under its own address
// that somebody else controls it.
func (d *document) disowned(id string) bool {
	c := d.absolute(controllerOf(d.method(id)))
	return strings.HasPrefix(id, d.id+"#") && c != "" && c != d.id
}

// judge says whether the document uses a key of its own for the purpose. A key
// that it lists for no purpose at all is neither allowed nor denied.
func (d *document) judge(k *vc.Key, id string, purpose vc.Purpose) {
	switch {
	case d.authorises(id, purpose):
		return
	case d.purposed(id):
		k.Outcome, k.Reason, k.Detail = vc.Failed, vc.ReasonNotAuthorised, "not listed under "+string(purpose)
	default:
		k.Outcome, k.Reason, k.Detail = vc.Unknown, vc.ReasonKeyPurpose, "listed under none of the purposes"
	}
	k.Binding = vc.BindingNone
}

// purposes are the members that say what a key is for.
var purposes = []string{"assertionMethod", "authentication", "keyAgreement", "capabilityInvocation", "capabilityDelegation"}

// purposed reports whether the document lists the method for any purpose.
func (d *document) purposed(id string) bool {
	return slices.ContainsFunc(purposes, func(name string) bool { return d.authorises(id, vc.Purpose(name)) })
}

// named reports whether the document names a method anywhere, as an object or
// by its address alone.
func (d *document) named(id string) bool {
	if d.method(id) != nil {
		return true
	}
	return slices.ContainsFunc(slices.Concat(holders, purposes), func(name string) bool { return d.authorises(id, vc.Purpose(name)) })
}
