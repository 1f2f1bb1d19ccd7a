package wallet

import (
	"bytes"
	"context"
	"maps"

	"backpack/vc"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// What earlier versions of one badge may take, beside the first and the
// latest: an issuer decides how often there is a new one.
const (
	maxVersions     = 20
	maxVersionBytes = 4 << 20
)

// keepCurrent keeps what the issuer gives in place of the badge, with the
// schemas that it names, and tells of it when it says something else than
// before. A version that it replaces stays in the history.
func (w *Wallet) keepCurrent(tx storage.Tx, v *vault.Vault, e *Entry, current *vc.Document, r *vc.Report) error {
	body, rec, err := vault.Load[Body](tx, v, storage.KindBody, e.ID)
	if err != nil {
		return notFound(err)
	}
	view := inspect.View(current)
	if bytes.Equal(body.Current, current.Raw) && bytes.Equal(body.View, view) {
		return nil
	}
	before := body.Current
	if len(before) == 0 {
		before = body.Raw
	}
	newer := !bytes.Equal(before, current.Raw)
	if newer && !current.Form.Legacy() { // what a hosted badge's address serves is no version of its own
		body.retire()
	}
	body.Current, body.View, body.CurrentAt = current.Raw, view, r.At
	if len(r.Schemas) > 0 {
		if body.Schemas == nil {
			body.Schemas = map[string][]byte{}
		}
		maps.Copy(body.Schemas, r.Schemas)
	}
	if err := v.Replace(tx, rec, body); err != nil || !newer {
		return err
	}
	return w.notice(tx, v, e, event.NoticeNewer)
}

// carryResources takes over what an earlier check found about the picture,
// which is fetched when a badge comes, and not again.
func carryResources(before, now *vc.Report) {
	c := before.Check(vc.CheckResources)
	if c.Outcome != vc.Skipped && now.Current == nil {
		now.NoteResource(c)
	}
}

// retire moves the current version into the history, of which the oldest go
// when there are too many.
func (b *Body) retire() {
	if len(b.Current) == 0 {
		return
	}
	b.Versions = append(b.Versions, Version{b.Current, b.CurrentAt})
	sum := 0
	for i := len(b.Versions) - 1; i >= 0; i-- {
		if sum += len(b.Versions[i].Raw); sum > maxVersionBytes || len(b.Versions)-i > maxVersions {
			b.Versions = b.Versions[i+1:]
			return
		}
	}
}

// History lists the versions of the badge that are kept, the one that was
// brought first and the one shown last. It is nil when there is but one.
func (b *Badge) History() []Version {
	if !b.Newer() {
		return nil
	}
	out := []Version{{b.Body.Raw, b.Entry.AddedAt}}
	return append(append(out, b.Body.Versions...), Version{b.Body.Current, b.Body.CurrentAt})
}

// Newer reports whether what is shown is a newer version than what was brought.
func (b *Badge) Newer() bool {
	return len(b.Body.Current) > 0 && !b.Document.Form.Legacy()
}

// toCheck returns the document whose check says how the badge stands: the
// latest version, which has its own way to a newer one. A hosted badge's
// address is asked about the badge as it was brought.
func (b *Badge) toCheck(ctx context.Context) (*vc.Document, error) {
	if b.Document.Form.Legacy() {
		return b.original(ctx)
	}
	return b.Document, nil
}
