package wallet

import (
	"context"
	"errors"
	"strings"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A Flaw is an inconsistency in the records of a store.
type Flaw struct {
	Account  storage.AccountID // "" for the installation itself
	Kind     storage.Kind
	ID       string
	Why      FlawKind
	Harmless bool // mending it loses no recoverable data

	count int // the right count; FlawCount only
}

// A FlawKind is a kind of flaw: the text that describes it to the operator.
type FlawKind string

// The kinds of flaw.
const (
	FlawNoVault   FlawKind = "the key of the account is missing, so its records cannot be read"
	FlawSealed    FlawKind = "a record does not open with its key; it was altered or moved"
	FlawNoAccount FlawKind = "the account record is missing"
	FlawNoBody    FlawKind = "the content of a badge is missing"
	FlawNoEntry   FlawKind = "badge content without an entry"
	FlawNoImage   FlawKind = "the picture of a badge is missing"
	FlawUnused    FlawKind = "a picture that belongs to no badge"
	FlawNoThing   FlawKind = "a job for something that no longer exists"
	FlawNoImport  FlawKind = "an item of an import that no longer exists"
	FlawCount     FlawKind = "wrong reference count of stored check material"
	FlawNoKept    FlawKind = "stored check material is missing"
	FlawUnkept    FlawKind = "stored check material that no check record refers to"
	FlawNoChecked FlawKind = "a check record without an entry"
)

// maxFlaws is the number of flaws after which an examination stops.
const maxFlaws = 1000

var errEnough = errors.New("enough flaws")

// Examine reads the records of all accounts and returns their inconsistencies. It
// changes nothing. If s is nil, it skips the tests that need the master key. It stops
// at 1,000 flaws. It calls tell with the number of accounts examined so far.
func Examine(ctx context.Context, store storage.Store, s *vault.Sealer, tell func(accounts int)) ([]Flaw, error) {
	var list []Flaw
	n := 0
	err := store.View(ctx, func(tx storage.Tx) error {
		list, n = nil, 0
		ids, err := s.DerivesAs(tx)
		if err != nil {
			return err
		}
		for after := storage.AccountID(""); ; {
			page, err := tx.Accounts(after, 200)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, a := range page {
				x, err := examine(tx, s, ids, a)
				if err != nil {
					return err
				}
				if list = append(list, x.flaws...); len(list) >= maxFlaws {
					return errEnough
				}
				after, n = a, n+1
				tell(n)
			}
		}
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return list, err
}

// Mend repairs the harmless flaws of the accounts in flaws: it deletes superfluous
// records and corrects reference counts. It examines each account again in the
// transaction that mends it, because the service may be running. It returns the
// number of records that it mended.
func Mend(ctx context.Context, store storage.Store, s *vault.Sealer, flaws []Flaw) (int, error) {
	total := 0
	done := map[storage.AccountID]bool{}
	for _, f := range flaws {
		if done[f.Account] || !f.Harmless {
			continue
		}
		done[f.Account] = true
		n := 0
		err := store.Update(ctx, func(tx storage.Tx) error {
			n = 0
			ids, err := s.DerivesAs(tx)
			if err != nil {
				return err
			}
			x, err := examine(tx, s, ids, f.Account)
			if err != nil {
				return err
			}
			for _, f := range x.flaws {
				if err == nil && f.Harmless {
					n++
					err = x.mend(tx, f)
				}
			}
			return err
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// An examination is the state of examining one account.
type examination struct {
	account storage.AccountID
	ids     map[storage.Kind]map[string]bool
	entries []*storage.Record
	vault   *storage.Record
	open    *vault.Vault // nil unless the vault was opened
	flaws   []Flaw
}

// examine examines one account; ids reports whether s derives the record IDs of the
// store.
func examine(tx storage.Tx, s *vault.Sealer, ids bool, a storage.AccountID) (*examination, error) {
	x := &examination{account: a, ids: map[storage.Kind]map[string]bool{}}
	err := tx.Walk(a, x.note)
	if err != nil {
		return nil, err
	}
	if x.vault == nil {
		x.flaw(storage.KindKey, vault.OwnKey(x.account).ID, FlawNoVault, false)
		return x, nil
	}
	if !x.ids[storage.KindAccount][accountSelf] {
		x.flaw(storage.KindAccount, accountSelf, FlawNoAccount, false)
	}
	x.contents()
	x.leftovers()
	if s == nil {
		return x, nil
	}
	if x.open, err = s.OpenVault(x.vault); err != nil {
		x.flaw(storage.KindKey, vault.OwnKey(x.account).ID, FlawSealed, false)
		return x, nil
	}
	x.pictures()
	if !ids {
		return x, nil
	}
	return x, x.kept(tx, s)
}

func (x *examination) note(r *storage.Record) error {
	if x.ids[r.Kind] == nil {
		x.ids[r.Kind] = map[string]bool{}
	}
	x.ids[r.Kind][r.ID] = true
	switch {
	case r.Kind == storage.KindEntry:
		x.entries = append(x.entries, r)
	case r.Key == vault.OwnKey(x.account):
		x.vault = r
	}
	return nil
}

func (x *examination) flaw(kind storage.Kind, id string, why FlawKind, harmless bool) {
	x.flaws = append(x.flaws, Flaw{Account: x.account, Kind: kind, ID: id, Why: why, Harmless: harmless})
}

// contents finds entries without content and content without an entry.
func (x *examination) contents() {
	for id := range x.ids[storage.KindEntry] {
		if !x.ids[storage.KindBody][id] {
			x.flaw(storage.KindEntry, id, FlawNoBody, false)
		}
	}
	for id := range x.ids[storage.KindBody] {
		if !x.ids[storage.KindEntry][id] {
			x.flaw(storage.KindBody, id, FlawNoEntry, false) // the badge may still be recovered
		}
	}
}

// leftovers finds jobs and import items whose subject no longer exists.
func (x *examination) leftovers() {
	of := map[string]storage.Kind{"check": storage.KindEntry, "import": storage.KindImport}
	for id := range x.ids[storage.KindJob] {
		what, name, _ := strings.Cut(id, "/")
		if kind, known := of[what]; known && !x.ids[kind][name] {
			x.flaw(storage.KindJob, id, FlawNoThing, true)
		}
	}
	for id := range x.ids[storage.KindItem] {
		if name, _, _ := strings.Cut(id, "/"); !x.ids[storage.KindImport][name] {
			x.flaw(storage.KindItem, id, FlawNoImport, true)
		}
	}
}

// pictures finds missing and unused pictures, and entries that do not open.
func (x *examination) pictures() {
	used := map[string]bool{}
	whole := true
	for _, r := range x.entries {
		e := new(Entry)
		if err := x.open.Read(r, e); err != nil {
			x.flaw(storage.KindEntry, r.ID, FlawSealed, false)
			whole = false
			continue
		}
		if id := e.Summary.Image; id != "" {
			if used[id] = true; !x.ids[storage.KindImage][id] {
				x.flaw(storage.KindEntry, r.ID, FlawNoImage, false)
			}
		}
	}
	for id := range x.ids[storage.KindImage] {
		if whole && !used[id] {
			x.flaw(storage.KindImage, id, FlawUnused, true)
		}
	}
}
