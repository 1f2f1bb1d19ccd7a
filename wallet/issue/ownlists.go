package issue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"backpack/vc"
	"backpack/wallet/fault"
)

// OwnLists is a Fetcher that answers for the service's own status lists from the
// store, and passes other requests on. So the checks of every process on the
// store see a change at once, without a cache, and the service needs no route
// to its own address.
type OwnLists struct {
	Address string     // a number follows; see Request.Lists
	Next    vc.Fetcher // for all other addresses
	service atomic.Pointer[Service]
}

// Serve makes o answer from s. Before, it passes every request on.
func (o *OwnLists) Serve(s *Service) { o.service.Store(s) }

// Fetch implements vc.Fetcher.
func (o *OwnLists) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	number, own := strings.CutPrefix(req.URL, o.Address)
	n, err := strconv.Atoi(number)
	s := o.service.Load()
	if o.Address == "" || !own || err != nil || s == nil || vc.Offline(ctx) {
		return o.Next.Fetch(ctx, req)
	}
	body, _, err := s.StatusList(ctx, n)
	var missing *fault.Error
	switch {
	case errors.As(err, &missing) && missing.Kind == fault.Missing:
		return &vc.Resource{URL: req.URL, Status: 404, FetchedAt: s.now(), Live: true}, nil
	case err != nil:
		return nil, fmt.Errorf("read the service's own list %d: %w: %w", n, vc.ErrUnreachable, err)
	}
	return &vc.Resource{URL: req.URL, Status: 200, ContentType: "application/vc", Body: body, FetchedAt: s.now(), Live: true}, nil
}
