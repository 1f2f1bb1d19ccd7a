package wallet

import (
	"context"

	"backpack/wallet/inspect"
	"backpack/wallet/storage"
)

// TakeOut starts the import of a credential from a CLR as a separate badge, with
// its exact bytes or JWS. n counts the credentials in the CLR from 0. It returns
// the id of the import, like StartImport. A credential that cannot stand alone
// is BadInput with the code of inspect.KeptInside.
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
