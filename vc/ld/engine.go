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

// Limits bound what one document may cost. Zero fields take the defaults.
type Limits struct {
	Work  int // hash-n-degree steps of RDFC-1.0; 50,000
	Quads int // statements; 200,000: as many as a document has values
	Depth int // levels of nesting; 64
}

// Options say how one document is read.
type Options struct {
	// Without lists members of the root object that are left out, e.g. "proof".
	Without []string
	// Context is used in place of the root's own @context: a proof's options
	// are read with that of the document (specs D4.1).
	Context *vc.Value
	// Hash is RDFC-1.0's internal hash and that of Digest: SHA-256, which zero
	// means, or SHA-384 (specs D4.4).
	Hash crypto.Hash
	// Extra holds contexts that were kept beside the document, by URL
	// (vc.Document.Contexts). They may add terms and no more; see CheckContext.
	Extra map[string][]byte
	// Revision picks among the bodies that one context URL has had: 0 is the
	// newest; see Engine.Revisions (specs A1.6).
	Revision int
	// Budget, when set, is what several calls share; see Engine.Budget.
	Budget *Budget
	// Undirected leaves the direction of texts out of the statements, as suites
	// did before 2024; else it makes literals of the type i18n-datatype.
	Undirected bool

	places *places  // set by Dataset
	doubt  *Reading // takes the doubt, which is an error where this is nil
}

// An Engine turns JSON-LD into canonical N-Quads. It is safe for concurrent
// use and never reaches out: it knows the embedded contexts and those given in
// Options.Extra.
type Engine struct {
	limits    Limits
	known     map[string][]*embedded // by URL, the newest revision first
	words     *vocabulary            // what all of them call things; nil while they are compiled
	model     map[string]*class      // what is read of a credential
	revisions int
	roots     atomic.Pointer[[]*active] // the empty context, for each revision
}

// New returns an Engine. It fails when an embedded context is not the one
// that the manifest names by its SHA-256, or cannot be compiled.
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

// Budget returns a new budget of the engine's limits.
func (e *Engine) Budget() *Budget {
	return &Budget{steps: e.limits.Work * stepsPerHash, hashes: e.limits.Work}
}

// Canonicalize returns the canonical N-Quads of v (JSON-LD 1.1 API, RDFC-1.0).
//
// It is strict: whatever would be dropped on the way is an error, so that a
// member that the proof does not cover can never be shown. Errors wrap
// vc.ErrTerms (an undefined term, a relative or invalid IRI, a null, an empty
// list, or a form that hides a member; the message names it by its path),
// vc.ErrContext (a context that is not known, or ErrUnsafe), vc.ErrMalformed (an
// error of JSON-LD itself), vc.ErrTooLarge, vc.ErrTooComplex (the budget ran
// out), vc.ErrUnsupported (another hash) or ctx.Err().
func (e *Engine) Canonicalize(ctx context.Context, v *vc.Value, opt Options) ([]byte, error) {
	out, read, err := e.Text(ctx, v, opt)
	if err == nil && read.Doubt != nil {
		return nil, read.Doubt
	}
	return out, err
}

// Text is Canonicalize, but tells a doubt apart as Read does. The reading has no
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

// Digest returns the hash, by Options.Hash, of what Canonicalize returns.
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

// A Reading is what a proof over a document's statements may have signed, and
// what keeps the document from being read as it stands although a proof holds.
type Reading struct {
	Digest []byte // as of Engine.Digest
	// Doubt is why the statements do not tell what the document shows: nil, or an
	// error that wraps vc.ErrTerms, vc.ErrContext or vc.ErrAmbiguous.
	Doubt error
	// Directed: a text states its direction.
	Directed bool
	// Words are members and types of no standard that the document calls
	// otherwise than their IRIs do, with what those call them. Nil: none.
	Words map[string]string
}

// Read is Digest, but tells a doubt apart from what makes v no document that
// could be signed: whoever checks a proof first sees whether it holds.
func (e *Engine) Read(ctx context.Context, v *vc.Value, opt Options) (Reading, error) {
	var out Reading
	opt.doubt = &out
	err := e.canonical(ctx, v, opt, mode{strict: true}, func(c *canon) { out.Digest = c.digest() })
	return out, err
}

// canonical reads and canonicalises v, and hands the result to use.
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
	if err := r.vouch(v); err != nil {
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

// vouch reports what keeps the document from being read as it stands.
func (r *run) vouch(v *vc.Value) error {
	if !r.mode.strict {
		return nil
	}
	doubt := r.settled()
	if doubt == nil {
		doubt = r.agree(v)
	}
	if out := r.opt.doubt; out != nil {
		out.Doubt, out.Directed, out.Words = doubt, r.directed, r.words
		return nil
	}
	return doubt
}

// start returns a run for one document.
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

// root returns the empty context of a revision. What is remembered below it is
// thrown away when it has grown too much.
func (e *Engine) root(revision int, m mode) *active {
	if !m.strict {
		return newRoot(m.base)
	}
	roots := *e.roots.Load()
	root := roots[max(0, min(revision, len(roots)-1))]
	if root.tree.full() {
		e.forget()
	}
	return root
}

// forget starts over with empty contexts.
func (e *Engine) forget() {
	roots := make([]*active, e.revisions)
	for i := range roots {
		roots[i] = newRoot("")
	}
	e.roots.Store(&roots)
}

func newRoot(base string) *active {
	return &active{terms: map[string]*term{}, base: base, types: []string{"@type"}, tree: &tree{}}
}

// Known reports whether the context at url is embedded.
func (e *Engine) Known(url string) bool { return len(e.known[url]) > 0 }

// SetsVocab reports whether the embedded context at url gives a meaning to
// every name by @vocab. Then no member is undefined: all are covered by a
// proof, but what they mean is for nobody to look up (specs D2.3).
func (e *Engine) SetsVocab(url string) bool {
	for _, k := range e.known[url] {
		if k.vocab {
			return true
		}
	}
	return false
}

// Revisions returns how many values of Options.Revision make a difference to a
// document with these context URLs; it is at least 1. A URL that has had fewer
// bodies than the others keeps its oldest one.
func (e *Engine) Revisions(urls []string) int {
	n := 1
	for _, u := range urls {
		n = max(n, len(e.known[u]))
	}
	return n
}
