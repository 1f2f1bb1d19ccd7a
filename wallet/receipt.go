package wallet

import (
	"bytes"
	"context"
	"errors"
	"net/url"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/receipt"
	"backpack/wallet/storage"
)

// Problems of receipts.
const (
	ProblemReceipt     intake.Problem = "receipt"         // a receipt is no badge to keep
	ProblemReceiptForm intake.Problem = "receipt_unknown" // it calls itself a receipt, in a form that we do not know
)

// Results returns what a receipt states of things that were checked: of each
// badge, and of each presentation before the badges in it. What was checked with
// kept evidence, as of a day gone by, is left out: the service found out nothing
// of its own.
func Results(found []*Checked) []receipt.Result {
	var out []receipt.Result
	for _, c := range found {
		if c.Problem != "" || c.Receipt != nil || c.Original == nil || !c.AsOf.IsZero() {
			continue
		}
		out = append(out, resultOf(c, ""))
		for _, x := range c.Contained {
			if x.Receipt == nil && x.Problem == "" {
				out = append(out, resultOf(x, c.SHA256))
			}
		}
	}
	return out
}

func resultOf(c *Checked, within string) receipt.Result {
	file := c.FileSHA256
	if c.Foreign {
		file = ""
	}
	out := receipt.NewResult(c.Original, file, c.Summary.Title, c.Summary.Version, c.Report, c.Verdict)
	out.Within = within
	return out
}

// Receipt signs, with the service's own key, what was found on an occasion of
// package receipt. It is a Conflict when nothing was. Nothing is stored.
func (w *Wallet) Receipt(ctx context.Context, occasion string, results []receipt.Result) ([]byte, error) {
	if len(results) == 0 {
		return nil, fail(Conflict, "nothing_checked", nil)
	}
	id, err := w.Sealer.newID()
	if err != nil {
		return nil, err
	}
	r := receipt.Receipt{ID: "urn:backpack:receipt:" + id, Issuer: w.service.DID, At: w.now(),
		Record: receipt.Record{Origin: w.PublicURL.Scheme + "://" + w.PublicURL.Host, Software: w.Software, Occasion: occasion, Results: results}}
	unsigned, err := r.Unsigned()
	if err != nil {
		return nil, err
	}
	signer, err := w.Keys.Signer(ctx, "", w.service.ID)
	if err != nil {
		return nil, err
	}
	signed, err := w.Suite.Sign(ctx, unsigned, vc.SignOptions{VerificationMethod: w.service.Method, Purpose: vc.AssertionMethod, Created: w.now()}, signer)
	if err != nil {
		return nil, err
	}
	return receipt.Pretty(signed), nil
}

// SharedReceipt is the receipt of a show that was opened, of a check made now.
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
		doc := it.Badge.Document // the version that is shown, and was checked
		if doc.Form.Legacy() {
			if doc, err = it.Badge.original(ctx); err != nil {
				return nil, err
			}
		}
		out = append(out, it.Badge.result(ctx, doc, it.Report, it.Verdict))
	}
	return w.Receipt(ctx, receipt.OnShow, out)
}

// BadgeReceipt checks a badge of the account's own again, and returns the
// receipt of that.
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

// result states what was found about doc, a version of a kept badge. Of the file
// that it came in nothing is stated unless that shows the badge's own picture.
func (b *Badge) result(ctx context.Context, doc *vc.Document, r *vc.Report, v vc.Verdict) receipt.Result {
	file := ""
	if s := &b.Entry.Summary; b.Body.File != nil && bytes.Equal(doc.Raw, b.Body.Raw) && s.OwnPicture() && looksLike(ctx, b.Body.File, s.Image) {
		file = sha256Hex(b.Body.File)
	}
	return receipt.NewResult(doc, file, b.Entry.Summary.Title, b.Entry.Summary.Version, r, v)
}

// ServiceDocument is the DID document by which the website says which key its
// service signs with. It is Missing where the public address is not of https.
func (w *Wallet) ServiceDocument() ([]byte, error) {
	b, err := receipt.DIDDocument(&url.URL{Scheme: w.PublicURL.Scheme, Host: w.PublicURL.Host}, w.service.DID)
	if errors.Is(err, vc.ErrUnsupported) {
		return nil, fail(Missing, "not_found", err)
	}
	return b, err
}

// ServiceDID is the service's own did:key.
func (w *Wallet) ServiceDID() string { return w.service.DID }

// asReceipt reads c as a receipt, if it calls itself one: it is never a badge.
// When it holds, the website that it names is asked whether the key is its own.
func (ch *Checker) asReceipt(ctx context.Context, c *Checked) {
	if !receipt.Is(c.Original) {
		return
	}
	r, err := receipt.Parse(c.Original)
	if err != nil {
		c.Problem, c.Detail, c.Verdict = string(ProblemReceiptForm), err.Error(), ""
		return
	}
	c.Receipt, c.Confirmed = r, vc.Skipped
	if c.Verdict != vc.Valid {
		return
	}
	asked, cancel := context.WithTimeout(soft(ctx), patience)
	defer cancel()
	c.Confirmed, err = receipt.Confirm(asked, ch.Fetcher, r)
	if err != nil {
		c.Detail = err.Error()
	}
}
