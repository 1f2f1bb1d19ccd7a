package wallet

import (
	"context"
	"errors"
	"strings"

	"backpack/vc"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// allEntries returns all entries of the account, in ascending order of ID.
func (w *Wallet) allEntries(ctx context.Context, a storage.AccountID) ([]*Entry, error) {
	var all []*Entry
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		all = nil
		return vault.Each(tx, v, storage.KindEntry, func(e *Entry, rec *storage.Record) error {
			e.Version = rec.Version
			all = append(all, e)
			return nil
		})
	})
	return all, err
}

// Badge returns one badge with its content.
func (w *Wallet) Badge(ctx context.Context, a storage.AccountID, id string) (*Badge, error) {
	var b *Badge
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		got, err := loadBadge(tx, v, id)
		b = got
		return notFound(err)
	})
	if err != nil {
		return nil, err
	}
	return b, b.parse(ctx)
}

// loadBadge reads the records of a badge. The caller must then call parse,
// outside the transaction.
func loadBadge(tx storage.Tx, v *vault.Vault, id string) (*Badge, error) {
	e, rec, err := vault.Load[Entry](tx, v, storage.KindEntry, id)
	if err != nil {
		return nil, err
	}
	e.Version = rec.Version
	body, _, err := vault.Load[Body](tx, v, storage.KindBody, id)
	if err != nil {
		return nil, err
	}
	k, _, err := loadKept(tx, v, id)
	if err != nil {
		return nil, err
	}
	b := &Badge{Entry: e, Body: body, Changes: k.Changes}
	if s := k.evidenceOf(e); s != nil {
		b.Evidence = s.At
	}
	return b, nil
}

// parse sets b.Document to the current version of the badge.
func (b *Badge) parse(ctx context.Context) error {
	raw := b.Body.Raw
	if len(b.Body.Current) > 0 {
		raw = b.Body.Current
	}
	doc, err := b.Body.open(ctx, raw)
	if err != nil {
		return err
	}
	b.Body.show(ctx, doc)
	b.Document = doc
	return nil
}

// original returns the document as the learner added it.
func (b *Badge) original(ctx context.Context) (*vc.Document, error) {
	if len(b.Body.Current) == 0 {
		return b.Document, nil
	}
	return b.Body.open(ctx, b.Body.Raw)
}

// open parses raw with the stored contexts and schemas.
func (b *Body) open(ctx context.Context, raw []byte) (*vc.Document, error) {
	return inspect.Reopen(ctx, raw, b.URL, b.Contexts, b.Schemas)
}

// show replaces the credential in doc with that of View if doc is incomplete.
func (b *Body) show(ctx context.Context, doc *vc.Document) {
	if len(b.View) == 0 || inspect.Whole(doc) {
		return
	}
	if view, err := b.open(ctx, b.View); err == nil && view.Credential != nil {
		doc.Credential = view.Credential
	}
}

// Image returns one of the account's pictures.
func (w *Wallet) Image(ctx context.Context, a storage.AccountID, id string) (body []byte, contentType string, err error) {
	err = w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		im, _, err := vault.Load[imageRecord](tx, v, storage.KindImage, id)
		if err != nil {
			return notFound(err)
		}
		body, contentType = im.Body, im.Type
		return nil
	})
	return body, contentType, err
}

// BadgeImage returns the picture of one of the account's badges.
func (w *Wallet) BadgeImage(ctx context.Context, a storage.AccountID, entry string) (body []byte, contentType string, err error) {
	err = w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		e, _, err := vault.Load[Entry](tx, v, storage.KindEntry, entry)
		if err != nil {
			return notFound(err)
		}
		im, _, err := vault.Load[imageRecord](tx, v, storage.KindImage, e.Summary.Image)
		if err != nil {
			return notFound(err)
		}
		body, contentType = im.Body, im.Type
		return nil
	})
	return body, contentType, err
}

// CountBadges returns the number of badges in the account. It decrypts none.
func (w *Wallet) CountBadges(ctx context.Context, a storage.AccountID) (n int, err error) {
	err = w.vaults.View(ctx, a, func(tx storage.Tx, _ *vault.Vault) error {
		n, _, err = tx.Count(a, storage.KindEntry)
		return err
	})
	return n, err
}

// changeEntry applies fn to an entry and stores it.
func (w *Wallet) changeEntry(ctx context.Context, a storage.AccountID, id string, fn func(tx storage.Tx, v *vault.Vault, e *Entry) error) error {
	return w.changeRecord(ctx, a, id, func(tx storage.Tx, v *vault.Vault, e *Entry, _ *storage.Record) error { return fn(tx, v, e) })
}

// changeRecord is changeEntry for an fn that also changes the entry's record,
// such as its lookups.
func (w *Wallet) changeRecord(ctx context.Context, a storage.AccountID, id string,
	fn func(tx storage.Tx, v *vault.Vault, e *Entry, rec *storage.Record) error,
) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		e, rec, err := vault.Load[Entry](tx, v, storage.KindEntry, id)
		if err != nil {
			return notFound(err)
		}
		if err := fn(tx, v, e, rec); err != nil {
			return err
		}
		if err := v.Replace(tx, rec, e); err != nil {
			return err
		}
		e.Version = rec.Version
		return nil
	})
}

// maxNote is the maximum length of a note, in bytes.
const maxNote = 4000

// SetNote changes the learner's note on a badge. A note of more than maxNote
// bytes is BadInput, note_too_long.
func (w *Wallet) SetNote(ctx context.Context, a storage.AccountID, id, note string) error {
	if len(note) > maxNote {
		return fail(BadInput, "note_too_long", nil)
	}
	return w.changeEntry(ctx, a, id, func(_ storage.Tx, _ *vault.Vault, e *Entry) error {
		e.Note = strings.TrimSpace(note)
		return nil
	})
}

// Remove deletes a badge. Shares that contain it lose it.
func (w *Wallet) Remove(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		e, _, err := vault.Load[Entry](tx, v, storage.KindEntry, id)
		if err != nil {
			return notFound(err)
		}
		for _, k := range []storage.Key{
			{Account: a, Kind: storage.KindEntry, ID: id}, {Account: a, Kind: storage.KindBody, ID: id}, {Account: a, Kind: storage.KindJob, ID: "check/" + id},
		} {
			if err := tx.Delete(k); err != nil && !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		if err := w.dropKept(tx, v, id); err != nil {
			return err
		}
		if err := errors.Join(dropImage(tx, v, e.Summary.Image), w.giveNew(tx, v, false)); err != nil {
			return err
		}
		return w.events.Record(tx, v, event.Event{Code: "removed", Text: e.Summary.Title})
	})
}

// dropImage deletes a picture that no badge uses any more.
func dropImage(tx storage.Tx, v *vault.Vault, id string) error {
	if id == "" {
		return nil
	}
	used := false
	err := vault.Each(tx, v, storage.KindEntry, func(e *brief, _ *storage.Record) error {
		used = used || e.Summary.Image == id
		return nil
	})
	if err != nil || used {
		return err
	}
	if err := tx.Delete(v.Key(storage.KindImage, id)); !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	return nil
}
