package suite

import (
	"context"
	"crypto"
	_ "crypto/sha256" // hash functions of the suites
	_ "crypto/sha512"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/ld"
)

// An input is everything that one proof covers.
type input struct {
	doc     *vc.Value // with its proofs
	options *vc.Value // the proof
	value   string    // member of the proof that holds the signature
	hash    crypto.Hash
	extra   map[string][]byte
	chain   *vc.Value // previous proofs in a chain, an array; nil if there are none
	own     bool      // read the proof with its own contexts instead of the document's
}

// existing returns the input of a proof in the document. In a chain, it includes
// the previous proofs (specs D3.8).
func existing(d *vc.Document, p *vc.Proof, value string, h crypto.Hash) (input, error) {
	in := input{doc: d.Claims, options: p.Value, value: value, hash: h, extra: d.Contexts}
	previous, err := d.Previous(p)
	if err != nil || len(previous) == 0 {
		return in, err
	}
	texts := make([]string, len(previous))
	for i, x := range previous {
		texts[i] = x.Value.Raw()
	}
	in.chain, err = vc.ParseJSON([]byte("[" + strings.Join(texts, ",") + "]"))
	if err != nil {
		return in, fmt.Errorf("previous proofs: %w", err)
	}
	return in, nil
}

// body returns doc as the proof covers it, and the names of members to leave out.
func (in input) body(doc *vc.Value) (body *vc.Value, without []string) {
	without = []string{"proof"}
	if in.chain == nil {
		return doc, without
	}
	return doc.With(without, in.chain.Named("proof")), nil
}

// A canon turns a document and a proof into the signed bytes: the hash of the proof
// configuration, then that of the document without its proofs or, in a chain, with
// the previous proofs only (specs D3.8, D4.1).
type canon interface {
	// message returns the bytes for a new proof to sign.
	message(ctx context.Context, in input) ([]byte, error)
	// check calls holds with the possible signed bytes of an existing proof until
	// it returns nil. It returns the first error.
	check(ctx context.Context, in input, holds func(message []byte) error) error
}

// rdfc canonicalises with RDFC-1.0.
type rdfc struct{ engine *ld.Engine }

func (c rdfc) message(ctx context.Context, in input) ([]byte, error) {
	message, opt, err := c.config(ctx, in, variant{budget: c.engine.Budget()})
	if err != nil {
		return nil, err
	}
	doc, without := in.body(in.doc)
	opt.Without = without
	body, err := c.engine.Digest(ctx, doc, opt)
	if err != nil {
		return nil, err
	}
	return append(message, body...), nil
}

// manyProofs is the work budget of one verification as a multiple of one
// document's. A presentation of many badges stays within it.
const manyProofs = 4

// check implements canon.
func (c rdfc) check(ctx context.Context, in input, holds func([]byte) error) error {
	return c.readings(ctx, in, func(in input, v variant) error {
		message, opt, err := c.config(ctx, in, v)
		if err != nil {
			return err
		}
		doc, without := in.body(in.doc)
		opt.Without = without
		read, err := c.engine.Read(ctx, doc, opt)
		if err != nil {
			return err
		}
		return v.result(holds(append(message, read.Digest...)), read)
	})
}

// A variant is one of the possible readings of a document under a proof.
type variant struct {
	revision   int // revision of the contexts
	undirected bool
	budget     *ld.Budget
}

// result returns the result of a variant: err, or for a valid proof any doubt about
// the meaning of its statements.
func (v variant) result(err error, read ld.Reading) error {
	switch {
	case errors.Is(err, vc.ErrSignature) && read.Directed:
		return &tried{err: err}
	case err != nil:
		return err
	case read.Doubt != nil:
		return &tried{err: read.Doubt, held: true}
	case v.undirected || read.Words != nil:
		return &vc.Held{Undirected: v.undirected, Words: read.Words}
	}
	return nil
}

// ownContexts requires that a proof's own contexts are URLs and not an empty list.
// Anything else there is covered by nothing.
func ownContexts(proof *vc.Value) error {
	own := proof.Get("@context")
	if own == nil {
		return nil
	}
	list := own.List()
	if len(list) == 0 || slices.ContainsFunc(list, func(x *vc.Value) bool { return x.Str() == "" }) {
		return fmt.Errorf("%w: the contexts of the proof are not URLs", vc.ErrMalformed)
	}
	return nil
}

// A tried is the error of one variant, with its consequence for the others.
type tried struct {
	err  error
	held bool // the proof is valid, so other variants are not tried
}

func (t *tried) Error() string { return t.err.Error() }
func (t *tried) Unwrap() error { return t.err }

// readings tries the proof with the document's contexts, as Data Integrity requires
// (specs D4.1). If the proof has its own contexts and is not valid, it tries those:
// in some signers' libraries they take precedence.
func (c rdfc) readings(ctx context.Context, in input, try func(input, variant) error) error {
	whole := vc.Shared(ctx, c, func() *ld.Budget { return c.engine.Budget().Times(manyProofs) })
	budget := c.engine.Budget().Of(whole)
	first := c.revisions(in, budget, try)
	if !another(first) && !errors.Is(first, vc.ErrUndirected) || !c.mayUseOwnContexts(in) {
		return plain(first)
	}
	in.own = true
	if second := c.revisions(in, budget, try); !another(second) || errors.Is(second, vc.ErrSignature) {
		return plain(second)
	}
	return plain(first)
}

// revisions tries the newest body of each context, then older ones if the proof is
// not valid or a term is undefined. For texts with a direction it also tries
// without the direction. All variants share one budget (specs A1.6).
func (c rdfc) revisions(in input, budget *ld.Budget, try func(input, variant) error) error {
	v := variant{budget: budget}
	first := try(in, v)
	if !another(first) {
		return first
	}
	directed := isDirected(first)
	for n := range c.engine.Revisions(contextURLs(nil, in.doc)) {
		for _, v.undirected = range []bool{false, true} {
			if n == 0 && !v.undirected || v.undirected && !directed {
				continue
			}
			v.revision = n
			err := try(in, v)
			if !another(err) {
				return err
			}
			directed = directed || isDirected(err)
		}
	}
	if directed {
		return vc.ErrUndirected
	}
	return first
}

// another reports whether other variants may succeed.
func another(err error) bool {
	var t *tried
	if errors.As(err, &t) && t.held {
		return false
	}
	return errors.Is(err, vc.ErrSignature) || errors.Is(err, vc.ErrTerms)
}

// isDirected reports whether a proof failed over texts with a direction.
func isDirected(err error) bool {
	var t *tried
	return errors.As(err, &t) && !t.held
}

// plain unwraps the error of a variant.
func plain(err error) error {
	if t, ok := err.(*tried); ok {
		return t.err
	}
	return err
}

// proofMembers lists the members allowed in a proof read with its own contexts.
// Their choice could give other names any meaning: in one known context, expiration
// means what expires means in all others.
var proofMembers = []string{"@context", "id", "type", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose", "domain", "challenge",
	"nonce", "previousProof", "proofValue", "jws"}

// mayUseOwnContexts reports whether a proof may be read with its own contexts. They
// must all be embedded, which no one else can write.
func (c rdfc) mayUseOwnContexts(in input) bool {
	own := in.options.Get("@context")
	if own == nil {
		return false
	}
	for _, x := range own.List() {
		if !x.Is(vc.String) || !c.engine.Known(x.Text()) || c.engine.SetsVocab(x.Text()) {
			return false
		}
	}
	items := in.options.Items()
	for i := range items {
		if !slices.Contains(proofMembers, items[i].Name()) || items[i].Is(vc.Object) {
			return false
		}
	}
	return true
}

// contextURLs appends the URLs of all contexts in v, at any depth.
func contextURLs(urls []string, v *vc.Value) []string {
	if v.Is(vc.Object) {
		urls = append(urls, v.Get("@context").Strs()...)
	}
	items := v.Items()
	for i := range items {
		urls = contextURLs(urls, &items[i])
	}
	return urls
}

// config returns the hash of the proof configuration under one variant, and the
// options to read the document.
func (c rdfc) config(ctx context.Context, in input, v variant) ([]byte, ld.Options, error) {
	contexts := in.doc.Get("@context")
	opt := ld.Options{Without: []string{in.value}, Context: contexts, Hash: in.hash, Extra: in.extra,
		Revision: v.revision, Budget: v.budget, Undirected: v.undirected}
	if err := ownContexts(in.options); err != nil {
		return nil, opt, err
	}
	if in.own { // otherwise the document's contexts replace the proof's
		opt.Context = in.options.Get("@context")
	}
	hash, err := c.engine.Digest(ctx, in.options, opt)
	if err != nil {
		return nil, opt, fmt.Errorf("proof: %w", err)
	}
	opt.Without, opt.Context = []string{"proof"}, nil
	return hash, opt, nil
}

// jcs canonicalises with RFC 8785.
type jcs struct{}

func (jcs) message(_ context.Context, in input) ([]byte, error) {
	doc := in.doc
	if own := in.options.Get("@context"); own != nil { // specs D4.2
		if !startsWith(doc.Get("@context"), own) {
			return nil, fmt.Errorf("%w: the proof's contexts do not start the document's", vc.ErrMalformed)
		}
		doc = doc.With([]string{"@context"}, own.Named("@context"))
	}
	text := ld.JCS(make([]byte, 0, len(in.doc.Raw())+64), in.options, in.value)
	message := sum(in.hash, text)
	doc, without := in.body(doc)
	text = ld.JCS(text[:0], doc, without...)
	return append(message, sum(in.hash, text)...), nil
}

func (c jcs) check(ctx context.Context, in input, holds func([]byte) error) error {
	message, err := c.message(ctx, in)
	if err != nil {
		return err
	}
	return holds(message)
}

func sum(h crypto.Hash, b []byte) []byte {
	s := h.New()
	s.Write(b)
	return s.Sum(nil)
}

// startsWith reports whether contexts starts with those of start, in order.
func startsWith(contexts, start *vc.Value) bool {
	have, want := contexts.List(), start.List()
	if len(want) > len(have) {
		return false
	}
	for i := range want {
		if !equal(have[i], want[i]) {
			return false
		}
	}
	return true
}

// equal reports whether two values are the same JSON.
func equal(a, b *vc.Value) bool {
	return a == nil && b == nil || a != nil && b != nil && string(ld.JCS(nil, a)) == string(ld.JCS(nil, b))
}
