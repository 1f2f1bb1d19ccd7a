package suite

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"backpack/vc"
	"backpack/vc/ld"
)

// proofValueMembers are left out of a proof's options when they are hashed.
var proofValueMembers = []string{"proofValue", "jws", "signatureValue"}

// A canon turns a document and a proof's options into the bytes that are
// signed: the hash of the options, then the hash of the document (specs D4.1).
type canon interface {
	// hashes calls try with the bytes for each reading of the contexts, until
	// it returns nil; it returns the last error.
	hashes(ctx context.Context, doc, options *vc.Value, h crypto.Hash, extra map[string][]byte, try func([]byte) error) error
}

// rdfc canonicalises by RDFC-1.0.
type rdfc struct{ engine *ld.Engine }

// hashes tries the revisions that a context has had under one address, the
// newest first, when a proof does not hold or a term is undefined; all share
// one budget (specs A1.6).
func (c rdfc) hashes(ctx context.Context, doc, options *vc.Value, h crypto.Hash, extra map[string][]byte, try func([]byte) error) error {
	budget := c.engine.Budget()
	context := doc.Get("@context")
	var first error
	for revision := range max(1, c.engine.Revisions(context.Strs())) {
		opt := ld.Options{Without: proofValueMembers, Context: context, Hash: h, Extra: extra, Revision: revision, Budget: budget}
		err := c.hashOne(ctx, doc, options, opt, try)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
		if !errors.Is(err, vc.ErrSignature) && !errors.Is(err, vc.ErrTerms) {
			return first
		}
	}
	return first
}

func (c rdfc) hashOne(ctx context.Context, doc, options *vc.Value, opt ld.Options, try func([]byte) error) error {
	signed, err := c.engine.Digest(ctx, options, opt)
	if err != nil {
		return fmt.Errorf("proof options: %w", err)
	}
	opt.Without, opt.Context = []string{"proof"}, nil
	body, err := c.engine.Digest(ctx, doc, opt)
	if err != nil {
		return err
	}
	return try(append(signed, body...))
}

// jcs canonicalises by RFC 8785.
type jcs struct{}

func (jcs) hashes(_ context.Context, doc, options *vc.Value, h crypto.Hash, _ map[string][]byte, try func([]byte) error) error {
	without := []string{"proof"}
	unsecured := doc
	if own := options.Get("@context"); own != nil {
		if !startsWith(doc.Get("@context"), own) {
			return fmt.Errorf("%w: the proof names contexts that the document does not begin with", vc.ErrMalformed)
		}
		unsecured = doc.With([]string{"@context"}, own.Named("@context")) // specs D4.2
	}
	buf := ld.JCS(make([]byte, 0, len(doc.Raw())), options, proofValueMembers...)
	signed := sum(h, buf)
	body := sum(h, ld.JCS(buf[:0], unsecured, without...))
	return try(append(signed, body...))
}

func sum(h crypto.Hash, b []byte) []byte {
	s := h.New()
	s.Write(b)
	return s.Sum(nil)
}

// startsWith reports whether the contexts begin with those of start, in order.
func startsWith(contexts, start *vc.Value) bool {
	have, want := contexts.List(), start.List()
	if len(want) > len(have) {
		return false
	}
	for i := range want {
		if string(ld.JCS(nil, have[i])) != string(ld.JCS(nil, want[i])) {
			return false
		}
	}
	return true
}
