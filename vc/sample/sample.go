package sample

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"backpack/vc"
)

// Host is the reserved host that the sample issuer answers under. No name
// server knows it (RFC 6761).
const Host = "samples.backpack.invalid"

const (
	base      = "https://" + Host
	didIssuer = "did:web:" + Host
)

// A Config holds what the sample issuer works with; New refuses a missing part.
type Config struct{ Now func() time.Time }

// Samples are the sample badges and the documents behind them. It is safe for
// concurrent use.
type Samples struct {
	now   func() time.Time
	files []File
	more  []File
	pages map[string]page // by address
}

// A File is one sample badge.
type File struct {
	Name  string // with its extension
	Bytes []byte
	Title string
	State vc.Verdict // what a verification finds by the strictest policy
	About string     // what the sample shows, in a few words
}

// A page is what an address under Host serves.
type page struct {
	contentType string
	body        []byte
	draw        func() ([]byte, error) // makes the body of a picture
}

// New makes, draws and signs the sample badges. It returns the same bytes
// whatever the time is.
func New(cfg Config) (*Samples, error) {
	if cfg.Now == nil {
		return nil, errors.New("sample: Config needs Now")
	}
	i, err := newIssuer()
	if err != nil {
		return nil, fmt.Errorf("sample issuer: %w", err)
	}
	s := &Samples{now: cfg.Now, pages: i.pages}
	for _, make := range []func() ([]File, error){i.legacyFiles, i.files} {
		files, err := make()
		if err != nil {
			return nil, fmt.Errorf("sample badges: %w", err)
		}
		s.files = append(s.files, files...)
	}
	if s.more, err = i.moreFiles(); err != nil {
		return nil, fmt.Errorf("sample badges: %w", err)
	}
	return s, nil
}

// Files returns the sample badges, in the order in which to show them. The
// slice and the bytes must not be changed.
func (s *Samples) Files() []File { return s.files }

// More returns samples of what is rare: Open Badges 0.5 and 1.1, and a badge on
// hold. They verify like the others; nobody who tries a backpack out gets them.
func (s *Samples) More() []File { return s.more }

// Web returns a fetcher that answers for the sample issuer from memory, says
// of every other host under backpack.invalid that it cannot be reached, and
// passes all else on to next. With a nil next nothing else can be reached.
func (s *Samples) Web(next vc.Fetcher) vc.Fetcher { return &web{s, next} }

type web struct {
	samples *Samples
	next    vc.Fetcher
}

// Fetch implements vc.Fetcher.
func (w *web) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	u, err := url.Parse(req.URL)
	switch {
	case err == nil && u.Scheme == "https" && u.Host == Host:
		return w.samples.serve(req)
	case err == nil && strings.HasSuffix(u.Hostname(), ".backpack.invalid"), w.next == nil:
		return nil, fmt.Errorf("fetch %s: %w", req.URL, vc.ErrUnreachable)
	}
	return w.next.Fetch(ctx, req)
}

func (s *Samples) serve(req vc.FetchRequest) (*vc.Resource, error) {
	address, _, _ := strings.Cut(req.URL, "#")
	now := s.now()
	res := &vc.Resource{URL: req.URL, Status: 404, ContentType: "text/plain", Body: []byte("not found"), FetchedAt: now}
	p, ok := s.pages[address]
	if !ok {
		return res, nil
	}
	if p.draw != nil {
		var err error
		if p.body, err = p.draw(); err != nil {
			return nil, err
		}
	}
	if req.MaxBytes > 0 && int64(len(p.body)) > req.MaxBytes {
		return nil, fmt.Errorf("fetch %s: %w", req.URL, vc.ErrTooLarge)
	}
	res.Status, res.ContentType, res.Expires = 200, p.contentType, now.Add(time.Hour)
	res.Body = append([]byte(nil), p.body...)
	return res, nil
}
