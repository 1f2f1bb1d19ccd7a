package wallet

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"backpack/vc"
	"backpack/vc/kept"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A keptRecord is the stored check records of one badge. Its record's ID is
// "of/<entry>". The bytes are separate records, "b/<hash>", because many badges
// share them; "n/<hash>" is their reference count.
type keptRecord struct {
	First   *snapshot    // of the first check in which the badge held
	Good    *snapshot    // of the latest check in which it held; nil if that is Latest
	Latest  *snapshot    // of the latest check that reached a verdict
	Changes []KeptChange // different answers in later checks
	// Brought is a check record from an archive of another service. It is handed
	// back to the learner and proves nothing here. The first check record of this
	// service replaces it.
	Brought *snapshot `json:",omitempty"`
}

// A snapshot is the check record of one check.
type snapshot struct {
	At       time.Time
	Verdict  vc.Verdict
	Raw      string          // digest of the badge that was checked
	Material []kept.Material // without bytes
	Maker    string          `json:",omitempty"` // of an imported record: the website that created it, unverified
}

// maxChanges is the number of changes that are stored; later ones are dropped.
const maxChanges = 50

func keptID(entry string) string { return "of/" + entry }

// A blob is the bytes of a material.
type blob struct{ Body []byte }

// blobID returns the record name of the bytes with the digest sum. It is a keyed
// hash, so a stolen data file does not reveal which public list or document is in it.
func (w *Wallet) blobID(v *vault.Vault, sum string) string {
	return blobIDOf(w.cfg.Sealer, v.Account, sum)
}

func blobIDOf(s *vault.Sealer, a storage.AccountID, sum string) string {
	return s.Lookup("kept", string(a)+"/"+sum)
}

// putBlobs stores the bytes of each material, or adds a reference to stored ones,
// and clears Body. It sets Omitted where there is no room.
func (w *Wallet) putBlobs(tx storage.Tx, v *vault.Vault, list []kept.Material) error {
	for i := range list {
		m := &list[i]
		body := m.Body
		if m.Body = nil; m.Omitted {
			continue
		}
		if err := w.putBlob(tx, v, m, body); err != nil {
			return err
		}
	}
	return nil
}

func (w *Wallet) putBlob(tx storage.Tx, v *vault.Vault, m *kept.Material, body []byte) error {
	id := w.blobID(v, m.SHA256)
	n, rec, err := vault.Load[int](tx, v, storage.KindKept, "n/"+id)
	switch {
	case err == nil:
		*n++
		return v.Replace(tx, rec, n)
	case !errors.Is(err, storage.ErrNotFound):
		return err
	case body == nil && m.Size > 0: // the bytes are stored nowhere
		m.Omitted = true
		return nil
	}
	rec, err = v.Record(storage.KindKept, "b/"+id, blob{body})
	if err != nil {
		return err
	}
	if err := w.take(tx, v, 0, len(rec.Data)); noRoom(err) {
		m.Omitted = true
		return nil
	} else if err != nil {
		return err
	}
	return errors.Join(tx.Create(rec), v.Create(tx, storage.KindKept, "n/"+id, 1))
}

// dropBlobs removes one reference to the bytes of each material, and deletes bytes
// without references.
func (w *Wallet) dropBlobs(tx storage.Tx, v *vault.Vault, list []kept.Material) error {
	for i := range list {
		if list[i].Omitted {
			continue
		}
		id := w.blobID(v, list[i].SHA256)
		n, rec, err := vault.Load[int](tx, v, storage.KindKept, "n/"+id)
		if err != nil {
			return fmt.Errorf("load the reference count of check material: %w", err)
		}
		if *n--; *n > 0 {
			if err := v.Replace(tx, rec, n); err != nil {
				return err
			}
			continue
		}
		if err := errors.Join(tx.Delete(rec.Key), tx.Delete(v.Key(storage.KindKept, "b/"+id))); err != nil {
			return err
		}
	}
	return nil
}

// materials returns the snapshot's materials; none if s is nil.
func (s *snapshot) materials() []kept.Material {
	if s == nil {
		return nil
	}
	return s.Material
}

// held reports whether the badge held in the check.
func (s *snapshot) held() bool { return s != nil && s.Verdict.Stands() }

// storeKept stores the check record of an item's check, and returns a copy of the
// item to store. The item itself is unchanged, because the transaction may run again.
func (w *Wallet) storeKept(tx storage.Tx, v *vault.Vault, it *itemRecord) (*itemRecord, error) {
	out := *it
	if it.Kept == nil {
		return &out, nil
	}
	var err error
	out.Kept, err = w.again(tx, v, it.Kept)
	return &out, err
}

// storeBrought is storeKept for the check record from an archive.
func (w *Wallet) storeBrought(tx storage.Tx, v *vault.Vault, it *itemRecord) (*itemRecord, error) {
	if it.Brought == nil {
		return it, nil
	}
	out := *it
	var err error
	out.Brought, err = w.again(tx, v, it.Brought)
	return &out, err
}

// materials returns all materials that the stored item refers to.
func (it *itemRecord) materials() []kept.Material {
	return slices.Concat(it.Kept.materials(), it.Brought.materials())
}

// firstKept returns the check records for the entry made from the item; nil if
// there are none. A check record from this service's own archive may become First
// and Latest. One from another archive is kept only if our check reached no verdict.
func (it *itemRecord) firstKept() *keptRecord {
	own := it.Restored != nil && it.Restored.Was != nil
	k := &keptRecord{Latest: it.Kept}
	switch {
	case own && it.Kept == nil:
		k.Latest = it.Brought
	case it.Kept == nil && it.Brought != nil:
		k.Brought = it.Brought
	}
	if own && it.Brought.held() {
		k.First = it.Brought
	} else if k.Latest.held() {
		k.First = k.Latest
	}
	if k.Latest == nil && k.Brought == nil {
		return nil
	}
	return k
}

// keepFirst stores the result of firstKept, prepared as rec. The item holds one
// reference to the bytes, so each snapshot adds its own before the item's is removed.
func (w *Wallet) keepFirst(tx storage.Tx, v *vault.Vault, it *itemRecord, k *keptRecord, rec *storage.Record) error {
	if k != nil {
		for _, s := range k.snapshots() {
			if _, err := w.again(tx, v, s); err != nil {
				return err
			}
		}
		if err := tx.Create(rec); err != nil {
			return err
		}
	}
	return w.dropBlobs(tx, v, it.materials())
}

// snapshots returns the snapshots that are not nil.
func (k *keptRecord) snapshots() []*snapshot {
	return slices.DeleteFunc([]*snapshot{k.First, k.Good, k.Latest, k.Brought}, func(s *snapshot) bool { return s == nil })
}

// loadKept loads the check records of an entry. Without any, the keptRecord is empty
// and the record nil.
func loadKept(tx storage.Tx, v *vault.Vault, entry string) (*keptRecord, *storage.Record, error) {
	k, rec, err := vault.Load[keptRecord](tx, v, storage.KindKept, keptID(entry))
	if errors.Is(err, storage.ErrNotFound) {
		return &keptRecord{}, nil, nil
	}
	return k, rec, err
}

// noteKept stores s as the latest check record if the check reached a verdict, so an
// issuer that does not answer removes nothing. It returns a copy of the earlier
// records. First never changes once set.
func (w *Wallet) noteKept(tx storage.Tx, v *vault.Vault, entry string, s *snapshot) (before *keptRecord, err error) {
	k, rec, err := loadKept(tx, v, entry)
	if err != nil || s == nil || s.Verdict == vc.Undetermined {
		return k, err
	}
	c := *k
	before = &c
	s = &snapshot{At: s.At, Verdict: s.Verdict, Raw: s.Raw, Material: slices.Clone(s.Material)}
	s.inherit(k)
	k.change(s)
	if err := w.putBlobs(tx, v, s.Material); err != nil {
		return nil, err
	}
	if k.First == nil && s.held() {
		if k.First, err = w.again(tx, v, s); err != nil {
			return nil, err
		}
	}
	old := append(k.push(s), k.Brought.materials()...)
	k.Brought = nil
	if err := w.dropBlobs(tx, v, old); err != nil {
		return nil, err
	}
	if rec == nil {
		return before, v.Create(tx, storage.KindKept, keptID(entry), k)
	}
	return before, v.Replace(tx, rec, k)
}

// again returns a copy of the snapshot with its own references to the bytes.
func (w *Wallet) again(tx storage.Tx, v *vault.Vault, s *snapshot) (*snapshot, error) {
	c := *s
	c.Material = slices.Clone(s.Material)
	return &c, w.putBlobs(tx, v, c.Material)
}

// push makes s the latest, and returns the materials of the snapshots that it
// replaces. Good is set only while the badge does not hold in Latest.
func (k *keptRecord) push(s *snapshot) (old []kept.Material) {
	switch {
	case s.held():
		old = slices.Concat(k.Latest.materials(), k.Good.materials())
		k.Good = nil
	case k.Latest.held():
		k.Good = k.Latest
	default:
		old = k.Latest.materials()
	}
	k.Latest = s
	return old
}

// inherit copies from earlier checks the materials that only an import fetches, and
// the earliest fetch time of equal bytes.
func (s *snapshot) inherit(k *keptRecord) {
	for _, m := range k.Latest.materials() {
		once := m.Role == vc.RoleContext || m.Role == vc.RoleImage || m.Role == vc.RoleCriteria
		if once && !slices.ContainsFunc(s.Material, func(x kept.Material) bool { return x.URL == m.URL }) {
			s.Material = append(s.Material, m)
		}
	}
	for i := range s.Material {
		m := &s.Material[i]
		for _, old := range slices.Concat(k.First.materials(), k.good().materials(), k.Latest.materials()) {
			if old.Same(m) && old.FetchedAt.Before(m.FetchedAt) {
				m.FetchedAt = old.FetchedAt
			}
		}
	}
}

// change records each address whose answer differs from that in the latest check.
// Status lists are skipped: they change by design.
func (k *keptRecord) change(s *snapshot) {
	for _, m := range s.Material {
		for _, old := range k.Latest.materials() {
			if old.URL != m.URL || old.Accept != m.Accept || old.SHA256 == m.SHA256 || m.Role == vc.RoleStatus || len(k.Changes) == maxChanges {
				continue
			}
			k.Changes = append(k.Changes, KeptChange{At: s.At, Role: m.Role, URL: m.URL, From: old.SHA256, To: m.SHA256})
		}
	}
}

// dropKept deletes the check records of an entry.
func (w *Wallet) dropKept(tx storage.Tx, v *vault.Vault, entry string) error {
	k, rec, err := loadKept(tx, v, entry)
	if err != nil || rec == nil {
		return err
	}
	for _, s := range k.snapshots() {
		if err := w.dropBlobs(tx, v, s.materials()); err != nil {
			return err
		}
	}
	return tx.Delete(rec.Key)
}

// keyChanged reports whether an issuer document in now differs from the one in the
// latest check in which the badge held (see good).
func (k *keptRecord) keyChanged(now []kept.Material) bool {
	good := k.good()
	for _, m := range now {
		for _, old := range good.materials() {
			if m.Role == vc.RoleIssuer && old.URL == m.URL && old.Accept == m.Accept && old.SHA256 != m.SHA256 {
				return true
			}
		}
	}
	return false
}

// good returns the latest snapshot in which the badge held, or nil.
func (k *keptRecord) good() *snapshot {
	switch {
	case k.Latest.held():
		return k.Latest
	case k.Good != nil:
		return k.Good
	}
	return k.First
}

// snapshotOf returns the snapshot of a check, with the materials in order of URL.
func snapshotOf(r *vc.Report, verdict vc.Verdict, raw []byte, list []kept.Material) *snapshot {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b kept.Material) int { return cmp.Compare(a.URL, b.URL) })
	return &snapshot{At: r.At, Verdict: verdict, Raw: kept.Digest(raw), Material: list}
}
