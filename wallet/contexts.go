package wallet

import (
	"context"
	"errors"
	"maps"

	"backpack/vc"
)

// maxContexts is how many contexts are asked for for one document.
const maxContexts = 8

// fetchContexts fetches the JSON-LD contexts of doc, and of the documents in
// it, that are not embedded in the program, so that they are kept beside it;
// verification itself never fetches one. It asks for those alone that a proof
// takes which may hold: see vc.Verifier.WantedContexts. One that may not be used
// goes along all the same: the check refuses it, and so can say why.
func (ch *Checker) fetchContexts(ctx context.Context, doc *vc.Document, opt vc.Options) map[string][]byte {
	kept := maps.Clone(doc.Contexts)
	unknown := func(url string) bool { return url != "" && !ch.Contexts.Known(url) && kept[url] == nil }
	asked := map[string]bool{}
	for _, url := range ch.Verifier.WantedContexts(ctx, doc, opt, unknown) {
		if asked[url] || !unknown(url) {
			continue
		}
		if asked[url] = true; len(asked) > maxContexts {
			break
		}
		res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: url, Accept: "application/ld+json, application/json", MaxBytes: 1 << 20, Role: vc.RoleContext})
		if err != nil || !res.OK() {
			continue
		}
		if why := ch.Contexts.CheckContext(url, res.Body); why != nil && !errors.Is(why, vc.ErrUnsafe) {
			continue
		}
		if kept == nil {
			kept = map[string][]byte{}
		}
		kept[url] = res.Body
	}
	return kept
}
