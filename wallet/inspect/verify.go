package inspect

import (
	"context"
	"strings"

	"backpack/vc"
)

// Verify checks one document for a program that waits for the answer. It
// fetches unknown contexts that the document names. Other servers get as much
// time as while a page waits: ViewerPatience.
func (ch *Checker) Verify(ctx context.Context, doc *vc.Document, opt vc.Options) (*vc.Report, error) {
	fetch, cancel := ch.fetching(ctx, ViewerPatience)
	defer cancel()
	doc.Contexts = ch.fetchContexts(fetch, doc, opt)
	return ch.VerifyWithin(ctx, ViewerPatience, doc, opt)
}

// FetchCriteria fetches the page with the criteria of a badge, for the recorder
// in ctx to keep. It sends no request for a badge that does not hold, since a
// forged one could name any address. A silent server is not an error.
func (ch *Checker) FetchCriteria(ctx context.Context, c *Checked) {
	cr := c.Document.Credential
	if !c.Verdict.Stands() || cr == nil || cr.Subject.Achievement == nil || !strings.HasPrefix(cr.Subject.Achievement.CriteriaID, "http") {
		return
	}
	ctx, cancel := context.WithTimeout(vc.WithHolding(ctx), ViewerPatience)
	defer cancel()
	_, _ = ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: cr.Subject.Achievement.CriteriaID,
		Accept: "text/html, text/plain;q=0.8, application/json;q=0.5", Role: vc.RoleCriteria})
}
