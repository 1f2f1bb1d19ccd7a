package wallet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"backpack/vc"
)

// pageSize is how many badges a page of a listing holds unless asked otherwise.
const pageSize = 60

// manyEntries is from how many badges on a listing waits for its turn: to read
// them all takes a processor for a while, and memory.
const manyEntries = 400

// Entries lists badges.
func (w *Wallet) Entries(ctx context.Context, a AccountID, q Query) (*Listing, error) {
	l, err := w.list(ctx, a, q, manyEntries)
	if l != nil || err != nil {
		return l, err
	}
	if waited := inTurn(w.Turns.As(ctx, Visitor{ID: string(a)}), func(ctx context.Context) { l, err = w.list(ctx, a, q, 0) }); waited != nil {
		return nil, waited
	}
	return l, err
}

// A listed is an entry without what only a badge's own page needs: most of it.
type listed struct {
	Entry
	Report, LastGood, History, Watch, Keys passedOver
}

type passedOver struct{}

// UnmarshalJSON implements json.Unmarshaler.
func (passedOver) UnmarshalJSON([]byte) error { return nil }

// list lists badges, of all only what it is chosen and sorted by, and those of
// the page whole. It returns nil when there are more than most; 0 is no bound.
func (w *Wallet) list(ctx context.Context, a AccountID, q Query, most int) (l *Listing, err error) {
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		l = new(Listing)
		var all []*Entry
		err := loadAll(tx, v, KindEntry, func(e *listed, _ *Record) error {
			all = append(all, &e.Entry)
			if most > 0 && len(all) > most {
				return errMany
			}
			return nil
		})
		if err != nil {
			return err
		}
		l.All = len(all)
		l.facets(all)
		matching := slices.DeleteFunc(all, func(e *Entry) bool { return !q.matches(e) })
		slices.SortStableFunc(matching, q.order())
		l.Total = len(matching)
		l.page(matching, q)
		return l.complete(tx, v)
	})
	if errors.Is(err, errMany) {
		return nil, nil
	}
	return l, err
}

var errMany = errors.New("more badges than are listed at once")

// complete loads the entries of the page whole.
func (l *Listing) complete(tx Tx, v *vault) error {
	for i, e := range l.Entries {
		whole, rec, err := load[Entry](tx, v, KindEntry, e.ID)
		if err != nil {
			return err
		}
		whole.Version = rec.Version
		l.Entries[i] = whole
	}
	return nil
}

func (w *Wallet) allEntries(ctx context.Context, a AccountID) ([]*Entry, error) {
	var all []*Entry
	err := w.in(ctx, a, func(tx Tx, v *vault) error {
		all = nil
		return loadAll(tx, v, KindEntry, func(e *Entry, rec *Record) error {
			e.Version = rec.Version
			all = append(all, e)
			return nil
		})
	})
	return all, err
}

// facets collects what a listing can be filtered by.
func (l *Listing) facets(all []*Entry) {
	issuers, skills, states := map[string]bool{}, map[string]bool{}, map[vc.Verdict]bool{}
	for _, e := range all {
		issuers[e.Summary.Issuer] = true
		states[e.Verdict] = true
		for _, s := range e.Summary.Skills {
			skills[s] = true
		}
	}
	delete(issuers, "")
	l.Issuers, l.Skills, l.States = sortedKeys(issuers), sortedKeys(skills), sortedKeys(states)
}

func sortedKeys[K ~string](m map[K]bool) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b K) int { return cmp.Compare(strings.ToLower(string(a)), strings.ToLower(string(b))) })
	return out
}

func (q Query) matches(e *Entry) bool {
	s := &e.Summary
	if q.Issuer != "" && s.Issuer != q.Issuer || q.State != "" && string(e.Verdict) != q.State ||
		q.Skill != "" && !slices.Contains(s.Skills, q.Skill) {
		return false
	}
	if q.Text == "" {
		return true
	}
	text := strings.ToLower(strings.Join(append([]string{s.Title, s.Issuer, s.Domain, s.Description, e.Note}, s.Skills...), "\n"))
	for _, word := range strings.Fields(strings.ToLower(q.Text)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// order returns how entries compare; ties fall back to the newest first.
func (q Query) order() func(a, b *Entry) int {
	newest := func(a, b *Entry) int { return cmp.Or(b.AddedAt.Compare(a.AddedAt), cmp.Compare(a.ID, b.ID)) }
	text := func(f func(*Entry) string) func(a, b *Entry) int {
		return func(a, b *Entry) int {
			return cmp.Or(cmp.Compare(strings.ToLower(f(a)), strings.ToLower(f(b))), newest(a, b))
		}
	}
	switch q.Sort {
	case "awarded":
		return func(a, b *Entry) int {
			return cmp.Or(b.Summary.AwardedAt.Compare(a.Summary.AwardedAt), newest(a, b))
		}
	case "title":
		return text(func(e *Entry) string { return e.Summary.Title })
	case "issuer":
		return text(func(e *Entry) string { return e.Summary.Issuer })
	}
	return newest
}

// page cuts one page out of the matching entries, after the cursor.
func (l *Listing) page(matching []*Entry, q Query) {
	if i := slices.IndexFunc(matching, func(e *Entry) bool { return e.ID == q.After }); q.After != "" && i >= 0 {
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
	l.Entries = matching
}

// Badge returns one badge with its content.
func (w *Wallet) Badge(ctx context.Context, a AccountID, id string) (*Badge, error) {
	var b *Badge
	err := w.in(ctx, a, func(tx Tx, v *vault) error {
		got, err := loadBadge(tx, v, id)
		b = got
		return notFound(err)
	})
	if err != nil {
		return nil, err
	}
	return b, b.parse(ctx)
}

// loadBadge reads a badge's records; parse must follow, outside the transaction.
func loadBadge(tx Tx, v *vault, id string) (*Badge, error) {
	e, rec, err := load[Entry](tx, v, KindEntry, id)
	if err != nil {
		return nil, err
	}
	e.Version = rec.Version
	body, _, err := load[Body](tx, v, KindBody, id)
	if err != nil {
		return nil, err
	}
	k, _, err := loadKept(tx, v, id)
	if err != nil {
		return nil, err
	}
	b := &Badge{Entry: e, Body: body, Changes: k.Changes}
	if s := k.evidenceOf(e); s != nil {
		b.Evidence = s.At
	}
	return b, nil
}

// parse reads the document to show.
func (b *Badge) parse(ctx context.Context) error {
	raw := b.Body.Raw
	if len(b.Body.Current) > 0 {
		raw = b.Body.Current
	}
	doc, err := reparse(ctx, raw, b.Body)
	if err != nil {
		return err
	}
	useView(ctx, doc, b.Body)
	b.Document = doc
	return nil
}

// original reads the document as it was brought.
func (b *Badge) original(ctx context.Context) (*vc.Document, error) {
	if len(b.Body.Current) == 0 {
		return b.Document, nil
	}
	return reparse(ctx, b.Body.Raw, b.Body)
}

// Image returns a picture of the account's.
func (w *Wallet) Image(ctx context.Context, a AccountID, id string) (body []byte, contentType string, err error) {
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		im, _, err := load[imageRecord](tx, v, KindImage, id)
		if err != nil {
			return notFound(err)
		}
		body, contentType = im.Body, im.Type
		return nil
	})
	return body, contentType, err
}

// BadgeImage returns the picture of one of the account's badges.
func (w *Wallet) BadgeImage(ctx context.Context, a AccountID, entry string) (body []byte, contentType string, err error) {
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		e, _, err := load[Entry](tx, v, KindEntry, entry)
		if err != nil {
			return notFound(err)
		}
		im, _, err := load[imageRecord](tx, v, KindImage, e.Summary.Image)
		if err != nil {
			return notFound(err)
		}
		body, contentType = im.Body, im.Type
		return nil
	})
	return body, contentType, err
}

// CountBadges returns how many badges the account holds, without opening any.
func (w *Wallet) CountBadges(ctx context.Context, a AccountID) (n int, err error) {
	err = w.in(ctx, a, func(tx Tx, _ *vault) error {
		n, _, err = tx.Count(a, KindEntry)
		return err
	})
	return n, err
}

// changeEntry applies fn to an entry and stores it.
func (w *Wallet) changeEntry(ctx context.Context, a AccountID, id string, fn func(tx Tx, v *vault, e *Entry) error) error {
	return w.change(ctx, a, func(tx Tx, v *vault) error {
		e, rec, err := load[Entry](tx, v, KindEntry, id)
		if err != nil {
			return notFound(err)
		}
		if err := fn(tx, v, e); err != nil {
			return err
		}
		if err := v.replace(tx, rec, e); err != nil {
			return err
		}
		e.Version = rec.Version
		return nil
	})
}

// maxNote is the length of a note in bytes.
const maxNote = 4000

// SetNote changes the learner's note on a badge.
func (w *Wallet) SetNote(ctx context.Context, a AccountID, id, note string) error {
	if len(note) > maxNote {
		return fail(BadInput, "note_too_long", nil)
	}
	return w.changeEntry(ctx, a, id, func(_ Tx, _ *vault, e *Entry) error {
		e.Note = strings.TrimSpace(note)
		return nil
	})
}

// Remove deletes a badge. Shows that contain it lose it.
func (w *Wallet) Remove(ctx context.Context, a AccountID, id string) error {
	return w.change(ctx, a, func(tx Tx, v *vault) error {
		e, _, err := load[Entry](tx, v, KindEntry, id)
		if err != nil {
			return notFound(err)
		}
		for _, k := range []Key{{a, KindEntry, id}, {a, KindBody, id}, {a, KindJob, "check/" + id}} {
			if err := tx.Delete(k); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		if err := w.dropKept(tx, v, id); err != nil {
			return err
		}
		if err := dropImage(tx, v, e.Summary.Image); err != nil {
			return err
		}
		return w.tell(tx, v, Event{Code: "removed", Text: e.Summary.Title})
	})
}

// dropImage deletes a picture when no badge has it any more.
func dropImage(tx Tx, v *vault, id string) error {
	if id == "" {
		return nil
	}
	used := false
	err := loadAll(tx, v, KindEntry, func(e *Entry, _ *Record) error {
		used = used || e.Summary.Image == id
		return nil
	})
	if err != nil || used {
		return err
	}
	if err := tx.Delete(Key{v.account, KindImage, id}); !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// Policy is the policy by which verdicts are made: the strictest.
func (ch *Checker) Policy() vc.Policy { return vc.Policy{} }
