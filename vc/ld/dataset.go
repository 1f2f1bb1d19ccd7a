package ld

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"backpack/vc"
)

// A Dataset holds the canonical statements of one document. Its blank nodes can be
// written with other labels than those of RDFC-1.0, which selective disclosure needs.
// It is immutable.
type Dataset struct {
	quads  []quad
	names  []int32  // canonical number of each blank node, or -1
	places []string // position of each blank node, by canonical number
	read   Reading
}

// Dataset reads v like Read and returns the same errors.
func (e *Engine) Dataset(ctx context.Context, v *vc.Value, opt Options) (*Dataset, error) {
	d := &Dataset{}
	opt.places, opt.doubt = &places{count: map[string]int{}}, &d.read
	err := e.canonical(ctx, v, opt, mode{strict: true}, func(c *canon) {
		d.quads, d.names = slices.Clone(c.quads), make([]int32, c.n)
		if c.n == 0 {
			return
		}
		copy(d.names, c.names)
		d.places = make([]string, c.next)
	})
	if err != nil {
		return nil, err
	}
	for b, n := range d.names {
		if n >= 0 {
			d.places[n] = opt.places.of[b]
		}
	}
	return d, nil
}

// Reading returns the result of Read without its digest.
func (d *Dataset) Reading() Reading { return d.read }

// Places returns the position of each blank node in the document, by canonical number;
// RDFC-1.0 labels number 0 as c14n0. A position is a JSON pointer (RFC 6901), a # and
// a count, since one place in the document can yield several nodes.
func (d *Dataset) Places() []string { return d.places }

// Lines returns the distinct statements, sorted, each as a line of canonical N-Quads
// with its line feed. labels[n] replaces the label c14n<n> of RDFC-1.0.
func (d *Dataset) Lines(labels []string) []string {
	label := func(dst []byte, blank int32) []byte {
		return append(append(dst, "_:"...), labels[d.names[blank]]...)
	}
	lines := make([]string, len(d.quads))
	var b []byte
	for i := range d.quads {
		b = d.quads[i].append(b[:0], label)
		lines[i] = string(b)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// A places records the positions of the blank nodes of one document.
type places struct {
	of    []string
	count map[string]int
}

// recordPosition records the position of a new blank node. The next check of the budget
// accounts for the cost.
func (r *run) recordPosition() {
	p := r.opt.places
	if p == nil {
		return
	}
	at := pointer(r.path)
	r.meter.budget.spend(1+len(at)/8, 0)
	p.of = append(p.of, at+"#"+strconv.Itoa(p.count[at]))
	p.count[at]++
}

// pointer returns path as a JSON pointer.
func pointer(path []hop) string {
	var b strings.Builder
	for _, h := range path {
		b.WriteByte('/')
		switch {
		case h.name == "":
			b.WriteString(strconv.Itoa(h.index))
		case strings.ContainsAny(h.name, "~/"):
			b.WriteString(strings.ReplaceAll(strings.ReplaceAll(h.name, "~", "~0"), "/", "~1"))
		default:
			b.WriteString(h.name)
		}
	}
	return b.String()
}
