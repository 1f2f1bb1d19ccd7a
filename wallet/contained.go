package wallet

import (
	"context"

	"backpack/wallet/inspect"
	"backpack/wallet/storage"
)

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
	if why := inspect.KeptInside(inner); why != "" {
		return "", fail(BadInput, why, nil)
	}
	finds := w.Open(ctx, []inspect.Input{{Bytes: inner.Raw}}, false)
	for i := range finds {
		finds[i].Source = inspect.Source{Kind: "taken", Name: b.Entry.Summary.Title}
	}
	return w.startImport(ctx, a, arrivals(finds), nil)
}
