package vc

import (
	"fmt"
	"strings"
	"testing"
)

// outline prints a tree: ids with their parts in brackets, a star for Elsewhere,
// and other relations.
func outline(list []*Branch) string {
	var out []string
	for _, b := range list {
		s := b.Achievement.ID
		if b.Elsewhere {
			s += "*"
		}
		for _, r := range b.Relations {
			s += " " + r.Type + " " + r.Target.ID
		}
		if len(b.Parts) > 0 {
			s += "(" + outline(b.Parts) + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, ",")
}

// TestTree arranges achievements a to d (specs C3).
func TestTree(t *testing.T) {
	for name, x := range map[string]struct{ associations, want, dangling string }{
		"none":                 {"", "a,b,c,d", ""},
		"children":             {"b isChildOf a, c isChildOf b", "a(b(c)),d", ""},
		"parts":                {"b isPartOf a, d isPartOf a", "a(b,d),c", ""},
		"parents":              {"a isParentOf d, a isParentOf b", "a(d,b),c", ""},
		"both directions":      {"b isChildOf a, a isParentOf b, b isPartOf a", "a(b),c,d", ""},
		"two parents":          {"c isPartOf a, c isPartOf b, d isPartOf c", "a(c(d)),b(c*)", ""},
		"its own parent":       {"a isChildOf a", "a,b,c,d", ""},
		"a circle":             {"a isChildOf b, b isChildOf c, c isChildOf a", "d,a(c(b(a*)))", ""},
		"a circle with a tail": {"a isChildOf b, b isChildOf a, c isChildOf a", "d,a(b(a*),c)", ""},
		"other relations":      {"a precedes b, a exactMatchOf c", "a precedes b exactMatchOf c,b,c,d", ""},
		"unknown ids":          {"x isChildOf a, b precedes y, x isPartOf y", "a,b,c,d", "x,y"},
	} {
		c := &Credential{}
		for _, id := range []string{"a", "b"} {
			c.Contained = append(c.Contained, &Document{}, &Document{Credential: &Credential{Subject: Subject{Achievement: &Achievement{ID: id}}}})
		}
		for _, id := range []string{"c", "d", "a"} {
			c.Subject.Achievements = append(c.Subject.Achievements, &Achievement{ID: id})
		}
		for _, s := range strings.Split(x.associations, ", ") {
			if f := strings.Fields(s); len(f) == 3 {
				c.Subject.Associations = append(c.Subject.Associations, Association{Type: f[1], SourceID: f[0], TargetID: f[2]})
			}
		}
		top, dangling := c.Tree()
		if got := outline(top); got != x.want || strings.Join(dangling, ",") != x.dangling {
			t.Errorf("%s: %s, want %s; dangling %v", name, got, x.want, dangling)
		}
		if top[len(top)-1].Contained >= len(c.Contained) {
			t.Errorf("%s: %+v", name, top)
		}
	}
}

// TestTreeIsBounded checks that a chain of achievements is cut, and that a fully
// connected graph gives a tree no larger than its associations.
func TestTreeIsBounded(t *testing.T) {
	c := &Credential{}
	for i := range 300 {
		c.Subject.Achievements = append(c.Subject.Achievements, &Achievement{ID: fmt.Sprint(i)})
		for k := range 300 {
			c.Subject.Associations = append(c.Subject.Associations, Association{Type: "isPartOf", SourceID: fmt.Sprint(i), TargetID: fmt.Sprint(k)})
		}
	}
	top, _ := c.Tree()
	var count func(list []*Branch, depth int) int
	count = func(list []*Branch, depth int) (n int) {
		if depth > maxTreeDepth+1 {
			t.Fatalf("a tree of depth %d", depth)
		}
		for _, b := range list {
			n += 1 + count(b.Parts, depth+1)
		}
		return n
	}
	if n := count(top, 0); n < 300 || n > len(c.Subject.Associations)+300 {
		t.Errorf("%d branches", n)
	}
}

// TestCLRSubject checks that a CLR has a list of achievements and none of its own.
func TestCLRSubject(t *testing.T) {
	d, err := Parse([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:clr","type":["VerifiableCredential","ClrCredential"],
"issuer":"did:web:a.example","validFrom":"2026-01-01T00:00:00Z","partial":true,"credentialSubject":{"type":["ClrSubject"],"id":"did:example:1",
"achievement":[{"id":"urn:a","name":"A"},{"id":"urn:b"},3],
"association":[{"type":"Association","associationType":"isChildOf","sourceId":"urn:a","targetId":"urn:b"}],"verifiableCredential":["x.y.z"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := d.Credential
	if !c.Partial || c.Subject.Achievement != nil || len(c.Subject.Achievements) != 2 || len(c.Contained) != 1 ||
		c.Subject.Associations[0] != (Association{"isChildOf", "urn:a", "urn:b"}) {
		t.Errorf("%+v", c)
	}
}
