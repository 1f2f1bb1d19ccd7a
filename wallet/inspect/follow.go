package inspect

import (
	"context"
	"errors"

	"backpack/vc"
	"backpack/vc/intake"
)

// Limits of following one address.
const (
	maxHops    = 3   // a QR code names the page of a badge, which names the badge
	maxFetches = 40  // addresses
	maxFound   = 200 // results
)

var (
	errLoop = errors.New("the address leads through too many others, or back to itself")
	errFan  = errors.New("the address leads to too many others")
)

// Follow fetches the link of f, and the links in its answers, and returns the
// badges and problems found. A find without a link is returned unchanged. It
// fetches at most 40 addresses, and stops after Patience.
func (ch *Checker) Follow(ctx context.Context, f Find, presentations bool) []Find {
	ctx, cancel := ch.fetching(ctx, Patience)
	defer cancel()
	var out []Find
	asked := map[string]bool{}
	for todo := []Find{f}; len(todo) > 0 && len(out) < maxFound; {
		f, todo = todo[0], todo[1:]
		switch {
		case f.Item.Link == "":
			out = append(out, f)
		case asked[f.Item.Link] || f.hops == maxHops:
			out = append(out, f.trouble(intake.NotABadge, errLoop))
		case len(asked) == maxFetches:
			return append(out, f.trouble(intake.TooMany, errFan))
		default:
			asked[f.Item.Link] = true
			todo = append(ch.hop(ctx, f, presentations), todo...)
		}
	}
	return out
}

// hop fetches the link of f and opens the answer.
func (ch *Checker) hop(ctx context.Context, f Find, presentations bool) []Find {
	link := intake.RewriteURL(f.Item.Link)
	res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: link, Accept: acceptBadge, MaxBytes: 10 << 20})
	if err != nil {
		return []Find{f.trouble(fetchProblem(err), err)}
	}
	var out []Find
	var items []intake.Item
	if err := inTurn(ctx, func(ctx context.Context) {
		items = intake.OpenFetched(ctx, res, intake.Options{KeepPresentation: presentations, MaxItems: maxFound})
	}); err != nil {
		return []Find{f.trouble(ProblemTime, errTime)}
	}
	for _, item := range items {
		if item.Name == "" || item.Name == res.URL {
			item.Name = f.Item.Name
		}
		g := Find{Item: item, Source: Source{Kind: "address", Name: link}, URL: res.URL, hops: f.hops + 1}
		if f.Item.Image != nil && item.Image == nil && item.Problem == "" {
			g.Item.Image, g.Item.Source = f.Item.Image, f.Item.Source
		}
		out = append(out, g)
	}
	return out
}

// acceptBadge asks an address for a badge in any form (specs A11.1, B1.12).
const acceptBadge = "application/vc, application/vc+ld+json, application/ld+json, application/json;q=0.9, " +
	"application/vc+jwt, application/vc+sd-jwt, application/dc+sd-jwt, application/vc+cose, application/jwt, " +
	"image/png;q=0.8, image/svg+xml;q=0.8, text/plain;q=0.7, text/html;q=0.5"

func fetchProblem(err error) intake.Problem {
	switch {
	case errors.Is(err, vc.ErrPort):
		return ProblemPort
	case errors.Is(err, vc.ErrPrivate):
		return ProblemPrivate
	case errors.Is(err, vc.ErrNoHost):
		return ProblemNoHost
	case errors.Is(err, vc.ErrForbidden):
		return ProblemForbidden
	case errors.Is(err, vc.ErrTooLarge):
		return intake.TooLarge
	case errors.Is(err, vc.ErrMalformed):
		return ProblemAddress
	}
	return ProblemUnreachable
}
