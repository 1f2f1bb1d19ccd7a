package standard_test

import (
	"fmt"
	"iter"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/vctest"
)

// variants returns badges with different content.
func variants() map[string][]vctest.Option {
	achievement := func(name string, v any) vctest.Option { return vctest.With("credentialSubject.achievement."+name, v) }
	list := func(kind string, o vctest.Object) []any { o["type"] = []any{kind}; return []any{o} }
	return map[string][]vctest.Option{
		"plain": nil, "rich": rich(),
		"award": {vctest.With("awardedDate", "2025-12-31T10:00:00Z"), vctest.With("description", "For bread."),
			vctest.With("credentialSubject.licenseNumber", "B-17")},
		"issuer": {vctest.With("issuer.url", "https://issuer.example"), vctest.With("issuer.email", "bread@issuer.example"),
			vctest.With("issuer.description", "A school."),
			vctest.With("issuer.parentOrg", vctest.Object{"id": "https://parent.example", "type": []any{"Profile"}, "name": "Parent"})},
		"picture": {achievement("image", vctest.Object{"id": "https://issuer.example/i.png", "type": "Image", "caption": "A loaf"}),
			vctest.With("image", vctest.Object{"id": "https://issuer.example/j.png", "type": "Image"})},
		"achievement": {achievement("achievementType", "Course"), achievement("fieldOfStudy", "Baking"), achievement("specialization", "Rye"),
			achievement("humanCode", "R7"), achievement("version", "2"),
			achievement("inLanguage", "en"), achievement("creditsAvailable", 4.5)},
		"evidence": {vctest.With("evidence",
			list("Evidence", vctest.Object{"id": "https://issuer.example/e", "name": "Loaf", "description": "One.", "genre": "Photo", "audience": "All",
				"narrative": "A loaf."}))},
		"person": {vctest.With("credentialSubject.identifier",
			[]any{vctest.Object{"type": "IdentityObject", "hashed": false, "identityHash": "Ada", "identityType": "name"}}),
			vctest.With("credentialSubject.role", "Apprentice"), vctest.With("credentialSubject.term", "Spring")},
	}
}

// leaves yields the text of v with one leaf changed at a time, except in the proof
// and the contexts.
func leaves(v *vc.Value, path string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		items := v.Items()
		for i := range items {
			x := &items[i]
			name, open, end := "", "[", "]"
			if v.Is(vc.Object) {
				name, open, end = strconv.Quote(x.Name())+":", "{", "}"
			}
			if path == "$" && (x.Name() == "proof" || x.Name() == "@context") {
				continue
			}
			put := func(what, text string) bool {
				out := open
				for j := range items {
					if j > 0 {
						out += ","
					}
					switch {
					case j == i:
						out += name + text
					case v.Is(vc.Object):
						out += strconv.Quote(items[j].Name()) + ":" + items[j].Raw()
					default:
						out += items[j].Raw()
					}
				}
				return yield(what, out+end)
			}
			at := path + "." + x.Name()
			switch x.Kind() {
			case vc.Object, vc.Array:
				for what, text := range leaves(x, at) {
					if !put(what, text) {
						return
					}
				}
			case vc.String:
				if !put(at, strconv.Quote(x.Text()+"x")) {
					return
				}
			default:
				if !put(at, "17") {
					return
				}
			}
		}
	}
}

// TestThreat03SignedView changes each leaf of signed badges in every form. Either
// the badge is no longer valid, or the change does not affect what is read, which
// is all that can be shown.
func TestThreat03SignedView(t *testing.T) {
	count, mutations := 0, 0
	for _, kind := range []string{vctest.Ed25519, vctest.P256} {
		web := vctest.NewWeb()
		issuer, v := vctest.NewIssuer(t, web, vctest.DIDWeb, kind), newVerifier(t, web)
		for _, form := range vctest.Forms(kind) {
			if kind == vctest.P256 && form != "ecdsa-rdfc-2019" && form != "ecdsa-jcs-2019" {
				continue // a JWT differs in its algorithm only
			}
			for name, options := range variants() {
				signed := issuer.Issue(t, append(options, vctest.As(form))...)
				accept(t, v, signed)
				count++
				mutations += signedView(t, fmt.Sprintf("%s %s, %s", kind, form, name), v, signed)
			}
		}
	}
	if count < 50 || mutations < 1_000 {
		t.Errorf("only %d badges, %d changes", count, mutations)
	}
	t.Logf("%d badges, %d changes", count, mutations)
}

// signedView returns the number of changed leaves.
func signedView(t *testing.T, name string, v *vc.Verifier, signed []byte) (n int) {
	t.Helper()
	want := parse(t, signed)
	text, wrap := payloadOf(t, signed)
	root, err := vc.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	for what, changed := range leaves(root, "$") {
		n++
		d, err := vc.Parse(wrap(changed))
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
		if diff := cmp.Diff(want.Credential, d.Credential, ignoreValues()); diff != "" {
			t.Errorf("%s: after changing %s it is valid, but read differently:\n%s", name, what, diff)
		}
	}
	return n
}
