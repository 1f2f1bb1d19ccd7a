package fetch

import (
	"context"
	"net/url"
	"time"

	"backpack/vc"
)

// A Shelf shares answers among programs that work together, and keeps them over
// a restart.
//
// Once returns the answer that is kept under a name, and until when it may be
// used. When there is none, or fresh is set, it is what ask says, which is kept
// unless its time is zero; of all who want the same meanwhile one asks. That
// something cannot be kept is no error.
type Shelf interface {
	Once(ctx context.Context, name string, fresh bool, ask func(context.Context) (*vc.Resource, time.Time, error)) (*vc.Resource, time.Time, error)
}

// shelved answers from the shelf what many badges have in common: lists of
// statuses, and what their issuers publish of their keys. Whatever else is
// asked for concerns one badge, and is nobody else's.
func (c *Client) shelved(ctx context.Context, u *url.URL, key cacheKey, req vc.FetchRequest) (*vc.Resource, error) {
	ask := func(ctx context.Context) (*vc.Resource, time.Time, error) {
		e, err := c.gated(ctx, u, key, req)
		if err != nil {
			return nil, time.Time{}, err
		}
		return e.res, e.until, nil
	}
	if c.cfg.Shelf == nil || req.Role != vc.RoleStatus && req.Role != vc.RoleIssuer {
		res, _, err := ask(ctx)
		return res, err
	}
	res, until, err := c.cfg.Shelf.Once(ctx, key.accept+" "+key.url, req.Fresh, ask)
	if err == nil && !until.IsZero() {
		c.cache.put(key, &entry{res: res, until: until})
	}
	return res, err
}
