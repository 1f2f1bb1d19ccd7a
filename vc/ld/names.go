package ld

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"backpack/vc"
)

// An RDF proof covers statements. It covers neither the names of members nor the
// contexts that give them their meaning, and the holder of a badge chooses both. The
// holder's own context could give validUntil a second name: the proof would hold and
// no reader would see the date. Two guards prevent that. This file is the first: only
// its own name denotes a standard word, in the form that an embedded context gives it,
// whichever contexts a document names. The second reads the model again from the
// statements (see agree.go).

// ErrUnsafe is the error for a context that is not embedded and must not be used.
var ErrUnsafe = vc.ErrUnsafe

// A source is a context that defines terms.
type source struct {
	url   string
	known *embedded // nil if it is not embedded
}

// A chain lists the embedded contexts in force, the last one first.
type chain struct {
	*embedded
	before *chain
	length int
}

// foreign reports whether s is a context that is not embedded. Always false if the
// reader is not strict.
func (r *run) foreign(s *source) bool { return r.mode.strict && s != nil && s.known == nil }

// with returns the chain extended by k, or c itself if it contains k.
func (c *chain) with(k *embedded) *chain {
	for x := c; x != nil; x = x.before {
		if x.embedded == k {
			return c
		}
	}
	return &chain{k, c, c.len() + 1}
}

func (c *chain) len() int {
	if c == nil {
		return 0
	}
	return c.length
}

// official returns a name for iri in the first embedded context in force that has one,
// and whether name is one of its names. Some contexts use one IRI for a type and for a
// property (Criteria, criteria); the name with a small initial is the property.
func (c *chain) official(iri, name string, asType bool) (other string, ok bool) {
	ok = true
	for ; c != nil; c = c.before {
		names := c.names[iri]
		if len(names) == 0 {
			continue
		}
		fits := func(n string) bool { return isType(n) == asType }
		if !slices.ContainsFunc(names, fits) {
			fits = func(string) bool { return true }
		}
		ok = fits(name) && slices.Contains(names, name)
		other = names[slices.IndexFunc(names, fits)]
	}
	return other, ok
}

func isType(name string) bool { return name == "" || name[0] < 'a' || name[0] > 'z' }

// enter adds src, whose context is v, to the sources in force.
func (r *run) enter(a *active, src *source, v *vc.Value) error {
	if !r.mode.strict {
		return nil
	}
	if src.known == nil {
		a.foreign = true
		return r.checkForeign(v, src)
	}
	before := a.known
	if a.known = before.with(src.known); a.known == before || !a.foreign {
		return nil
	}
	if err := r.meter.step(len(a.terms) * 4); err != nil {
		return err
	}
	for name, t := range a.terms { // foreign terms from before this context
		if t.from == nil || t.from.known != nil {
			continue
		}
		a.terms[name] = r.marked(a, t)
	}
	return nil
}

// marked returns t, marked if it has a non-standard name or gives a standard word
// another meaning.
func (r *run) marked(a *active, t *term) *term {
	wrong, wrongType := "", ""
	if other, ok := r.official(a, t.key(), t.name, false); !ok {
		wrong = other
	}
	if other, ok := r.official(a, t.key(), t.name, true); !ok {
		wrongType = other
	}
	odd := r.foreign(t.from) && !r.e.words.keepsMeaning(t)
	if t.standardName == wrong && t.standardType == wrongType && t.altered == odd {
		return t
	}
	c := *t
	c.standardName, c.standardType, c.altered = wrong, wrongType, odd
	return &c
}

// official returns the standard name of an IRI, and whether name is it: by the
// embedded contexts in force, then by all embedded contexts.
func (r *run) official(a *active, iri, name string, asType bool) (other string, ok bool) {
	if t, back := strings.CutPrefix(iri, "^"); back { // reversed
		if other, ok = a.known.official(iri, name, asType); ok && r.e.words != nil && standard(t) {
			return "@reverse", len(r.e.words.names[iri]) > 0
		}
		return other, ok
	}
	if other, ok = a.known.official(iri, name, asType); !ok {
		return other, false
	}
	return r.e.words.official(iri, name, asType)
}

// key returns the IRI of t as a key of the indexes of names, with ^ in front if
// reversed.
func (t *term) key() string {
	if t.reverse {
		return "^" + t.iri
	}
	return t.iri
}

// alike reports whether t and o turn a plain member into the same statement.
func (t *term) alike(o *term) bool {
	return t.iri == o.iri && t.typ == o.typ && t.container == o.container && t.reverse == o.reverse &&
		sameText(t.lang, o.lang) && sameText(t.dir, o.dir)
}

// checkForeign returns an error if a foreign context does something that only an embedded
// one may do.
func (r *run) checkForeign(v *vc.Value, src *source) error {
	if err := r.meter.step(1); err != nil {
		return err
	}
	switch v.Kind() {
	case vc.Null:
		return r.unsafe(src, "it drops the terms of other contexts")
	case vc.Array:
		for i := range v.Items() {
			if err := r.checkForeign(&v.Items()[i], src); err != nil {
				return err
			}
		}
		return nil
	case vc.String:
		if src.url == "" { // a URL in a document's own list is loaded separately
			return nil
		}
		return r.unsafe(src, "it refers to another context, %s", v.Text())
	case vc.Object:
		return r.checkForeignMap(v, src)
	}
	return nil // not a context; process reports it
}

func (r *run) checkForeignMap(v *vc.Value, src *source) error {
	for i := range v.Items() {
		m := &v.Items()[i]
		switch keywordOf(m.Name()) {
		case kwBase, kwImport:
			return r.unsafe(src, "it sets %s", m.Name())
		}
		inner := m.Get("@context")
		if inner == nil || setting(m.Name()) {
			continue
		}
		if inner.Is(vc.String) || slices.ContainsFunc(inner.List(), func(x *vc.Value) bool { return x.Is(vc.String) }) {
			return r.unsafe(src, "the context of %q refers to another context", m.Name())
		}
		if err := r.checkForeign(inner, src); err != nil {
			return err
		}
	}
	return nil
}

// noteWord records the last part of the IRI of a word that belongs to no standard, if the
// document uses another name for the word.
func (r *run) noteWord(name, iri string) {
	if !r.mode.strict || strings.HasPrefix(iri, "@") || standard(iri) || name == iri {
		return
	}
	own := tail(iri)
	if letters(own) == letters(name) || own == "" {
		return
	}
	if r.words == nil {
		r.words = map[string]string{}
	}
	if have := r.words[name]; have != "" && have != own { // one name with two meanings
		own = min(have, own) + " / " + max(have, own)
	}
	r.words[name] = own
}

// letters returns s in lower case without separators.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("-_ .", c) {
			return -1
		}
		return unicode.ToLower(c)
	}, s)
}

// changedMeaning returns the error for a standard word that a foreign context gives another
// meaning. Before Open Badges 3.0 was final, issuers published their own contexts for
// its words; such a badge is an early form, not a forgery.
func (r *run) changedMeaning(a *active, t *term) error {
	if t.from.url == "" {
		return r.dropAt(t.name, "the context in the document changes its meaning")
	}
	for c := a.known; c != nil; c = c.before {
		if strings.HasPrefix(c.url, badgeContexts) {
			return r.unsafe(t.from, "it changes the meaning of %q", t.name)
		}
	}
	return fmt.Errorf("%w: %s defines %q", vc.ErrEarlyForm, clip(t.from.url), t.name)
}

const badgeContexts = "https://purl.imsglobal.org/spec/ob/v3p0/context"

// unsafe returns the error for a foreign context that must not be used.
func (r *run) unsafe(src *source, format string, args ...any) error {
	name := src.url
	if name == "" {
		name = "the context in the document"
	}
	return fmt.Errorf("%w: %s: %s", ErrUnsafe, clip(name), clip(fmt.Sprintf(format, args...)))
}
