package registry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"backpack/vc"
)

// Limits of a walk through a federation.
const (
	maxDepth    = 6  // statements between the issuer and the anchor
	maxRequests = 24 // per walk
	maxHints    = 8  // superiors to try per entity
	maxKept     = 4096
	absentFor   = time.Hour
	silentFor   = 2 * time.Minute // pause after an anchor did not answer
)

// wellKnown is the path of an entity's configuration (OpenID Federation 9).
const wellKnown = "/.well-known/openid-federation"

// A Federation knows an issuer if a trust anchor of OpenID Federation 1.0, or an
// entity below the anchor, vouches for the issuer. It is safe for concurrent use.
type Federation struct {
	web    Web
	name   string
	anchor string // the anchor's entity id

	mu   sync.Mutex
	kept map[string]outcome // by issuer
	down time.Time          // when the anchor last did not answer
}

// An outcome is the result for an issuer, and the time until which it may be used.
type outcome struct {
	listing *vc.Listing
	until   time.Time
}

// NewFederation returns the federation of an anchor, given its entity id, an https
// address. An empty name means the anchor's own.
func NewFederation(w Web, name, anchor string) (*Federation, error) {
	anchor = sameURL(strings.TrimSuffix(sameURL(anchor), wellKnown))
	u, err := url.Parse(anchor)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: %q is not an https address of a trust anchor", vc.ErrMalformed, short(anchor))
	}
	return &Federation{web: w, name: line(name), anchor: anchor, kept: map[string]outcome{}}, nil
}

// Label returns the given name, or the anchor's host.
func (f *Federation) Label() string {
	if f.name != "" {
		return f.name
	}
	u, _ := url.Parse(f.anchor)
	return u.Host
}

// LooksLike returns "": a federation has no list of members.
func (f *Federation) LooksLike(string) string { return "" }

// Lookup searches for a chain of statements from the issuer to the anchor.
func (f *Federation) Lookup(ctx context.Context, q vc.Inquiry) (*vc.Listing, error) {
	did := strings.HasPrefix(q.Issuer, "did:")
	if !did && !strings.HasPrefix(q.Issuer, "https://") || q.Binding == vc.BindingDomain && !root(q.Issuer) || len(q.Issuer) > maxID {
		return nil, nil
	}
	if o, ok := f.remembered(q.Issuer); ok && !vc.Fresh(ctx) {
		return o.listing, nil
	}
	if f.silent() && !vc.Fresh(ctx) {
		return nil, fmt.Errorf("ask federation %s: %w a moment ago", f.anchor, vc.ErrUnreachable)
	}
	w := &walk{f: f, now: f.web.Now(), left: maxRequests, seen: map[string]bool{}}
	o, err := w.fromAnchor(ctx, q.Issuer)
	if errors.Is(err, vc.ErrNotFound) && !did {
		o, err = w.upwards(ctx, q.Issuer)
	}
	switch {
	case errors.Is(err, vc.ErrNotFound):
		o = outcome{until: w.now.Add(absentFor)}
	case err != nil:
		return nil, fmt.Errorf("ask federation %s: %w", f.anchor, err)
	}
	f.remember(q.Issuer, o)
	return o.listing, nil
}

// silent reports whether the anchor recently did not answer: not every badge should
// wait for it again.
func (f *Federation) silent() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.down.IsZero() && f.web.Now().Sub(f.down) < silentFor
}

func (f *Federation) noteSilence(ctx context.Context) {
	if vc.Offline(ctx) {
		return // no request was sent
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = f.web.Now()
}

func (f *Federation) remembered(issuer string) (outcome, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o, ok := f.kept[issuer]
	return o, ok && f.web.Now().Before(o.until)
}

func (f *Federation) remember(issuer string, o outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.kept) >= maxKept {
		clear(f.kept)
	}
	f.kept[issuer] = o
}

// A walk is a search for a chain, with its remaining budget.
type walk struct {
	f    *Federation
	now  time.Time
	left int
	seen map[string]bool
	// fault is why a path could not be followed: it may lead to the anchor.
	fault error
}

// fromAnchor asks the anchor for a statement about the issuer: the only way for a
// DID, and the shortest for other ids.
func (w *walk) fromAnchor(ctx context.Context, issuer string) (outcome, error) {
	anchor, err := w.configuration(ctx, w.f.anchor)
	if err != nil {
		w.f.noteSilence(ctx)
		return outcome{}, unreachable(err)
	}
	about, err := w.statement(ctx, anchor, issuer)
	if err != nil {
		return outcome{}, err
	}
	return w.found([]*statement{about, anchor}), nil
}

// upwards climbs from the issuer's configuration through the superiors that each
// entity lists to the anchor (OpenID Federation 10).
func (w *walk) upwards(ctx context.Context, issuer string) (outcome, error) {
	leaf, err := w.configuration(ctx, issuer)
	if err != nil {
		return outcome{}, notFound(err) // it is visibly in no federation
	}
	w.seen[sameURL(issuer)] = true
	chain, err := w.climb(ctx, leaf, []*statement{leaf})
	if err != nil && w.fault != nil {
		err = w.fault
	}
	if err != nil {
		return outcome{}, err
	}
	return w.found(chain), nil
}

// climb continues a chain, whose last entity is e, to the anchor. It visits each
// superior once, so circles end.
func (w *walk) climb(ctx context.Context, e *statement, chain []*statement) ([]*statement, error) {
	if len(chain) > maxDepth {
		return nil, vc.ErrNotFound
	}
	hints := e.claims.Get("authority_hints").Strs()
	for _, hint := range hints[:min(len(hints), maxHints)] {
		hint = sameURL(hint)
		if w.seen[hint] {
			continue
		}
		w.seen[hint] = true
		above, err := w.configuration(ctx, hint)
		var about *statement
		if err == nil {
			about, err = w.statement(ctx, above, e.sub)
		}
		if errors.Is(err, vc.ErrUnreachable) || errors.Is(err, vc.ErrTooLarge) {
			w.fault = err
		}
		if err != nil || !about.lists(e.by) {
			continue // the superior does not vouch for the key that signed below
		}
		longer := append(slices.Clone(chain), about)
		if hint == w.f.anchor {
			return append(longer, above), allows(longer)
		}
		if done, err := w.climb(ctx, above, longer); err == nil {
			return done, nil
		}
	}
	return nil, vc.ErrNotFound
}

// found returns the listing for a chain that ends with the anchor's configuration.
// Statements of superiors about the issuer precede its own.
func (w *walk) found(chain []*statement) outcome {
	o := outcome{listing: &vc.Listing{At: w.now}, until: w.now.Add(24 * time.Hour)}
	var path []string
	for _, s := range chain {
		path = append(path, s.iss+" about "+s.sub)
		if s.exp.Before(o.until) {
			o.until = s.exp
		}
	}
	about := []*statement{chain[0]}
	if len(chain) > 2 {
		about = []*statement{chain[1], chain[0]}
	}
	for _, s := range about {
		name, site := s.organisation()
		if o.listing.Name == "" {
			o.listing.Name = name
		}
		if o.listing.URL == "" {
			o.listing.URL = site
		}
	}
	if o.listing.Registry = w.f.name; w.f.name == "" {
		o.listing.Registry, _ = chain[len(chain)-1].organisation()
	}
	if o.listing.Registry == "" {
		o.listing.Registry = w.f.Label()
	}
	if o.listing.Name == "" {
		o.listing.Name = chain[0].sub
	}
	o.listing.Details = strings.Join(path, "; ")
	return o
}

// notFound turns an error in a stranger's own publication into ErrNotFound. No
// answer remains ErrUnreachable.
func notFound(err error) error {
	if errors.Is(err, vc.ErrUnreachable) {
		return err
	}
	return fmt.Errorf("%w: %w", vc.ErrNotFound, err)
}

// unreachable turns any error of the anchor into ErrUnreachable.
func unreachable(err error) error {
	if errors.Is(err, vc.ErrNotFound) {
		return fmt.Errorf("%w: %s", vc.ErrUnreachable, err.Error())
	}
	return err
}
