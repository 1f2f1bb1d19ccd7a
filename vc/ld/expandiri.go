package ld

import "strings"

// expand performs IRI Expansion (JSON-LD 1.1 API §5.2) while a context is read. It
// first defines the terms that s depends on. ok is false for null.
func (b *builder) expand(s string, relative, vocab bool) (iri string, ok bool, err error) {
	if keywordOf(s) != notKeyword {
		return s, true, nil
	}
	if keywordForm(s) {
		return "", false, nil
	}
	if err := b.defineFirst(s); err != nil {
		return "", false, err
	}
	if i := strings.IndexByte(s, ':'); i > 0 {
		if err := b.definePrefix(s[:i], s[i+1:]); err != nil {
			return "", false, err
		}
	}
	iri, ok = b.a.expand(s, relative, vocab)
	return iri, ok, nil
}

// defineFirst defines the term name if the local context contains it and has not defined it
// yet.
func (b *builder) defineFirst(name string) error {
	if b.state[name] || b.get(name) == nil {
		return nil
	}
	if setting(name) {
		return nil
	}
	return b.define(name)
}

// definePrefix is defineFirst for the prefix of a string that may be a compact IRI.
func (b *builder) definePrefix(prefix, suffix string) error {
	if prefix == "_" || strings.HasPrefix(suffix, "//") {
		return nil
	}
	return b.defineFirst(prefix)
}

// expand performs IRI Expansion (JSON-LD 1.1 API §5.2). ok is false for null.
func (a *active) expand(s string, relative, vocab bool) (iri string, ok bool) {
	if keywordOf(s) != notKeyword { // 1
		return s, true
	}
	if keywordForm(s) { // 2
		return "", false
	}
	if t := a.terms[s]; t != nil && (vocab || t.kw != notKeyword) { // 4, 5
		return t.iri, t.iri != ""
	}
	if i := strings.IndexByte(s, ':'); i > 0 { // 6
		prefix, suffix := s[:i], s[i+1:]
		if prefix == "_" || strings.HasPrefix(suffix, "//") {
			return s, true
		}
		if t := a.terms[prefix]; t != nil && t.iri != "" && t.prefix {
			return t.iri + suffix, true
		}
		if absolute(s) {
			return s, true
		}
	}
	switch {
	case vocab && a.vocab != nil: // 7
		return *a.vocab + s, true
	case relative: // 8
		return resolve(a.base, s), true
	}
	return s, true
}
