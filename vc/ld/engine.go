package ld

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"sync/atomic"

	"backpack/vc"
)

// Limits bound the cost of one document. Zero fields take the defaults.
type Limits struct {
	Work  int // Hash N-Degree Quads steps of RDFC-1.0; default 50,000
	Quads int // statements; default 200,000, which exceeds the values in any document
	Depth int // levels of nesting; default 64
}

// Options control how one document is read.
type Options struct {
	// Without lists members of the root object to leave out, e.g. "proof".
	Without []string
	// Context replaces the root's @context. A proof's options are read with the context of their
	// document (specs D4.1).
	Context *vc.Value
	// Hash is the internal hash of RDFC-1.0 and the hash of Digest: SHA-256 (the default) or
	// SHA-384 (specs D4.4).
	Hash crypto.Hash
	// Extra holds contexts that were stored with the document, by URL (vc.Document.Contexts). They
	// may only add terms; see CheckContext.
	Extra map[string][]byte
	// Revision selects a body of a context URL that has had several. 0 is the newest; see
	// Engine.Revisions (specs A1.6).
	Revision int
	// Budget is shared by several calls if it is set; see Engine.Budget.
	Budget *Budget
	// Undirected omits the base direction of texts from the statements, as suites did before 2024.
	// Otherwise such texts become literals of an i18n datatype.
	Undirected bool

	places *places  // set by Dataset
	doubt  *Reading // receives the doubt; if nil, the doubt is returned as an error
}

// An Engine turns JSON-LD into canonical N-Quads. It is safe for concurrent use. It
// never accesses the network: it knows the embedded contexts and those in
// Options.Extra.
type Engine struct {
	limits    Limits
	known     map[string][]*embedded // by URL, the newest revision first
	words     *vocabulary            // names in all of them; nil while they are compiled
	model     map[string]*class      // the members that a reader of credentials uses
	revisions int
	roots     atomic.Pointer[[]*active] // the initial context of each revision
}

// New returns an Engine. It fails if an embedded context does not have the SHA-256 in
// the manifest or cannot be compiled.
func New(l Limits) (*Engine, error) {
	if l.Work == 0 {
		l.Work = 50_000
	}
	if l.Quads == 0 {
		l.Quads = 200_000
	}
	if l.Depth == 0 {
		l.Depth = vc.MaxJSONDepth
	}
	e := &Engine{limits: l}
	if err := e.readContexts(files); err != nil {
		return nil, fmt.Errorf("embedded contexts: %w", err)
	}
	return e, nil
}

// Budget returns a new budget with the engine's limits.
func (e *Engine) Budget() *Budget {
	return &Budget{steps: e.limits.Work * stepsPerHash, hashes: e.limits.Work}
}

// Canonicalize returns the canonical N-Quads of v (JSON-LD 1.1 API, RDFC-1.0).
//
// It is strict: anything that JSON-LD would drop is an error, so that no member is
// shown that the proof does not cover. Errors wrap vc.ErrTerms (an undefined term, a
// relative or invalid IRI, or a form that hides a member; the message gives the path),
// vc.ErrContext (an unknown context, or ErrUnsafe), vc.ErrMalformed (an error of
// JSON-LD itself), vc.ErrTooLarge, vc.ErrTooComplex (the budget is exhausted),
// vc.ErrUnsupported (another hash) or ctx.Err().
func (e *Engine) Canonicalize(ctx context.Context, v *vc.Value, opt Options) ([]byte, error) {
	out, read, err := e.Text(ctx, v, opt)
	if err == nil && read.Doubt != nil {
		return nil, read.Doubt
	}
	return out, err
}

// Text is Canonicalize, but returns a doubt separately, like Read. The reading has no
// Digest.
func (e *Engine) Text(ctx context.Context, v *vc.Value, opt Options) (out []byte, read Reading, err error) {
	opt.doubt = &read
	err = e.canonical(ctx, v, opt, mode{strict: true}, func(c *canon) {
		out = make([]byte, 0, len(c.text))
		for _, l := range c.lines {
			out = append(out, c.text[l.from:l.to]...)
		}
	})
	return out, read, err
}

// Digest returns the hash of the text that Canonicalize returns; Options.Hash selects
// the hash function.
func (e *Engine) Digest(ctx context.Context, v *vc.Value, opt Options) ([]byte, error) {
	var out []byte
	err := e.canonical(ctx, v, opt, mode{strict: true}, func(c *canon) { out = c.digest() })
	return out, err
}

// digest hashes the sorted lines.
func (c *canon) digest() []byte {
	var h hash.Hash = sha256.New()
	if c.hash == crypto.SHA384 {
		h = sha512.New384()
	}
	c.joined = c.joined[:0]
	for _, l := range c.lines {
		c.joined = append(c.joined, c.text[l.from:l.to]...)
	}
	h.Write(c.joined)
	return h.Sum(nil)
}

// A Reading is the result of reading a document whose statements a proof may sign.
type Reading struct {
	Digest []byte // see Engine.Digest
	// Doubt is the reason why the statements do not match what the document shows: nil, or an
	// error that wraps vc.ErrTerms, vc.ErrContext or vc.ErrAmbiguous.
	Doubt error
	// Directed reports whether a text states its base direction.
	Directed bool
	// Words maps members and types that belong to no standard to the last part of their IRIs, if
	// the two differ. Nil if there are none.
	Words map[string]string
}

// Read is Digest, but returns a doubt separately from errors, so that a caller learns
// first whether the proof holds. An error means that no proof can cover v.
func (e *Engine) Read(ctx context.Context, v *vc.Value, opt Options) (Reading, error) {
	var out Reading
	opt.doubt = &out
	err := e.canonical(ctx, v, opt, mode{strict: true}, func(c *canon) { out.Digest = c.digest() })
	return out, err
}

// canonical reads and canonicalizes v, and passes the result to use.
func (e *Engine) canonical(ctx context.Context, v *vc.Value, opt Options, m mode, use func(*canon)) error {
	hash, err := checkHash(opt.Hash)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r := e.start(ctx, opt, m)
	defer r.release()
	if err := r.document(e.root(opt.Revision, m), v); err != nil {
		return err
	}
	if err := r.findDoubt(v); err != nil {
		return err
	}
	r.meter.budget.grant(hashesPerQuad * len(r.quads))
	c := canons.Get().(*canon)
	defer c.release()
	c.quads, c.n, c.hash, c.meter = r.quads, int(r.blanks), hash, r.meter
	if err := c.run(); err != nil {
		return err
	}
	use(c)
	return nil
}

// findDoubt returns the doubt about the document, or stores it in Options.doubt.
func (r *run) findDoubt(v *vc.Value) error {
	if !r.mode.strict {
		return nil
	}
	doubt := r.checkPlaces()
	if doubt == nil {
		doubt = r.agree(v)
	}
	if out := r.opt.doubt; out != nil {
		out.Doubt, out.Directed, out.Words = doubt, r.directed, r.words
		return nil
	}
	return doubt
}

// start returns a run for one document. The caller releases it.
func (e *Engine) start(ctx context.Context, opt Options, m mode) *run {
	r := runs.Get().(*run)
	r.e, r.opt, r.mode, r.limit = e, opt, m, e.limits
	b := opt.Budget
	if b == nil {
		b = e.Budget()
	}
	r.meter = &meter{ctx: ctx, budget: b}
	return r
}

// root returns the initial context of a revision. It drops the cache below it once
// that has grown too much.
func (e *Engine) root(revision int, m mode) *active {
	if !m.strict {
		return newRoot(m.base)
	}
	roots := *e.roots.Load()
	root := roots[max(0, min(revision, len(roots)-1))]
	if root.cache.full() {
		e.resetCache()
	}
	return root
}

// resetCache replaces the initial contexts, and so empties the cache.
func (e *Engine) resetCache() {
	roots := make([]*active, e.revisions)
	for i := range roots {
		roots[i] = newRoot("")
	}
	e.roots.Store(&roots)
}

func newRoot(base string) *active {
	return &active{terms: map[string]*term{}, base: base, types: []string{"@type"}, cache: &cacheUsage{}}
}

// Known reports whether the context at url is embedded.
func (e *Engine) Known(url string) bool { return len(e.known[url]) > 0 }

// SetsVocab reports whether the embedded context at url sets @vocab. With such a
// context no member is undefined and a proof covers all of them, but nothing documents
// their meaning (specs D2.3).
func (e *Engine) SetsVocab(url string) bool {
	for _, k := range e.known[url] {
		if k.vocab {
			return true
		}
	}
	return false
}

// Revisions returns the number of values of Options.Revision that make a difference
// for a document with these context URLs; at least 1. A URL with fewer bodies than the
// others keeps its oldest one.
func (e *Engine) Revisions(urls []string) int {
	n := 1
	for _, u := range urls {
		n = max(n, len(e.known[u]))
	}
	return n
}
