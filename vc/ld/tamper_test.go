package ld

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"backpack/vc"
)

// TestTamper changes a badge in every place. A changed badge that is still accepted
// must have other statements, so that no signature over the original ones holds.
func TestTamper(t *testing.T) {
	e := engine(t)
	digest := func(doc []byte) ([]byte, bool) {
		v, err := vc.ParseJSON(doc)
		if err != nil {
			return nil, false
		}
		d, err := e.Digest(context.Background(), v, Options{})
		return d, err == nil
	}
	sum, ok := digest([]byte(strictBadge))
	if !ok {
		t.Fatal("the unchanged badge is refused")
	}
	tried, taken := 0, 0
	check := func(what string, doc []byte) {
		t.Helper()
		tried++
		if got, ok := digest(doc); ok {
			if taken++; bytes.Equal(got, sum) {
				t.Errorf("%s does not change the statements:\n%s", what, doc)
			}
		}
	}
	for i := range len(strictBadge) {
		for _, bit := range []byte{1, 4, 0x20} {
			doc := []byte(strictBadge)
			if doc[i] ^= bit; isSpace(strictBadge[i]) && isSpace(doc[i]) {
				continue
			}
			check("a flipped bit", doc)
		}
	}
	var names []string
	for name := range e.known[urlV2][0].terms {
		names = append(names, name)
	}
	for name := range e.known[urlOB][0].terms {
		names = append(names, name)
	}
	names = append(names, "@id", "@type", "@graph", "@included", "@nest", "@set", "@index", "grade")
	for n := 0; ; n++ {
		member, found := nth(t, n, func(m map[string]any, k string) { delete(m, k) })
		if !found {
			break
		}
		check("without a member", member)
		for _, name := range names {
			renamed, _ := nth(t, n, func(m map[string]any, k string) {
				if _, has := m[name]; !has {
					m[name] = m[k]
					delete(m, k)
				} else {
					m[k] = 1.25
				}
			})
			check("a member renamed to "+name, renamed)
			for _, value := range []any{"x", map[string]any{}, []any{"x"}} { // a null and an empty array state nothing
				added, _ := nth(t, n, func(m map[string]any, k string) {
					if _, has := m[name]; !has {
						m[name] = value
					} else {
						m[k] = 1.25
					}
				})
				check("with a member "+name, added)
			}
		}
	}
	t.Logf("%d changes, %d of them accepted", tried, taken)
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// nth applies change to the n-th member of the badge, not counting those of @context.
func nth(t *testing.T, n int, change func(m map[string]any, k string)) (doc []byte, found bool) {
	var root any
	if err := json.Unmarshal([]byte(strictBadge), &root); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, k := range sortedKeys(v) {
				if k == "@context" || found {
					continue
				}
				if n == 0 {
					change(v, k)
					found = true
					return
				}
				n--
				walk(v[k])
			}
		}
	}
	walk(root)
	doc, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return doc, found
}
