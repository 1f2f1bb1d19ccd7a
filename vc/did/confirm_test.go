package did

import (
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
)

// TestFailsClosed: a key on the issuer's host, or of another controller, counts
// only if the issuer's own document lists it. Without that document the result is
// unknown, whatever the cause.
func TestFailsClosed(t *testing.T) {
	m1 := multikey(edKey('1'))
	key1, did1 := `"publicKeyMultibase":"`+m1+`"`, "did:key:"+m1
	didKey, address := did1+"#"+m1, site+"/keys/1"
	jwk1 := jwkText(edKey('1'), "")
	profile := `{"id":"` + page + `","type":"Profile","name":"Example School"`
	lists := func(rest string) string { return profile + "," + rest + "}" }
	entry := func(id, controller, material string) string {
		return fmt.Sprintf(`{"id":%q,"type":"Multikey","controller":%q,%s}`, id, controller, material)
	}
	other := entry(page+"#other", page, `"publicKeyMultibase":"`+multikey(edKey('2'))+`"`)
	for _, kid := range []string{address, didKey} {
		by := address
		if kid == didKey {
			by = did1
		}
		denied := "key 1 failed key_not_listed"
		if kid == didKey {
			denied = "key 1 failed controller_mismatch"
		}
		for _, x := range []struct{ name, doc, want string }{
			{"gone", "", "key 1 unknown unreachable"},
			{"broken", "!500", "key 1 unknown unreachable"},
			{"no answer", "!", "key 1 unknown unreachable"},
			{"forbidden", "!forbidden", "key 1 unknown address_forbidden"},
			{"an HTML page", "<html>", "key 1 unknown unreachable"},
			{"a list", "[]", "key 1 unknown unreachable"},
			{"empty", "{}", "key 1 unknown issuer_not_confirmed"},
			{"another's document", `{"id":"` + site + `/you","assertionMethod":["` + kid + `"]}`, "key 1 unknown issuer_not_confirmed"},
			{"a profile without keys", profile + "}", "key 1 unknown issuer_lists_no_keys"},
			{"a profile with empty lists", lists(`"verificationMethod":[],"publicKey":[]`), "key 1 unknown issuer_lists_no_keys"},
			{"no purpose, by material", lists(`"verificationMethod":[` + entry(page+"#k", page, key1) + `]`), "key 1 unknown key_without_purpose"},
			{"no purpose, publicKey", lists(`"publicKey":[` + entry(kid, page, key1) + `]`), "key 1 unknown key_without_purpose"},
			{"no purpose, publicKey with owner", lists(`"publicKey":` + strings.Replace(entry(kid, page, key1), "controller", "owner", 1)), "key 1 unknown key_without_purpose"},
			{"no purpose, publicKey by name", lists(`"publicKey":"` + kid + `"`), "key 1 unknown key_without_purpose"},
			{"no purpose, publicKey as PEM", lists(`"publicKey":[` + entry(kid, page, `"publicKeyPem":"x"`) + `]`), "key 1 unknown key_without_purpose"},
			{"no purpose, its own controller", lists(`"publicKey":[` + entry(kid, by, key1) + `]`), "key 1 unknown key_without_purpose"},
			{"by name", lists(`"assertionMethod":["` + kid + `"]`), "key 1 passed document"},
			{"embedded", lists(`"assertionMethod":[` + entry(kid, page, key1) + `]`), "key 1 passed document"},
			{"embedded, its own controller", lists(`"assertionMethod":[` + entry(kid, by, key1) + `]`), "key 1 passed document"},
			{"by material under another name", lists(`"verificationMethod":[` + entry(page+"#k", page, key1) + `],"assertionMethod":["#k"]`), "key 1 passed document"},
			{"another purpose", lists(`"authentication":["` + kid + `"]`), "key 1 failed key_not_authorised"},
			{"another key", lists(`"assertionMethod":[` + other + `]`), denied},
			{"another key under the name", lists(`"assertionMethod":[` + entry(kid, page, `"publicKeyMultibase":"`+multikey(edKey('2'))+`"`) + `]`), denied},
			{"a secret key under the name", lists(`"assertionMethod":[` + entry(kid, page, `"publicKeyMultibase":"z3u2en7t5LR2WtQH5PfFqMqwVHgeXouLzo6haApm8XHqvjxq"`) + `]`), denied},
		} {
			t.Run(kid[:5]+" "+x.name, func(t *testing.T) {
				w := web{address: jwk1, page: x.doc}
				if x.doc == "" {
					delete(w, page)
				}
				got := describe(newResolver(t, w).ResolveKey(t.Context(), vc.KeyRequest{ID: kid, Issuer: page, Purpose: vc.AssertionMethod, At: noon}))
				if got != x.want {
					t.Errorf("got %s, want %s", got, x.want)
				}
			})
		}
	}
}

// TestHeaderKeyOfHTTPSIssuer: a key set to which no document refers denies nothing.
func TestHeaderKeyOfHTTPSIssuer(t *testing.T) {
	const wellKnown = site + "/.well-known/jwks.json"
	jwk1, jwk2 := jwkText(edKey('1'), ""), jwkText(edKey('2'), `,"kid":"j"`)
	profile := `{"id":"` + page + `","type":"Profile"}`
	listed := controllerDoc(page, `"publicKeyMultibase":"`+multikey(edKey('1'))+`"`, `"assertionMethod":["#k"]`)
	others := controllerDoc(page, `"publicKeyMultibase":"`+multikey(edKey('2'))+`"`, `"assertionMethod":["#k"]`)
	set := func(jwk string) string { return `{"keys":[` + jwk + `]}` }
	for _, x := range []struct {
		name, kid, jwk string
		web            web
		want           string
	}{
		{"nothing published", "", jwk1, web{}, "key 1 unknown unreachable"},
		{"set of other keys, no document", "", jwk1, web{wellKnown: set(jwk2)}, "key 1 unknown unreachable"},
		{"set of other keys, profile", "", jwk1, web{wellKnown: set(jwk2), page: profile}, "key 1 unknown issuer_lists_no_keys"},
		{"no set, document", "", jwk1, web{page: listed}, "key 1 passed document"},
		{"no set, document lists other keys", "", jwk1, web{page: others}, "key 1 failed key_not_listed"},
		{"set unavailable, profile", "", jwk1, web{wellKnown: "!500", page: profile}, "key 1 unknown unreachable"},
		{"kid, nothing published", "k", "", web{}, "error: could not be reached"},
		{"kid, set of other keys", "k", "", web{wellKnown: set(jwk2)}, "error: could not be reached"},
		{"kid in the document", "k", "", web{page: listed}, "key 1 passed document"},
		{"kid not in the document", "x", "", web{page: listed}, "error: not found"},
		{"kid, document without purpose", "k", "", web{page: controllerDoc(page, `"publicKeyMultibase":"`+multikey(edKey('1'))+`"`, `"x":1`)}, "key 1 unknown key_without_purpose"},
	} {
		t.Run(x.name, func(t *testing.T) {
			q := vc.KeyRequest{ID: x.kid, Issuer: page, Purpose: vc.AssertionMethod, At: noon}
			if x.jwk != "" {
				q.JWK = parse(t, x.jwk)
			}
			if got := describe(newResolver(t, x.web).ResolveKey(t.Context(), q)); got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		})
	}
}

// TestRevokedWithoutPurpose: a revoked key fails even if it has no purpose.
func TestRevokedWithoutPurpose(t *testing.T) {
	doc := controllerDoc(page, `"publicKeyMultibase":"`+multikey(edKey('1'))+`","revoked":"2026-02-01T00:00:00Z"`, `"x":1`)
	got := describe(newResolver(t, web{page: doc}).ResolveKey(t.Context(), vc.KeyRequest{ID: page + "#k", Issuer: page, Purpose: vc.AssertionMethod, At: noon}))
	if got != "key 1 failed key_revoked" {
		t.Error(got)
	}
}
