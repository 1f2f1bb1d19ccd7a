package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"backpack/vc/intake"
)

// importLife is how long an import waits to be decided.
const importLife = 7 * 24 * time.Hour

// An importRecord is an import under way; its items are records of their own.
type importRecord struct {
	CreatedAt time.Time
	Total     int
	Finished  bool
}

// An itemRecord is one thing of an import.
type itemRecord struct {
	N       int
	Name    string
	Source  Source
	URL     string
	Raw     []byte // the document, when the input was one
	File    []byte // the file it came in
	Picture []byte // the picture it was baked into
	Link    string // an address to follow

	Done      bool
	Problem   string
	Detail    string
	Entry     *Entry
	Body      *Body
	Digest    string
	Image     []byte
	Duplicate string
	Same      int
	Kept      string
}

func itemID(id string, n int) string { return fmt.Sprintf("%s/%06d", id, n) }

// StartImport takes in what a learner brings and begins to check it: it opens
// files and archives at once, and leaves what needs the network to a job.
func (w *Wallet) StartImport(ctx context.Context, a AccountID, in []Input) (string, error) {
	finds := w.openInputs(ctx, in, false)
	if len(finds) == 0 {
		return "", fail(BadInput, "nothing_brought", nil)
	}
	id, err := w.Sealer.newID()
	if err != nil {
		return "", err
	}
	err = w.change(ctx, a, func(tx Tx, v *vault) error {
		if err := w.checkQuota(tx, a, len(finds)); err != nil {
			return err
		}
		rec, err := v.record(KindImport, id, importRecord{CreatedAt: w.now(), Total: len(finds)})
		if err != nil {
			return err
		}
		rec.Due = w.now().Add(importLife)
		if err := tx.Create(rec); err != nil {
			return err
		}
		for i, f := range finds {
			if err := createItem(tx, v, id, newItem(i+1, f)); err != nil {
				return err
			}
		}
		return w.owe(tx, a, "import/"+id, w.now())
	})
	if err != nil {
		return "", err
	}
	w.wake()
	return id, nil
}

// checkQuota refuses n more badges when there is no room for them.
func (w *Wallet) checkQuota(tx Tx, a AccountID, n int) error {
	count, _, err := tx.Count(a, KindEntry)
	if err != nil {
		return err
	}
	if count+n > w.Limits.Entries {
		return fail(Limited, "too_many_badges", nil)
	}
	var sum int64
	for _, kind := range []Kind{KindBody, KindImage, KindItem} {
		_, bytes, err := tx.Count(a, kind)
		if err != nil {
			return err
		}
		sum += bytes
	}
	if sum > w.Limits.Bytes {
		return fail(Limited, "backpack_full", nil)
	}
	return nil
}

func createItem(tx Tx, v *vault, id string, it *itemRecord) error {
	rec, err := v.record(KindItem, itemID(id, it.N), it)
	if err != nil {
		return err
	}
	return tx.Create(rec)
}

func newItem(n int, f find) *itemRecord {
	it := &itemRecord{N: n, Name: f.item.Name, Source: f.source, URL: f.url, Link: f.item.Link, Picture: f.item.Image, File: f.item.Source}
	switch {
	case f.item.Doc != nil:
		it.Raw = f.item.Doc.Raw
	case f.item.Link == "":
		x := problemOf(f.item)
		it.Done, it.Problem, it.Detail = true, string(x.problem), x.detail
		it.File, it.Picture = nil, nil
	}
	return it
}

// find reads an item's input again.
func (it *itemRecord) find(ctx context.Context) find {
	f := find{source: it.Source, url: it.URL}
	f.item = intake.Item{Name: it.Name, Link: it.Link, Image: it.Picture, Source: it.File}
	if it.Raw == nil {
		return f
	}
	doc, err := reparse(ctx, it.Raw, &Body{URL: it.URL})
	if err != nil {
		f.item.Err, f.item.Problem = err, intake.NotABadge
	}
	f.item.Doc = doc
	return f
}

// importStep is how many items are checked between two steps of progress.
const importStep = 16

// WorkImport checks items of the import until it is finished or ctx ends. It
// returns nil at once when another caller is at it.
func (w *Wallet) WorkImport(ctx context.Context, a AccountID, id string) error {
	job, err := w.claim(ctx, a, "import/"+id)
	if err != nil || job == nil {
		return err
	}
	return w.workImport(ctx, job)
}

func (w *Wallet) workImport(ctx context.Context, job *claimed) error {
	id := job.name()
	for {
		todo, known, err := w.openItems(ctx, job.account(), id)
		if err != nil {
			return w.give(ctx, job, err)
		}
		if len(todo) == 0 {
			return w.finishImport(ctx, job, id)
		}
		w.checkItems(ctx, todo, known)
		if ctx.Err() != nil {
			return w.release(context.WithoutCancel(ctx), job, w.now())
		}
		if err := w.storeItems(ctx, job, id, todo); err != nil {
			return err
		}
	}
}

// A workItem is an item being checked, with what it turned out to be.
type workItem struct {
	item *itemRecord
	rec  *Record
	more []*itemRecord // further badges that its address led to
}

// openItems returns the next items to check.
func (w *Wallet) openItems(ctx context.Context, a AccountID, id string) (todo []*workItem, known []string, err error) {
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		todo = nil
		if known, err = w.recipients(tx, v); err != nil {
			return err
		}
		return eachItem(tx, v, id, func(it *itemRecord, rec *Record) bool {
			if !it.Done {
				todo = append(todo, &workItem{item: it, rec: rec})
			}
			return len(todo) < importStep
		})
	})
	return todo, known, err
}

// eachItem calls fn with the import's items in order until it returns false.
func eachItem(tx Tx, v *vault, id string, fn func(*itemRecord, *Record) bool) error {
	after, prefix := id+"/", id+"/"
	for {
		page, err := tx.List(v.account, KindItem, after, 64)
		if err != nil {
			return err
		}
		for _, rec := range page {
			if len(rec.ID) < len(prefix) || rec.ID[:len(prefix)] != prefix {
				return nil
			}
			it := new(itemRecord)
			if err := v.read(rec, it); err != nil {
				return err
			}
			if !fn(it, rec) {
				return nil
			}
		}
		if len(page) == 0 {
			return nil
		}
		after = page[len(page)-1].ID
	}
}

func (w *Wallet) checkItems(ctx context.Context, todo []*workItem, known []string) {
	each(len(todo), func(i int) {
		t := todo[i]
		finds := w.follow(ctx, t.item.find(ctx), false)
		w.settle(ctx, t.item, finds[0], known)
		for _, f := range finds[1:] {
			it := newItem(0, f)
			it.Name = t.item.Name
			w.settle(ctx, it, f, known)
			t.more = append(t.more, it)
		}
	})
}

// settle checks f and writes what it is into it.
func (w *Wallet) settle(ctx context.Context, it *itemRecord, f find, known []string) {
	x := w.examine(ctx, f, known)
	it.Done, it.Problem, it.Detail = true, string(x.problem), x.detail
	it.Raw, it.File, it.Picture, it.Link = nil, nil, nil, ""
	if x.problem != "" {
		return
	}
	it.Digest, it.Body = identity(x), x.body
	it.Entry = &Entry{Summary: x.summary, Source: f.source, Report: x.report, Verdict: x.verdict, CheckedAt: x.report.At, Mine: x.mine}
	if x.picture != nil {
		it.Image = x.picture.body
	}
}

// storeItems writes checked items back, in one transaction.
func (w *Wallet) storeItems(ctx context.Context, job *claimed, id string, todo []*workItem) error {
	return w.change(ctx, job.account(), func(tx Tx, v *vault) error {
		if err := w.extend(tx, job); err != nil {
			return err
		}
		imp, rec, err := load[importRecord](tx, v, KindImport, id)
		if err != nil {
			return err
		}
		for _, t := range todo {
			if err := v.fill(t.rec, t.item); err != nil {
				return err
			}
			r := *t.rec
			if err := tx.Update(&r); err != nil {
				return err
			}
			for _, it := range t.more {
				imp.Total++
				it.N = imp.Total
				if err := createItem(tx, v, id, it); err != nil {
					return err
				}
			}
		}
		if err := v.fill(rec, imp); err != nil {
			return err
		}
		return tx.Update(rec)
	})
}

// finishImport marks duplicates and the end.
func (w *Wallet) finishImport(ctx context.Context, job *claimed, id string) error {
	return w.change(ctx, job.account(), func(tx Tx, v *vault) error {
		if err := w.markDuplicates(tx, v, id); err != nil {
			return err
		}
		imp, rec, err := load[importRecord](tx, v, KindImport, id)
		if err != nil {
			return err
		}
		imp.Finished = true
		if err := v.fill(rec, imp); err != nil {
			return err
		}
		if err := tx.Update(rec); err != nil {
			return err
		}
		return tx.Delete(job.rec.Key)
	})
}

// markDuplicates finds items that are kept already or stand twice.
func (w *Wallet) markDuplicates(tx Tx, v *vault, id string) error {
	first := map[string]int{}
	var changed []*workItem
	err := eachItem(tx, v, id, func(it *itemRecord, rec *Record) bool {
		if it.Digest == "" {
			return true
		}
		n, again := first[it.Digest]
		if !again {
			first[it.Digest] = it.N
		}
		it.Same = n
		if kept, err := tx.Find(KindEntry, w.digestLookup(v.account, it.Digest)); err == nil {
			it.Duplicate = kept.ID
		}
		if it.Same != 0 || it.Duplicate != "" {
			changed = append(changed, &workItem{item: it, rec: rec})
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, t := range changed {
		if err := v.fill(t.rec, t.item); err != nil {
			return err
		}
		if err := tx.Update(t.rec); err != nil {
			return err
		}
	}
	return nil
}

// digestLookup is unique to the account: two learners may hold one badge.
func (w *Wallet) digestLookup(a AccountID, digest string) string {
	return w.Sealer.Lookup("digest", string(a)+"/"+digest)
}

// Import returns the state of an import. Its items are in the order brought.
func (w *Wallet) Import(ctx context.Context, a AccountID, id string) (*Import, error) {
	var out *Import
	err := w.in(ctx, a, func(tx Tx, v *vault) error {
		imp, _, err := load[importRecord](tx, v, KindImport, id)
		if errors.Is(err, ErrNotFound) {
			return fail(Missing, "import_gone", err)
		}
		if err != nil {
			return err
		}
		out = &Import{ID: id, CreatedAt: imp.CreatedAt, Total: imp.Total, Finished: imp.Finished}
		return eachItem(tx, v, id, func(it *itemRecord, _ *Record) bool {
			if it.Done {
				out.Done++
			}
			out.Items = append(out.Items, it.show())
			return true
		})
	})
	return out, err
}

func (it *itemRecord) show() *ImportItem {
	return &ImportItem{N: it.N, Name: it.Name, Done: it.Done, Problem: it.Problem, Detail: it.Detail,
		Entry: it.Entry, Duplicate: it.Duplicate, Same: it.Same, Kept: it.Kept}
}

// ImportImage returns the picture of an item of an import.
func (w *Wallet) ImportImage(ctx context.Context, a AccountID, id string, n int) (body []byte, contentType string, err error) {
	err = w.in(ctx, a, func(tx Tx, v *vault) error {
		it, _, err := load[itemRecord](tx, v, KindItem, itemID(id, n))
		if err != nil {
			return notFound(err)
		}
		if it.Image == nil || it.Entry == nil {
			return fail(Missing, "no_picture", nil)
		}
		body, contentType = it.Image, it.Entry.Summary.ImageType
		return nil
	})
	return body, contentType, err
}

// notFound makes a store's ErrNotFound an Error of kind Missing.
func notFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return fail(Missing, "not_found", err)
	}
	return err
}

// keepStep is how many badges are kept in one transaction.
const keepStep = 64

// Keep moves the chosen items of a finished import into the backpack and ends
// the import. Duplicates and problems are passed over.
func (w *Wallet) Keep(ctx context.Context, a AccountID, id string, items []int) ([]*Entry, error) {
	imp, err := w.Import(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if !imp.Finished {
		return nil, fail(Conflict, "import_unfinished", nil)
	}
	var kept []*Entry
	for step := range slices.Chunk(items, keepStep) {
		entries, err := w.keepSome(ctx, a, id, step)
		if err != nil {
			return kept, err
		}
		kept = append(kept, entries...)
	}
	w.wake()
	return kept, w.endImport(ctx, a, id, len(kept))
}

func (w *Wallet) keepSome(ctx context.Context, a AccountID, id string, items []int) ([]*Entry, error) {
	var kept []*Entry
	err := w.change(ctx, a, func(tx Tx, v *vault) error {
		kept = nil
		if err := w.checkQuota(tx, a, len(items)); err != nil {
			return err
		}
		for _, n := range items {
			it, rec, err := load[itemRecord](tx, v, KindItem, itemID(id, n))
			if err != nil {
				return notFound(err)
			}
			if it.Entry == nil || it.Kept != "" {
				continue
			}
			e, err := w.keep(ctx, tx, v, it)
			if errors.Is(err, ErrExists) {
				continue
			}
			if err != nil {
				return err
			}
			kept = append(kept, e)
			// What is kept is no longer the import's to show.
			if err := tx.Delete(rec.Key); err != nil {
				return err
			}
		}
		return nil
	})
	return kept, err
}

// keep makes an entry of an item. ErrExists when the badge is kept already.
func (w *Wallet) keep(ctx context.Context, tx Tx, v *vault, it *itemRecord) (*Entry, error) {
	lookup := w.digestLookup(v.account, it.Digest)
	if _, err := tx.Find(KindEntry, lookup); err == nil {
		return nil, ErrExists
	}
	id, err := w.Sealer.newID()
	if err != nil {
		return nil, err
	}
	e, body := *it.Entry, *it.Body
	e.ID, e.AddedAt = id, w.now()
	if body.Record, err = w.recordOf(ctx, &e, &body); err != nil {
		return nil, err
	}
	rec, err := v.record(KindEntry, id, &e)
	if err != nil {
		return nil, err
	}
	rec.Lookups = []string{lookup}
	if err := tx.Create(rec); err != nil {
		return nil, err
	}
	e.Version = rec.Version
	if err := createSealed(tx, v, KindBody, id, &body); err != nil {
		return nil, err
	}
	if it.Image != nil {
		if err := putImage(tx, v, e.Summary, it.Image); err != nil {
			return nil, err
		}
	}
	return &e, w.owe(tx, v.account, "check/"+id, w.now().Add(w.recheckAfter(&e, false)))
}

func createSealed(tx Tx, v *vault, kind Kind, id string, content any) error {
	rec, err := v.record(kind, id, content)
	if err != nil {
		return err
	}
	return tx.Create(rec)
}

// An imageRecord is a picture; several badges may share one.
type imageRecord struct {
	Type string
	Body []byte
}

func putImage(tx Tx, v *vault, s Summary, body []byte) error {
	err := createSealed(tx, v, KindImage, s.Image, imageRecord{s.ImageType, body})
	if errors.Is(err, ErrExists) {
		return nil
	}
	return err
}

// endImport removes what is left of an import and tells the learner.
func (w *Wallet) endImport(ctx context.Context, a AccountID, id string, kept int) error {
	return w.change(ctx, a, func(tx Tx, v *vault) error {
		if kept > 0 {
			if err := w.tell(tx, v, Event{Code: "imported", Text: strconv.Itoa(kept)}); err != nil {
				return err
			}
		}
		return dropImport(tx, v, id)
	})
}

// DropImport forgets an import.
func (w *Wallet) DropImport(ctx context.Context, a AccountID, id string) error {
	return w.change(ctx, a, func(tx Tx, v *vault) error {
		return dropImport(tx, v, id)
	})
}

func dropImport(tx Tx, v *vault, id string) error {
	var keys []Key
	if err := eachItem(tx, v, id, func(_ *itemRecord, rec *Record) bool {
		keys = append(keys, rec.Key)
		return true
	}); err != nil {
		return err
	}
	keys = append(keys, Key{v.account, KindImport, id}, Key{v.account, KindJob, "import/" + id})
	for _, k := range keys {
		if err := tx.Delete(k); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}
