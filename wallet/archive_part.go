package wallet

import (
	"context"
	"slices"
	"strings"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// badgeWeight is the estimated size, in bytes, of the small files in a badge's
// folder, which weights does not measure.
const badgeWeight = 8 << 10

// weights holds the sizes, in bytes, that estimate how large each badge is in an
// archive: its body and check record by entry id, its picture by picture id.
// The estimate errs on the high side.
type weights struct{ body, kept, image map[string]int }

// of estimates the size of a badge's folder, in bytes.
func (x *weights) of(e *Entry) int {
	// The folder repeats the badge (alone, baked and in evidence.zip) and its
	// picture (alone and baked).
	return badgeWeight + 2*x.body[e.ID] + 2*x.image[e.Summary.Image] + x.kept[e.ID]
}

// archiveWeights measures the stored data of all badges in a backpack.
func (w *Wallet) archiveWeights(ctx context.Context, a storage.AccountID) (*weights, error) {
	x := &weights{map[string]int{}, map[string]int{}, map[string]int{}}
	err := w.eachRecord(ctx, a, storage.KindBody, "", func(_ *vault.Vault, r *storage.Record) error { x.body[r.ID] = len(r.Data); return nil })
	if err == nil {
		err = w.eachRecord(ctx, a, storage.KindImage, "", func(_ *vault.Vault, r *storage.Record) error { x.image[r.ID] = len(r.Data); return nil })
	}
	if err != nil {
		return nil, err
	}
	return x, w.eachRecord(ctx, a, storage.KindKept, keptID(""), func(v *vault.Vault, r *storage.Record) error {
		var k keptRecord
		if err := v.Read(r, &k); err != nil {
			return err
		}
		for _, s := range []*snapshot{k.First, k.Good, k.Latest, k.Brought} {
			size := 0
			for _, m := range s.materials() {
				size += int(m.Size)
			}
			id := strings.TrimPrefix(r.ID, keptID(""))
			x.kept[id] = max(x.kept[id], size) // an archive holds one check record per badge
		}
		return nil
	})
}

// recordStep is the number of records read in one transaction. It is small,
// because a record may be large.
const recordStep = 16

// eachRecord calls fn with each of the account's records of a kind with an id
// that begins with prefix. It reads in several transactions, so the records are
// not one consistent snapshot.
func (w *Wallet) eachRecord(ctx context.Context, a storage.AccountID, kind storage.Kind, prefix string, fn func(*vault.Vault, *storage.Record) error) error {
	for after, more := prefix, true; more; {
		var last string
		err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
			list, err := tx.List(a, kind, after, recordStep)
			last, more = after, len(list) == recordStep
			for _, r := range list {
				if err != nil || !strings.HasPrefix(r.ID, prefix) {
					more = false
					break
				}
				last, err = r.ID, fn(v, r)
			}
			return err
		})
		if err != nil {
			return err
		}
		after = last
	}
	return nil
}

// ExportParts returns the recommended number of parts for an export, at least 1.
func (w *Wallet) ExportParts(ctx context.Context, a storage.AccountID) (int, error) {
	entries, err := w.allEntries(ctx, a)
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(entries, newestFirst)
	parts, err := w.parts(ctx, a, entries)
	return max(1, len(parts)), err
}

// parts divides the entries into parts of about Limits.PartBytes. It keeps
// their order.
func (w *Wallet) parts(ctx context.Context, a storage.AccountID, entries []*Entry) ([][]*Entry, error) {
	x, err := w.archiveWeights(ctx, a)
	if err != nil {
		return nil, err
	}
	return divide(entries, x, w.cfg.Limits.PartBytes), nil
}

// divide ends a part with the entry that brings its size to most bytes or above.
func divide(entries []*Entry, x *weights, most int64) (parts [][]*Entry) {
	begin, sum := 0, int64(0)
	for i, e := range entries {
		if sum += int64(x.of(e)); sum >= most || i == len(entries)-1 {
			parts = append(parts, entries[begin:i+1])
			begin, sum = i+1, 0
		}
	}
	return parts
}
