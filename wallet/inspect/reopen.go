package inspect

import (
	"context"
	"errors"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/wallet/fault"
)

// Reopen parses the bytes of a badge that was parsed before. url is the address
// that served it, "" for none; contexts and schemas were kept with it.
func Reopen(ctx context.Context, raw []byte, url string, contexts, schemas map[string][]byte) (*vc.Document, error) {
	var items []intake.Item
	if url != "" {
		items = intake.OpenFetched(ctx, &vc.Resource{URL: url, Status: 200, Body: raw}, intake.Options{})
	} else {
		items = intake.Open(ctx, "", raw, intake.Options{})
	}
	if len(items) == 0 || items[0].Doc == nil {
		return nil, fault.New(fault.Internal, "badge_unreadable", errors.New("a kept badge cannot be parsed"))
	}
	doc := items[0].Doc
	doc.Contexts, doc.Schemas = contexts, schemas
	return doc, nil
}
