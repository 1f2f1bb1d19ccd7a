package registry

import (
	"context"
	"errors"
	"time"

	"backpack/vc"
)

// A Source is one registry.
type Source interface {
	// Label is the registry's name.
	Label() string
	// Lookup returns what it says of an issuer, nil when it does not know it.
	// The error says why it could not be asked.
	Lookup(ctx context.Context, q vc.Inquiry) (*vc.Listing, error)
	// LooksLike returns the domain of an issuer it knows that another domain
	// could be taken for, or "". It asks nobody.
	LooksLike(domain string) string
}

// A Set asks several registries. Its zero value asks none, and still tells
// domains that deceive. It never changes and is safe for concurrent use.
type Set struct {
	Sources []Source
	// Patience is how long all of them together may take over one issuer; what
	// has not answered by then could not be asked. 0 means 5 s: a badge does not
	// wait longer for what changes none of its verdicts.
	Patience time.Duration
}

var _ vc.Registry = (*Set)(nil)

// With returns a Set that also asks more.
func (s *Set) With(more ...Source) *Set {
	out := &Set{}
	if s != nil {
		out.Patience = s.Patience
		out.Sources = append(out.Sources, s.Sources...)
	}
	out.Sources = append(out.Sources, more...)
	return out
}

// Refresh reads again what is due. The error tells what could not be read; the
// last good copies stay in use.
func (s *Set) Refresh(ctx context.Context) error {
	if s == nil {
		return nil
	}
	var faults []error
	for _, src := range s.Sources {
		if r, ok := src.(*Remote); ok {
			faults = append(faults, r.Refresh(ctx))
		}
	}
	return errors.Join(faults...)
}

// Known asks all registries. One that is read afresh counts before one that
// could not be read again.
func (s *Set) Known(ctx context.Context, q vc.Inquiry) vc.Known {
	patience := s.Patience
	if patience == 0 {
		patience = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var fresh, old []vc.Listing
	var faults []error
	for _, src := range s.Sources {
		switch l, err := src.Lookup(ctx, q); {
		case err != nil:
			faults = append(faults, err)
		case l == nil:
		case l.Stale:
			old = append(old, *l)
		default:
			fresh = append(fresh, *l)
		}
	}
	all := append(fresh, old...)
	switch {
	case len(fresh) > 0:
		return vc.Known{Outcome: vc.Passed, Listings: all}
	case len(old) > 0:
		return vc.Known{Outcome: vc.Passed, Reason: vc.ReasonOldList, Listings: all}
	}
	return s.unknown(q, errors.Join(faults...))
}

// unknown says why nobody knows the issuer. That its domain deceives is the
// first thing to say.
func (s *Set) unknown(q vc.Inquiry, fault error) vc.Known {
	domain := DomainOf(q.Issuer)
	for _, src := range s.Sources {
		if other := src.LooksLike(domain); other != "" {
			return vc.Known{Outcome: vc.Unknown, Reason: vc.ReasonLookAlike, Detail: other}
		}
	}
	switch {
	case Deceptive(domain):
		return vc.Known{Outcome: vc.Unknown, Reason: vc.ReasonMixedScript, Detail: domain}
	case fault != nil:
		return vc.Known{Outcome: vc.Unknown, Reason: vc.ReasonUnreachable, Detail: fault.Error()}
	case len(s.Sources) == 0:
		return vc.Known{Outcome: vc.Skipped, Reason: vc.ReasonNoRegistry}
	}
	return vc.Known{Outcome: vc.Unknown, Reason: vc.ReasonNotListed}
}

// Label is the list's name.
func (l *List) Label() string { return l.Name }

// Lookup finds an issuer in the list.
func (l *List) Lookup(_ context.Context, q vc.Inquiry) (*vc.Listing, error) { return l.find(q), nil }

// LooksLike finds a domain in the list that another could be taken for.
func (l *List) LooksLike(domain string) string {
	if domain == "" {
		return ""
	}
	return l.looksLike(domain)
}

var (
	_ Source = (*List)(nil)
	_ Source = (*Remote)(nil)
	_ Source = (*Federation)(nil)
)
