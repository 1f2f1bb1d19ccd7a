package wallet

import (
	"context"
	"slices"
	"sync"

	"backpack/vc"
)

// An ownWord notes which answers out of a file a check made use of: where the
// file bears no mark of ours, they are its own word. The zero value is ready.
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

// heard returns a context in which every answer is noted.
func (o *ownWord) heard(ctx context.Context) context.Context {
	note := func(req vc.FetchRequest, _ *vc.Resource) { o.add(req.Role) }
	return withSoft(vc.WithRecorder(ctx, note), vc.WithRecorder(soft(ctx), note))
}

// said reports whether any answer was made use of.
func (o *ownWord) said() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.roles) > 0
}

// rests lists the checks that rest on an answer. On what serves the badge
// itself, or a newer one in its place, all of them do.
var rests = map[vc.Role][]vc.CheckID{
	vc.RoleIssuer:   {vc.CheckProof, vc.CheckIssuer, vc.CheckHolder, vc.CheckKnown, vc.CheckRevocation, vc.CheckRefresh, vc.CheckEndorsement, vc.CheckOriginal},
	vc.RoleStatus:   {vc.CheckRevocation, vc.CheckEndorsement},
	vc.RoleContext:  {vc.CheckTerms, vc.CheckProof, vc.CheckEndorsement},
	vc.RoleSchema:   {vc.CheckSchema},
	vc.RoleImage:    {vc.CheckResources},
	vc.RoleCriteria: {},
}

// mark takes out of a result what the file alone vouches for. What speaks
// against the badge stays.
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
	// An issuer that is itself a key needs no answer: those are about others.
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

// covers reports whether a check rests on an answer that was given.
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
