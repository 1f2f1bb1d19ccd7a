package inspect

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/kept"
	"backpack/wallet/fault"
	"backpack/wallet/lock"
)

// An Input is what a caller submits: a file with its name, or pasted or
// scanned text with an empty Name.
type Input struct {
	Name  string
	Bytes []byte
}

// A Source says where a badge came from.
type Source struct {
	Kind string // file, text, address, scan, sample, taken
	Name string // the file's name or the address
}

// SourceOf returns the source of an input.
func SourceOf(x Input) Source {
	if x.Name == "" {
		return Source{Kind: "text"}
	}
	return Source{Kind: "file", Name: x.Name}
}

// file returns the name of the submitted file, or "" for other sources.
func (s Source) file() string {
	if s.Kind != "file" {
		return ""
	}
	return s.Name
}

// A Find is one thing found in an input: a document, a link, the evidence of
// an earlier check, or a problem.
type Find struct {
	Item   intake.Item
	Source Source
	URL    string // the address that served the item; "" for none

	hops     int         // links followed so far
	input    int         // index of the input
	evidence *kept.Badge // the badge is to be checked with these answers
	marked   bool        // the evidence bears our mark
}

// trouble returns f with a problem in place of its content.
func (f Find) trouble(p intake.Problem, err error) Find {
	f.Item = intake.Item{Name: f.Item.Name, Problem: p, Err: err}
	return f
}

// Open splits inputs into finds, within the limits of one request. It sends no
// requests. With presentations, a presentation is one find, and an evidence
// file is checked with the answers in it; else their badges are finds of their
// own.
func (ch *Checker) Open(ctx context.Context, in []Input, presentations bool) []Find {
	limits := ch.Limits.WithDefaults()
	opt := intake.Options{MaxBytes: limits.Bytes, KeepPresentation: presentations}
	var out []Find
	for i, x := range in {
		src := SourceOf(x)
		opt.MaxItems = limits.Items - len(out)
		opt.MaxBytes -= int64(len(x.Bytes))
		if opt.MaxItems <= 0 || opt.MaxBytes < 0 {
			return append(out, Find{Item: intake.Item{Name: x.Name, Problem: intake.TooMany}, Source: src, input: i})
		}
		if finds, ok := ch.openEvidence(x); ok {
			for _, f := range finds[:min(len(finds), opt.MaxItems)] {
				f.input = i
				out = append(out, f.bare(presentations))
			}
			continue
		}
		for _, item := range openInTurn(ctx, x, intake.Options{MaxItems: opt.MaxItems, MaxBytes: limits.Bytes, KeepPresentation: presentations}) {
			if item.Name == "" {
				item.Name = x.Name
			}
			out = append(out, Find{Item: item, Source: src, input: i})
		}
	}
	return out
}

// openInTurn opens one input once there is a free turn.
func openInTurn(ctx context.Context, x Input, opt intake.Options) (items []intake.Item) {
	if err := inTurn(ctx, func(ctx context.Context) { items = intake.Open(ctx, x.Name, x.Bytes, opt) }); err != nil {
		return []intake.Item{{Name: x.Name, Problem: ProblemTime, Err: errTime}}
	}
	return items
}

// findsIn yields the finds of all inputs, one input at a time.
func (ch *Checker) findsIn(ctx context.Context, in iter.Seq2[Input, error]) iter.Seq[Find] {
	return func(yield func(Find) bool) {
		n, more := 0, true
		for x, err := range in {
			if err != nil {
				more = yield(Find{Item: intake.Item{Name: x.Name, Problem: ProblemUnreadable, Err: err}, Source: SourceOf(x), input: n})
			} else {
				ch.eachFind(ctx, x, func(f Find) {
					f.input = n
					more = more && yield(f)
				})
			}
			if n++; !more {
				return
			}
		}
	}
}

// eachFind calls found with the finds of one input. A panic in a decoder of
// pictures becomes a problem of this input.
func (ch *Checker) eachFind(ctx context.Context, x Input, found func(Find)) {
	defer func() {
		if r := recover(); r != nil {
			found(Find{Item: intake.Item{Name: x.Name, Problem: ProblemInternal, Err: fmt.Errorf("panic: %v", r)}, Source: SourceOf(x)})
		}
	}()
	if finds, ok := ch.openEvidence(x); ok {
		for _, f := range finds {
			found(f)
		}
		return
	}
	limits := ch.Limits.WithDefaults()
	opt := intake.Options{MaxItems: limits.Items, MaxBytes: limits.Bytes, KeepPresentation: true}
	intake.Each(ctx, x.Bytes, opt, func(item intake.Item) {
		if item.Name == "" {
			item.Name = x.Name
		}
		found(Find{Item: item, Source: SourceOf(x)})
	})
}

// openEvidence opens an evidence file; ok is false for other inputs.
func (ch *Checker) openEvidence(x Input) (finds []Find, ok bool) {
	if ch.Replay == nil || !kept.Is(x.Bytes) {
		return nil, false
	}
	e, err := kept.Read(x.Bytes)
	if err != nil {
		return []Find{{Item: intake.Item{Name: x.Name, Problem: ProblemEvidence, Err: err}, Source: SourceOf(x)}}, true
	}
	marked := ch.Marks != nil && e.Marked(ch.Marks)
	for i := range e.Badges {
		b := &e.Badges[i]
		finds = append(finds, Find{Item: intake.Item{Name: x.Name}, Source: SourceOf(x), URL: b.URL, evidence: b, marked: marked})
	}
	return finds, true
}

// bare returns an evidence's badge alone, to be checked like any other badge,
// unless replayed is set.
func (f Find) bare(replayed bool) Find {
	if f.evidence == nil || replayed {
		return f
	}
	doc, err := f.document(context.Background())
	if err != nil {
		return f.trouble(ProblemEvidence, err)
	}
	if f.Item.Doc, f.evidence = doc, nil; !f.marked { // the file's maker chose the contexts
		doc.Contexts = nil
	}
	return f
}

// document parses the badge of an evidence, with the contexts kept for it.
func (f Find) document(ctx context.Context) (*vc.Document, error) {
	contexts := map[string][]byte{}
	for _, m := range f.evidence.Material {
		if m.Role == vc.RoleContext && !m.Omitted {
			contexts[m.URL] = m.Body
		}
	}
	return Reopen(ctx, f.evidence.Raw, f.URL, contexts, nil)
}

// Unlock replaces locked archives (see package lock) by their content. Errors
// have the kind BadInput and the code passphrase_missing, passphrase_wrong or
// lock_damaged.
func (ch *Checker) Unlock(in []Input, passphrase string) ([]Input, error) {
	out := make([]Input, len(in))
	for i, x := range in {
		if out[i] = x; !lock.Is(x.Bytes) {
			continue
		}
		phrase := lock.Normalize(passphrase)
		if phrase == "" {
			return nil, fault.New(fault.BadInput, "passphrase_missing", nil)
		}
		b, err := lock.Open(x.Bytes, phrase, ch.Limits.WithDefaults().Bytes)
		switch {
		case errors.Is(err, lock.ErrPassphrase):
			return nil, fault.New(fault.BadInput, "passphrase_wrong", err)
		case err != nil:
			return nil, fault.New(fault.BadInput, "lock_damaged", err)
		}
		out[i].Bytes = b
	}
	return out, nil
}
