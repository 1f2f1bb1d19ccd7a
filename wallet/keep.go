package wallet

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"

	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// keepStep is the number of badges stored in one transaction.
const keepStep = 64

// Keep moves the chosen items of a finished import into the backpack and deletes the
// import. It skips duplicates, items with a problem and unknown numbers. If the
// backpack fills up, it returns the entries stored so far with the error, and the
// import keeps the rest.
func (w *Wallet) Keep(ctx context.Context, a storage.AccountID, id string, items []int) ([]*Entry, error) {
	if err := w.finished(ctx, a, id); err != nil {
		return nil, err
	}
	items = slices.Clone(items)
	slices.Sort(items)
	items = slices.Compact(items)
	var kept []*Entry
	for step := range slices.Chunk(items, keepStep) {
		entries, err := w.keepSome(ctx, a, id, step)
		kept = append(kept, entries...)
		if noRoom(err) {
			return kept, errors.Join(err, w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
				return w.tellKept(tx, v, len(kept))
			}))
		}
		if err != nil {
			return kept, err
		}
	}
	return kept, w.endImport(ctx, a, id, len(kept))
}

// finished returns an error unless the import exists and is finished.
func (w *Wallet) finished(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		imp, _, err := vault.Load[importRecord](tx, v, storage.KindImport, id)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			return fail(Missing, "import_gone", err)
		case err != nil:
			return err
		case !imp.Finished:
			return fail(Conflict, "import_unfinished", nil)
		}
		return nil
	})
}

// A ready badge has everything that its entry needs, so the transaction only writes.
type ready struct {
	item  *itemRecord
	entry *Entry
	body  *Body
	from  *storage.Record // the import's item; nil without an import
	id    string          // a new id, replaced if an archive restores the entry's earlier one
}

// size returns the total data size of the records in bytes; nil counts 0.
func size(recs ...*storage.Record) (n int) {
	for _, r := range recs {
		if r != nil {
			n += len(r.Data)
		}
	}
	return n
}

// keepSome stores items in one transaction until the backpack is full. Slow work,
// such as signing a record, is done before the transaction.
func (w *Wallet) keepSome(ctx context.Context, a storage.AccountID, id string, items []int) ([]*Entry, error) {
	chosen, err := w.chosen(ctx, a, id, items)
	if err != nil {
		return nil, err
	}
	for _, r := range chosen {
		if err := w.prepare(ctx, r); err != nil {
			return nil, err
		}
	}
	var kept []*Entry
	var full error
	err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		kept, full = nil, nil
		for _, r := range chosen {
			if kept, err = w.keep(tx, v, r, kept); noRoom(err) {
				full = err
				return nil
			}
			if err != nil {
				return err
			}
			// A stored badge leaves the import. The caller that deletes the item
			// stores the badge; a concurrent one gets import_gone.
			if err := tx.Delete(r.from.Key); err != nil {
				return gone(err, "import_gone")
			}
		}
		return nil
	})
	return kept, errors.Join(err, full)
}

// chosen loads the items that can be stored as entries.
func (w *Wallet) chosen(ctx context.Context, a storage.AccountID, id string, items []int) ([]*ready, error) {
	var out []*ready
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		for _, n := range items {
			it, rec, err := vault.Load[itemRecord](tx, v, storage.KindItem, itemID(id, n))
			if errors.Is(err, storage.ErrNotFound) || err == nil && it.Entry == nil {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, &ready{item: it, from: rec})
		}
		return nil
	})
	return out, err
}

// prepare sets the entry, body and id from a checked item.
func (w *Wallet) prepare(ctx context.Context, r *ready) error {
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return err
	}
	r.entry, r.body, r.id = r.item.Entry, r.item.Body, id
	r.entry.ID, r.entry.AddedAt = id, w.now()
	r.entry.beginWatch(w.now())
	if len(r.body.Record) == 0 {
		r.body.Record, err = w.recordOf(ctx, r.entry, r.body)
	}
	return err
}

// keep writes a badge and appends its entry to kept, unless the backpack has it
// already. If the backpack is full (see noRoom), it writes nothing.
func (w *Wallet) keep(tx storage.Tx, v *vault.Vault, r *ready, kept []*Entry) ([]*Entry, error) {
	if same, err := w.keptAlready(tx, v, r.item); err != nil {
		return kept, err
	} else if same != "" {
		return kept, w.dropBlobs(tx, v, r.item.materials())
	}
	if r.item.Restored != nil {
		r.entry.ID = r.id // the transaction may run twice
		if err := r.item.Restored.place(tx, v, r.entry, w.now()); err != nil {
			return kept, err
		}
	}
	rec, err := v.Record(storage.KindEntry, r.entry.ID, r.entry)
	if err != nil {
		return kept, err
	}
	body, err := v.Record(storage.KindBody, r.entry.ID, r.body)
	if err != nil {
		return kept, err
	}
	first, evidence := r.item.firstKept(), (*storage.Record)(nil)
	if first != nil {
		if evidence, err = v.Record(storage.KindKept, keptID(r.entry.ID), first); err != nil {
			return kept, err
		}
	}
	if err := w.take(tx, v, 1, size(rec, body, evidence)+len(r.item.Image)*4/3-size(r.from)); err != nil {
		return kept, err
	}
	rec.Lookups = w.lookups(v.Account, r.item)
	if err := errors.Join(w.createEntry(tx, rec, r), tx.Create(body)); err != nil {
		return kept, err
	}
	r.entry.Version = rec.Version
	if r.item.Image != nil {
		if err := putImage(tx, v, r.entry.Summary, r.item.Image); err != nil {
			return kept, err
		}
	}
	if err := w.keepFirst(tx, v, r.item, first, evidence); err != nil {
		return kept, err
	}
	return append(kept, r.entry), w.work.Schedule(tx, v.Account, "check/"+r.entry.ID, w.now().Add(w.recheckAfter(r.entry, false)))
}

// createEntry creates the record of an entry. If the entry has a restored id, the
// version starts at a random number, because an id and a version must identify the
// same content for ever.
func (w *Wallet) createEntry(tx storage.Tx, rec *storage.Record, r *ready) error {
	if rec.ID == r.id {
		return tx.Create(rec)
	}
	b, err := w.cfg.Sealer.Bytes(6)
	if err != nil {
		return err
	}
	rec.Version = 1 + int64(binary.BigEndian.Uint64(append([]byte{0, 0}, b...)))
	return tx.Restore(rec)
}

// An imageRecord is a stored picture; several badges may share it.
type imageRecord struct {
	Type string
	Body []byte
}

func putImage(tx storage.Tx, v *vault.Vault, s inspect.Summary, body []byte) error {
	err := v.Create(tx, storage.KindImage, s.Image, imageRecord{s.ImageType, body})
	if errors.Is(err, storage.ErrExists) {
		return nil
	}
	return err
}

// endImport removes what is left of an import and tells the learner.
func (w *Wallet) endImport(ctx context.Context, a storage.AccountID, id string, kept int) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		imp, _, err := vault.Load[importRecord](tx, v, storage.KindImport, id)
		if err == nil {
			err = w.restoreShows(tx, v, imp.Shows)
		}
		if errors.Is(err, storage.ErrNotFound) { // the import has been deleted since
			err = nil
		}
		if err := errors.Join(err, w.tellKept(tx, v, kept)); err != nil {
			return err
		}
		return w.dropImport(tx, v, id)
	})
}

func (w *Wallet) tellKept(tx storage.Tx, v *vault.Vault, kept int) error {
	if kept == 0 {
		return nil
	}
	return w.events.Record(tx, v, event.Event{Code: "imported", Text: strconv.Itoa(kept)})
}
