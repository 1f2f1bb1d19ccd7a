package ld

import (
	"slices"
	"strings"
)

// A vocabulary lists what the embedded contexts, all taken together, call
// things. A holder chooses which contexts a document names, so the names hold
// whichever of them are named.
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
	// Contexts from before Data Integrity have a second name for when a proof
	// ends. Nobody signs with it, and by it the end would go unseen.
	w.names[secNS+"expiration"] = []string{"expires"}
	return w
}

// standards are the beginnings of the IRIs that the standards own: nobody
// else's word begins with one of them. Those that the embedded contexts borrow,
// such as schema.org's, are everybody's.
var standards = []string{
	credNS, "https://www.w3.org/ns/credentials", "https://purl.imsglobal.org/spec/", secNS,
	"https://w3id.org/vc/status-list#", "https://w3id.org/openbadges", "http://purl.org/dc/terms/created", rdfNS,
}

const secNS = "https://w3id.org/security#"

// standard reports whether an IRI belongs to one of the embedded vocabularies.
func standard(iri string) bool {
	if strings.HasPrefix(iri, "@") {
		return true
	}
	return slices.ContainsFunc(standards, func(ns string) bool { return strings.HasPrefix(iri, ns) })
}

// official returns a name of a standard IRI, as a property or as a type, and
// whether name is one of its names. An IRI that no standard owns may have any
// name. One that a standard owns and no embedded context names, such as those
// of RDF itself, has none.
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

// usual reports whether a stranger's definition has a standard word read as
// some embedded context has it read.
func (w *vocabulary) usual(t *term) bool {
	if w == nil || t.kw != notKeyword || !standard(t.iri) || len(w.names[t.iri]) == 0 {
		return true
	}
	return slices.ContainsFunc(w.terms[t.name], t.alike)
}

// properties lists the IRIs that the embedded contexts give a member's name.
func (w *vocabulary) properties(name string) []string {
	var out []string
	for _, t := range w.terms[name] {
		if t.kw == notKeyword && t.iri != "" && !t.reverse && !slices.Contains(out, t.iri) {
			out = append(out, t.iri)
		}
	}
	return out
}
