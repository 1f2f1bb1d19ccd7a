package fetch

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"

	"backpack/vc"
)

// A way is how far a request came, to tell a host that cannot be reached from
// one that says something odd. Redirects without an end, codings that nobody
// asked for, broken and endless bodies and broken connections are no reason to
// leave a host alone: whoever names an address of it could choose one that
// gives them.
type way struct {
	connected atomic.Bool // and, over TLS, shook hands
	moved     atomic.Bool // it answered, and sent us to another address
}

type wayKey struct{}

// watched returns a context whose request tells w how far it comes.
func (w *way) watched(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(context.WithValue(ctx, wayKey{}, w), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.connected.Store(true) },
	})
}

// manner judges the host that was asked first, by how the request ended.
func (w *way) manner(ctx context.Context, err error) manner {
	switch {
	case errors.Is(err, vc.ErrForbidden): // nobody was asked
		return unjudged
	case !errors.Is(err, vc.ErrUnreachable), w.moved.Load(), w.connected.Load() && !errors.Is(err, errLate):
		return answered
	case !vc.Holding(ctx):
		return unjudged
	}
	return silent
}
