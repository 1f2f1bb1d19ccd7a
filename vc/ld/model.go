package ld

import (
	_ "embed"
	"strings"
)

//go:embed model.txt
var modelText string

// A class is one kind of object that the model reads from a credential.
type class struct {
	members map[string]*reads
	byIRI   map[string]*reads // each property is read as one member at most
}

// A reads is a member of a class that the model reads.
type reads struct {
	name    string
	iris    []string // the properties with this name in the embedded contexts
	class   *class   // of its objects; nil for plain values
	texts   bool     // the value may be a language map
	decides bool     // the verdict depends on it
}

// compileModel parses model.txt and looks up the properties of its members in w.
func compileModel(w *vocabulary) map[string]*class {
	classes := map[string]*class{}
	find := func(name string) *class {
		if classes[name] == nil {
			classes[name] = &class{members: map[string]*reads{}, byIRI: map[string]*reads{}}
		}
		return classes[name]
	}
	var c *class
	for _, line := range strings.Split(modelText, "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] != '\t':
			c = find(line)
		default:
			for _, field := range strings.Fields(line) {
				c.add(field, find, w)
			}
		}
	}
	return classes
}

func (c *class) add(field string, find func(string) *class, w *vocabulary) {
	m := &reads{}
	field, m.decides = strings.CutSuffix(field, "!")
	field, m.texts = strings.CutSuffix(field, "+")
	var inner string
	if m.name, inner, _ = strings.Cut(field, ":"); inner != "" {
		m.class = find(inner)
	}
	m.iris = w.properties(m.name)
	c.members[m.name] = m
	for _, iri := range m.iris {
		c.byIRI[iri] = m
	}
}

// meant returns the member that a property is read as, or nil. A member that the
// verdict does not depend on may also be a property of the same name in another
// vocabulary: many issuers have their own "name".
func (c *class) meant(iri string) *reads {
	if m := c.byIRI[iri]; m != nil || standard(iri) {
		return m
	}
	for name, m := range c.members {
		if !m.decides && strings.EqualFold(tail(iri), name) {
			return m
		}
	}
	return nil
}

// tail returns the name in an IRI: what follows its last #, / or :.
func tail(iri string) string {
	return iri[strings.LastIndexAny(iri, "#/:")+1:]
}
