package wallet

import (
	"context"

	"backpack/vc"
	"backpack/wallet/storage"
)

// Why a credential cannot be taken out of the CLR around it.
const (
	InsideUnsigned   = "inside_unsigned"   // it has no proof of its own: alone, nothing vouches for it (specs C6)
	InsideUnreadable = "inside_unreadable" // it is no credential that can be read
)

// KeptInside says why a credential in a CLR cannot stand alone, "" when it can:
// one with a proof of its own is as good outside (specs C6).
func KeptInside(d *vc.Document) string {
	switch {
	case d.Credential == nil:
		return InsideUnreadable
	case d.Form == vc.Unsigned:
		return InsideUnsigned
	}
	return ""
}

// TakeOut begins to bring a credential that stands in a CLR into the backpack
// as a badge of its own: its very bytes, or its JWS. n counts the credentials
// in the CLR from 0. It returns the id of an import, as StartImport does.
func (w *Wallet) TakeOut(ctx context.Context, a storage.AccountID, id string, n int) (string, error) {
	b, err := w.Badge(ctx, a, id)
	if err != nil {
		return "", err
	}
	c := b.Document.Credential
	if c == nil || n < 0 || n >= len(c.Contained) {
		return "", fail(Missing, "not_found", nil)
	}
	inner := c.Contained[n]
	if why := KeptInside(inner); why != "" {
		return "", fail(BadInput, why, nil)
	}
	finds := w.openInputs(ctx, []Input{{Bytes: inner.Raw}}, false)
	for i := range finds {
		finds[i].source = Source{Kind: "taken", Name: b.Entry.Summary.Title}
	}
	return w.startImport(ctx, a, finds, nil)
}
