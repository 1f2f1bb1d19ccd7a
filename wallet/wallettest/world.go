package wallettest

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	"backpack/vc"
)

// A Clock moves only when a test moves it. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a Clock at noon of 23 November 2026, UTC.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A Web is a vc.Fetcher over the content that a test puts into it. Any other address
// is unreachable. It is safe for concurrent use.
type Web struct {
	now func() time.Time

	mu      sync.Mutex
	pages   map[string]func(vc.FetchRequest) (*vc.Resource, error)
	visited []vc.FetchRequest
}

// NewWeb returns an empty Web.
func NewWeb(now func() time.Time) *Web {
	return &Web{now: now, pages: map[string]func(vc.FetchRequest) (*vc.Resource, error){}}
}

// Put makes the address answer with status 200 and body.
func (w *Web) Put(url, contentType string, body []byte) {
	w.Answer(url, func(vc.FetchRequest) (*vc.Resource, error) {
		return &vc.Resource{URL: url, Status: 200, ContentType: contentType, Body: bytes.Clone(body)}, nil
	})
}

// Answer makes the address answer with the result of fn.
func (w *Web) Answer(url string, fn func(vc.FetchRequest) (*vc.Resource, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[url] = fn
}

// Remove makes the address unreachable.
func (w *Web) Remove(url string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.pages, url)
}

// Visits returns the requests, the earliest first.
func (w *Web) Visits() []vc.FetchRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]vc.FetchRequest(nil), w.visited...)
}

// Stall makes the address never answer: a request ends with its context.
func (w *Web) Stall(url string) { w.Answer(url, nil) }

// Fetch implements vc.Fetcher.
func (w *Web) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if vc.Offline(ctx) {
		return nil, fmt.Errorf("fetch %s offline: %w", req.URL, vc.ErrUnreachable)
	}
	w.mu.Lock()
	fn, known := w.pages[req.URL]
	w.visited = append(w.visited, req)
	w.mu.Unlock()
	if known && fn == nil {
		<-ctx.Done()
		return nil, fmt.Errorf("fetch %s: %w: %w", req.URL, vc.ErrUnreachable, ctx.Err())
	}
	if fn == nil {
		return nil, fmt.Errorf("fetch %s: %w", req.URL, vc.ErrUnreachable)
	}
	res, err := fn(req)
	if err != nil {
		return nil, err
	}
	limit := req.MaxBytes
	if limit == 0 {
		limit = 2 << 20
	}
	if int64(len(res.Body)) > limit {
		return nil, fmt.Errorf("fetch %s: %w", req.URL, vc.ErrTooLarge)
	}
	if res.FetchedAt.IsZero() {
		res.FetchedAt = w.now()
	}
	return res, nil
}

// A Mail is a sent mail.
type Mail struct{ To, Subject, Text string }

// A Mailbox is a wallet.Mailer that keeps the mails. It is safe for concurrent use.
type Mailbox struct {
	mu    sync.Mutex
	mails []Mail
	fail  error
}

// Send implements wallet.Mailer.
func (m *Mailbox) Send(ctx context.Context, to, subject, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	m.mails = append(m.mails, Mail{to, subject, text})
	return ctx.Err()
}

// Fail makes Send return err; nil makes it work again.
func (m *Mailbox) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// Mails returns the sent mails, the earliest first.
func (m *Mailbox) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail(nil), m.mails...)
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// Code returns the code in the latest mail.
func (m *Mailbox) Code(t testing.TB) string {
	t.Helper()
	mails := m.Mails()
	if len(mails) == 0 {
		t.Fatal("no mail was sent")
	}
	code := sixDigits.FindString(mails[len(mails)-1].Text)
	if code == "" {
		t.Fatalf("the mail contains no code:\n%s", mails[len(mails)-1].Text)
	}
	return code
}
