package wallet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// pageSize is the default number of badges on a page of a listing.
const pageSize = 60

// manyEntries is the number of badges above which a listing needs a turn: reading
// more takes CPU time and memory.
const manyEntries = 400

var errMany = errors.New("too many badges to read without a turn")

// inTurn waits for a turn (see vc.WithTurns), calls fn and releases the turn.
func inTurn[T any](ctx context.Context, fn func(context.Context) (*T, error)) (*T, error) {
	ctx, done, err := vc.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return fn(ctx)
}

// Entries returns the page of the account's badges that q selects.
func (w *Wallet) Entries(ctx context.Context, a storage.AccountID, q Query) (*Listing, error) {
	l, err := w.shortlist(ctx, a, manyEntries)
	if errors.Is(err, errMany) {
		waiting := w.cfg.Turns.As(ctx, inspect.Visitor{ID: string(a)})
		l, err = inTurn(waiting, func(ctx context.Context) (*shortlist, error) { return w.shortlist(ctx, a, 0) })
	}
	if err != nil {
		return nil, err
	}
	return l.listing(q), nil
}

// EntriesOf returns the entries with the given ids as lists show them, the newest
// first. It skips ids without an entry.
func (w *Wallet) EntriesOf(ctx context.Context, a storage.AccountID, ids []string) ([]*Listed, error) {
	var out []*Listed
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		for _, id := range ids {
			b, rec, err := vault.Load[brief](tx, v, storage.KindEntry, id)
			if errors.Is(err, storage.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, b.listed(rec, func(s string) string { return s }))
		}
		return nil
	})
	slices.SortFunc(out, newest)
	return out, err
}

// newestFirst is the default order of entries.
func newestFirst(a, b *Entry) int {
	return cmp.Or(b.AddedAt.Compare(a.AddedAt), strings.Compare(a.ID, b.ID))
}

// listing selects and sorts badges, and returns one page of them.
func (s *shortlist) listing(q Query) *Listing {
	matching := s.sorted(q.Sort)
	if q.Issuer != "" || q.Skill != "" || q.State != "" || q.Text != "" {
		words := strings.Fields(strings.ToLower(q.Text))
		all := matching
		matching = nil
		for _, b := range all {
			if q.matches(b, words) {
				matching = append(matching, b)
			}
		}
	}
	l := &Listing{All: len(s.badges), Total: len(matching), Issuers: s.issuers, Skills: s.skills, States: s.states}
	l.page(matching, q)
	return l
}

// matches reports whether the query selects a badge; words are the words of q.Text in
// lower case. Each has to be in the badge's text or in one of its skills.
func (q Query) matches(b *Listed, words []string) bool {
	if q.Issuer != "" && b.Issuer != q.Issuer || q.State != "" && string(b.Verdict) != q.State ||
		q.Skill != "" && !slices.Contains(b.Skills, q.Skill) {
		return false
	}
	for _, word := range words {
		in := func(skill string) bool { return strings.Contains(strings.ToLower(skill), word) }
		if !strings.Contains(b.text, word) && !slices.ContainsFunc(b.Skills, in) {
			return false
		}
	}
	return true
}

// page sets Entries to the matching badges after the cursor q.After, at most q.Limit
// (default pageSize), and Next to the next cursor if more follow.
func (l *Listing) page(matching []*Listed, q Query) {
	if i := slices.IndexFunc(matching, func(b *Listed) bool { return b.ID == q.After }); q.After != "" && i >= 0 {
		matching = matching[i+1:]
	}
	limit := q.Limit
	if limit <= 0 {
		limit = pageSize
	}
	if len(matching) > limit {
		matching = matching[:limit]
		l.Next = matching[limit-1].ID
	}
	l.Entries = slices.Clone(matching)
}

// sorted returns the badges in the order of Query.Sort. Any other value sorts newest
// first, which also breaks ties.
func (s *shortlist) sorted(by string) []*Listed {
	order, known := orders()[by]
	if !known {
		by, order = "", newest
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.orders[by] == nil {
		list := slices.Clone(s.badges)
		slices.SortFunc(list, order)
		s.orders[by] = list
	}
	return s.orders[by]
}

func newest(a, b *Listed) int {
	return cmp.Or(b.AddedAt.Compare(a.AddedAt), strings.Compare(a.ID, b.ID))
}

func orders() map[string]func(a, b *Listed) int {
	text := func(f func(*Listed) string) func(a, b *Listed) int {
		return func(a, b *Listed) int {
			return cmp.Or(strings.Compare(strings.ToLower(f(a)), strings.ToLower(f(b))), newest(a, b))
		}
	}
	return map[string]func(a, b *Listed) int{
		"awarded": func(a, b *Listed) int { return cmp.Or(b.AwardedAt.Compare(a.AwardedAt), newest(a, b)) },
		"title":   text(func(b *Listed) string { return b.Title }),
		"issuer":  text(func(b *Listed) string { return b.Issuer }),
	}
}

// facets collects the issuers, skills and verdicts that a listing can be filtered by.
func (s *shortlist) facets() {
	issuers, skills, states := map[string]bool{}, map[string]bool{}, map[vc.Verdict]bool{}
	for _, b := range s.badges {
		issuers[b.Issuer] = true
		states[b.Verdict] = true
		for _, skill := range b.Skills {
			skills[skill] = true
		}
	}
	delete(issuers, "")
	s.issuers, s.skills, s.states = sortedKeys(issuers), sortedKeys(skills), sortedKeys(states)
}

func sortedKeys[K ~string](m map[K]bool) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b K) int {
		return cmp.Or(strings.Compare(strings.ToLower(string(a)), strings.ToLower(string(b))), cmp.Compare(a, b))
	})
	return out
}
