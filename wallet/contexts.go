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
// verification itself never fetches one. One that may not be used goes along
// all the same: the check refuses it, and so can say why.
func (ch *Checker) fetchContexts(ctx context.Context, doc *vc.Document) map[string][]byte {
	kept := maps.Clone(doc.Contexts)
	asked := map[string]bool{"": true}
	for _, url := range contextsOf(doc) {
		if asked[url] || ch.Contexts.Known(url) || kept[url] != nil {
			continue
		}
		if asked[url] = true; len(asked) > maxContexts+1 {
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

// contextsOf lists the addresses of contexts that doc and what is in it name.
func contextsOf(doc *vc.Document) []string {
	var out []string
	var inner []*vc.Document
	switch {
	case doc.Form.Legacy():
	case doc.Credential != nil:
		out = append(out, doc.Credential.Context...)
		inner = append(vc.AllEndorsements(doc.Credential), doc.Credential.Contained...)
	case doc.Presentation != nil:
		out = append(out, doc.Presentation.Context...)
		inner = doc.Presentation.Documents
	}
	for _, d := range inner { // parsing bounds how many and how deep
		out = append(out, contextsOf(d)...)
	}
	return out
}
