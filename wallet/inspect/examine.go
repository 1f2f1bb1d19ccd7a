package inspect

import (
	"context"
	"fmt"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/wallet/fault"
)

// Examine checks one find. people are identifiers that the asking person
// controls; own says that the badge is theirs to keep. It returns no error: the
// result's Problem names what went wrong. A panic in a decoder becomes a
// problem too, so a job does not repeat it for ever.
func (ch *Checker) Examine(ctx context.Context, f Find, people []string, own bool) (c *Checked) {
	defer func() {
		if r := recover(); r != nil {
			c = f.failed(ProblemInternal, fmt.Sprint("panic: ", r))
		}
	}()
	doc := f.Item.Doc
	if doc == nil {
		return f.Problem()
	}
	fetch, cancel := ch.fetching(ctx, Patience)
	defer cancel()
	opt := vc.Options{Recipients: people, Own: own}
	doc.Contexts = ch.fetchContexts(fetch, doc, opt)
	report, err := ch.VerifyWithin(ctx, Patience, doc, opt)
	if err != nil {
		return f.failed(ProblemInternal, err.Error())
	}
	c = f.result()
	c.Original, c.Document, c.Report, c.Verdict = doc, doc, report, report.Verdict(ch.Policy())
	if report.Current != nil {
		c.Document = report.Current
	}
	var pic *Picture
	if cr := c.Document.Credential; cr != nil {
		c.Mine, _ = vc.MatchRecipient(&cr.Subject, people)
		pic = ch.pictureOf(fetch, f.Item.Image, cr, report)
	}
	c.describe(f.Item.Name, pic)
	if doc.Presentation == nil {
		c.Summary.Inside = GraverInside(report, c.Verdict)
	}
	c.Summary.Sample = c.Summary.Sample || report.Sample
	return c
}

// result returns a result that says where f was found.
func (f Find) result() *Checked {
	return &Checked{Input: f.input, Name: f.Item.Name, File: f.Source.file(), Folder: f.Item.Folder}
}

func (f Find) failed(p intake.Problem, detail string) *Checked {
	c := f.result()
	c.Problem, c.Detail = string(p), detail
	return c
}

// Problem returns the result for a find without a document.
func (f Find) Problem() *Checked {
	c := f.failed(f.Item.Problem, f.Item.Offer)
	if c.Detail == "" && f.Item.Err != nil {
		c.Detail = f.Item.Err.Error()
	}
	if c.Problem == "" {
		c.Problem = string(intake.NotABadge)
	}
	return c
}

// describe sets the summary and the picture. pic may be nil.
func (c *Checked) describe(name string, pic *Picture) {
	c.Summary = summarise(c.Document, name, pic, wordsOf(c.Report))
	if pic != nil {
		c.Image = pic.Body
	}
}

// VerifyWithin verifies doc. Requests to other servers end after patience;
// servers that have not answered by then count as unreachable.
func (ch *Checker) VerifyWithin(ctx context.Context, patience time.Duration, doc *vc.Document, opt vc.Options) (*vc.Report, error) {
	if opt.Registry == nil && ch.registry != nil {
		opt.Registry = ch.registry
	}
	fetch, cancel := ch.fetching(ctx, patience)
	defer cancel()
	r, err := ch.Verifier.Verify(fetch, doc, opt)
	if fetch.Err() != nil && ctx.Err() == nil {
		opt.Offline = true
		r, err = ch.Verifier.Verify(ctx, doc, opt)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "check_failed", err)
	}
	if ch.Verified != nil {
		ch.Verified(r, r.Verdict(ch.Policy()))
	}
	return r, nil
}
