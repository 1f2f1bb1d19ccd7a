package ld

import (
	"slices"
	"strings"
)

// A vocabulary lists the names in all embedded contexts. The holder chooses which
// contexts a document names, so the names apply whichever those are.
type vocabulary struct {
	names map[string][]string // property and type names, by IRI
	terms map[string][]*term  // definitions, by name
}

func newVocabulary(all []*embedded) *vocabulary {
	w := &vocabulary{names: map[string][]string{}, terms: map[string][]*term{}}
	for _, k := range all {
		for iri, names := range k.names {
			for _, n := range names {
				if !slices.Contains(w.names[iri], n) {
					w.names[iri] = append(w.names[iri], n)
				}
			}
		}
		for name, defs := range k.terms {
			for _, t := range defs {
				if !slices.ContainsFunc(w.terms[name], func(o *term) bool { return o.alike(t) && o.prefix == t.prefix }) {
					w.terms[name] = append(w.terms[name], t)
				}
			}
		}
	}
	for _, names := range w.names {
		slices.Sort(names)
	}
	// Contexts from before Data Integrity have a second name for the end of a proof. No suite uses
	// it, and a reader would miss the date.
	w.names[secNS+"expiration"] = []string{"expires"}
	return w
}

// standards lists the prefixes of the IRIs that belong to the standards of
// credentials; no other word starts with them. Vocabularies that the embedded contexts
// borrow, such as schema.org's, are missing, and so is Open Badges 2.0, which no
// credential uses.
var standards = []string{
	credNS, "https://www.w3.org/ns/credentials", "https://purl.imsglobal.org/spec/", secNS,
	"https://w3id.org/vc/status-list#", "http://purl.org/dc/terms/created", rdfNS,
}

const secNS = "https://w3id.org/security#"

// standard reports whether an IRI is a keyword or belongs to a standard.
func standard(iri string) bool {
	if strings.HasPrefix(iri, "@") {
		return true
	}
	return slices.ContainsFunc(standards, func(ns string) bool { return strings.HasPrefix(iri, ns) })
}

// official returns a standard name of an IRI, as a property or as a type, and whether
// name is one of its standard names. An IRI that belongs to no standard may have any
// name. One that does, but has no name in the embedded contexts, may have any name
// unless it is RDF's own.
func (w *vocabulary) official(iri, name string, asType bool) (other string, ok bool) {
	if w == nil || !standard(iri) {
		return "", true
	}
	names := w.names[iri]
	if len(names) == 0 {
		return "@type", !strings.HasPrefix(iri, rdfNS)
	}
	fits := func(n string) bool { return isType(n) == asType }
	if !slices.ContainsFunc(names, fits) {
		fits = func(string) bool { return true }
	}
	return names[slices.IndexFunc(names, fits)], fits(name) && slices.Contains(names, name)
}

// keepsMeaning reports whether a foreign definition gives a standard word the same meaning as
// some embedded context.
func (w *vocabulary) keepsMeaning(t *term) bool {
	if w == nil || t.kw != notKeyword || !standard(t.iri) || len(w.names[t.iri]) == 0 {
		return true
	}
	return slices.ContainsFunc(w.terms[t.name], t.alike)
}

// properties returns the IRIs of the properties called name in the embedded contexts.
func (w *vocabulary) properties(name string) []string {
	var out []string
	for _, t := range w.terms[name] {
		if t.kw == notKeyword && t.iri != "" && !t.reverse && !slices.Contains(out, t.iri) {
			out = append(out, t.iri)
		}
	}
	return out
}
