package kept

import (
	"context"
	"fmt"
	"slices"

	"backpack/vc"
)

// Replay returns a Fetcher that answers from what was kept, and asks nobody:
// everything else is ErrUnreachable. Material whose bytes were left out, or
// differ from their digest, answers nothing either. The recorder of a context
// is told of each answer (see vc.WithRecorder).
func Replay(list []Material) vc.Fetcher {
	r := &replay{byQuestion: map[question]*Material{}, byURL: map[string]*Material{}}
	for i := range list {
		m := &list[i]
		if m.Omitted || !m.sound && Digest(m.Body) != m.SHA256 {
			continue
		}
		r.byQuestion[m.question()] = m
		if r.byURL[m.URL] == nil {
			r.byURL[m.URL] = m
		}
	}
	return r
}

type replay struct {
	byQuestion map[question]*Material
	byURL      map[string]*Material
}

// Fetch implements vc.Fetcher. A question that was asked in other words than
// now, as by an earlier version, has the answer of its address.
func (r *replay) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	m := r.byQuestion[question{req.URL, req.Accept}]
	if m == nil {
		m = r.byURL[req.URL]
	}
	if m == nil {
		return nil, fmt.Errorf("fetch %.200s: %w: no answer was kept", req.URL, vc.ErrUnreachable)
	}
	limit := req.MaxBytes
	if limit <= 0 {
		limit = 2 << 20
	}
	if int64(len(m.Body)) > limit {
		return nil, fmt.Errorf("fetch %.200s: %w: more than %d bytes", req.URL, vc.ErrTooLarge, limit)
	}
	res := &vc.Resource{URL: m.URL, Status: m.Status, ContentType: m.MediaType, Body: slices.Clone(m.Body), FetchedAt: m.ConfirmedAt}
	if m.From != "" {
		res.URL = m.From
	}
	vc.Record(ctx, req, res)
	return res, nil
}
