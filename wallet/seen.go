package wallet

import (
	"cmp"
	"context"
	"slices"
	"time"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
)

// maxKeysSeen is how many keys an entry keeps; the latest stay.
const maxKeysSeen = 20

// seen returns keys with the issuer's key that a check found.
func seen(keys []KeySeen, r *vc.Report) []KeySeen {
	if r == nil || r.Key == "" {
		return keys
	}
	if i := slices.IndexFunc(keys, func(k KeySeen) bool { return k.Thumbprint == r.Key }); i >= 0 {
		k := keys[i]
		k.Last = later(k.Last, r.At)
		return append(slices.Delete(slices.Clone(keys), i, i+1), k)
	}
	keys = append(slices.Clone(keys), KeySeen{Thumbprint: r.Key, First: r.At, Last: r.At})
	return keys[max(0, len(keys)-maxKeysSeen):]
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// An IssuerView is what a learner's own backpack knows about an issuer. No other
// backpack contributes to it.
type IssuerView struct {
	ID      string    // the issuer's id; names and domain are in the entries' summaries
	Entries []*Entry  // its badges, the newest first
	Since   time.Time // when the first of its badges was added
	Keys    []KeySeen // all keys of its badges, the latest last
	// Endorsements are the endorsements of the issuer that its badges carry, with
	// their reports.
	Endorsements []*inspect.Checked
}

// IssuerRef returns the reference to an issuer within a backpack. It is a digest of
// the id, since ids have any form and length.
func IssuerRef(id string) string { return sha256Hex([]byte(id))[:32] }

// IssuerSeen returns what the backpack knows about the issuer with the IssuerRef
// ref, or a Missing error if it has no badge of that issuer.
func (w *Wallet) IssuerSeen(ctx context.Context, a storage.AccountID, ref string) (*IssuerView, error) {
	all, err := w.allEntries(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &IssuerView{}
	for _, e := range all {
		if id := e.Summary.IssuerID; id != "" && IssuerRef(id) == ref {
			out.ID = id
			out.Entries = append(out.Entries, e)
		}
	}
	if len(out.Entries) == 0 {
		return nil, fail(Missing, "issuer_gone", nil)
	}
	slices.SortFunc(out.Entries, newestFirst)
	out.collect()
	return out, w.endorsed(ctx, a, out)
}

// collect sets Since and Keys from the entries.
func (i *IssuerView) collect() {
	i.Since = i.Entries[len(i.Entries)-1].AddedAt
	for _, e := range i.Entries {
		for _, k := range e.Keys {
			i.see(k)
		}
	}
	slices.SortFunc(i.Keys, func(a, b KeySeen) int { return cmp.Or(a.Last.Compare(b.Last), a.First.Compare(b.First)) })
}

// Latest returns the badge with the latest check.
func (i *IssuerView) Latest() *Entry {
	return slices.MaxFunc(i.Entries, func(a, b *Entry) int { return a.CheckedAt.Compare(b.CheckedAt) })
}

func (i *IssuerView) see(k KeySeen) {
	at := slices.IndexFunc(i.Keys, func(x KeySeen) bool { return x.Thumbprint == k.Thumbprint })
	if at < 0 {
		i.Keys = append(i.Keys, k)
		return
	}
	i.Keys[at].Last = later(i.Keys[at].Last, k.Last)
	if k.First.Before(i.Keys[at].First) {
		i.Keys[at].First = k.First
	}
}

// maxIssuerBadges limits how many of an issuer's badges are searched for
// endorsements of the issuer.
const maxIssuerBadges = 20

// endorsed collects the endorsements of the issuer, each once.
func (w *Wallet) endorsed(ctx context.Context, a storage.AccountID, i *IssuerView) error {
	known := map[string]bool{}
	for _, e := range i.Entries[:min(len(i.Entries), maxIssuerBadges)] {
		subs := e.Report.Check(vc.CheckEndorsement).Sub
		if len(subs) == 0 {
			continue
		}
		b, err := w.Badge(ctx, a, e.ID)
		if err != nil {
			return err
		}
		if b.Document == nil || b.Document.Credential == nil {
			continue
		}
		for n, d := range vc.AllEndorsements(b.Document.Credential) {
			if c := d.Credential; n < len(subs) && c != nil && c.Subject.ID == i.ID && !known[string(d.Raw)] {
				known[string(d.Raw)] = true
				i.Endorsements = append(i.Endorsements, &inspect.Checked{Document: d, Report: subs[n], Verdict: subs[n].Verdict(w.Policy())})
			}
		}
	}
	return nil
}
