package kept

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"slices"
	"strings"
	"sync"
	"time"

	"backpack/vc"
)

// Limits of the material of one badge. Larger material has its digest only.
const (
	MaxItems = 48
	MaxBody  = 1 << 20
	MaxTotal = 3 << 20
)

// A Material is an answer that a check received.
type Material struct {
	Role        vc.Role   `json:"role"`
	URL         string    `json:"url"`            // of the request
	From        string    `json:"from,omitempty"` // where the answer came from, if elsewhere
	Accept      string    `json:"accept,omitempty"`
	Status      int       `json:"status"`
	MediaType   string    `json:"mediaType,omitempty"` // as served
	SHA256      string    `json:"sha256"`              // of the bytes, kept or omitted; hexadecimal
	Size        int       `json:"size"`
	FetchedAt   time.Time `json:"fetchedAt"`         // when these bytes were first received
	ConfirmedAt time.Time `json:"confirmedAt"`       // when the same bytes were last received
	Text        bool      `json:"text,omitempty"`    // an HTML page, reduced to its plain text
	Omitted     bool      `json:"omitted,omitempty"` // the bytes are not kept
	Body        []byte    `json:"-"`
	sound       bool      // Body matches SHA256
}

// Digest returns the SHA-256 of b in hexadecimal, as in Material.SHA256.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Same reports whether two materials have the same bytes, address and Accept
// header.
func (m *Material) Same(o *Material) bool {
	return m.question() == o.question() && m.SHA256 == o.SHA256 && m.Status == o.Status
}

// A question identifies a request.
type question struct{ url, accept string }

func (m *Material) question() question { return question{m.URL, m.Accept} }

// Recording returns a Fetcher that asks next and passes each answer to the recorder
// of the context (see vc.WithRecorder).
func Recording(next vc.Fetcher) vc.Fetcher { return recording{next} }

type recording struct{ next vc.Fetcher }

// Fetch implements vc.Fetcher.
func (r recording) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	res, err := r.next.Fetch(ctx, req)
	if err == nil {
		vc.Record(ctx, req, res)
	}
	return res, err
}

// A Collector collects the answers of one check. Its zero value is ready to use,
// its Record is a vc.Recorder, and it is safe for concurrent use.
type Collector struct {
	mu    sync.Mutex
	items []Material
	total int
}

// Collect returns a context whose answers go to the Collector.
func Collect(ctx context.Context) (context.Context, *Collector) {
	c := &Collector{}
	return vc.WithRecorder(ctx, c.Record), c
}

// Record adds an answer. It replaces an earlier answer to the same request, and
// ignores a request without a role, such as to a registry of issuers, which does
// not belong to the badge.
func (c *Collector) Record(req vc.FetchRequest, res *vc.Resource) {
	if req.Role == "" {
		return
	}
	m := material(req, res)
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.items, func(x Material) bool { return x.question() == m.question() })
	switch {
	case i >= 0:
		c.total -= len(c.items[i].Body)
	case len(c.items) == MaxItems:
		return
	default:
		c.items = append(c.items, Material{})
		i = len(c.items) - 1
	}
	if len(m.Body) > MaxBody || c.total+len(m.Body) > MaxTotal {
		m.Body, m.Omitted = nil, true
	}
	c.total += len(m.Body)
	c.items[i] = m
}

// material converts an answer; an HTML page becomes its text.
func material(req vc.FetchRequest, res *vc.Resource) Material {
	m := Material{Role: req.Role, URL: req.URL, Accept: req.Accept, Status: res.Status, MediaType: res.ContentType,
		FetchedAt: res.FetchedAt.UTC(), ConfirmedAt: res.FetchedAt.UTC(), Body: slices.Clone(res.Body)}
	if res.URL != req.URL {
		m.From = res.URL
	}
	if req.Role == vc.RoleCriteria && isHTML(res) {
		m.Body, m.Text = []byte(Text(res.Body)), true
	}
	m.SHA256, m.Size = Digest(m.Body), len(m.Body)
	return m
}

func isHTML(res *vc.Resource) bool {
	t, _, err := mime.ParseMediaType(res.ContentType)
	return err == nil && (t == "text/html" || t == "application/xhtml+xml") ||
		err != nil && strings.HasPrefix(strings.TrimSpace(string(res.Body[:min(len(res.Body), 256)])), "<")
}

// Materials returns the collected answers, in an order that does not depend on when
// they came.
func (c *Collector) Materials() []Material {
	c.mu.Lock()
	out := slices.Clone(c.items)
	c.mu.Unlock()
	slices.SortFunc(out, func(a, b Material) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.URL, b.URL), cmp.Compare(a.Accept, b.Accept))
	})
	return out
}
