package wallet

import (
	"context"
	"strings"
	"sync"
	"time"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A shortlist holds what lists need of all badges of an account. It does not
// change, except that orders fills up.
type shortlist struct {
	badges          []*Listed // in order of ID
	issuers, skills []string
	states          []vc.Verdict
	since           time.Time // when all badges were read; those that change later are read again
	size            int       // approximate, in bytes

	mu     sync.Mutex
	orders map[string][]*Listed // by Query.Sort, made on demand
}

func newShortlist(badges []*Listed, since time.Time) *shortlist {
	s := &shortlist{badges: badges, since: since, orders: map[string][]*Listed{}}
	s.facets()
	for _, b := range badges {
		s.size += listedSize + len(b.Title) + len(b.text) + 16*len(b.Skills)
	}
	for _, shared := range [...][]string{s.issuers, s.skills} {
		for _, text := range shared {
			s.size += len(text)
		}
	}
	return s
}

// listedSize is the approximate memory of a Listed in four orders, in bytes and
// without its texts.
const listedSize = 320

// shortlist returns the account's current shortlist. It reads the versions of all
// badges from the store, and takes only unchanged badges from the cache. If it had
// to read more than most badges, it returns errMany; 0 means no limit.
func (w *Wallet) shortlist(ctx context.Context, a storage.AccountID, most int) (*shortlist, error) {
	now := w.now()
	known := w.lists.of(a, now)
	var s *shortlist
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
		if known == nil {
			s, err = readShortlist(tx, v, now, most)
		} else {
			s, err = known.renewed(tx, v, now, most)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	w.lists.remember(a, s)
	return s, nil
}

// renewed returns s if no badge has changed, else a new shortlist.
func (s *shortlist) renewed(tx storage.Tx, v *vault.Vault, now time.Time, most int) (*shortlist, error) {
	badges := make([]*Listed, 0, len(s.badges))
	var changed []int
	old := s.badges
	err := tx.Versions(v.Account, storage.KindEntry, func(id string, version int64) error {
		for len(old) > 0 && old[0].ID < id {
			old = old[1:]
		}
		if len(old) > 0 && old[0].ID == id && old[0].version == version {
			badges = append(badges, old[0])
			return nil
		}
		changed = append(changed, len(badges))
		badges = append(badges, &Listed{ID: id})
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(changed) == 0 && len(badges) == len(s.badges):
		return s, nil
	case most > 0 && len(changed) > most:
		return nil, errMany
	case len(changed) > manyEntries:
		return readShortlist(tx, v, now, most)
	}
	for _, i := range changed {
		b, rec, err := vault.Load[brief](tx, v, storage.KindEntry, badges[i].ID)
		if err != nil {
			return nil, err
		}
		badges[i] = b.listed(rec, func(s string) string { return s })
	}
	return newShortlist(badges, s.since), nil
}

// readShortlist reads all badges.
func readShortlist(tx storage.Tx, v *vault.Vault, now time.Time, most int) (*shortlist, error) {
	texts := map[string]string{}
	once := func(text string) string { // badges share the memory of equal texts
		if _, ok := texts[text]; !ok {
			texts[text] = text
		}
		return texts[text]
	}
	var badges []*Listed
	err := vault.Each(tx, v, storage.KindEntry, func(b *brief, rec *storage.Record) error {
		if most > 0 && len(badges) == most {
			return errMany
		}
		badges = append(badges, b.listed(rec, once))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newShortlist(badges, now), nil
}

// A brief is the part of an Entry that lists need. Most of an entry serves only
// the badge's own page.
type brief struct {
	Summary inspect.Summary
	Verdict vc.Verdict
	Mine    string
	Note    string
	AddedAt time.Time
}

// shown returns the fields that lists show; once returns the shared copy of a text.
func (b *brief) shown(id string, once func(string) string) *Listed {
	s := &b.Summary
	l := &Listed{ID: id, Title: s.Title, Issuer: once(s.Issuer), Domain: once(s.Domain), AwardedAt: s.AwardedAt, ValidUntil: s.ValidUntil,
		AddedAt: b.AddedAt, Verdict: vc.Verdict(once(string(b.Verdict))), Picture: s.Image != "", Origin: once(s.Picture),
		Inside: vc.Verdict(once(string(s.Inside))), Sample: s.Sample, Mine: b.Mine != ""}
	for _, skill := range s.Skills {
		l.Skills = append(l.Skills, once(skill))
	}
	return l
}

// listed returns the fields that lists show, with the version and the searched text.
func (b *brief) listed(rec *storage.Record, once func(string) string) *Listed {
	l, s := b.shown(rec.ID, once), &b.Summary
	l.version = rec.Version
	l.text = strings.ToLower(strings.Join([]string{s.Title, s.Issuer, s.Domain, s.Description, b.Note}, "\n"))
	return l
}

// Listed returns the fields of the entry that lists show.
func (e *Entry) Listed() *Listed {
	b := brief{Summary: e.Summary, Verdict: e.Verdict, Mine: e.Mine, AddedAt: e.AddedAt}
	return b.shown(e.ID, func(s string) string { return s })
}
