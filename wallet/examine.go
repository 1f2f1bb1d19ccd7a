package wallet

import (
	"context"
	"errors"
	"strings"

	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// A Flaw is something in the records of a store that should not be so.
type Flaw struct {
	Account  storage.AccountID // "" for the installation itself
	Kind     storage.Kind
	ID       string
	Why      FlawKind
	Harmless bool // to mend it loses nothing that anybody could still have

	count int // of FlawCount: what is right
}

// A FlawKind says what is wrong, as a key of the words for it.
type FlawKind string

// What can be wrong.
const (
	FlawNoVault   FlawKind = "the key of the account is missing, so nothing of it can be read"
	FlawSealed    FlawKind = "it does not open with its key: it was damaged or moved"
	FlawNoAccount FlawKind = "the record of the account itself is missing"
	FlawNoBody    FlawKind = "a badge is listed, and its content is missing"
	FlawNoEntry   FlawKind = "the content of a badge that is not listed"
	FlawNoImage   FlawKind = "the picture of a badge is missing"
	FlawUnused    FlawKind = "a picture that belongs to no badge"
	FlawNoThing   FlawKind = "work for something that is not there any more"
	FlawNoImport  FlawKind = "a part of an import that is over"
	FlawCount     FlawKind = "it counts wrongly how many checks were given something"
	FlawNoKept    FlawKind = "what a check was given is missing"
	FlawUnkept    FlawKind = "what no check was given is kept"
	FlawNoChecked FlawKind = "what checks were given of a badge that is not listed"
)

// maxFlaws bounds how many flaws are looked for.
const maxFlaws = 1000

var errEnough = errors.New("enough flaws")

// Examine looks through the records of all accounts for what does not belong
// together, and changes nothing. Without a Sealer it leaves out what only the
// master key shows. It stops at 1,000 flaws. tell is told of accounts done.
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

// Mend deletes, of the accounts in which flaws were found, what is harmless to
// delete, and counts anew what is counted wrongly, as it is found in the same
// transaction: meanwhile others go on. It returns how many records it mended.
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

// An examination is of one account.
type examination struct {
	account storage.AccountID
	ids     map[storage.Kind]map[string]bool
	entries []*storage.Record
	vault   *storage.Record
	open    *vault.Vault // nil: it was not opened
	flaws   []Flaw
}

// examine looks through an account; ids says whether s derives those of the store.
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

// contents compares what is listed with what is there.
func (x *examination) contents() {
	for id := range x.ids[storage.KindEntry] {
		if !x.ids[storage.KindBody][id] {
			x.flaw(storage.KindEntry, id, FlawNoBody, false)
		}
	}
	for id := range x.ids[storage.KindBody] {
		if !x.ids[storage.KindEntry][id] {
			x.flaw(storage.KindBody, id, FlawNoEntry, false) // somebody may still want it
		}
	}
}

// leftovers finds work and parts of what is gone.
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

// pictures finds those that are missing or not needed, and entries that do not
// open.
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
