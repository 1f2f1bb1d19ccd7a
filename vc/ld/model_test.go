package ld

import "testing"

// TestModelProperties checks that no property is read as two members of a class,
// which byIRI could not hold.
func TestModelProperties(t *testing.T) {
	for name, c := range engine(t).model {
		members := map[string]string{}
		for _, m := range c.members {
			for _, iri := range m.iris {
				if other := members[iri]; other != "" {
					t.Errorf("%s: %s is read as %s and as %s", name, iri, other, m.name)
				}
				members[iri] = m.name
			}
		}
	}
}
