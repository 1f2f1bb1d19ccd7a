package wallet

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"backpack/vc"
)

// OwnLists stands before a Fetcher and answers for the status lists that the
// service itself publishes, from its store. So what an operator changes is seen
// at once by the checks of every process on the store, which ask no cache, and
// the service needs no way to its own address.
type OwnLists struct {
	Address string     // a number follows; see IssueRequest.Lists
	Next    vc.Fetcher // for all other addresses
	wallet  atomic.Pointer[Wallet]
}

// Serve has o answer from w. Before, it passes every request on.
func (o *OwnLists) Serve(w *Wallet) { o.wallet.Store(w) }

// Fetch implements vc.Fetcher.
func (o *OwnLists) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	number, own := strings.CutPrefix(req.URL, o.Address)
	n, err := strconv.Atoi(number)
	w := o.wallet.Load()
	if o.Address == "" || !own || err != nil || w == nil || vc.Offline(ctx) {
		return o.Next.Fetch(ctx, req)
	}
	body, _, err := w.StatusList(ctx, n)
	var missing *Error
	switch {
	case errors.As(err, &missing) && missing.Kind == Missing:
		return &vc.Resource{URL: req.URL, Status: 404, FetchedAt: w.now(), Live: true}, nil
	case err != nil:
		return nil, fmt.Errorf("read the service's own list %d: %w: %w", n, vc.ErrUnreachable, err)
	}
	return &vc.Resource{URL: req.URL, Status: 200, ContentType: "application/vc", Body: body, FetchedAt: w.now(), Live: true}, nil
}
