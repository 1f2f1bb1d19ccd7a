package ld

import (
	"context"
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"backpack/vc"
)

// vectors returns the path of third-party vectors. It skips the test if they are
// missing, or fails it if CI is set.
func vectors(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("BACKPACK_VECTORS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	name := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the vectors are missing: %v", err)
		}
		t.Skipf("no vectors: %v", err)
	}
	return name
}

func engine(t testing.TB) *Engine {
	t.Helper()
	e, err := New(Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func parse(t testing.TB, s string) *vc.Value {
	t.Helper()
	v, err := vc.ParseJSON([]byte(s))
	if err != nil {
		t.Fatalf("parse %.200s: %v", s, err)
	}
	return v
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// dataset is a set of statements with the labels of its blank nodes.
type dataset struct {
	quads  []quad
	labels []string
	number map[string]int32
}

// parseNQuads parses N-Quads as the tests of the W3C write them.
func parseNQuads(text string) (*dataset, error) {
	d := &dataset{number: map[string]int32{}}
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		var terms []rdfTerm
		rest := line
		for rest != "." {
			t, after, err := d.term(rest)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", line, err)
			}
			terms = append(terms, t)
			rest = strings.TrimLeft(after, " \t")
		}
		if len(terms) < 3 || len(terms) > 4 {
			return nil, fmt.Errorf("%q: %d terms", line, len(terms))
		}
		q := quad{s: terms[0], p: terms[1].value, o: terms[2]}
		if len(terms) == 4 {
			q.g = terms[3]
		}
		d.quads = append(d.quads, q)
	}
	return d, nil
}

func (d *dataset) term(s string) (rdfTerm, string, error) {
	switch {
	case strings.HasPrefix(s, "<"):
		i := strings.IndexByte(s, '>')
		return rdfTerm{kind: iriTerm, value: unescapeNQ(s[1:i])}, s[i+1:], nil
	case strings.HasPrefix(s, "_:"):
		i := strings.IndexAny(s, " \t")
		name := s[2:i]
		n, ok := d.number[name]
		if !ok {
			n = int32(len(d.labels))
			d.number[name], d.labels = n, append(d.labels, name)
		}
		return rdfTerm{kind: blankTerm, blank: n}, s[i:], nil
	case strings.HasPrefix(s, `"`):
		i := 1
		for s[i] != '"' {
			if s[i] == '\\' {
				i++
			}
			i++
		}
		t := rdfTerm{kind: literalTerm, value: unescapeNQ(s[1:i])}
		s = s[i+1:]
		if rest, ok := strings.CutPrefix(s, "^^<"); ok {
			i := strings.IndexByte(rest, '>')
			if t.tag = unescapeNQ(rest[:i]); t.tag == xsdString {
				t.tag = ""
			}
			return t, rest[i+1:], nil
		}
		if rest, ok := strings.CutPrefix(s, "@"); ok {
			i := strings.IndexAny(rest, " \t")
			t.kind, t.tag = langTerm, rest[:i]
			return t, rest[i:], nil
		}
		return t, s, nil
	}
	return rdfTerm{}, "", fmt.Errorf("not a term: %q", s)
}

func unescapeNQ(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		n := map[byte]int{'u': 4, 'U': 8}[s[i]]
		if n == 0 {
			b.WriteByte("\t\b\n\r\f\"'\\"[strings.IndexByte(`tbnrf"'\`, s[i])])
			continue
		}
		r, _ := strconv.ParseUint(s[i+1:i+1+n], 16, 32)
		b.WriteRune(rune(r))
		i += n
	}
	return b.String()
}

// canonicalize runs RDFC-1.0. names maps the original to the canonical labels.
func (d *dataset) canonicalize(hash crypto.Hash, work int) (out string, names map[string]string, err error) {
	budget := &Budget{steps: work * stepsPerHash, hashes: work}
	c := newCanon()
	c.quads, c.n, c.hash = append([]quad(nil), d.quads...), len(d.labels), hash
	c.meter = &meter{ctx: context.Background(), budget: budget}
	if err := c.run(); err != nil {
		return "", nil, err
	}
	names = map[string]string{}
	for i, l := range d.labels {
		names[l] = "c14n" + strconv.Itoa(int(c.names[i]))
	}
	var b strings.Builder
	for _, l := range c.lines {
		b.Write(c.text[l.from:l.to])
	}
	return b.String(), names, nil
}
