package ld

import (
	"maps"
	"slices"
	"sync"

	"backpack/vc"
)

// A term is a term definition (JSON-LD 1.1 API §4.2). It never changes once
// its context is made.
type term struct {
	name      string
	iri       string // "" when the term is mapped to null
	kw        keyword
	typ       string // type coercion: an IRI, @id, @vocab, @json, @none or ""
	lang, dir *string
	container container
	index     string // property of an @index container
	nest      string
	context   *vc.Value // scoped context
	base      string    // URL of the context in which context stands

	reverse, protected, prefix, valid bool // valid: iri may be an RDF predicate
	// wrong is the name that iri has as a property when that is another one;
	// wrongType is the same for types (see names.go).
	wrong, wrongType string
	// odd marks a definition by which a standard word would be read otherwise
	// than the embedded contexts have it read.
	odd  bool
	from *source // the context that made the definition
}

// A container is the set of a term's container mappings.
type container uint8

const (
	inList container = 1 << iota
	inSet
	inLanguage
	inIndex
	inGraph
	inID
	inType
)

// same reports whether two definitions mean the same; protection aside.
func (t *term) same(o *term) bool {
	return t.iri == o.iri && t.kw == o.kw && t.typ == o.typ && sameText(t.lang, o.lang) && sameText(t.dir, o.dir) &&
		t.container == o.container && t.index == o.index && t.nest == o.nest && t.reverse == o.reverse &&
		t.prefix == o.prefix && sameContext(t.context, o.context)
}

func sameText(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }

// sameContext compares two scoped contexts as JSON.
func sameContext(a, b *vc.Value) bool {
	if a == nil || b == nil || a == b || a.Raw() == b.Raw() {
		return (a == nil) == (b == nil)
	}
	return string(JCS(nil, a)) == string(JCS(nil, b))
}

// An active is an active context (JSON-LD 1.1 API §4.1). It never changes once
// made, but remembers what it became by applying other contexts.
type active struct {
	terms map[string]*term
	base  string // "" is none
	vocab *string
	lang  *string
	dir   *string
	prev  *active // in force again in the next node
	known *chain  // the known contexts in force
	tree  *tree
	types []string // the terms that stand for @type

	strangers bool // contexts that are not known are in force as well

	mu   sync.RWMutex
	next map[step]*active
}

// A step is one way from an active context to another.
type step struct {
	scoped *vc.Value // a term's scoped context
	raw    string    // or a context as written in a document
	typed  bool      // applied for a type, else for a property or a node
}

// A tree counts what is remembered below one root, so that strangers'
// documents cannot fill the memory.
type tree struct {
	mu    sync.Mutex
	terms int
}

// Limits of what is remembered. maxKept terms take at most some 25 MB.
const (
	maxKept    = 100_000
	maxKeptRaw = 8 << 10 // bytes of a context within a document
)

// grow reports whether n more terms may be kept.
func (t *tree) grow(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.terms+n > maxKept {
		return false
	}
	t.terms += n
	return true
}

func (t *tree) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.terms > maxKept*3/4
}

// clone returns a copy to be changed.
func (a *active) clone() *active {
	return &active{terms: maps.Clone(a.terms), base: a.base, vocab: a.vocab, lang: a.lang, dir: a.dir, prev: a.prev, known: a.known, strangers: a.strangers, tree: a.tree}
}

// listTypes notes which terms stand for @type, in order.
func (a *active) listTypes() {
	a.types = []string{"@type"}
	for name, t := range a.terms {
		if t.kw == kwType && name != "@type" {
			a.types = append(a.types, name)
		}
	}
	slices.Sort(a.types)
}

// protects reports whether any term is protected.
func (a *active) protects() bool {
	for _, t := range a.terms {
		if t.protected {
			return true
		}
	}
	return false
}

// recall returns what the step led to before.
func (a *active) recall(s step) *active {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.next[s]
}

// remember keeps what the step led to, as far as the tree has room.
func (a *active) remember(s step, to *active) {
	if len(s.raw) > maxKeptRaw || !a.tree.grow(8+len(to.terms)+len(s.raw)/64) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == nil {
		a.next = map[step]*active{}
	}
	a.next[s] = to
}
