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

// Limits of the versions of a badge between the first and the latest. The issuer
// decides how often there is a new one.
const (
	maxVersions     = 20
	maxVersionBytes = 4 << 20
)

// keepCurrent keeps the issuer's current version of the badge with its schemas. It
// gives a notice if the version is new; the one it replaces stays in the history.
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
	if newer && !current.Form.Legacy() { // a hosted badge has no history: its address always serves the current state
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

// carryResources copies an earlier check's result about the picture. The picture
// is fetched only when the badge comes in.
func carryResources(before, now *vc.Report) {
	c := before.Check(vc.CheckResources)
	if c.Outcome != vc.Skipped && now.Current == nil {
		now.NoteResource(c)
	}
}

// retire moves the current version into the history, and removes the oldest ones
// over the limits.
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

// History returns the kept versions of the badge, from the one received first to
// the one displayed. It returns nil if there is only one.
func (b *Badge) History() []Version {
	if !b.Newer() {
		return nil
	}
	out := []Version{{b.Body.Raw, b.Entry.AddedAt}}
	return append(append(out, b.Body.Versions...), Version{b.Body.Current, b.Body.CurrentAt})
}

// Newer reports whether the displayed version is newer than the one brought in.
func (b *Badge) Newer() bool {
	return len(b.Body.Current) > 0 && !b.Document.Form.Legacy()
}

// toCheck returns the document to check. It is the latest version, which has its
// own refresh service, but the original for a badge older than Open Badges 3.0:
// the check of a hosted one asks its address.
func (b *Badge) toCheck(ctx context.Context) (*vc.Document, error) {
	if b.Document.Form.Legacy() {
		return b.original(ctx)
	}
	return b.Document, nil
}
