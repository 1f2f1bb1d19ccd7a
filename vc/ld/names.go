package ld

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"backpack/vc"
)

// An RDF proof covers statements. It covers neither the names of members nor
// the contexts that give them their meaning: the holder of a badge chooses both.
// A context of the holder's own could give validUntil a second name, so that
// the proof holds and the date goes unseen. Two guards stand against that. This
// file has the first: a standard word is reached by its own name alone, in the
// form that an embedded context gives it, whichever contexts a document names.
// The second reads the model again from the statements (see agree.go).

// ErrUnsafe is the reason why a context that is not known may not be used.
var ErrUnsafe = vc.ErrUnsafe

// A source is a context that terms come from.
type source struct {
	url   string
	known *embedded // nil for one that is not embedded
}

// A chain lists the known contexts in force, the last one first.
type chain struct {
	*embedded
	before *chain
	length int
}

// foreign reports whether terms of s are a stranger's.
func (r *run) foreign(s *source) bool { return r.mode.strict && s != nil && s.known == nil }

// with returns the chain with k added, if it is not in it yet.
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

// official returns a name that the first known context in force gives iri,
// if it gives any, and whether name is one of those. Some contexts use one IRI
// for a type and for a property (Criteria, criteria): what starts with a small
// letter is the property.
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

// enter adds src, which holds the context v, to the sources in force.
func (r *run) enter(a *active, src *source, v *vc.Value) error {
	if !r.mode.strict {
		return nil
	}
	if src.known == nil {
		a.strangers = true
		return r.harmless(v, src)
	}
	before := a.known
	if a.known = before.with(src.known); a.known == before || !a.strangers {
		return nil
	}
	if err := r.meter.step(len(a.terms) * 4); err != nil {
		return err
	}
	for name, t := range a.terms { // a stranger's terms that stood before this context
		if t.from == nil || t.from.known != nil {
			continue
		}
		a.terms[name] = r.named(a, t)
	}
	return nil
}

// named returns t with the marks that it bears the wrong name, or has a
// standard word read in another way, if it does.
func (r *run) named(a *active, t *term) *term {
	wrong, wrongType := "", ""
	if other, ok := r.official(a, t.key(), t.name, false); !ok {
		wrong = other
	}
	if other, ok := r.official(a, t.key(), t.name, true); !ok {
		wrongType = other
	}
	odd := r.foreign(t.from) && !r.e.words.usual(t)
	if t.wrong == wrong && t.wrongType == wrongType && t.odd == odd {
		return t
	}
	c := *t
	c.wrong, c.wrongType, c.odd = wrong, wrongType, odd
	return &c
}

// official returns the name that an IRI has, and whether name is it: by the
// known contexts in force, and by all embedded ones.
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

// key is how the index of names files a term.
func (t *term) key() string {
	if t.reverse {
		return "^" + t.iri
	}
	return t.iri
}

// alike reports whether t turns a plain member into the same statement as o.
func (t *term) alike(o *term) bool {
	return t.iri == o.iri && t.typ == o.typ && t.container == o.container && t.reverse == o.reverse &&
		sameText(t.lang, o.lang) && sameText(t.dir, o.dir)
}

// harmless looks through a stranger's context for what only a known one may do.
func (r *run) harmless(v *vc.Value, src *source) error {
	if err := r.meter.step(1); err != nil {
		return err
	}
	switch v.Kind() {
	case vc.Null:
		return r.unsafe(src, "it drops the terms of other contexts")
	case vc.Array:
		for i := range v.Items() {
			if err := r.harmless(&v.Items()[i], src); err != nil {
				return err
			}
		}
		return nil
	case vc.String:
		if src.url == "" { // the list in a document: each URL is looked up on its own
			return nil
		}
		return r.unsafe(src, "it refers to another context, %s", v.Text())
	case vc.Object:
		return r.harmlessMap(v, src)
	}
	return nil // not a context at all: an error of its own
}

func (r *run) harmlessMap(v *vc.Value, src *source) error {
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
			return r.unsafe(src, "the context of %q refers to another one", m.Name())
		}
		if err := r.harmless(inner, src); err != nil {
			return err
		}
	}
	return nil
}

// call notes what the IRI of a word of no standard calls it, where the document
// calls it something else.
func (r *run) call(name, iri string) {
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
	if have := r.words[name]; have != "" && have != own { // one name for two things
		own = min(have, own) + " / " + max(have, own)
	}
	r.words[name] = own
}

// letters is a word without what only parts it into syllables.
func letters(s string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("-_ .", c) {
			return -1
		}
		return unicode.ToLower(c)
	}, s)
}

// peculiar reports a standard word that a stranger's definition has read in
// another way. Before Open Badges 3.0 was finished, issuers published contexts
// of their own for its words: such a badge is an early form, not a forgery.
func (r *run) peculiar(a *active, t *term) error {
	if t.from.url == "" {
		return r.loseAt(t.name, "the context in the document has it read in another way")
	}
	for c := a.known; c != nil; c = c.before {
		if strings.HasPrefix(c.url, badgeContexts) {
			return r.unsafe(t.from, "it has %q read in another way", t.name)
		}
	}
	return fmt.Errorf("%w: %s defines %q", vc.ErrEarlyForm, clip(t.from.url), t.name)
}

const badgeContexts = "https://purl.imsglobal.org/spec/ob/v3p0/context"

// unsafe reports why a stranger's context may not be used.
func (r *run) unsafe(src *source, format string, args ...any) error {
	name := src.url
	if name == "" {
		name = "the context in the document"
	}
	return fmt.Errorf("%w: %s: %s", ErrUnsafe, clip(name), clip(fmt.Sprintf(format, args...)))
}
