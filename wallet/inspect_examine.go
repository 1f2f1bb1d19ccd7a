package wallet

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
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
		return nil, fail(Internal, "check_failed", err)
	}
	if ch.Verified != nil {
		ch.Verified(r, r.Verdict(ch.Policy()))
	}
	return r, nil
}

// Reopen parses the bytes of a badge that was parsed before. url is the address
// that served it, "" for none; contexts and schemas were kept with it.
func Reopen(ctx context.Context, raw []byte, url string, contexts, schemas map[string][]byte) (*vc.Document, error) {
	var items []intake.Item
	if url != "" {
		items = intake.OpenFetched(ctx, &vc.Resource{URL: url, Status: 200, Body: raw}, intake.Options{})
	} else {
		items = intake.Open(ctx, "", raw, intake.Options{})
	}
	if len(items) == 0 || items[0].Doc == nil {
		return nil, fail(Internal, "badge_unreadable", errors.New("a kept badge cannot be parsed"))
	}
	doc := items[0].Doc
	doc.Contexts, doc.Schemas = contexts, schemas
	return doc, nil
}

// sealed reports whether the proof holds over everything that the badge says.
func sealed(r *vc.Report) bool { return r.Fact(vc.FactAuthentic).Outcome == vc.Passed }

// Genuine reports whether a badge is sealed by the key of its issuer. Only then
// may requests go to the addresses that it names, such as its picture's.
func Genuine(r *vc.Report) bool {
	return sealed(r) && r.Check(vc.CheckIssuer).Outcome == vc.Passed
}

// GraverInside returns the gravest verdict on the credentials inside a record
// if it is graver than the record's own verdict, else "".
func GraverInside(r *vc.Report, own vc.Verdict) vc.Verdict {
	if v := r.GravestInside(vc.Policy{}); v != "" && vc.Gravest(v, own) != own {
		return v
	}
	return ""
}

// Digest names the bytes of a badge or a picture, in base 32.
func Digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return digestEncoding.EncodeToString(sum[:20])
}

var digestEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func hexDigest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
