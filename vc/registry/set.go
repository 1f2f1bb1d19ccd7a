package registry

import (
	"context"
	"errors"
	"time"

	"backpack/vc"
)

// A Source is a registry.
type Source interface {
	// Label returns the registry's name.
	Label() string
	// Lookup returns the listing of an issuer, nil if the registry does not know
	// it. The error states why the registry could not be asked.
	Lookup(ctx context.Context, q vc.Inquiry) (*vc.Listing, error)
	// LooksLike returns the domain of a known issuer for which domain could be
	// mistaken, or "". It sends no request.
	LooksLike(domain string) string
}

// A Set asks several registries. Its zero value asks none, but still detects
// deceptive domains. It is immutable and safe for concurrent use.
type Set struct {
	Sources []Source
	// Patience limits one lookup in all registries; one that has not answered by
	// then counts as unreachable. 0 means 5 s: the result changes no verdict, so
	// a badge does not wait longer.
	Patience time.Duration
}

var _ vc.Registry = (*Set)(nil)

// With returns a Set with more registries.
func (s *Set) With(more ...Source) *Set {
	out := &Set{}
	if s != nil {
		out.Patience = s.Patience
		out.Sources = append(out.Sources, s.Sources...)
	}
	out.Sources = append(out.Sources, more...)
	return out
}

// Refresh reads lists again that are due. The error names those that could not be
// read; their last good copies stay in use.
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

// Known asks all registries. A current list precedes one that could not be read
// again.
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

// unknown returns why no registry knows the issuer; a deceptive domain is the first
// reason.
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

// Label implements Source.
func (l *List) Label() string { return l.Name }

// Lookup implements Source.
func (l *List) Lookup(_ context.Context, q vc.Inquiry) (*vc.Listing, error) { return l.find(q), nil }

// LooksLike implements Source.
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
