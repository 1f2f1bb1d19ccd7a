package sample

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
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

// Samples are the sample badges and the documents behind them. They are made
// when the first of them is asked for: most commands never do. It is safe for
// concurrent use.
type Samples struct {
	now  func() time.Time
	made func() (*made, error)
}

// What is made once: the documents, and with the pictures the files.
type made struct {
	pages       map[string]page // by address
	files, more func() ([]File, error)
}

// A draft is a file whose picture has not been drawn.
type draft struct {
	File
	finish func() ([]byte, error) // makes its bytes
}

// drawn makes files of drafts, once.
func drawn(drafts []draft) func() ([]File, error) {
	return sync.OnceValues(func() ([]File, error) {
		out := make([]File, len(drafts))
		for i, d := range drafts {
			b, err := d.finish()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.Name, err)
			}
			out[i], out[i].Bytes = d.File, b
		}
		return out, nil
	})
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

// New returns the sample badges. They have the same bytes whatever the time is.
func New(cfg Config) (*Samples, error) {
	if cfg.Now == nil {
		return nil, errors.New("sample: Config needs Now")
	}
	return &Samples{now: cfg.Now, made: sync.OnceValues(makeAll)}, nil
}

// makeAll makes and signs the sample badges.
func makeAll() (*made, error) {
	i, err := newIssuer()
	if err != nil {
		return nil, fmt.Errorf("sample issuer: %w", err)
	}
	var all [3][]draft
	for n, make := range []func() ([]draft, error){i.legacyFiles, i.files, i.moreFiles} {
		if all[n], err = make(); err != nil {
			return nil, fmt.Errorf("sample badges: %w", err)
		}
	}
	return &made{pages: i.pages, files: drawn(slices.Concat(all[0], all[1])), more: drawn(all[2])}, nil
}

// Files returns the sample badges, in the order in which to show them. The
// slice and the bytes must not be changed. An error is a fault of the program.
func (s *Samples) Files() ([]File, error) {
	m, err := s.made()
	if err != nil {
		return nil, err
	}
	return m.files()
}

// More returns samples of what is rare: Open Badges 0.5 and 1.1, and a badge on
// hold. They verify like the others; nobody who tries a backpack out gets them.
func (s *Samples) More() ([]File, error) {
	m, err := s.made()
	if err != nil {
		return nil, err
	}
	return m.more()
}

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
	m, err := s.made()
	if err != nil {
		return nil, err
	}
	address, _, _ := strings.Cut(req.URL, "#")
	now := s.now()
	res := &vc.Resource{URL: req.URL, Status: 404, ContentType: "text/plain", Body: []byte("not found"), FetchedAt: now}
	p, ok := m.pages[address]
	if !ok {
		return res, nil
	}
	if p.draw != nil {
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
