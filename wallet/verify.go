package wallet

import (
	"context"

	"backpack/vc"
)

// Verify checks one document for a program that waits for the answer. It
// fetches the contexts that the document names and we do not know, gives
// strangers' servers no more time than while somebody waits for a page, and
// stores nothing.
func (ch *Checker) Verify(ctx context.Context, doc *vc.Document, opt vc.Options) (*vc.Report, error) {
	gather, cancel := context.WithTimeout(ctx, viewerPatience)
	defer cancel()
	doc.Contexts = ch.fetchContexts(gather, doc, opt)
	return ch.verifyFor(ctx, viewerPatience, doc, opt)
}
