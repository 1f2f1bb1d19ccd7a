package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"backpack/vc"
)

// exchange sends the request and caches the answer. It revalidates an older
// answer that has an ETag.
func (c *Client) exchange(ctx context.Context, u *url.URL, key cacheKey, req vc.FetchRequest) (*entry, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", vc.ErrMalformed, err)
	}
	r.Header.Set("User-Agent", c.cfg.UserAgent)
	if req.Accept != "" {
		r.Header.Set("Accept", req.Accept)
	}
	if req.Fresh {
		r.Header.Set("Cache-Control", "no-cache")
	}
	old := c.cache.get(key)
	if old != nil && old.res.ETag != "" {
		r.Header.Set("If-None-Match", old.res.ETag)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, classify(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNotModified && old != nil && old.res.ETag != "" {
		return c.renew(key, old, answer), nil
	}
	return c.take(key, answer, req.MaxBytes)
}

// take reads an answer in full and caches it if it is cacheable.
func (c *Client) take(key cacheKey, answer *http.Response, limit int64) (*entry, error) {
	body, err := readBody(answer, limit)
	if err != nil {
		return nil, err
	}
	res := &vc.Resource{
		URL:         answer.Request.URL.String(),
		Status:      answer.StatusCode,
		ContentType: answer.Header.Get("Content-Type"),
		Body:        body,
		ETag:        answer.Header.Get("ETag"),
	}
	return c.keep(key, res, answer.Header), nil
}

// readBody reads a response in full. The transport asks for gzip and decodes
// it; any other coding was not asked for.
func readBody(answer *http.Response, limit int64) ([]byte, error) {
	if answer.StatusCode == http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("%w: the server switches protocols", vc.ErrUnreachable)
	}
	if coding := answer.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return nil, fmt.Errorf("%w: unrequested content coding %.20q", vc.ErrUnreachable, coding)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	if err != nil {
		return nil, classify(err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", vc.ErrTooLarge, limit)
	}
	return body, nil
}

// bodyLimit returns the limit of a response body for the one a caller asks for.
func bodyLimit(asked int64) int64 {
	if asked <= 0 {
		return defaultBody
	}
	return min(asked, maxBody)
}

// renew returns the cached answer, which the server has just confirmed.
func (c *Client) renew(key cacheKey, old *entry, answer *http.Response) *entry {
	res := *old.res
	return c.keep(key, &res, answer.Header)
}

// keep caches an answer if it is cacheable. Otherwise the entry's until is zero.
func (c *Client) keep(key cacheKey, res *vc.Resource, h http.Header) *entry {
	res.FetchedAt = c.cfg.Now()
	life, stated := lifetime(h, res.FetchedAt)
	if stated {
		res.Expires = res.FetchedAt.Add(life)
	}
	e := &entry{res: res}
	if keep := bounded(res.Status, life, stated); keep > 0 {
		e.until = res.FetchedAt.Add(keep)
		c.cache.put(key, e)
	}
	return e
}

// redirect limits the number of redirects and removes the referrer. Each address
// is checked like the first one, before its round trip.
func redirect(req *http.Request, via []*http.Request) error {
	if p, ok := req.Context().Value(progressKey{}).(*progress); ok {
		p.redirected.Store(true)
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("%w: more than %d redirects", vc.ErrUnreachable, maxRedirects)
	}
	req.Header.Del("Referer")
	return nil
}

// proxyAnswer distinguishes a proxy's refusal from a host that does not answer.
func proxyAnswer(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode == http.StatusForbidden {
		return fmt.Errorf("%w: the proxy refuses", vc.ErrForbidden)
	}
	return nil
}

// classify maps every failure to one of the errors that vc.Fetcher promises. The
// text names no address and no name server: strangers may see it.
func classify(err error) error {
	for _, known := range []error{vc.ErrForbidden, vc.ErrTooLarge, vc.ErrUnreachable} {
		if errors.Is(err, known) {
			return inner(err)
		}
	}
	var timeout net.Error
	var name *net.DNSError
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &cert):
		return fmt.Errorf("%w: its certificate is not trusted: %v", vc.ErrUnreachable, cert.Err)
	case errors.As(err, &name) && name.IsNotFound:
		return vc.ErrNoHost
	case errors.Is(err, syscall.ECONNREFUSED):
		return vc.ErrRefused
	case errors.As(err, &timeout) && timeout.Timeout():
		return errLate
	}
	return fmt.Errorf("%w: the connection failed", vc.ErrUnreachable)
}

var errLate = fmt.Errorf("%w: no answer in time", vc.ErrUnreachable)

// inner unwraps the errors that repeat the URL and the address.
func inner(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	return err
}
