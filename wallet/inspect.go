package wallet

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/intake"
	"backpack/vc/kept"
)

// A find is one thing among what somebody brought, on its way through the one
// direction that data takes: bytes, parsed, verified, and only then stored.
type find struct {
	item   intake.Item
	source Source
	url    string // where it was fetched from
	hops   int    // addresses followed so far
	input  int    // which of the inputs it was in
	// evidence is set for a badge that is to be checked with what was kept.
	evidence *kept.Badge
	marked   bool // the evidence bears our mark
	// restored and brought are set for a badge of a backpack's archive.
	restored *restored
	brought  *snapshot
}

// workers bounds how many things are checked at the same time.
const workers = 8

// openInputs takes apart what somebody brings. It does no I/O.
func (ch *Checker) openInputs(ctx context.Context, in []Input, presentations bool) []find {
	limits := ch.Limits.withDefaults()
	opt := intake.Options{MaxBytes: limits.ImportBytes, KeepPresentation: presentations}
	var out []find
	for i, x := range in {
		src := sourceOf(x)
		opt.MaxItems = limits.ImportItems - len(out)
		opt.MaxBytes -= int64(len(x.Bytes))
		if opt.MaxItems <= 0 || opt.MaxBytes < 0 {
			return append(out, find{item: intake.Item{Name: x.Name, Problem: intake.TooMany}, source: src, input: i})
		}
		if finds, ok := ch.openEvidence(x); ok {
			for _, f := range finds[:min(len(finds), opt.MaxItems)] {
				f.input = i
				out = append(out, f.bare(presentations))
			}
			continue
		}
		for _, item := range openInTurn(ctx, x, intake.Options{MaxItems: opt.MaxItems, MaxBytes: limits.ImportBytes, KeepPresentation: presentations}) {
			if item.Name == "" {
				item.Name = x.Name
			}
			out = append(out, find{item: item, source: src, input: i})
		}
	}
	return out
}

// openInTurn takes one input apart when there is room to.
func openInTurn(ctx context.Context, x Input, opt intake.Options) (items []intake.Item) {
	if err := inTurn(ctx, func(ctx context.Context) { items = intake.Open(ctx, x.Name, x.Bytes, opt) }); err != nil {
		return []intake.Item{{Name: x.Name, Problem: ProblemTime, Err: errTime}}
	}
	return items
}

// Limits of following one address.
const (
	maxHops    = 3  // a QR code names a badge's page, the page names the badge
	maxFetches = 40 // of a list of badges
	maxFound   = 200
)

// follow fetches what f links to, until it is a badge, a problem or several
// things. A find without a link is returned as it is. However the addresses
// fan out, it asks at most maxFetches of them, and no longer than patience.
func (ch *Checker) follow(ctx context.Context, f find, presentations bool) []find {
	ctx, cancel := context.WithTimeout(soft(ctx), patience)
	defer cancel()
	var out []find
	asked := map[string]bool{}
	for todo := []find{f}; len(todo) > 0 && len(out) < maxFound; {
		f, todo = todo[0], todo[1:]
		switch {
		case f.item.Link == "":
			out = append(out, f)
		case asked[f.item.Link] || f.hops == maxHops:
			out = append(out, f.trouble(intake.NotABadge, errLoop))
		case len(asked) == maxFetches:
			return append(out, f.trouble(intake.TooMany, errFan))
		default:
			asked[f.item.Link] = true
			todo = append(ch.hop(ctx, f, presentations), todo...)
		}
	}
	return out
}

var (
	errLoop = errors.New("one address leads to the next without an end")
	errFan  = errors.New("the address leads to too many others")
)

// trouble returns f as something that is no badge.
func (f find) trouble(p intake.Problem, err error) find {
	f.item = intake.Item{Name: f.item.Name, Problem: p, Err: err}
	return f
}

// hop asks the address that f links to.
func (ch *Checker) hop(ctx context.Context, f find, presentations bool) []find {
	link := intake.RewriteURL(f.item.Link)
	res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: link, Accept: acceptBadge, MaxBytes: 10 << 20})
	if err != nil {
		return []find{f.trouble(fetchProblem(err), err)}
	}
	var out []find
	var items []intake.Item
	if err := inTurn(ctx, func(ctx context.Context) {
		items = intake.OpenFetched(ctx, res, intake.Options{KeepPresentation: presentations, MaxItems: maxFound})
	}); err != nil {
		return []find{f.trouble(ProblemTime, errTime)}
	}
	for _, item := range items {
		if item.Name == "" || item.Name == res.URL {
			item.Name = f.item.Name
		}
		g := find{item: item, source: Source{Kind: "address", Name: link}, url: res.URL, hops: f.hops + 1}
		if f.item.Image != nil && item.Image == nil && item.Problem == "" {
			g.item.Image, g.item.Source = f.item.Image, f.item.Source
		}
		out = append(out, g)
	}
	return out
}

// acceptBadge asks an address for a badge in any form (specs A11.1, B1.12).
const acceptBadge = "application/vc, application/vc+ld+json, application/ld+json, application/json;q=0.9, " +
	"application/vc+jwt, application/vc+sd-jwt, application/dc+sd-jwt, application/vc+cose, application/jwt, image/png;q=0.8, image/svg+xml;q=0.8, text/plain;q=0.7, text/html;q=0.5"

func fetchProblem(err error) intake.Problem {
	switch {
	case errors.Is(err, vc.ErrPort):
		return ProblemPort
	case errors.Is(err, vc.ErrPrivate):
		return ProblemPrivate
	case errors.Is(err, vc.ErrNoHost):
		return ProblemNoHost
	case errors.Is(err, vc.ErrForbidden):
		return ProblemForbidden
	case errors.Is(err, vc.ErrTooLarge):
		return intake.TooLarge
	case errors.Is(err, vc.ErrMalformed):
		return ProblemAddress
	}
	return ProblemUnreachable
}

// Problems of an import beside those of package intake.
const (
	ProblemUnreachable intake.Problem = "unreachable"       // the address gave no answer
	ProblemForbidden   intake.Problem = "address_forbidden" // we may not ask that address
	ProblemPort        intake.Problem = "port_forbidden"    // it has another port than the one that we ask
	ProblemPrivate     intake.Problem = "address_inside"    // it is inside a private network
	ProblemNoHost      intake.Problem = "no_such_host"      // there is no such host
	ProblemAddress     intake.Problem = "bad_address"       // it is no https address
	ProblemInternal    intake.Problem = "internal"          // our own fault
	ProblemUnreadable  intake.Problem = "unreadable"        // the file could not be opened
	ProblemTime        intake.Problem = "not_in_time"       // others took all the time that there was
)

// An examined is a thing that was checked, before anything is stored.
type examined struct {
	problem  intake.Problem
	detail   string
	original *vc.Document
	document *vc.Document // to show
	report   *vc.Report
	verdict  vc.Verdict
	mine     string
	summary  Summary
	body     *Body
	picture  *picture
}

// examine verifies what was found. known are identifiers that the asking
// person controls; own says that it is theirs to keep. It never fails: what goes wrong is told in the result, even
// a panic that a stranger's bytes lead to in one of the libraries that read
// pictures; a job would do it again and again.
func (ch *Checker) examine(ctx context.Context, f find, known []string, own bool) (x *examined) {
	defer func() {
		if r := recover(); r != nil {
			x = &examined{problem: ProblemInternal, detail: fmt.Sprint("panic: ", r)}
		}
	}()
	doc := f.item.Doc
	if doc == nil {
		return problemOf(f.item)
	}
	gather, cancel := context.WithTimeout(soft(ctx), patience)
	defer cancel()
	opt := vc.Options{Recipients: known, Own: own}
	doc.Contexts = ch.fetchContexts(gather, doc, opt)
	report, err := ch.verifyFor(ctx, patience, doc, opt)
	if err != nil {
		return &examined{problem: ProblemInternal, detail: err.Error()}
	}
	x = &examined{original: doc, document: doc, report: report, verdict: report.Verdict(ch.Policy())}
	if report.Current != nil {
		x.document = report.Current
	}
	x.body = bodyOf(f, report)
	if c := x.document.Credential; c != nil {
		x.mine, _ = vc.MatchRecipient(&c.Subject, known)
		x.picture = ch.pictureOf(gather, f.item.Image, c, report)
	}
	x.summary = summarise(x.document, f, x.picture, report.Words)
	if doc.Presentation == nil {
		x.summary.Inside = graverInside(report, x.verdict)
	}
	x.summary.Sample = x.summary.Sample || report.Sample
	return x
}

func problemOf(item intake.Item) *examined {
	x := &examined{problem: item.Problem}
	if item.Err != nil {
		x.detail = item.Err.Error()
	}
	if item.Offer != "" {
		x.detail = item.Offer
	}
	if x.problem == "" {
		x.problem = intake.NotABadge
	}
	return x
}

// bodyOf gathers the bytes to keep of a find.
func bodyOf(f find, report *vc.Report) *Body {
	b := &Body{Raw: f.item.Doc.Raw, URL: f.url, Contexts: f.item.Doc.Contexts, Schemas: report.Schemas, FileName: fileName(f)}
	if f.item.Image != nil && len(f.item.Source) > 0 {
		b.File = bake.Lean(f.item.Source)
	}
	if report.Current != nil {
		b.Current, b.View, b.CurrentAt = report.Current.Raw, viewOf(report.Current), report.At
	}
	if f.item.Doc.Form == vc.Hosted && report.Method != "" {
		b.URL = report.Method
	}
	return b
}

// fileName returns a name that is safe in a ZIP and in a download.
func fileName(f find) string {
	name := f.item.Name
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case inName(r), r == '.', r == '-', r == '_':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, name)
	name = strings.Trim(name, ".-\u200c\u200d")
	for len(name) > 80 { // what its end says of the kind of file matters less than a name that is whole
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// reparse reads a kept badge again.
func reparse(ctx context.Context, raw []byte, b *Body) (*vc.Document, error) {
	var items []intake.Item
	if b.URL != "" {
		items = intake.OpenFetched(ctx, &vc.Resource{URL: b.URL, Status: 200, Body: raw}, intake.Options{})
	} else {
		items = intake.Open(ctx, "", raw, intake.Options{})
	}
	if len(items) == 0 || items[0].Doc == nil {
		return nil, fail(Internal, "badge_unreadable", errors.New("a kept badge cannot be parsed"))
	}
	doc := items[0].Doc
	doc.Contexts, doc.Schemas = b.Contexts, b.Schemas
	return doc, nil
}

// each runs fn for 0 to n-1 on a few goroutines and waits.
func each(n int, fn func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, workers) {
		wg.Go(func() {
			for i := range next {
				fn(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// digest is the identity of a badge's bytes, for duplicates.
func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return encode32(sum[:20])
}
