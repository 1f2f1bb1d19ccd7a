package inspect

import (
	"context"
	"errors"
	"maps"

	"backpack/vc"
)

// maxContexts is how many contexts are fetched for one document.
const maxContexts = 8

// fetchContexts returns the JSON-LD contexts of doc that are not embedded in
// the program: those that it came with, and those fetched now. Only contexts
// that a proof needs which may hold are fetched (see vc.Verifier.WantedContexts);
// verification fetches none. An unsafe context is returned too, so that the
// check can say why it refuses it.
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
		req := vc.FetchRequest{URL: url, Accept: "application/ld+json, application/json", MaxBytes: 1 << 20, Role: vc.RoleContext}
		res, err := ch.Fetcher.Fetch(ctx, req)
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
