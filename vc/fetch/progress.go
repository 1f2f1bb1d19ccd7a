package fetch

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"

	"backpack/vc"
)

// progress records how far a request got, to distinguish a host that cannot be
// reached from one that answers oddly. Endless redirects, unrequested content
// codings, broken or endless bodies and broken connections do not pause a host:
// a stranger could choose an address of it that produces them.
type progress struct {
	connected  atomic.Bool // including the TLS handshake
	redirected atomic.Bool
}

type progressKey struct{}

// traced returns a context whose request reports to p.
func (p *progress) traced(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(context.WithValue(ctx, progressKey{}, p), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { p.connected.Store(true) },
	})
}

// outcome judges the first host of a request that ended with err.
func (p *progress) outcome(ctx context.Context, err error) outcome {
	switch {
	case errors.Is(err, vc.ErrForbidden): // nothing was sent
		return unjudged
	case !errors.Is(err, vc.ErrUnreachable), p.redirected.Load(), p.connected.Load() && !errors.Is(err, errLate):
		return answered
	case !vc.Holding(ctx):
		return unjudged
	}
	return silent
}
