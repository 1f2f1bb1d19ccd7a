package wallet

import (
	"errors"
	"strings"

	"backpack/vc/kept"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// kept compares the reference counts of check material with the references of
// entries and import items. If one of these does not open, the references are
// unknown and it reports no counts.
func (x *examination) kept(tx storage.Tx, s *vault.Sealer) error {
	has := map[string]int{} // references by blob ID
	note := func(list []kept.Material) {
		for i := range list {
			if !list[i].Omitted {
				has[blobIDOf(s, x.account, list[i].SHA256)]++
			}
		}
	}
	badges, err := x.each(tx, storage.KindKept, "of/", func(r *storage.Record) error {
		k := new(keptRecord)
		err := x.open.Read(r, k)
		for _, s := range k.snapshots() {
			note(s.materials())
		}
		if !x.ids[storage.KindEntry][strings.TrimPrefix(r.ID, "of/")] {
			x.flaw(storage.KindKept, r.ID, FlawNoChecked, false) // the badge's content may still be there
		}
		return err
	})
	if err != nil {
		return err
	}
	items, err := x.each(tx, storage.KindItem, "", func(r *storage.Record) error {
		it := new(itemRecord)
		if name, _, _ := strings.Cut(r.ID, "/"); !x.ids[storage.KindImport][name] {
			return nil // leftovers reports it
		}
		err := x.open.Read(r, it)
		note(it.materials())
		return err
	})
	if err != nil || !badges || !items {
		return err
	}
	return x.counts(tx, has)
}

// each calls fn with the records of the kind with IDs that begin with prefix. An
// error of fn is recorded as FlawSealed and makes whole false.
func (x *examination) each(tx storage.Tx, kind storage.Kind, prefix string, fn func(*storage.Record) error) (whole bool, err error) {
	whole = true
	for after := prefix; ; {
		page, err := tx.List(x.account, kind, after, 16)
		if err != nil {
			return false, err
		}
		for _, r := range page {
			if after = r.ID; !strings.HasPrefix(r.ID, prefix) {
				return whole, nil
			}
			if err := fn(r); err != nil {
				x.flaw(kind, r.ID, FlawSealed, false)
				whole = false
			}
		}
		if len(page) == 0 {
			return whole, nil
		}
	}
}

// counts compares the bytes, "b/<hash>", and their reference counts, "n/<hash>", with
// the references found.
func (x *examination) counts(tx storage.Tx, has map[string]int) error {
	all := x.ids[storage.KindKept]
	for id, n := range has {
		switch {
		case !all["b/"+id]:
			x.flaw(storage.KindKept, "b/"+id, FlawNoKept, false)
		case !all["n/"+id]:
			x.miscounted(id, n)
		}
	}
	for id := range all {
		hash := strings.TrimPrefix(strings.TrimPrefix(id, "b/"), "n/")
		if hash != id && has[hash] == 0 {
			x.flaw(storage.KindKept, id, FlawUnkept, true)
		}
	}
	_, err := x.each(tx, storage.KindKept, "n/", func(r *storage.Record) error {
		n, hash := 0, strings.TrimPrefix(r.ID, "n/")
		err := x.open.Read(r, &n)
		if has[hash] > 0 && err == nil && n != has[hash] {
			x.miscounted(hash, has[hash])
		}
		return err
	})
	return err
}

func (x *examination) miscounted(hash string, right int) {
	x.flaw(storage.KindKept, "n/"+hash, FlawCount, true)
	x.flaws[len(x.flaws)-1].count = right
}

// mend corrects the reference count of a FlawCount, and deletes the record of any
// other flaw.
func (x *examination) mend(tx storage.Tx, f Flaw) error {
	key := storage.Key{Account: f.Account, Kind: f.Kind, ID: f.ID}
	if f.Why != FlawCount {
		return tx.Delete(key)
	}
	r, err := tx.Get(key)
	if errors.Is(err, storage.ErrNotFound) {
		return x.open.Create(tx, f.Kind, f.ID, f.count)
	}
	if err != nil {
		return err
	}
	return x.open.Replace(tx, r, f.count)
}
