package ld

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"backpack/vc"
)

//go:generate go run ./internal/gen

//go:embed contexts
var files embed.FS

// An entry of contexts/manifest.json describes one embedded context.
type entry struct {
	File     string   `json:"file"`
	URLs     []string `json:"urls"` // its own URL, then aliases
	SHA256   string   `json:"sha256"`
	From     string   `json:"from"` // package, version and file, or the specification it was written from
	Licence  string   `json:"licence"`
	Revision string   `json:"revision,omitempty"` // set if the URL has had several bodies; the newest comes first
	// Published is the digest of the body at the URL, for a context that was written for this
	// project and has the same meaning.
	Published string `json:"published,omitempty"`
}

// An embedded is one compiled context of the manifest.
type embedded struct {
	source
	urls []string
	doc  *vc.Value
	body []byte
	// published is the digest of the body at the URL; nil if unknown.
	published []byte
	written   bool                // body was written for this project
	names     map[string][]string // its names for an IRI, in any of its scopes
	terms     map[string][]*term  // its definitions of a term, in any of its scopes
	vocab     bool                // it sets @vocab, so every name has a meaning
}

// readContexts reads the manifest, verifies the digest of every context and compiles
// all of them.
func (e *Engine) readContexts(files fs.FS) error {
	list, err := fs.ReadFile(files, "contexts/manifest.json")
	if err != nil {
		return err
	}
	var entries []entry
	if err := json.Unmarshal(list, &entries); err != nil {
		return fmt.Errorf("parse manifest: %w", err)
	}
	e.known, e.revisions = map[string][]*embedded{}, 1
	var all []*embedded
	for _, x := range entries {
		k, err := readContext(files, x)
		if err != nil {
			return err
		}
		all = append(all, k)
		for _, u := range x.URLs {
			e.known[u] = append(e.known[u], k)
			e.revisions = max(e.revisions, len(e.known[u]))
		}
	}
	e.resetCache()
	for _, k := range all {
		if err := e.index(k); err != nil {
			return fmt.Errorf("compile %s: %w", k.url, err)
		}
	}
	e.words = newVocabulary(all)
	e.model = compileModel(e.words)
	e.resetCache() // drop contexts that were compiled before the vocabulary existed
	return nil
}

// readContext reads one context and verifies its digest.
func readContext(files fs.FS, x entry) (*embedded, error) {
	body, err := fs.ReadFile(files, "contexts/"+x.File)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != x.SHA256 {
		return nil, fmt.Errorf("%w: %s does not have the digest in the manifest", vc.ErrMalformed, x.File)
	}
	doc, err := vc.ParseJSON(body)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", x.File, err)
	}
	k := &embedded{urls: x.URLs, doc: doc, names: map[string][]string{}, terms: map[string][]*term{}}
	k.url, k.known = x.URLs[0], k
	k.body, k.written = body, strings.HasPrefix(x.From, "written ")
	if k.published, err = hex.DecodeString(x.Published); err != nil {
		return nil, fmt.Errorf("%w: parse the digest of %s: %v", vc.ErrMalformed, x.File, err)
	}
	return k, nil
}

// index fills k.names and k.terms.
func (e *Engine) index(k *embedded) error {
	ample := &Budget{steps: 1 << 24}
	r := e.start(context.Background(), Options{Budget: ample}, mode{strict: true})
	defer r.release()
	inner := k.doc.Get("@context")
	a, err := r.process(newRoot(""), inner, scope{base: k.url, remote: []string{k.url}, src: &k.source})
	if err != nil {
		return err
	}
	k.vocab = a.vocab != nil
	if err := k.add(r, newRoot(""), a, nil); err != nil {
		return err
	}
	for _, names := range k.names {
		slices.Sort(names)
	}
	return nil
}

// add adds the terms of a that before does not have, and those of their scoped
// contexts. within lists the scoped contexts that are being visited.
func (k *embedded) add(r *run, before, a *active, within []*vc.Value) error {
	for name, t := range a.terms {
		if before.terms[name] == t {
			continue
		}
		k.terms[name] = append(k.terms[name], t)
		if t.iri != "" && !slices.Contains(k.names[t.key()], name) {
			k.names[t.key()] = append(k.names[t.key()], name)
		}
		if t.context == nil || slices.Contains(within, t.context) {
			continue
		}
		inner, err := r.process(a, t.context, scope{base: t.base, override: true, src: &k.source})
		if err != nil {
			return fmt.Errorf("the context of %q: %w", name, err)
		}
		if err := k.add(r, a, inner, append(within[:len(within):len(within)], t.context)); err != nil {
			return err
		}
	}
	return nil
}

// Bodies implements vc.EmbeddedContexts.
func (e *Engine) Bodies(address string) (bodies, digests [][]byte, whole bool) {
	list := e.known[address]
	whole = len(list) > 0
	for _, k := range list {
		if !k.written {
			bodies = append(bodies, k.body)
		}
		if len(k.published) > 0 {
			digests = append(digests, k.published)
		}
		whole = whole && len(k.published) > 0
	}
	return bodies, digests, whole
}

// CheckContext returns nil if a context that is not embedded may be used as
// Options.Extra. The error wraps vc.ErrMalformed, or ErrUnsafe if the context
// redefines a term of the data models or of Open Badges, maps a term to null, sets
// @vocab or @base, or refers to another context. Its effect on a document's other
// contexts is checked again with each document.
func (e *Engine) CheckContext(url string, body []byte) error {
	if e.Known(url) {
		return nil
	}
	for _, base := range [][]string{{urlV2, urlOB}, {urlV1, urlOB}} {
		r := e.start(context.Background(), Options{Extra: map[string][]byte{url: body}}, mode{strict: true})
		a, err := e.root(0, r.mode), error(nil)
		for _, u := range append(base, url) {
			if a, err = r.remote(a.clone(), u, scope{}); err != nil {
				break
			}
		}
		r.release()
		if err != nil {
			return fmt.Errorf("check context: %w", err)
		}
	}
	return nil
}

// CheckContext checks a context together with these.
const (
	urlV1 = "https://www.w3.org/2018/credentials/v1"
	urlV2 = "https://www.w3.org/ns/credentials/v2"
	urlOB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)
