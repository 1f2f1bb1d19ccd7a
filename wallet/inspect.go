package wallet

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"sync"

	"backpack/vc"
	"backpack/vc/intake"
)

// A find is one thing among what somebody brought, on its way through the one
// direction that data takes: bytes, parsed, verified, and only then stored.
type find struct {
	item   intake.Item
	source Source
	url    string // where it was fetched from
	hops   int    // addresses followed so far
}

// maxHops bounds how many addresses lead to one badge: a QR code names a
// badge's page, the page names the badge.
const maxHops = 3

// workers bounds how many things are checked at the same time.
const workers = 8

// openInputs takes apart what somebody brings. It does no I/O.
func (ch *Checker) openInputs(ctx context.Context, in []Input, presentations bool) []find {
	limits := ch.Limits.withDefaults()
	opt := intake.Options{MaxItems: limits.ImportItems, MaxBytes: limits.ImportBytes, KeepPresentation: presentations}
	var out []find
	for _, x := range in {
		src := Source{Kind: "file", Name: x.Name}
		if x.Name == "" {
			src.Kind = "text"
		}
		for _, item := range intake.Open(ctx, x.Name, x.Bytes, opt) {
			if item.Name == "" {
				item.Name = x.Name
			}
			out = append(out, find{item: item, source: src})
			if len(out) >= limits.ImportItems {
				return out
			}
		}
	}
	return out
}

// follow fetches what f links to, until it is a badge, a problem or several
// things. A find without a link is returned as it is.
func (ch *Checker) follow(ctx context.Context, f find, presentations bool) []find {
	if f.item.Link == "" {
		return []find{f}
	}
	if f.hops == maxHops {
		f.item = intake.Item{Name: f.item.Name, Problem: intake.NotABadge, Err: errors.New("one address leads to the next without an end")}
		return []find{f}
	}
	link := intake.RewriteURL(f.item.Link)
	res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: link, Accept: acceptBadge, MaxBytes: 10 << 20})
	if err != nil {
		f.item = intake.Item{Name: f.item.Name, Problem: fetchProblem(err), Err: err}
		return []find{f}
	}
	var out []find
	for _, item := range intake.OpenFetched(ctx, res, intake.Options{KeepPresentation: presentations}) {
		if item.Name == "" || item.Name == res.URL {
			item.Name = f.item.Name
		}
		g := find{item: item, source: Source{Kind: "address", Name: link}, url: res.URL, hops: f.hops + 1}
		if f.item.Image != nil && item.Image == nil {
			g.item.Image, g.item.Source = f.item.Image, f.item.Source
		}
		out = append(out, ch.follow(ctx, g, presentations)...)
	}
	return out
}

// acceptBadge asks an address for a badge in any form (specs A11.1, B1.12).
const acceptBadge = "application/vc, application/vc+ld+json, application/ld+json, application/json;q=0.9, " +
	"application/vc+jwt, application/jwt, image/png;q=0.8, image/svg+xml;q=0.8, text/plain;q=0.7, text/html;q=0.5"

func fetchProblem(err error) intake.Problem {
	switch {
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
	ProblemAddress     intake.Problem = "bad_address"       // it is no https address
	ProblemInternal    intake.Problem = "internal"          // our own fault
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
// person controls. It never fails: what goes wrong is told in the result.
func (ch *Checker) examine(ctx context.Context, f find, known []string) *examined {
	doc := f.item.Doc
	if doc == nil {
		return problemOf(f.item)
	}
	doc.Contexts = ch.fetchContexts(ctx, doc)
	report, err := ch.Verifier.Verify(ctx, doc, vc.Options{Recipients: known})
	if err != nil {
		return &examined{problem: ProblemInternal, detail: err.Error()}
	}
	x := &examined{original: doc, document: doc, report: report, verdict: report.Verdict(ch.Policy())}
	if report.Current != nil {
		x.document = report.Current
	}
	x.body = bodyOf(f, report)
	if c := x.document.Credential; c != nil {
		x.mine, _ = vc.MatchRecipient(&c.Subject, known)
		x.picture = ch.pictureOf(ctx, f.item.Image, c)
	}
	x.summary = summarise(x.document, f, x.picture)
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
	b := &Body{Raw: f.item.Doc.Raw, URL: f.url, Contexts: f.item.Doc.Contexts, FileName: fileName(f)}
	if f.item.Image != nil && len(f.item.Source) > 0 {
		b.File = f.item.Source
	}
	if report.Current != nil {
		b.Current = report.Current.Raw
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
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, name)
	name = strings.Trim(name, ".-")
	return name[:min(len(name), 80)]
}

// fetchContexts fetches the JSON-LD contexts of doc that are not embedded, so
// that they are kept beside it; verification itself never fetches one. A
// context that may not be used is left out: the check then says so.
func (ch *Checker) fetchContexts(ctx context.Context, doc *vc.Document) map[string][]byte {
	var kept map[string][]byte
	for _, url := range contextsOf(doc) {
		if len(kept) == 8 || url == "" || ch.Contexts.Known(url) || doc.Contexts[url] != nil {
			continue
		}
		res, err := ch.Fetcher.Fetch(ctx, vc.FetchRequest{URL: url, Accept: "application/ld+json, application/json", MaxBytes: 1 << 20})
		if err != nil || !res.OK() || ch.Contexts.CheckContext(url, res.Body) != nil {
			continue
		}
		if kept == nil {
			kept = map[string][]byte{}
		}
		kept[url] = res.Body
	}
	for url, body := range doc.Contexts {
		if kept == nil {
			kept = map[string][]byte{}
		}
		kept[url] = body
	}
	return kept
}

func contextsOf(doc *vc.Document) []string {
	switch {
	case doc.Form.Legacy():
		return nil
	case doc.Credential != nil:
		return doc.Credential.Context
	case doc.Presentation != nil:
		return doc.Presentation.Context
	}
	return nil
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
	doc.Contexts = b.Contexts
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

// identity is what makes two things one badge: the same bytes, or the same
// address when the address is what the issuer vouches for.
func identity(x *examined) string {
	if x.original.Form == vc.Hosted && x.report.Check(vc.CheckProof).Outcome == vc.Passed {
		return digest([]byte("hosted\x00" + x.report.Method))
	}
	return digest(x.original.Raw)
}

// Check has anything checked for anyone. Nothing is stored.
func (ch *Checker) Check(ctx context.Context, in []Input) ([]*Checked, error) {
	return ch.CheckFor(ctx, in, nil)
}

// CheckFor is Check, and also whether things were awarded to one of people.
func (ch *Checker) CheckFor(ctx context.Context, in []Input, people []string) ([]*Checked, error) {
	finds := ch.openInputs(ctx, in, true)
	if len(finds) == 0 {
		return nil, fail(BadInput, "nothing_brought", nil)
	}
	groups := make([][]*Checked, len(finds))
	each(len(finds), func(i int) {
		for _, f := range ch.follow(ctx, finds[i], true) {
			groups[i] = append(groups[i], ch.checked(ctx, f, people))
		}
	})
	var out []*Checked
	for _, g := range groups {
		out = append(out, g...)
	}
	return out, ctx.Err()
}

func (ch *Checker) checked(ctx context.Context, f find, people []string) *Checked {
	x := ch.examine(ctx, f, people)
	c := &Checked{Name: f.item.Name, Problem: string(x.problem), Detail: x.detail, Summary: x.summary,
		Document: x.document, Original: x.original, Report: x.report, Verdict: x.verdict}
	if x.picture != nil {
		c.Image, c.Summary.ImageType = x.picture.body, x.picture.mediaType
	}
	if x.original != nil && x.original.Presentation != nil {
		c.Holder = x.original.Presentation.Holder
		c.Contained = ch.contained(ctx, x.original.Presentation, x.report)
	}
	return c
}

// contained pairs the credentials of a presentation with their reports.
func (ch *Checker) contained(ctx context.Context, p *vc.Presentation, r *vc.Report) []*Checked {
	subs := r.Check(vc.CheckProof).Sub
	var out []*Checked
	for i, doc := range p.Documents {
		c := &Checked{Document: doc, Original: doc}
		if i < len(subs) {
			c.Report, c.Verdict = subs[i], subs[i].Verdict(ch.Policy())
		} else {
			c.Verdict = vc.Undetermined
		}
		if doc.Credential != nil {
			pic := ch.pictureOf(ctx, nil, doc.Credential)
			if c.Summary = summarise(doc, find{}, pic); pic != nil {
				c.Image = pic.body
			}
		}
		out = append(out, c)
	}
	return out
}
