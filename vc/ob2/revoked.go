package ob2

import (
	"context"
	"fmt"

	"backpack/vc"
)

// revocationList looks up a signed badge in its issuer's revocation list (specs B1.8,
// B2.6).
func (r *run) revocationList(ctx context.Context, p *parts, issuerFault *fault) {
	list := reference(p.issuer, "revocationList")
	switch {
	case r.found[vc.CheckProof].Outcome == vc.Failed: // no requests for a forged badge
		r.set(vc.CheckRevocation, vc.Skipped, vc.ReasonNotRun, "")
		return
	case issuerFault != nil: // only the issuer's own profile names the list
		r.set(vc.CheckRevocation, vc.Unknown, issuerFault.reason, issuerFault.detail)
		return
	case list == "":
		r.set(vc.CheckRevocation, vc.Skipped, vc.ReasonNotStated, "the issuer has no revocation list")
		return
	}
	if r.found[vc.CheckProof].Outcome == vc.Passed {
		ctx = vc.WithHolding(ctx)
	}
	n, f := r.get(ctx, list)
	switch {
	case f != nil && f.reason == vc.ReasonNotABadge:
		r.set(vc.CheckRevocation, vc.Unknown, vc.ReasonStatusList, f.detail)
		return
	case f != nil:
		r.fault(vc.CheckRevocation, f)
		return
	case n.gone || n.value == nil:
		r.set(vc.CheckRevocation, vc.Unknown, vc.ReasonHostedGone, list+" responds with status 410")
		return
	}
	uid := member(p.assertion, "uid").Str()
	own := identifier(p.assertion)
	if member(n.value, "revokedAssertions") == nil && p.version != v20 {
		r.revokedMap(n, own, uid)
		return
	}
	r.revokedList(n, p, own, uid)
}

// revokedList searches the list of 2.0: ids, or objects with id or uid.
func (r *run) revokedList(n *node, p *parts, own, uid string) {
	entries := member(n.value, "revokedAssertions")
	if entries == nil && !isType(n.value, "RevocationList") {
		r.set(vc.CheckRevocation, vc.Unknown, vc.ReasonStatusList, n.id+" does not serve a revocation list")
		return
	}
	if issuer := reference(n.value, "issuer"); issuer != "" && !sameID(issuer, p.issuerAddress()) {
		r.warn(vc.ReasonStatusIssuer, fmt.Sprintf("the revocation list names the issuer %.200s", issuer))
	}
	for _, e := range entries.List() {
		id, entryUID, reason := e.Str(), "", ""
		if e.Is(vc.Object) {
			id, entryUID = identifier(e), member(e, "uid").Str()
			reason = member(e, "revocationReason").Str()
		}
		if sameID(id, own) || uid != "" && (entryUID == uid || id == uid) {
			r.set(vc.CheckRevocation, vc.Failed, vc.ReasonRevoked, nonEmpty(reason, n.id))
			return
		}
	}
	r.set(vc.CheckRevocation, vc.Passed, "", n.id)
}

// revokedMap searches the object of 1.x, which maps uids to reasons.
func (r *run) revokedMap(n *node, own, uid string) {
	for _, key := range []string{uid, own} {
		if e := n.value.Get(key); e != nil && key != "" {
			r.set(vc.CheckRevocation, vc.Failed, vc.ReasonRevoked, nonEmpty(e.Str(), n.id))
			return
		}
	}
	r.set(vc.CheckRevocation, vc.Passed, "", n.id)
}
