package ld

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"

	"backpack/vc"
)

// A canon canonicalizes one dataset in place (RDFC-1.0). A pool reuses its buffers.
type canon struct {
	quads []quad
	n     int // number of blank nodes
	hash  crypto.Hash
	meter *meter

	first []int32 // about[first[b]:first[b+1]] are the quads of blank node b
	about []int32 // indexes of quads
	hexes []string
	names []int32 // canonical number of each blank node, or -1
	next  int32

	text   []byte
	lines  []span
	joined []byte
	table  []int32
	seed   maphash.Seed
}

// A span is one line in canon.text.
type span struct{ from, to int32 }

var canons = sync.Pool{New: func() any { return newCanon() }}

func newCanon() *canon { return &canon{seed: maphash.MakeSeed()} }

// sum returns the hash of b in hexadecimal digits.
func (c *canon) sum(b []byte) string {
	if c.hash == crypto.SHA384 {
		s := sha512.Sum384(b)
		return hex.EncodeToString(s[:])
	}
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// checkHash returns an error for a hash that no suite uses.
func checkHash(h crypto.Hash) (crypto.Hash, error) {
	switch h {
	case 0, crypto.SHA256:
		return crypto.SHA256, nil
	case crypto.SHA384:
		return h, nil
	}
	return 0, fmt.Errorf("%w: hash %v for canonicalization", vc.ErrUnsupported, h)
}

// run gives each blank node its canonical number (RDFC-1.0 §4.4) and sorts the
// canonical lines into c.lines.
func (c *canon) run() error {
	if c.n > 0 {
		c.dedupe()
		c.index()
		if err := c.firstDegree(); err != nil {
			return err
		}
		if err := c.issue(); err != nil {
			return err
		}
	}
	return c.write()
}

// dedupe removes repeated statements with blank nodes, since a dataset is a set (RDF
// 1.1 Concepts §3). Repeated statements without blank nodes are removed after sorting.
func (c *canon) dedupe() {
	size := 16
	for size < 2*len(c.quads) {
		size *= 2
	}
	if cap(c.table) < size {
		c.table = make([]int32, size)
	}
	c.table = c.table[:size]
	clear(c.table)
	kept := c.quads[:0]
	for i := range c.quads {
		if q := &c.quads[i]; q.ground() || c.fresh(q, kept) {
			if len(kept) == i { // already in place
				kept = c.quads[:i+1]
				continue
			}
			kept = append(kept, *q)
		}
	}
	c.quads = kept
}

func (q *quad) ground() bool {
	return q.s.kind != blankTerm && q.o.kind != blankTerm && q.g.kind != blankTerm
}

// fresh reports whether q is not in the table, and adds it as the next element of
// kept.
func (c *canon) fresh(q *quad, kept []quad) bool {
	h := c.mix(&q.s)*31 + maphash.String(c.seed, q.p)
	h = (h*31+c.mix(&q.o))*31 + c.mix(&q.g)
	mask := uint64(len(c.table) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		at := c.table[i]
		if at == 0 {
			c.table[i] = int32(len(kept)) + 1
			return true
		}
		if kept[at-1] == *q {
			return false
		}
	}
}

func (c *canon) mix(t *rdfTerm) uint64 {
	if t.kind == blankTerm {
		return uint64(t.blank)*0x9E3779B97F4A7C15 + 1
	}
	return maphash.String(c.seed, t.value) + uint64(len(t.tag))
}

// index lists the quads of each blank node (step 2).
func (c *canon) index() {
	c.first = zeroed(c.first, c.n+1)
	c.each(func(_ int32, b int32) { c.first[b+1]++ })
	for b := range c.n {
		c.first[b+1] += c.first[b]
	}
	c.about = zeroed(c.about, int(c.first[c.n]))
	fill := slices.Clone(c.first[:c.n])
	c.each(func(q, b int32) { c.about[fill[b]] = q; fill[b]++ })
}

// each calls f for each quad and each blank node in it.
func (c *canon) each(f func(quad, blank int32)) {
	for i := range c.quads {
		q := &c.quads[i]
		s, o, g := q.s.node(), q.o.node(), q.g.node()
		if s >= 0 {
			f(int32(i), s)
		}
		if o >= 0 && o != s {
			f(int32(i), o)
		}
		if g >= 0 && g != s && g != o {
			f(int32(i), g)
		}
	}
}

// node returns the number of a blank node, or -1 for any other term.
func (t *rdfTerm) node() int32 {
	if t.kind == blankTerm {
		return t.blank
	}
	return -1
}

func zeroed(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// firstDegree hashes each blank node by its quads (§4.6).
func (c *canon) firstDegree() error {
	c.hexes = slices.Grow(c.hexes[:0], c.n)[:c.n]
	for b := range int32(c.n) {
		label := func(dst []byte, blank int32) []byte {
			if blank == b {
				return append(dst, "_:a"...)
			}
			return append(dst, "_:z"...)
		}
		c.text, c.lines = c.text[:0], c.lines[:0]
		for _, q := range c.about[c.first[b]:c.first[b+1]] {
			c.line(&c.quads[q], label)
		}
		if err := c.meter.step(1 + len(c.text)/256); err != nil {
			return err
		}
		c.sort()
		c.joined = c.joined[:0]
		for _, l := range c.lines {
			c.joined = append(c.joined, c.text[l.from:l.to]...)
		}
		c.hexes[b] = c.sum(c.joined)
	}
	return nil
}

func (c *canon) line(q *quad, label labeller) {
	from := len(c.text)
	c.text = q.append(c.text, label)
	c.lines = append(c.lines, span{int32(from), int32(len(c.text))})
}

func (c *canon) sort() {
	slices.SortFunc(c.lines, func(a, b span) int {
		return bytes.Compare(c.text[a.from:a.to], c.text[b.from:b.to])
	})
}

// issue numbers the blank nodes: first those with a unique hash (step 4), then the
// others by their N-degree hashes (step 5).
func (c *canon) issue() error {
	c.names, c.next = zeroed(c.names, c.n), 0
	order := make([]int32, 0, c.n)
	for b := range int32(c.n) {
		c.names[b] = -1
		if c.first[b] < c.first[b+1] { // otherwise no statement contains it
			order = append(order, b)
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return compare(c.hexes[a], c.hexes[b]) })
	tied := false
	for i, j := 0, 0; i < len(order); i = j {
		if j = c.tieEnd(order, i); j == i+1 {
			c.name(order[i])
		} else {
			tied = true
		}
	}
	if !tied {
		return nil
	}
	for i, j := 0, 0; i < len(order); i = j {
		if j = c.tieEnd(order, i); j > i+1 {
			if err := c.breakTies(order[i:j]); err != nil {
				return err
			}
		}
	}
	return nil
}

// tieEnd returns the end of the run of nodes that have the hash of order[i].
func (c *canon) tieEnd(order []int32, i int) int {
	j := i + 1
	for j < len(order) && c.hexes[order[j]] == c.hexes[order[i]] {
		j++
	}
	return j
}

func (c *canon) name(b int32) {
	if c.names[b] < 0 {
		c.names[b] = c.next
		c.next++
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// write sorts the distinct canonical lines into c.lines (step 7).
func (c *canon) write() error {
	c.text, c.lines = c.text[:0], c.lines[:0]
	label := canonicalLabel(c.names)
	for i := range c.quads {
		c.line(&c.quads[i], label)
	}
	if err := c.meter.step(len(c.text) / 256); err != nil {
		return err
	}
	c.sort()
	c.lines = slices.CompactFunc(c.lines, func(a, b span) bool {
		return bytes.Equal(c.text[a.from:a.to], c.text[b.from:b.to])
	})
	return nil
}

// release returns c to its pool without references to the document and without the
// buffers of a very large document.
func (c *canon) release() {
	c.quads, c.meter = nil, nil
	if cap(c.text) > 1<<20 || cap(c.lines) > 1<<12 {
		return
	}
	clear(c.hexes)
	canons.Put(c)
}
