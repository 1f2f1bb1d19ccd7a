package standard_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/vctest"
)

// An RDF proof covers statements about nodes, not the places where they stand.
// These tests take typical badges that name one id at several places, and move,
// merge, split and drop members there without changing the statements. Any result
// that is still valid must be read the same.

// A rearranged is another way to write a document's statements.
type rearranged struct {
	how  string
	text []byte
}

// rearrangements moves each member between any two objects with the same id, swaps
// them, splits each object with an id in two, and reduces each to a reference.
func rearrangements(t *testing.T, signed []byte) []rearranged {
	t.Helper()
	var out []rearranged
	nodes := nodesOf(decode(t, signed))
	n := len(nodes)
	try := func(how string, change func(at []node) bool) {
		root := decode(t, signed)
		if change(nodesOf(root)) {
			b, err := json.Marshal(root)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, rearranged{how, b})
		}
	}
	for i := range n {
		a := nodes[i]
		members := slices.Sorted(maps.Keys(a.object))
		for _, m := range members {
			if m == "id" || m == "@context" || m == "proof" {
				continue
			}
			for j := range n {
				if i == j || nodes[j].object["id"] != a.object["id"] {
					continue
				}
				how := fmt.Sprintf("%s of %s moved to %s", m, a.path, nodes[j].path)
				for _, typed := range []bool{false, true} {
					try(how+fmt.Sprintf(" typed %t", typed), func(at []node) bool {
						from, to := at[i].object, at[j].object
						if typed && m != "type" {
							to["type"] = union(to["type"], from["type"])
						}
						from[m], to[m] = to[m], from[m]
						for _, o := range []map[string]any{from, to} {
							if o[m] == nil {
								delete(o, m)
							}
						}
						return true
					})
				}
			}
			try(fmt.Sprintf("%s split off %s", m, a.path), func(at []node) bool {
				o := at[i].object
				other := map[string]any{"id": o["id"], m: o[m]}
				if o["type"] != nil {
					other["type"] = o["type"]
				}
				if m != "type" {
					delete(o, m)
				}
				return at[i].put([]any{o, other})
			})
		}
		try(a.path+" twice", func(at []node) bool { return at[i].put([]any{at[i].object, at[i].object}) })
		try(a.path+" and a reference", func(at []node) bool {
			return at[i].put([]any{at[i].object, map[string]any{"id": a.object["id"]}})
		})
		for j := range n {
			if i != j && nodes[j].object["id"] == a.object["id"] {
				try(fmt.Sprintf("%s moved to %s", a.path, nodes[j].path), func(at []node) bool {
					for m, v := range at[i].object {
						switch have := at[j].object[m]; {
						case m == "type":
							at[j].object[m] = union(have, v)
						case have == nil:
							at[j].object[m] = v
						case !cmp.Equal(have, v):
							at[j].object[m] = union(have, v)
						}
					}
					return at[i].put(map[string]any{"id": a.object["id"]})
				})
				try(fmt.Sprintf("%s reduced to a reference beside %s", a.path, nodes[j].path), func(at []node) bool {
					return at[i].put(a.object["id"])
				})
			}
		}
	}
	return out
}

func union(a, b any) []any {
	var out []any
	for _, x := range []any{a, b} {
		switch x := x.(type) {
		case []any:
			out = append(out, x...)
		case nil:
		default:
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(x, y any) int { return strings.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
	return slices.CompactFunc(out, func(x, y any) bool { return cmp.Equal(x, y) })
}

// A node is an object with an id. put replaces it.
type node struct {
	path   string
	object map[string]any
	put    func(v any) bool
}

func decode(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(b, &root); err != nil {
		t.Fatal(err)
	}
	return root
}

func nodesOf(root map[string]any) []node {
	var out []node
	var walk func(v any, path string, put func(any) bool)
	walk = func(v any, path string, put func(any) bool) {
		switch v := v.(type) {
		case map[string]any:
			if v["id"] != nil {
				out = append(out, node{path, v, put})
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				if name != "proof" && name != "@context" {
					walk(v[name], path+"."+name, func(x any) bool { v[name] = x; return true })
				}
			}
		case []any:
			for i := range v {
				walk(v[i], fmt.Sprintf("%s[%d]", path, i), func(x any) bool {
					if more, ok := x.([]any); ok {
						return put(slices.Concat(v[:i:i], more, v[i+1:]))
					}
					v[i] = x
					return true
				})
			}
		}
	}
	walk(root, "$", func(any) bool { return false })
	return out
}

// doubled returns badges that name one id at several places.
func doubled() map[string][]vctest.Option {
	const issuer, badge, class = "did:web:issuer.example", "https://issuer.example/badges/1", "https://issuer.example/achievements/baker"
	profile := func(name string) vctest.Object {
		return vctest.Object{"id": issuer, "type": []any{"Profile"}, "name": name}
	}
	return map[string][]vctest.Option{
		"creator is the issuer": {
			vctest.With("issuer.url", "https://issuer.example"), vctest.With("issuer.description", "Since 1900."),
			vctest.With("credentialSubject.achievement.creator", profile("School of Bread"))},
		"reference as creator": {vctest.With("credentialSubject.achievement.creator", vctest.Object{"id": issuer, "type": []any{"Profile"}})},
		"source is the issuer": {vctest.With("credentialSubject.source", profile("School of Bread"))},
		"refresh service with the badge's id": {vctest.With("awardedDate", "2025-12-31T10:00:00Z"),
			vctest.With("refreshService", vctest.Object{"id": badge, "type": "1EdTechCredentialRefresh"})},
		"single evidence": {vctest.With("evidence", []any{
			vctest.Object{"id": "urn:e:1", "type": []any{"Evidence"}, "name": "First", "narrative": "Burnt."}})},
		"shared picture": {
			vctest.With("credentialSubject.achievement.image", vctest.Object{"id": "https://issuer.example/i.png", "type": "Image", "caption": "A loaf"}),
			vctest.With("issuer.image", vctest.Object{"id": "https://issuer.example/i.png", "type": "Image", "caption": "Our arms"})},
		"endorsement of the achievement": {vctest.With("credentialSubject.achievement.tag", []any{"bread"}), endorsed(class)},
		"endorsement of the learner": {
			vctest.With("credentialSubject.result", []any{vctest.Object{"type": []any{"Result"}, "value": "2", "status": "Failed"}}), endorsed("did:example:learner")},
		"endorsement of the badge":  {vctest.With("awardedDate", "2025-12-31T10:00:00Z"), endorsed(badge)},
		"endorsement of the issuer": {vctest.With("issuer.url", "https://issuer.example"), endorsed(issuer)},
	}
}

// endorsed adds an unsigned endorsement of id.
func endorsed(id string) vctest.Option {
	return vctest.With("endorsement", []any{vctest.Object{
		"@context": []any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       "urn:uuid:7", "type": []any{"VerifiableCredential", "EndorsementCredential"}, "name": "Well baked",
		"issuer":            vctest.Object{"id": "https://guild.example", "type": []any{"Profile"}, "name": "Guild"},
		"validFrom":         "2026-01-01T00:00:00Z",
		"credentialSubject": vctest.Object{"id": id, "type": []any{"EndorsementSubject"}, "endorsementComment": "We know them."},
	}})
}

// TestThreat03AttackNodes checks that no rearrangement of a badge's statements is
// valid and read differently.
func TestThreat03AttackNodes(t *testing.T) {
	for name, options := range doubled() {
		t.Run(name, func(t *testing.T) {
			_, issuer, v := world(t)
			signed := issuer.Issue(t, options...)
			want := parse(t, signed).Credential
			verdict(t, verify(t, v, signed, vc.Options{}), vc.Valid)
			for _, x := range rearrangements(t, signed) {
				d, err := vc.Parse(x.text)
				if err != nil {
					continue
				}
				r, err := v.Verify(t.Context(), d, vc.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if r.Verdict(vc.Policy{}) != vc.Valid {
					continue
				}
				if diff := cmp.Diff(want, d.Credential, ignoreValues(), besides()); diff != "" {
					t.Errorf("%s: valid, but read differently:\n%s", x.how, diff)
				}
			}
		})
	}
}

// besides ignores what may move: captions of a shared picture, all of which are the
// issuer's, and endorsements, which have their own verdicts.
func besides() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().String() == ".Caption" || p.Last().String() == ".Endorsements"
	}, cmp.Ignore())
}
