package wallet

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"backpack/vc"
	"backpack/vc/receipt"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
)

// Receipt returns a receipt of results, signed with the service's own key. The
// occasion is one of package receipt. Without results the error is a Conflict.
// Receipt stores nothing.
func (w *Wallet) Receipt(ctx context.Context, occasion string, results []receipt.Result) ([]byte, error) {
	if len(results) == 0 {
		return nil, fail(Conflict, "nothing_checked", nil)
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, err
	}
	r := receipt.Receipt{ID: "urn:backpack:receipt:" + id, Issuer: w.service.DID, At: w.now(),
		Record: receipt.Record{Origin: w.cfg.PublicURL.Scheme + "://" + w.cfg.PublicURL.Host, Software: w.cfg.Software, Occasion: occasion, Results: results}}
	unsigned, err := r.Unsigned()
	if err != nil {
		return nil, err
	}
	signer, err := w.cfg.Keys.Signer(ctx, "", w.service.ID)
	if err != nil {
		return nil, err
	}
	signed, err := w.cfg.Suite.Sign(ctx, unsigned, vc.SignOptions{VerificationMethod: w.service.Method, Purpose: vc.AssertionMethod, Created: w.now()}, signer)
	if err != nil {
		return nil, err
	}
	return receipt.Pretty(signed), nil
}

// SharedReceipt returns the receipt of a share's latest checks. The viewer must
// hold a grant.
func (w *Wallet) SharedReceipt(ctx context.Context, token, grant string) ([]byte, error) {
	if !w.granted(token, grant) {
		return nil, errShareGone()
	}
	view, err := w.OpenShare(ctx, token, OpenShareOptions{Grant: grant})
	if err != nil {
		return nil, err
	}
	var out []receipt.Result
	for _, it := range view.Items {
		doc := it.Badge.Document // the displayed version, which was checked
		if doc.Form.Legacy() {
			if doc, err = it.Badge.original(ctx); err != nil {
				return nil, err
			}
		}
		out = append(out, it.Badge.result(ctx, doc, it.Report, it.Verdict))
	}
	return w.Receipt(ctx, receipt.OnShow, out)
}

// BadgeReceipt checks one of the account's badges again and returns the receipt of
// that check.
func (w *Wallet) BadgeReceipt(ctx context.Context, a storage.AccountID, id string) ([]byte, error) {
	e, err := w.Recheck(ctx, a, id)
	if err != nil {
		return nil, err
	}
	b, err := w.Badge(ctx, a, id)
	if err != nil {
		return nil, err
	}
	doc, err := b.original(ctx)
	if err != nil {
		return nil, err
	}
	return w.Receipt(ctx, receipt.OnKeeping, []receipt.Result{b.result(ctx, doc, e.Report, e.Verdict)})
}

// result returns the result of a check of doc, a version of a kept badge. It names
// the file that the badge came in only if that shows the badge's own picture.
func (b *Badge) result(ctx context.Context, doc *vc.Document, r *vc.Report, v vc.Verdict) receipt.Result {
	file := ""
	if s := &b.Entry.Summary; b.Body.File != nil && bytes.Equal(doc.Raw, b.Body.Raw) && s.OwnPicture() && inspect.LooksLike(ctx, b.Body.File, s.Image) {
		file = sha256Hex(b.Body.File)
	}
	return receipt.NewResult(doc, file, b.Entry.Summary.Title, b.Entry.Summary.Version, r, v)
}

// ServiceDocument returns the DID document in which the website names its service's
// signing key. If the public address is not https, the error is Missing.
func (w *Wallet) ServiceDocument() ([]byte, error) {
	b, err := receipt.DIDDocument(&url.URL{Scheme: w.cfg.PublicURL.Scheme, Host: w.cfg.PublicURL.Host}, w.service.DID)
	if errors.Is(err, vc.ErrUnsupported) {
		return nil, fail(Missing, "not_found", err)
	}
	return b, err
}

// ServiceDID returns the service's own did:key.
func (w *Wallet) ServiceDID() string { return w.service.DID }
