package wallet

import (
	"context"
	"slices"
	"strings"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// badgeWeight is what is in a badge's folder of an archive beside what is weighed.
const badgeWeight = 8 << 10

// weights says of each badge, by the id of its entry, how many bytes it is in
// an archive, and rather too many than too few.
type weights struct{ body, kept, image map[string]int }

func (x *weights) of(e *Entry) int {
	// The badge itself stands there, in a picture, and with its evidence.
	return badgeWeight + 2*x.body[e.ID] + 2*x.image[e.Summary.Image] + x.kept[e.ID]
}

// archiveWeights weighs all badges of a backpack, by what is stored of them.
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
			x.kept[id] = max(x.kept[id], size) // evidence is of one check
		}
		return nil
	})
}

// recordStep is how many records are read in one transaction: any may be large.
const recordStep = 16

// eachRecord calls fn with the account's records of a kind whose ids have a
// prefix. They are of several moments.
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

// ExportParts returns in how many parts an archive is best taken out.
func (w *Wallet) ExportParts(ctx context.Context, a storage.AccountID) (int, error) {
	entries, err := w.allEntries(ctx, a)
	if err != nil {
		return 0, err
	}
	slices.SortStableFunc(entries, newestFirst)
	parts, err := w.parts(ctx, a, entries)
	return max(1, len(parts)), err
}

// parts divides the entries, which stay in their order.
func (w *Wallet) parts(ctx context.Context, a storage.AccountID, entries []*Entry) ([][]*Entry, error) {
	x, err := w.archiveWeights(ctx, a)
	if err != nil {
		return nil, err
	}
	return divide(entries, x, w.cfg.Limits.PartBytes), nil
}

// divide begins a new part whenever the last one weighs enough.
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
