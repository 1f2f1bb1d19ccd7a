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

// Host is the reserved host of the sample issuer, which never resolves (RFC 6761).
const Host = "samples.backpack.invalid"

const (
	base      = "https://" + Host
	didIssuer = "did:web:" + Host
)

// A Config holds the dependencies of Samples.
type Config struct{ Now func() time.Time }

// Samples holds the sample badges and the documents behind them. They are built on
// first use, as most commands need none. It is safe for concurrent use.
type Samples struct {
	now  func() time.Time
	made func() (*made, error)
}

// made is the result of building: the documents, and functions that return the files.
type made struct {
	pages       map[string]page // by address
	files, more func() ([]File, error)
}

// A draft is a file whose picture is not drawn yet.
type draft struct {
	File
	finish func() ([]byte, error) // returns the bytes
}

// drawn returns a function that finishes the drafts once.
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
	State vc.Verdict // verdict under the strictest policy
}

// A page is a resource under Host.
type page struct {
	contentType string
	body        []byte
	draw        func() ([]byte, error) // returns the body of a picture
}

// New returns the sample badges. Their bytes do not depend on the time.
func New(cfg Config) (*Samples, error) {
	if cfg.Now == nil {
		return nil, errors.New("sample: Config needs Now")
	}
	return &Samples{now: cfg.Now, made: sync.OnceValues(makeAll)}, nil
}

// makeAll builds and signs the sample badges.
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

// Files returns the sample badges in display order. Callers must not change the
// result. An error is a programming error.
func (s *Samples) Files() ([]File, error) {
	m, err := s.made()
	if err != nil {
		return nil, err
	}
	return m.files()
}

// More returns samples of rare cases: Open Badges 0.5 and 1.1, and a suspended badge.
// They verify like the others, but are not offered to people who try out a backpack.
func (s *Samples) More() ([]File, error) {
	m, err := s.made()
	if err != nil {
		return nil, err
	}
	return m.more()
}

// Web returns a fetcher that serves the documents of the sample issuer from memory,
// fails with vc.ErrUnreachable for all other hosts under backpack.invalid, and passes
// other requests to next. With a nil next they fail, too.
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
