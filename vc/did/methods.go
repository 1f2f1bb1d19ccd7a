package did

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/hyperledger/aries-framework-go/pkg/doc/did"
	vdrapi "github.com/hyperledger/aries-framework-go/pkg/framework/aries/api/vdr"

	"backpack/vc"
	"backpack/vc/jose"
)

// handoffOption is the name of the option with which a method passes its document; see
// doc.go.
const handoffOption = "backpack"

// A handoff carries a request's context to a method, which aries' interface does
// not, and returns the document.
type handoff struct {
	ctx context.Context
	doc *document
}

// document resolves a DID through aries' registry.
func (r *Resolver) document(ctx context.Context, id string) (doc *document, err error) {
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, fmt.Errorf("%w: resolving %.200q: %v", vc.ErrUnsupported, id, p)
		}
	}()
	method, _, ok := strings.Cut(strings.TrimPrefix(id, "did:"), ":")
	if !ok || !strings.HasPrefix(id, "did:") {
		return nil, fmt.Errorf("%w: %.200q is not a DID", vc.ErrMalformed, id)
	}
	if method != "key" && method != "jwk" && method != "web" {
		return nil, fmt.Errorf("DID method %.40q: %w", method, vc.ErrUnsupported)
	}
	if doc, ok := r.derived.Get(id); ok {
		return doc, nil
	}
	h := &handoff{ctx: ctx}
	if _, err := r.registry.Resolve(id, vdrapi.WithOption(handoffOption, h)); err != nil {
		return nil, err
	}
	if h.doc.derived != nil { // derived from the DID alone, so it never changes
		r.derived.Add(id, h.doc)
	}
	return h.doc, nil
}

// handOff implements Read: it passes the document to us and the bare DID to aries.
func handOff(id string, opts []vdrapi.DIDMethodOption, read func(ctx context.Context) (*document, error)) (*did.DocResolution, error) {
	all := &vdrapi.DIDMethodOpts{Values: map[string]interface{}{}}
	for _, o := range opts {
		o(all)
	}
	h, ok := all.Values[handoffOption].(*handoff)
	if !ok {
		return nil, errors.New("did: the registry serves this package only")
	}
	doc, err := read(h.ctx)
	if err != nil {
		return nil, err
	}
	h.doc = doc
	return &did.DocResolution{DIDDocument: &did.Doc{ID: id}}, nil
}

// readOnly implements the parts of aries' interface that no method here supports.
type readOnly struct{}

var errReadOnly = errors.New("did: only resolution is supported")

func (readOnly) Create(*did.Doc, ...vdrapi.DIDMethodOption) (*did.DocResolution, error) {
	return nil, errReadOnly
}
func (readOnly) Update(*did.Doc, ...vdrapi.DIDMethodOption) error   { return errReadOnly }
func (readOnly) Deactivate(string, ...vdrapi.DIDMethodOption) error { return errReadOnly }
func (readOnly) Close() error                                       { return nil }

// keyMethod is did:key: the DID is the key (specs D3.9).
type keyMethod struct{ readOnly }

// Accept implements aries' VDR.
func (keyMethod) Accept(method string, _ ...vdrapi.DIDMethodOption) bool { return method == "key" }

// Read implements aries' VDR.
func (keyMethod) Read(id string, opts ...vdrapi.DIDMethodOption) (*did.DocResolution, error) {
	return handOff(id, opts, func(context.Context) (*document, error) {
		multikey := strings.TrimPrefix(id, "did:key:")
		key, err := ParseMultikey(multikey)
		if err != nil {
			return nil, err
		}
		return oneKey(id, id+"#"+multikey, "Multikey", key), nil
	})
}

// jwkMethod is did:jwk: the DID is the JWK in base64url.
type jwkMethod struct{ readOnly }

// Accept implements aries' VDR.
func (jwkMethod) Accept(method string, _ ...vdrapi.DIDMethodOption) bool { return method == "jwk" }

// Read implements aries' VDR.
func (jwkMethod) Read(id string, opts ...vdrapi.DIDMethodOption) (*did.DocResolution, error) {
	return handOff(id, opts, func(context.Context) (*document, error) {
		text, err := vc.DecodeBase64(strings.TrimPrefix(id, "did:jwk:"))
		if err != nil {
			return nil, err
		}
		jwk, err := vc.ParseJSON(text)
		if err != nil {
			return nil, err
		}
		key, err := jose.ParseJWK(jwk)
		if err != nil {
			return nil, err
		}
		if use := jwk.Get("use").Str(); use == "enc" {
			return nil, fmt.Errorf("%w: the key is for encryption only", vc.ErrMalformed)
		}
		return oneKey(id, id+"#0", "JsonWebKey", key), nil
	})
}

// webMethod is did:web: the document is on the domain in the DID.
type webMethod struct {
	readOnly
	r *Resolver
}

// Accept implements aries' VDR.
func (webMethod) Accept(method string, _ ...vdrapi.DIDMethodOption) bool { return method == "web" }

// Read implements aries' VDR.
func (m webMethod) Read(id string, opts ...vdrapi.DIDMethodOption) (*did.DocResolution, error) {
	return handOff(id, opts, func(ctx context.Context) (*document, error) {
		address, err := webAddress(id)
		if err != nil {
			return nil, err
		}
		return m.r.fetchDocument(ctx, address, id)
	})
}

// webAddress returns the address of a did:web document (did:web, 2.5.2).
func webAddress(id string) (string, error) {
	parts := strings.Split(strings.TrimPrefix(id, "did:web:"), ":")
	for i, p := range parts {
		s, err := url.PathUnescape(p)
		if err != nil || s == "" || strings.ContainsAny(s, "/\\?#@ ") || s == "." || s == ".." {
			return "", fmt.Errorf("%w: %.200q is not a did:web", vc.ErrMalformed, id)
		}
		if i == 0 {
			parts[i] = s // only a port may be escaped, as %3A
		}
	}
	if len(parts) == 1 {
		return "https://" + parts[0] + "/.well-known/did.json", nil
	}
	return "https://" + strings.Join(parts, "/") + "/did.json", nil
}
