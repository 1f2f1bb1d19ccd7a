package fetch

import (
	"context"
	"net/url"
	"time"

	"backpack/vc"
)

// A SharedCache shares answers between processes and keeps them over a restart.
//
// Once returns the answer stored under name and the time until which it may be
// used. If there is none, or fresh is set, it calls ask and stores the answer
// unless its time is zero; of concurrent callers, one asks. A failure to store is
// not an error.
type SharedCache interface {
	Once(ctx context.Context, name string, fresh bool, ask func(context.Context) (*vc.Resource, time.Time, error)) (*vc.Resource, time.Time, error)
}

// shared answers status lists and issuers' keys, which many badges need, from
// the shared cache. Any other resource concerns one badge and stays out of it.
func (c *Client) shared(ctx context.Context, u *url.URL, key cacheKey, req vc.FetchRequest) (*vc.Resource, error) {
	ask := func(ctx context.Context) (*vc.Resource, time.Time, error) {
		e, err := c.gated(ctx, u, key, req)
		if err != nil {
			return nil, time.Time{}, err
		}
		return e.res, e.until, nil
	}
	if c.cfg.Shared == nil || req.Role != vc.RoleStatus && req.Role != vc.RoleIssuer {
		res, _, err := ask(ctx)
		return res, err
	}
	res, until, err := c.cfg.Shared.Once(ctx, key.accept+" "+key.url, req.Fresh, ask)
	if err == nil && !until.IsZero() {
		c.cache.put(key, &entry{res: res, until: until})
	}
	return res, err
}
