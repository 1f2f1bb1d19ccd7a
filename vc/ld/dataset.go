package ld

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"backpack/vc"
)

// A Dataset is what one document states: its canonical statements, whose blank
// nodes can be given other names than RDFC-1.0's. Selective disclosure needs
// that. It is immutable.
type Dataset struct {
	quads  []quad
	names  []int32  // canonical number of each blank node, or -1
	places []string // of each blank node by its canonical number
	read   Reading
}

// Dataset reads v as Read does, and with the same errors.
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

// Reading is what Read returns, without the digest.
func (d *Dataset) Reading() Reading { return d.read }

// Places tells, for each blank node by its canonical number, where in the
// document it stands: a JSON pointer (RFC 6901), a #, and a count for the case
// that one place makes several nodes. RDFC-1.0 calls the first c14n0.
func (d *Dataset) Places() []string { return d.places }

// Lines returns the statements in order, without repeats, each a line of
// canonical N-Quads with its end, where labels[n] is the name of the blank node
// that RDFC-1.0 calls c14n<n>.
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

// A places remembers where the blank nodes of one document stand.
type places struct {
	of    []string
	count map[string]int
}

// remember notes where a new blank node stands. What that costs is found by
// the next look at the budget.
func (r *run) remember() {
	p := r.opt.places
	if p == nil {
		return
	}
	at := pointer(r.path)
	r.meter.budget.spend(1+len(at)/8, 0)
	p.of = append(p.of, at+"#"+strconv.Itoa(p.count[at]))
	p.count[at]++
}

// pointer writes a path as a JSON pointer.
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
