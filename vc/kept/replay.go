package kept

import (
	"context"
	"fmt"
	"slices"

	"backpack/vc"
)

// Replay returns a Fetcher that answers from list and sends no request: anything
// else is ErrUnreachable, and so is material whose bytes are omitted or differ from
// their digest. It passes each answer to the recorder of the context (see
// vc.WithRecorder).
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

// Fetch implements vc.Fetcher. If the recorded Accept header differs, as from an
// earlier version, the URL alone selects the answer.
func (r *replay) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	m := r.byQuestion[question{req.URL, req.Accept}]
	if m == nil {
		m = r.byURL[req.URL]
	}
	if m == nil {
		return nil, fmt.Errorf("fetch %.200s: %w: no answer is kept", req.URL, vc.ErrUnreachable)
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
