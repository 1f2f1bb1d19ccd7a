package inspect

import (
	"context"
	"slices"
	"sync"

	"backpack/vc"
)

// An ownWord records the roles of the answers that a replayed check used. If
// the file bears no mark of ours, these answers are its own word. The zero
// value is ready to use.
type ownWord struct {
	mu    sync.Mutex
	roles map[vc.Role]bool
}

func (o *ownWord) add(role vc.Role) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.roles == nil {
		o.roles = map[vc.Role]bool{}
	}
	o.roles[role] = true
}

// heard returns a context that records every answer.
func (o *ownWord) heard(ctx context.Context) context.Context {
	return vc.WithRecorder(ctx, func(req vc.FetchRequest, _ *vc.Resource) { o.add(req.Role) })
}

// said reports whether the check used any answer.
func (o *ownWord) said() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.roles) > 0
}

// rests lists the checks that rest on an answer, by its role. All checks rest on
// the roles that are not listed: those that serve the badge, or a newer one.
var rests = map[vc.Role][]vc.CheckID{
	vc.RoleIssuer: {vc.CheckProof, vc.CheckIssuer, vc.CheckHolder, vc.CheckKnown, vc.CheckRevocation, vc.CheckRefresh,
		vc.CheckEndorsement, vc.CheckOriginal},
	vc.RoleStatus:   {vc.CheckRevocation, vc.CheckEndorsement},
	vc.RoleContext:  {vc.CheckTerms, vc.CheckProof, vc.CheckEndorsement},
	vc.RoleSchema:   {vc.CheckSchema},
	vc.RoleImage:    {vc.CheckResources},
	vc.RoleCriteria: {},
}

// mark removes from a result everything good that only the file vouches for.
// Everything bad stays.
func (o *ownWord) mark(c *Checked) {
	o.mu.Lock()
	defer o.mu.Unlock()
	c.OwnWord = true
	if c.Report != nil {
		o.report(c.Report)
	}
	if c.Confirmed == vc.Passed {
		c.Confirmed = vc.Unknown
	}
	if c.Verdict.Genuine() {
		c.Verdict = vc.Undetermined
	}
	if o.roles[vc.RoleImage] {
		c.Image, c.Summary.Image, c.Summary.ImageType = nil, "", ""
	}
}

func (o *ownWord) report(r *vc.Report) {
	// An issuer that is a key needs no answer about the key.
	keyOnly := r.Fact(vc.FactControl).Value == vc.ControlKey
	for i := range r.Checks {
		c := &r.Checks[i]
		if c.Outcome == vc.Passed && o.covers(c.ID, keyOnly) {
			c.Outcome, c.Reason, c.Detail = vc.Unknown, vc.ReasonOwnWord, ""
		}
		for _, sub := range c.Sub {
			o.report(sub)
		}
	}
	if r.Check(vc.CheckIssuer).Outcome != vc.Passed {
		r.Binding, r.Key, r.Known = "", "", nil
	}
	for i := range r.Lists {
		if l := &r.Lists[i]; l.Outcome == vc.Passed {
			l.Outcome, l.Reason = vc.Unknown, vc.ReasonOwnWord
		}
	}
}

// covers reports whether a check rests on a recorded answer.
func (o *ownWord) covers(id vc.CheckID, keyOnly bool) bool {
	for role := range o.roles {
		list, ok := rests[role]
		seal := id == vc.CheckProof || id == vc.CheckIssuer
		if !ok || slices.Contains(list, id) && !(keyOnly && seal && role == vc.RoleIssuer) {
			return true
		}
	}
	return false
}
