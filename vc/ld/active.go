package ld

import (
	"maps"
	"slices"
	"sync"

	"backpack/vc"
)

// A term is a term definition (JSON-LD 1.1 API §4.2). It is immutable once its context
// is built.
type term struct {
	name      string
	iri       string // "" if the term is mapped to null
	kw        keyword
	typ       string // type coercion: an IRI, @id, @vocab, @json, @none or ""
	lang, dir *string
	container container
	index     string // the property that an @index container states
	nest      string
	context   *vc.Value // scoped context
	base      string    // URL of the document that holds the scoped context

	reverse, protected, prefix, valid bool // valid: iri is well formed, so it can be a predicate
	// standardName is the standard name of iri as a property if it differs from
	// name; standardType is the same for types (see names.go).
	standardName, standardType string
	// altered marks a definition that gives a standard word another meaning than
	// the embedded contexts do.
	altered bool
	from    *source // the context that made the definition
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

// same reports whether both definitions mean the same, whether or not they are
// protected.
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

// An active is an active context (JSON-LD 1.1 API §4.1). It is immutable apart from
// its cache of the contexts that were derived from it.
type active struct {
	terms map[string]*term
	base  string // "" if there is none
	vocab *string
	lang  *string
	dir   *string
	prev  *active // restored for the next node object
	known *chain  // the embedded contexts in force
	cache *cacheUsage
	types []string // @type and its aliases

	foreign bool // contexts that are not embedded are in force, too

	mu   sync.RWMutex
	next map[step]*active
}

// A step identifies a context that is applied to an active context. It is the key of
// the cache.
type step struct {
	scoped *vc.Value // a term's scoped context
	raw    string    // or the text of a context in a document
	typed  bool      // applied for a type, otherwise for a property or a node
}

// A cacheUsage counts the cached terms below one root, so that untrusted documents cannot
// exhaust the memory.
type cacheUsage struct {
	mu    sync.Mutex
	terms int
}

// Cache limits. maxKept terms take about 25 MB at most.
const (
	maxKept    = 100_000
	maxKeptRaw = 8 << 10 // bytes of a context inside a document
)

// reserve adds n to the count of cached terms, or returns false if that exceeds the
// limit.
func (t *cacheUsage) reserve(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.terms+n > maxKept {
		return false
	}
	t.terms += n
	return true
}

func (t *cacheUsage) full() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.terms > maxKept*3/4
}

// clone returns a copy that the caller may change.
func (a *active) clone() *active {
	return &active{terms: maps.Clone(a.terms), base: a.base, vocab: a.vocab, lang: a.lang, dir: a.dir, prev: a.prev, known: a.known,
		foreign: a.foreign, cache: a.cache}
}

// listTypes sets a.types: @type and its aliases in alphabetical order.
func (a *active) listTypes() {
	a.types = []string{"@type"}
	for name, t := range a.terms {
		if t.kw == kwType && name != "@type" {
			a.types = append(a.types, name)
		}
	}
	slices.Sort(a.types)
}

// hasProtected reports whether any term is protected.
func (a *active) hasProtected() bool {
	for _, t := range a.terms {
		if t.protected {
			return true
		}
	}
	return false
}

// cached returns the cached result of the step, or nil.
func (a *active) cached(s step) *active {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.next[s]
}

// store caches the result of the step unless it is too large or the cache is full.
func (a *active) store(s step, to *active) {
	if len(s.raw) > maxKeptRaw || !a.cache.reserve(8+len(to.terms)+len(s.raw)/64) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.next == nil {
		a.next = map[step]*active{}
	}
	a.next[s] = to
}
