package fetch

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"time"

	"golang.org/x/net/http/httpguts"

	"backpack/vc"
)

// Limits of a call that are not configurable.
const (
	maxCall       = time.Minute // the longest deadline that a context may set
	maxFields     = 64
	maxFieldBytes = 32 << 10
)

// A Header maps canonical field names to values. The alias lets callers build
// one without importing net/http.
type Header = http.Header

// A Request is one call to a service, such as a token or credential endpoint.
type Request struct {
	Method string // GET, POST, PUT, PATCH or DELETE
	URL    string // the same addresses as Fetch
	// Header holds up to 64 fields and 32 KiB. Fields that frame the message,
	// identify the client or belong to a proxy are refused, and so is Cookie.
	Header   Header
	Body     []byte // up to 16 MiB; none with GET
	MaxBytes int64  // limit of the response body after decompression; 0 means 2 MiB, at most 16 MiB
}

// A Response is the answer to a call, whatever its status: an error answer
// keeps its fields (DPoP-Nonce, Retry-After, WWW-Authenticate) and its body.
type Response struct {
	URL    string // where the answer comes from, after redirects
	Status int
	Header Header
	Body   []byte
}

// Format hides the contents: a request holds credentials, and whatever formats
// it may log it.
func (r Request) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%.10q call (contents hidden)", r.Method)
}

// MarshalText hides the contents from structured logs and JSON.
func (r Request) MarshalText() ([]byte, error) { return fmt.Append(nil, r), nil }

// Format hides the contents: a response may hold a token or a credential.
func (r Response) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "answer %d (contents hidden)", r.Status)
}

// MarshalText hides the contents from structured logs and JSON.
func (r Response) MarshalText() ([]byte, error) { return fmt.Append(nil, r), nil }

// Do sends one request and returns the response. It obeys the rules of Fetch
// for addresses, certificates, response headers and concurrent requests. It
// neither reads nor fills a cache, joins no other request, and is no
// vc.Fetcher, so nothing that records what a check was told sees it. Errors
// name the host only.
//
// Only a GET that carries no field but Accept and Accept-Language follows
// redirects. Every other call returns the 3xx response: its body and fields
// reach the host of req.URL and no other.
//
// The deadline of ctx applies, up to one minute; without one, Config.Timeout.
// Calls have slots of their own, so slow services do not hold up checks.
// Errors wrap vc.ErrMalformed if req breaks the limits above, vc.ErrForbidden,
// vc.ErrUnreachable, or vc.ErrTooLarge if the response body exceeds
// req.MaxBytes. A failed call never pauses its host.
func (c *Client) Do(ctx context.Context, req Request) (*Response, error) {
	u, err := c.rules.parse(req.URL)
	if err != nil {
		return nil, fmt.Errorf("call: %w", err)
	}
	res, err := c.call(ctx, u, req)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", u.Host, err)
	}
	return res, nil
}

func (c *Client) call(ctx context.Context, u *url.URL, req Request) (*Response, error) {
	h, err := req.header()
	if err != nil {
		return nil, err
	}
	if vc.Offline(ctx) {
		return nil, fmt.Errorf("%w: offline", vc.ErrUnreachable)
	}
	limit := c.cfg.Timeout
	if _, ok := ctx.Deadline(); ok {
		limit = maxCall
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	leave, err := c.calls.enter(timed, u.Host, c.cfg.Now())
	if err != nil {
		return nil, err
	}
	res, err := c.send(timed, u, req, h)
	leave(c.cfg.Now(), unjudged) // a stranger may have named the host
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("%w: %w", vc.ErrUnreachable, context.Cause(ctx))
	}
	return res, err
}

func (c *Client) send(ctx context.Context, u *url.URL, req Request, h Header) (*Response, error) {
	r, err := http.NewRequestWithContext(ctx, req.Method, u.String(), bytes.NewReader(req.Body))
	if err != nil {
		return nil, vc.ErrMalformed // not err: it quotes the URL
	}
	h.Set("User-Agent", c.cfg.UserAgent)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	r.Header = h
	trip := c.http.Transport.RoundTrip // follows no redirect
	if req.bare() {
		trip = c.http.Do
	}
	answer, err := trip(r)
	if err != nil {
		return nil, classify(err)
	}
	defer answer.Body.Close()
	body, err := readBody(answer, bodyLimit(req.MaxBytes))
	if err != nil {
		return nil, err
	}
	if answer.Request != nil {
		u = answer.Request.URL
	}
	return &Response{URL: u.String(), Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

// bare reports whether a redirect of the request leaks nothing.
func (r Request) bare() bool {
	for name := range r.Header {
		if k := textproto.CanonicalMIMEHeaderKey(name); k != "Accept" && k != "Accept-Language" {
			return false
		}
	}
	return r.Method == http.MethodGet
}

// reserved are the fields that Do or the transport sets, or that no call needs.
var reserved = []string{
	"Accept-Encoding", "Connection", "Content-Length", "Cookie", "Expect", "Forwarded", "Host", "Http2-Settings", "Keep-Alive",
	"Proxy-Authorization", "Proxy-Connection", "Referer", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via",
}

// header checks the request and returns its fields under canonical names.
// Errors repeat no value.
func (r Request) header() (Header, error) {
	switch r.Method {
	case http.MethodGet:
		if len(r.Body) > 0 {
			return nil, fmt.Errorf("%w: a GET request has no body", vc.ErrMalformed)
		}
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return nil, fmt.Errorf("%w: the method %.10q", vc.ErrMalformed, r.Method)
	}
	if len(r.Body) > maxBody {
		return nil, fmt.Errorf("%w: the request body exceeds %d bytes", vc.ErrMalformed, maxBody)
	}
	h, fields, size := Header{}, 0, 0
	for name, values := range r.Header {
		key := textproto.CanonicalMIMEHeaderKey(name)
		if !httpguts.ValidHeaderFieldName(name) || slices.Contains(reserved, key) || h[key] != nil {
			return nil, fmt.Errorf("%w: the header field %.40q", vc.ErrMalformed, name)
		}
		for _, v := range values {
			if !httpguts.ValidHeaderFieldValue(v) {
				return nil, fmt.Errorf("%w: the value of the header field %s", vc.ErrMalformed, key)
			}
			fields, size = fields+1, size+len(key)+len(v)
		}
		h[key] = slices.Clone(values)
	}
	if fields > maxFields || size > maxFieldBytes {
		return nil, fmt.Errorf("%w: %d header fields with %d bytes", vc.ErrMalformed, fields, size)
	}
	return h, nil
}
