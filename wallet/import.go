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

// An import waits importLife for the learner's decision. For importGrace, only the
// request that created it works on it; if a background worker took a short import
// first, the learner would see progress instead of the result.
const (
	importLife  = 7 * 24 * time.Hour
	importGrace = 5 * time.Second
)

// An importRecord is a stored import. Its items are separate records.
type importRecord struct {
	CreatedAt time.Time
	Total     int
	Finished  bool
	Shows     []*Share `json:",omitempty"` // shares listed in an archive
}

// An arrival is one find to import, with what an archive of a backpack states about
// it.
type arrival struct {
	inspect.Find
	restored *restored // nil without an archive
	brought  *snapshot // nil without a check record in the archive
}

func arrivals(finds []inspect.Find) []arrival {
	out := make([]arrival, len(finds))
	for i, f := range finds {
		out[i].Find = f
	}
	return out
}

// An itemRecord is a stored item of an import. A check replaces Raw, Picture, Link
// and Contexts with its result.
type itemRecord struct {
	N        int
	Name     string
	Source   inspect.Source
	URL      string
	Raw      []byte            // the document; nil if the item is a link
	Picture  []byte            // the file that the document was baked into
	Link     string            // an address to follow
	Contexts map[string][]byte `json:",omitempty"` // supplied with the document

	Done      bool
	Problem   string
	Detail    string
	Entry     *Entry
	Body      *Body
	Digest    string // see inspect.Identity
	RawDigest string `json:",omitempty"` // of the document's bytes
	Image     []byte
	Kept      *snapshot // the check record of the import's check
	Restored  *restored // what an archive states about the badge
	Brought   *snapshot // a check record from an archive
	Duplicate string    // the entry that already holds the badge, or ""
	Same      int       // the number of the better item with the same badge, or 0
}

func itemID(id string, n int) string { return fmt.Sprintf("%s/%06d", id, n) }

// StartImport creates an import from what a learner submits and returns its id. It
// opens files and archives at once; a job does the work that needs the network, and
// the caller should start it with WorkImport. A full backpack is an error. Items
// that do not fit beside the others are marked ProblemFull.
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
		if err := w.take(tx, v, 1, 0); err != nil { // the backpack is full
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

// createItems stores the items of an import. An item that does not fit is stored
// with its problem only. If no item fits, it returns an error and there is no import.
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
			it.URL = f.Item.Doc.Credential.ID // a badge of Open Badges 0.5 does not name its address
		}
	case f.Item.Link == "":
		it.fail(f.Problem())
		return it
	}
	it.Picture = f.Item.Image // this is the whole file
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

// eachItemAfter is eachItem for the items after the record ID after.
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

// digestLookup returns the lookup for a digest. It differs per account, because two
// learners may hold the same badge.
func (w *Wallet) digestLookup(a storage.AccountID, digest string) string {
	return w.cfg.Sealer.Lookup("digest", string(a)+"/"+digest)
}

// Import returns the state of an import, with its items in the order of submission.
// An unknown id is a Missing error, import_gone.
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

// ImportImage returns the picture of an import's item n and its media type. Without
// one, the error is Missing.
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

// notFound converts a store's ErrNotFound to a Missing error, not_found.
func notFound(err error) error {
	if errors.Is(err, storage.ErrNotFound) {
		return fail(Missing, "not_found", err)
	}
	return err
}

// DropImport deletes an import and its items.
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
