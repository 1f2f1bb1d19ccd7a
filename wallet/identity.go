package wallet

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/wallet/storage"
)

// identity is what makes two things one badge, in however many writings it
// comes: the address when the address is what the issuer vouches for; the
// issuer, the id and the seal of a badge that holds; else what its JSON says,
// whatever the order of its members. What holds and what does not are never
// one: the holder of a badge can write another one around its seal.
func identity(doc *vc.Document, r *vc.Report) string {
	switch {
	case doc.Form == vc.Hosted && r.Check(vc.CheckProof).Outcome == vc.Passed:
		return digest([]byte("hosted\x00" + r.Method))
	case doc.Form == vc.Embedded && sealed(r) && doc.Credential != nil:
		if seals := sealsOf(doc); seals != "" {
			return digest([]byte("sealed\x00" + doc.Credential.Issuer.ID + "\x00" + doc.Credential.ID + "\x00" + seals))
		}
	}
	switch doc.Form {
	case vc.Embedded, vc.Unsigned, vc.Hosted:
		if doc.Claims.Is(vc.Object) {
			return digest(append([]byte("json\x00"), sorted(nil, doc.Claims)...))
		}
	}
	return digest(doc.Raw)
}

// sealsOf returns the values of a document's proofs, or "" when one has none.
func sealsOf(doc *vc.Document) string {
	var out []string
	for i := range doc.Proofs {
		value := doc.Proofs[i].ProofValue + doc.Proofs[i].JWS
		if value == "" {
			return ""
		}
		out = append(out, value)
	}
	slices.Sort(out)
	return strings.Join(out, "\x00")
}

// sorted appends JSON to b with the members of each object in order and every
// text written in one way.
func sorted(b []byte, v *vc.Value) []byte {
	switch {
	case v.Is(vc.Object):
		items := v.Items()
		order := make([]int, len(items))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return strings.Compare(items[i].Name(), items[j].Name()) })
		b = append(b, '{')
		for _, i := range order {
			b = append(quoted(b, items[i].Name()), ':')
			b = append(sorted(b, &items[i]), ',')
		}
		return append(b, '}')
	case v.Is(vc.Array):
		b = append(b, '[')
		items := v.Items()
		for i := range items {
			b = append(sorted(b, &items[i]), ',')
		}
		return append(b, ']')
	case v.Is(vc.String):
		return quoted(b, v.Text())
	}
	return append(b, v.Raw()...)
}

func quoted(b []byte, s string) []byte {
	q, _ := json.Marshal(s) // of a string: cannot fail
	return append(b, q...)
}

// lookups are what an item's badge is found by once it is kept: its identity,
// and its bytes, which is what badges that were kept long ago have.
func (w *Wallet) lookups(a storage.AccountID, it *itemRecord) []string {
	out := []string{w.digestLookup(a, it.Digest)}
	if it.RawDigest != "" && it.RawDigest != it.Digest {
		out = append(out, w.digestLookup(a, it.RawDigest))
	}
	return out
}

// noteIdentity lets a kept badge be found by the identity that a check has found.
// One that was kept long ago is known by its bytes alone, and one of an issuer
// that did not answer then by what its JSON says. When another writing of the
// badge is kept as well, that one stays the one that is found. Of a newer version
// of the badge, doc, nothing is noted: what was brought may be brought again.
func (w *Wallet) noteIdentity(tx storage.Tx, v *vault, rec *storage.Record, b *Badge, doc *vc.Document, r *vc.Report) error {
	lookup := w.digestLookup(v.account, identity(doc, r))
	if !bytes.Equal(doc.Raw, b.Body.Raw) || slices.Contains(rec.Lookups, lookup) {
		return nil
	}
	_, err := tx.Find(storage.KindEntry, lookup)
	if errors.Is(err, storage.ErrNotFound) {
		rec.Lookups, err = append(slices.Clip(rec.Lookups), lookup), nil
	}
	return err
}

// keptAlready returns the id of the entry that is the badge of an item, or "".
func (w *Wallet) keptAlready(tx storage.Tx, v *vault, it *itemRecord) (string, error) {
	for _, lookup := range w.lookups(v.account, it) {
		rec, err := tx.Find(storage.KindEntry, lookup)
		if err == nil {
			return rec.ID, nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return "", err
		}
	}
	return "", nil
}

// richness orders what one badge may come in: a picture that it is baked into,
// then with a picture, then text alone.
func (it *itemRecord) richness() int {
	switch {
	case it.Body != nil && it.Body.File != nil:
		return 2
	case it.Image != nil:
		return 1
	}
	return 0
}
