package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// importLife is how long an import waits to be decided, and importGrace how
// long one is left to who began it: should a runner take it first, its learner
// would be shown progress instead of a result that takes a moment.
const (
	importLife  = 7 * 24 * time.Hour
	importGrace = 5 * time.Second
)

// An importRecord is an import under way; its items are records of their own.
type importRecord struct {
	CreatedAt time.Time
	Total     int
	Finished  bool
	Shows     []*Share `json:",omitempty"` // of an archive
}

// An arrival is one thing to import, with what an archive of a backpack says
// about it.
type arrival struct {
	inspect.Find
	restored *restored // nil without an archive
	brought  *snapshot // nil without evidence in the archive
}

func arrivals(finds []inspect.Find) []arrival {
	out := make([]arrival, len(finds))
	for i, f := range finds {
		out[i].Find = f
	}
	return out
}

// An itemRecord is one thing of an import, as it is stored.
type itemRecord struct {
	N        int
	Name     string
	Source   inspect.Source
	URL      string
	Raw      []byte            // the document, when the input was one
	Picture  []byte            // the picture it was baked into
	Link     string            // an address to follow
	Contexts map[string][]byte `json:",omitempty"` // that came with it

	Done      bool
	Problem   string
	Detail    string
	Entry     *Entry
	Body      *Body
	Digest    string // its identity
	RawDigest string `json:",omitempty"` // of its bytes
	Image     []byte
	Kept      *snapshot // what its check was given
	Restored  *restored // what an archive tells of it
	Brought   *snapshot // what an earlier check was given, by an archive
	Duplicate string
	Same      int
}

func itemID(id string, n int) string { return fmt.Sprintf("%s/%06d", id, n) }

// StartImport takes in what a learner brings and begins to check it: it opens
// files and archives at once, and leaves what needs the network to a job, which
// is best begun by WorkImport. A full backpack is refused at once; things that
// do not fit beside the others are left out (ProblemFull).
func (w *Wallet) StartImport(ctx context.Context, a storage.AccountID, in []inspect.Input) (string, error) {
	var finds []arrival
	var shows []*Share
	in = slices.DeleteFunc(slices.Clone(in), func(x inspect.Input) bool {
		f, s, ok := w.openArchive(ctx, x)
		finds, shows = append(finds, f...), append(shows, s...)
		return ok
	})
	return w.startImport(ctx, a, append(finds, arrivals(w.Open(ctx, in, false))...), shows)
}

func (w *Wallet) startImport(ctx context.Context, a storage.AccountID, finds []arrival, shows []*Share) (string, error) {
	if len(finds) == 0 {
		return "", fail(BadInput, "nothing_brought", nil)
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return "", err
	}
	err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		if err := w.take(tx, v, 1, 0); err != nil { // no badge would fit at all
			return err
		}
		rec, err := v.Record(storage.KindImport, id, importRecord{CreatedAt: w.now(), Total: len(finds), Shows: shows})
		if err != nil {
			return err
		}
		rec.Due = w.now().Add(importLife)
		if err := tx.Create(rec); err != nil {
			return err
		}
		if err := w.createItems(tx, v, id, finds); err != nil {
			return err
		}
		return w.work.Schedule(tx, a, "import/"+id, w.now().Add(importGrace))
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// createItems stores what was brought. What does not fit is left out and named;
// when nothing fits, there is no import.
func (w *Wallet) createItems(tx storage.Tx, v *vault.Vault, id string, finds []arrival) error {
	any := false
	for i, f := range finds {
		fits, err := w.createItem(tx, v, id, newItem(i+1, f))
		if err != nil {
			return err
		}
		any = any || fits
	}
	if !any {
		u, err := w.usage(tx, v)
		if err != nil {
			return err
		}
		return u.noBytes()
	}
	return nil
}

func newItem(n int, f arrival) *itemRecord {
	it := &itemRecord{N: n, Name: f.Item.Name, Source: f.Source, URL: f.URL, Link: f.Item.Link, Restored: f.restored, Brought: f.brought}
	switch {
	case f.Item.Doc != nil:
		it.Raw, it.Contexts = f.Item.Doc.Raw, f.Item.Doc.Contexts
		if it.URL == "" && f.Item.Doc.Form == vc.Hosted {
			it.URL = f.Item.Doc.Credential.ID // which a badge of 0.5 itself does not name
		}
	case f.Item.Link == "":
		it.fail(f.Problem())
		return it
	}
	it.Picture = f.Item.Image // which is the whole file, too
	return it
}

// find parses an item's input again.
func (it *itemRecord) find(ctx context.Context) inspect.Find {
	f := inspect.Find{Source: it.Source, URL: it.URL}
	f.Item = intake.Item{Name: it.Name, Link: it.Link, Image: it.Picture, Source: it.Picture}
	if it.Raw == nil {
		return f
	}
	doc, err := inspect.Reopen(ctx, it.Raw, it.URL, it.Contexts, nil)
	if err != nil {
		f.Item.Err, f.Item.Problem = err, intake.NotABadge
	}
	f.Item.Doc = doc
	return f
}

// eachItem calls fn with the import's items in order until it returns false.
func eachItem(tx storage.Tx, v *vault.Vault, id string, fn func(*itemRecord, *storage.Record) bool) error {
	return eachItemAfter(tx, v, id, "", fn)
}

// eachItemAfter is eachItem for the items behind the one that after names.
func eachItemAfter(tx storage.Tx, v *vault.Vault, id, after string, fn func(*itemRecord, *storage.Record) bool) error {
	prefix := id + "/"
	for after = max(after, prefix); ; {
		page, err := tx.List(v.Account, storage.KindItem, after, 16)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, rec := range page {
			if !strings.HasPrefix(rec.ID, prefix) {
				return nil
			}
			it := new(itemRecord)
			if err := v.Read(rec, it); err != nil {
				return err
			}
			if !fn(it, rec) {
				return nil
			}
		}
		after = page[len(page)-1].ID
	}
}

// digestLookup is unique to the account: two learners may hold one badge.
func (w *Wallet) digestLookup(a storage.AccountID, digest string) string {
	return w.cfg.Sealer.Lookup("digest", string(a)+"/"+digest)
}

// Import returns the state of an import. Its items are in the order brought.
func (w *Wallet) Import(ctx context.Context, a storage.AccountID, id string) (*Import, error) {
	var out *Import
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		imp, _, err := vault.Load[importRecord](tx, v, storage.KindImport, id)
		if errors.Is(err, storage.ErrNotFound) {
			return fail(Missing, "import_gone", err)
		}
		if err != nil {
			return err
		}
		out = &Import{ID: id, CreatedAt: imp.CreatedAt, Total: imp.Total, Finished: imp.Finished}
		return eachItem(tx, v, id, func(it *itemRecord, _ *storage.Record) bool {
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
		Entry: it.Entry, Duplicate: it.Duplicate, Same: it.Same}
}

// ImportImage returns the picture of an item of an import.
func (w *Wallet) ImportImage(ctx context.Context, a storage.AccountID, id string, n int) (body []byte, contentType string, err error) {
	err = w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		it, _, err := vault.Load[itemRecord](tx, v, storage.KindItem, itemID(id, n))
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
	if errors.Is(err, storage.ErrNotFound) {
		return fail(Missing, "not_found", err)
	}
	return err
}

// DropImport forgets an import.
func (w *Wallet) DropImport(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		return w.dropImport(tx, v, id)
	})
}

func (w *Wallet) dropImport(tx storage.Tx, v *vault.Vault, id string) error {
	var keys []storage.Key
	var failed error
	if err := eachItem(tx, v, id, func(it *itemRecord, rec *storage.Record) bool {
		keys = append(keys, rec.Key)
		failed = w.dropBlobs(tx, v, it.materials())
		return failed == nil
	}); err != nil || failed != nil {
		return errors.Join(err, failed)
	}
	keys = append(keys, v.Key(storage.KindImport, id), v.Key(storage.KindJob, "import/"+id))
	for _, k := range keys {
		if err := tx.Delete(k); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return w.giveNew(tx, v, false)
}
