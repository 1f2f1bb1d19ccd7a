package inspect

import (
	"context"
	"time"

	"backpack/vc"
	"backpack/vc/kept"
	"backpack/vc/registry"
	"backpack/wallet/fault"
)

// A Checker checks documents of any origin and stores nothing. It is safe for
// concurrent use, and copied to change a field for one request.
type Checker struct {
	Verifier *vc.Verifier
	Fetcher  vc.Fetcher
	Contexts Contexts
	// Replay returns a Checker that answers from list, sends no requests, and
	// whose clock stands at a time. Nil: evidence files are read as plain ZIPs.
	Replay func(list []kept.Material, at time.Time) (*Checker, error)
	// Marks returns the marks of this service for an evidence's manifest. Nil:
	// no evidence bears our mark, so its answers are its own word.
	Marks  func(manifest []byte) []string
	Limits Limits
	// Registries are those that Verifier asks; nil for none. See Knowing.
	Registries *registry.Set
	// NoPictures skips pictures: none is fetched or decoded.
	NoPictures bool
	// Verified receives every report and its verdict, except those of Replay;
	// nil: none.
	Verified func(*vc.Report, vc.Verdict)

	registry      vc.Registry // asked in place of those of Verifier; nil for those
	fetchDeadline time.Time   // the end of all requests to other servers; zero: none
}

// Contexts decides which JSON-LD contexts may be used.
type Contexts interface {
	// Known reports whether the context is embedded in the program.
	Known(url string) bool
	// CheckContext returns nil if a fetched context may be used.
	CheckContext(url string, body []byte) error
}

// Limits bound one request. Zero fields take the defaults.
type Limits struct {
	Items int           // finds; default 2,000
	Bytes int64         // of all inputs, unpacked; default 200 MiB
	Time  time.Duration // for the requests of Check to other servers; default 25 seconds
}

// WithDefaults returns l with the defaults for zero fields.
func (l Limits) WithDefaults() Limits {
	if l.Items == 0 {
		l.Items = 2_000
	}
	if l.Bytes == 0 {
		l.Bytes = 200 << 20
	}
	if l.Time == 0 {
		l.Time = 25 * time.Second
	}
	return l
}

// workers is how many things one request checks at a time, at least.
const workers = 8

// How long other servers may take over one badge, in total. A server that has
// not answered by then counts as unreachable.
const (
	Patience       = 45 * time.Second
	ViewerPatience = 12 * time.Second // while a page waits
)

// Policy is the policy that verdicts follow: the strictest.
func (ch *Checker) Policy() vc.Policy { return vc.Policy{} }

// Knowing returns a Checker that also asks a list of issuers. name says whose
// list it is. A BadInput error, code list_altered, reports an invalid list.
func (ch *Checker) Knowing(issuers []registry.Entry, name string) (*Checker, error) {
	list, err := registry.NewList(name, issuers)
	if err != nil {
		return nil, fault.New(fault.BadInput, "list_altered", err)
	}
	out := *ch
	out.registry = ch.Registries.With(list)
	return &out, nil
}

// fetching returns ctx for requests to other servers. It ends after patience,
// 0 for no limit, and at fetchDeadline.
func (ch *Checker) fetching(ctx context.Context, patience time.Duration) (context.Context, context.CancelFunc) {
	stop := context.CancelFunc(func() {})
	if !ch.fetchDeadline.IsZero() {
		ctx, stop = context.WithDeadline(ctx, ch.fetchDeadline)
	}
	if patience == 0 {
		return ctx, stop
	}
	inner, cancel := context.WithTimeout(ctx, patience)
	return inner, func() { cancel(); stop() }
}
