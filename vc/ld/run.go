package ld

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"backpack/vc"
)

// A mode controls how documents are read. The product is strict; only tests use the
// other settings, which the test suites of the W3C need.
type mode struct {
	strict bool
	base   string
	// load replaces the embedded and extra contexts if it is set.
	load   func(url string) (*vc.Value, error)
	expand *vc.Value // a context to apply before the document's own
}

// A run reads one document. A pool reuses its buffers.
type run struct {
	e     *Engine
	opt   Options
	mode  mode
	meter *meter
	depth int
	limit Limits

	quads      []quad
	blanks     int32
	labels     map[string]rdfTerm // blank nodes with a label in the document
	root       rdfTerm
	lastIsList bool              // the last value was an object with @list
	directed   bool              // a text states its base direction
	words      map[string]string // see Reading

	nodes   []objectNode // the nodes of the default graph
	spots   []spot       // the places of nodes with an id
	inside  int          // number of enclosing credentials, without the outermost
	signed  int          // number of those that are in a CLR and have their own proof
	objs    []rdfTerm    // stack of values
	members []member     // stack of members
	names   []string
	path    []hop
	locals  map[localKey]*active
	extra   map[string]*loaded
}

// An objectNode is an object of the document and its node.
type objectNode struct {
	object *vc.Value
	self   rdfTerm
}

// A hop is the name of a member, or an index if the name is empty.
type hop struct {
	name  string
	index int
}

var runs = sync.Pool{New: func() any { return &run{} }}

// release returns r to its pool without references to the document.
func (r *run) release() {
	if cap(r.quads) > 1<<12 || cap(r.members) > 1<<12 || cap(r.objs) > 1<<12 {
		return
	}
	clear(r.quads)
	clear(r.members[:cap(r.members)])
	clear(r.objs[:cap(r.objs)])
	clear(r.names[:cap(r.names)])
	clear(r.path[:cap(r.path)])
	clear(r.spots[:cap(r.spots)])
	clear(r.nodes[:cap(r.nodes)])
	*r = run{quads: r.quads[:0], spots: r.spots[:0], nodes: r.nodes[:0], objs: r.objs[:0], members: r.members[:0],
		names: r.names[:0], path: r.path[:0]}
	runs.Put(r)
}

// document reads the document into r.quads.
func (r *run) document(a *active, v *vc.Value) error {
	at := place{free: true}
	if r.mode.strict && !v.Is(vc.Object) {
		return fmt.Errorf("%w: the document is %s", vc.ErrMalformed, v.Kind())
	}
	at.root = v.Is(vc.Object)
	if r.mode.expand != nil {
		var err error
		if a, err = r.local(a, r.mode.expand); err != nil {
			return err
		}
	}
	return r.value(a, v, at)
}

// emit adds a statement. If a part of it cannot be expressed in RDF, which happens
// only if the reader is not strict, the statement is dropped.
func (r *run) emit(s rdfTerm, p string, o, g rdfTerm) error {
	if s.kind == noTerm || o.kind == noTerm || g == inexpressible {
		return nil
	}
	if len(r.quads) >= r.limit.Quads {
		return fmt.Errorf("%w: more than %d statements", vc.ErrTooLarge, r.limit.Quads)
	}
	r.quads = append(r.quads, quad{s: s, p: p, o: o, g: g})
	return nil
}

// blank returns a new blank node.
func (r *run) blank() rdfTerm {
	r.blanks++
	r.recordPosition()
	return rdfTerm{kind: blankTerm, blank: r.blanks - 1}
}

// labelled returns the blank node with the given label in the document.
func (r *run) labelled(label string) rdfTerm {
	t, ok := r.labels[label]
	if !ok {
		if r.labels == nil {
			r.labels = map[string]rdfTerm{}
		}
		t = r.blank()
		r.labels[label] = t
	}
	return t
}

// deeper enters a level of nesting.
func (r *run) deeper() error {
	if r.depth++; r.depth > 2*r.limit.Depth {
		return fmt.Errorf("%w: more than %d levels of nesting", vc.ErrTooLarge, r.limit.Depth)
	}
	return nil
}

// drop reports that the reader would drop something. That is an error if the reader is
// strict, because no proof covers what is dropped (specs D2.2).
func (r *run) drop(format string, args ...any) error {
	if !r.mode.strict {
		return nil
	}
	return fmt.Errorf("%w: %s%s", vc.ErrTerms, r.where(), clip(fmt.Sprintf(format, args...)))
}

// dropAt is drop for the member called name.
func (r *run) dropAt(name, format string, args ...any) error {
	r.path = append(r.path, hop{name: name})
	err := r.drop(format, args...)
	r.path = r.path[:len(r.path)-1]
	return err
}

// malformed returns an error of JSON-LD with its code from the specification.
func (r *run) malformed(code, format string, args ...any) error {
	return fmt.Errorf("%w: %s%s (JSON-LD: %s)", vc.ErrMalformed, r.where(), clip(fmt.Sprintf(format, args...)), code)
}

// where returns the path of the current member as the beginning of a message.
func (r *run) where() string {
	if len(r.path) == 0 {
		return ""
	}
	var b strings.Builder
	for i, h := range r.path {
		switch {
		case h.name == "":
			b.WriteString("[" + strconv.Itoa(h.index) + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(h.name)
		}
	}
	return clip(b.String()) + ": "
}

// clip limits untrusted text in a message.
func clip(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// within adds to err the term in whose scoped context it occurred. Only errors of
// JSON-LD become "invalid scoped context".
func (r *run) within(code, name string, err error) error {
	if !errors.Is(err, vc.ErrMalformed) {
		return err
	}
	return r.malformed(code, "the context of %q: %v", name, err)
}

// A loaded is a context from Options.Extra.
type loaded struct {
	doc *vc.Value
	src *source
}

// load returns the context at a URL and its source.
func (r *run) load(url string) (*vc.Value, *source, error) {
	if r.mode.load != nil {
		doc, err := r.mode.load(url)
		return doc, &source{url: url}, err
	}
	if known := r.e.known[url]; len(known) > 0 {
		k := known[min(r.opt.Revision, len(known)-1)]
		return k.doc, &k.source, nil
	}
	if x := r.extra[url]; x != nil {
		return x.doc, x.src, nil
	}
	body, ok := r.opt.Extra[url]
	if !ok {
		return nil, nil, fmt.Errorf("%w: %s", vc.ErrContext, url)
	}
	if err := r.meter.step(1 + len(body)/8); err != nil {
		return nil, nil, err
	}
	doc, err := vc.ParseJSON(body)
	if err != nil {
		return nil, nil, fmt.Errorf("parse context %s: %w", url, err)
	}
	if r.extra == nil {
		r.extra = map[string]*loaded{}
	}
	x := &loaded{doc, &source{url: url}}
	r.extra[url] = x
	return x.doc, x.src, nil
}
