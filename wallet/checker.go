package wallet

import (
	"context"
	"encoding/hex"
	"path"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
)

// maxChecked is how many things are checked at once for somebody without an
// account, who can make us ask that many strangers' servers.
const maxChecked = 200

// checkTime is how long that may take: somebody waits for the answer.
const checkTime = 25 * time.Second

// Check has anything checked for anyone, at most 200 things at once. Nothing is
// stored. What there was no time for is in the answer with ProblemTime.
func (ch *Checker) Check(ctx context.Context, in []Input) ([]*Checked, error) {
	few := *ch
	few.Limits = ch.Limits.withDefaults()
	few.Limits.ImportItems = min(few.Limits.ImportItems, maxChecked)
	soft, cancel := context.WithTimeout(ctx, few.Limits.CheckTime)
	defer cancel()
	finds := few.openInputs(soft, in, true)
	if len(finds) == 0 {
		return nil, fail(BadInput, "nothing_brought", nil)
	}
	names := make([]string, len(in))
	for i, x := range in {
		names[i] = x.Name
	}
	tops := intake.TopFolders(names)
	for i := range finds {
		f := &finds[i]
		f.item.Folder = Whose(tops[f.input], f.item.Folder, names[f.input], len(in) > 1)
	}
	var out []*Checked
	err := few.stream(withSoft(ctx, soft), func(yield func(find) bool) {
		for _, f := range finds {
			if !yield(f) {
				return
			}
		}
	}, nil, func(c *Checked) { out = append(out, c) })
	return out, err
}

// Whose returns the folder that tells whose a thing is: the one that its file
// was brought in, else the one in its ZIP, else, where there are several, the
// name of the ZIP.
func Whose(top, inside, file string, several bool) string {
	switch ext := path.Ext(file); {
	case top != "":
		return top
	case inside == "" && several && strings.EqualFold(ext, ".zip"):
		return strings.TrimSuffix(path.Base(file), ext)
	}
	return inside
}

func (ch *Checker) checked(ctx context.Context, f find, people []string) *Checked {
	x := ch.examine(ctx, f, people, false)
	c := &Checked{Input: f.input, Name: f.item.Name, File: f.source.file(), Folder: f.item.Folder, Problem: string(x.problem), Detail: x.detail,
		Summary: x.summary, Document: x.document, Original: x.original, Report: x.report, Verdict: x.verdict}
	if x.original != nil {
		c.SHA256, c.FileSHA256 = sha256Hex(x.original.Raw), hex.EncodeToString(f.item.FileSum[:])
		c.Foreign = f.item.Image != nil && (x.picture == nil || !x.summary.OwnPicture() || !looksLike(ctx, f.item.Image, x.picture.id))
	}
	if x.picture != nil && x.picture.body != nil {
		c.Image, c.Summary.ImageType = x.picture.body, x.picture.mediaType
	}
	if x.original != nil && x.original.Presentation != nil {
		c.Holder = x.original.Presentation.Holder
		c.Contained = ch.contained(ctx, x.original.Presentation, x.report)
		c.Own, c.Together = c.Verdict, Together(x.original.Presentation, x.report)
		c.Verdict = vc.Gravest(c.Own, c.gravestInside())
	}
	ch.asReceipt(ctx, c)
	return c
}

// gravestInside is the gravest verdict on what a presentation holds. What is no
// badge, as a receipt, has none.
func (c *Checked) gravestInside() vc.Verdict {
	out := vc.Valid
	for _, x := range c.Contained {
		if x.Receipt == nil && x.Problem == "" {
			out = vc.Gravest(out, x.Verdict, orValid(x.Summary.Inside))
		}
	}
	return out
}

func orValid(v vc.Verdict) vc.Verdict {
	if v == "" {
		return vc.Valid
	}
	return v
}

// graverInside is what Summary.Inside notes of a report.
func graverInside(r *vc.Report, own vc.Verdict) vc.Verdict {
	if v := r.GravestInside(vc.Policy{}); v != "" && vc.Gravest(v, own) != own {
		return v
	}
	return ""
}

// contained pairs the credentials of a presentation with their reports.
func (ch *Checker) contained(ctx context.Context, p *vc.Presentation, r *vc.Report) []*Checked {
	subs := r.Check(vc.CheckProof).Sub
	out := make([]*Checked, len(p.Documents))
	each(len(out), func(i int) {
		doc := p.Documents[i]
		c := &Checked{Document: doc, Original: doc, Verdict: vc.Undetermined, SHA256: sha256Hex(doc.Raw)}
		if i < len(subs) {
			c.Report, c.Verdict = subs[i], subs[i].Verdict(ch.Policy())
		}
		if doc.Credential != nil {
			pic := ch.pictureOf(soft(ctx), nil, doc.Credential, c.Report)
			if c.Summary = summarise(doc, find{}, pic, wordsOf(c.Report)); pic != nil && pic.body != nil {
				c.Image = pic.body
			}
			c.Summary.Inside = graverInside(c.Report, c.Verdict)
		}
		ch.asReceipt(ctx, c)
		out[i] = c
	})
	return out
}
