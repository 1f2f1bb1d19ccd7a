package did

import (
	"crypto/elliptic"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
)

// site is the issuer's website; key 1 is the issuer's key.
const (
	site = "https://issuer.example"
	page = site + "/me"
	web1 = "did:web:issuer.example"
)

// controllerDoc returns a document with a method #k, that has the members in
// method, and the relationships in rest.
func controllerDoc(id, method, rest string) string {
	return fmt.Sprintf(`{"@context":["https://www.w3.org/ns/cid/v1"],"id":%q,"verificationMethod":[{"id":"%s#k","type":"Multikey","controller":%q,%s}],%s}`,
		id, id, id, method, rest)
}

func TestDocuments(t *testing.T) {
	key1 := `"publicKeyMultibase":"` + multikey(edKey('1')) + `"`
	const lists = `"assertionMethod":["#k"]`
	embedded := `{"id":"` + web1 + `","assertionMethod":[{"id":"#k","type":"Multikey","controller":"` + web1 + `",` + key1 + `}]}`
	entry := func(kind, member string) string {
		return fmt.Sprintf(`{"id":%q,"verificationMethod":{"id":"#k","type":%q,"controller":%q,%s},%s}`, web1, kind, web1, member, lists)
	}
	p256, p384 := ecKey(t, elliptic.P256(), 5), ecKey(t, elliptic.P384(), 5)
	point384, _ := p384.Bytes()
	base58 := vc.EncodeBase58(edKey('1'))
	for _, x := range []struct{ name, doc, want string }{
		{"lists the key", controllerDoc(web1, key1, lists), "key 1 passed did"},
		{"absolute reference", controllerDoc(web1, key1, `"assertionMethod":"`+web1+`#k"`), "key 1 passed did"},
		{"embedded", embedded, "key 1 passed did"},
		{"newer context", strings.Replace(controllerDoc(web1, key1, lists), "https://www.w3.org/ns/cid/v1", "https://www.w3.org/ns/did/v1.1", 1), "key 1 passed did"},
		{"not for this purpose", controllerDoc(web1, key1, `"authentication":["#k"]`), "key 1 failed key_not_authorised"},
		{"for no purpose", controllerDoc(web1, key1, `"x":1`), "key 1 unknown key_without_purpose"},
		{"another's document", controllerDoc("did:web:x.example", key1, lists), "error: not found"},
		{"another's document, relative ids", `{"id":"did:web:x.example","verificationMethod":{"id":"#k","controller":"` + web1 + `",` + key1 + `},` + lists + `}`, "error: not found"},
		{"no id", `{"verificationMethod":[]}`, "error: not found"},
		{"no such key", strings.ReplaceAll(controllerDoc(web1, key1, lists), "#k", "#other"), "error: not found"},
		{"another controller", strings.Replace(controllerDoc(web1, key1, lists), `"controller":"`+web1, `"controller":"did:web:x.example`, 1), "key 1 failed controller_mismatch"},
		{"no controller", strings.Replace(controllerDoc(web1, key1, lists), `"controller"`, `"contr"`, 1), "key 1 unknown key_without_controller"},
		{"revoked", controllerDoc(web1, key1+`,"revoked":"2026-02-01T00:00:00Z"`, lists), "key 1 failed key_revoked"},
		{"revoked later", controllerDoc(web1, key1+`,"revoked":"2026-04-01T00:00:00Z"`, lists), "key 1 passed did"},
		{"revoked at an invalid time", controllerDoc(web1, key1+`,"revoked":true`, lists), "key 1 failed key_revoked"},
		{"expired", controllerDoc(web1, key1+`,"expires":"2026-02-01T00:00:00Z"`, lists), "key 1 failed key_expired"},
		{"expires later", controllerDoc(web1, key1+`,"expires":"2026-04-01T00:00:00Z"`, lists), "key 1 passed did"},
		{"expires at an invalid time", controllerDoc(web1, key1+`,"expires":"soon"`, lists), "key 1 failed key_expired"},
		{"secret key", controllerDoc(web1, `"publicKeyMultibase":"z3u2en7t5LR2WtQH5PfFqMqwVHgeXouLzo6haApm8XHqvjxq"`, lists), "error: malformed"},
		{"secret JWK", controllerDoc(web1, `"publicKeyJwk":`+jwkText(edKey('1'), `,"d":"AAAA"`), lists), "error: malformed"},
		{"no supported key", controllerDoc(web1, `"publicKeyPem":"x"`, lists), "error: not supported"},
		{"JsonWebKey", entry("JsonWebKey", `"publicKeyJwk":`+jwkText(edKey('1'), "")), "key 1 passed did"},
		{"JsonWebKey2020, P-256", entry("JsonWebKey2020", `"publicKeyJwk":`+jwkText(p256, "")), "P-256 passed did"},
		{"JsonWebKey2020, P-384", entry("JsonWebKey2020", `"publicKeyJwk":`+jwkText(p384, "")), "P-384 passed did"},
		{"Ed25519VerificationKey2020", entry("Ed25519VerificationKey2020", key1), "key 1 passed did"},
		{"Ed25519VerificationKey2020, bare", entry("Ed25519VerificationKey2020", `"publicKeyMultibase":"z`+base58+`"`), "key 1 passed did"},
		{"Ed25519VerificationKey2018", entry("Ed25519VerificationKey2018", `"publicKeyBase58":"`+base58+`"`), "key 1 passed did"},
		{"EcdsaSecp256r1VerificationKey2019", entry("EcdsaSecp256r1VerificationKey2019", `"publicKeyMultibase":"`+multikey(p256)+`"`), "P-256 passed did"},
		{"P256Key2021", entry("P256Key2021", `"publicKeyMultibase":"`+multikey(p256)+`"`), "P-256 passed did"},
		{"P384Key2021, base58", entry("P384Key2021", `"publicKeyBase58":"`+vc.EncodeBase58(compress(point384))+`"`), "P-384 passed did"},
		{"Ed25519VerificationKey2018, P-256", entry("Ed25519VerificationKey2018", `"publicKeyBase58":"`+vc.EncodeBase58(compress(point384))+`"`), "error: malformed"},
		{"base58 of another type", entry("X25519KeyAgreementKey2019", `"publicKeyBase58":"`+base58+`"`), "error: not supported"},
		{"an HTML page", "<!doctype html>", "error: could not be reached"},
		{"a list", "[]", "error: could not be reached"},
		{"a duplicate member", `{"id":"` + web1 + `","id":"x"}`, "error: could not be reached"},
		{"too large", strings.Repeat(" ", maxDocument+1), "error: too large"},
		{"no answer", "!", "error: could not be reached"},
		{"forbidden", "!forbidden", "error: address may not be fetched"},
		{"broken server", "!500", "error: could not be reached"},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newResolver(t, web{site + "/.well-known/did.json": x.doc})
			got := describe(r.ResolveKey(t.Context(), vc.KeyRequest{ID: web1 + "#k", Issuer: web1, Purpose: vc.AssertionMethod, At: noon}))
			if got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		})
	}
}

func TestKeyOwners(t *testing.T) {
	m1, m2 := multikey(edKey('1')), multikey(edKey('2'))
	key1, did1 := `"publicKeyMultibase":"`+m1+`"`, "did:key:"+m1
	jwk1 := jwkText(edKey('1'), `,"kid":"k"`)
	didJWK := "did:jwk:" + vc.EncodeBase64([]byte(jwk1))
	const lists = `"assertionMethod":["#k"]`
	listed := controllerDoc(page, key1, lists)
	spelt := strings.ReplaceAll(listed, "#k", "#"+m1)
	profile := `{"id":"` + page + `","type":"Profile","name":"Example School"}`
	method := func(controller string) string {
		return fmt.Sprintf(`{"id":"%s/keys/1","type":"Multikey","controller":%q,%s}`, site, controller, key1)
	}
	set := func(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }
	two := func(rest string) string {
		return strings.Replace(controllerDoc(web1, key1, rest), `"verificationMethod":[`, `"verificationMethod":[{"id":"#j","controller":"`+web1+`",`+key1+`},`, 1)
	}
	const wellKnown = site + "/.well-known/jwks.json"
	for _, x := range []struct {
		name            string
		id, jwk, issuer string
		web             web
		want            string
	}{
		// DIDs that are their key
		{"did:key", did1 + "#" + m1, "", did1, nil, "key 1 passed did"},
		{"did:key without fragment", did1, "", did1, nil, "key 1 passed did"},
		{"did:key of another issuer", did1 + "#" + m1, "", page, nil, "key 1 unknown unreachable"},
		{"did:key with another fragment", did1 + "#" + m2, "", did1, nil, "error: not found"},
		{"did:key, relative", "#" + m1, "", did1, nil, "key 1 passed did"},
		{"did:key, relative without #", m1, "", did1, nil, "key 1 passed did"},
		{"did:key, only in the header", "", jwk1, did1, nil, "key 1 passed did"},
		{"did:key, another in the header", "", jwkText(edKey('2'), ""), did1, nil, "key 2 failed key_not_listed"},
		{"did:key and the same in the header", did1 + "#" + m1, jwk1, did1, nil, "key 1 passed did"},
		{"did:key and another in the header", did1 + "#" + m1, jwkText(edKey('2'), ""), did1, nil, "error: malformed"},
		{"did:key, kid and header of one key", "#" + m1, jwk1, did1, nil, "key 1 passed did"},
		{"did:key, kid of another key than the header", "#" + m2, jwk1, did1, nil, "error: malformed"},
		{"did:jwk", didJWK + "#0", "", didJWK, nil, "key 1 passed did"},
		{"did:jwk, another fragment", didJWK + "#1", "", didJWK, nil, "error: not found"},
		{"did:jwk of another issuer", didJWK + "#0", "", did1, nil, "key 1 failed controller_mismatch"},
		{"did:jwk, for encryption", "did:jwk:" + vc.EncodeBase64([]byte(jwkText(edKey('1'), `,"use":"enc"`))) + "#0", "", "", nil, "error: malformed"},
		{"did:jwk, secret key", "did:jwk:" + vc.EncodeBase64([]byte(jwkText(edKey('1'), `,"d":"AAAA"`))) + "#0", "", "", nil, "error: malformed"},
		{"did:jwk, not JSON", "did:jwk:AAAA#0", "", "", nil, "error: malformed"},
		{"did:key, empty", "did:key:#", "", "", nil, "error: malformed"},
		{"did:key for key agreement", "did:key:z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW#z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW", "", "", nil, "error: not supported"},
		{"unknown DID method", "did:example:1#k", "", "did:example:1", nil, "error: not supported"},
		{"too long", "did:jwk:" + strings.Repeat("A", maxID), "", "", nil, "error: malformed"},
		{"no method", "did:", "", "", nil, "error: malformed"},
		// did:web
		{"did:web is not its domain", web1 + "#k", "", site, web{site + "/.well-known/did.json": controllerDoc(web1, key1, lists)}, "key 1 unknown unreachable"},
		{"did:web with a path", web1 + ":a:b#k", "", web1 + ":a:b", web{site + "/a/b/did.json": controllerDoc(web1+":a:b", key1, lists)}, "key 1 passed did"},
		{"did:web without fragment", web1, "", web1, web{site + "/.well-known/did.json": controllerDoc(web1, key1, lists)}, "key 1 passed did"},
		{"did:web unavailable, key in the header", web1 + "#k", jwk1, web1, web{site + "/.well-known/did.json": "!"}, "key 1 unknown unreachable"},
		{"did:web without fragment, two keys", web1, "", web1, web{site + "/.well-known/did.json": two(`"assertionMethod":["#j","#k"]`)}, "error: malformed"},
		{"did:web without fragment, two keys, one for the purpose", web1, "", web1, web{site + "/.well-known/did.json": two(`"assertionMethod":["#k"]`)}, "key 1 passed did"},
		{"did:web, header, listed twice", "", jwk1, web1, web{site + "/.well-known/did.json": two(`"assertionMethod":["#k"]`)}, "key 1 passed did"},
		{"did:web is gone", web1 + "#k", "", web1, nil, "error: could not be reached"},
		{"did:web, only in the header", "", jwk1, web1, web{site + "/.well-known/did.json": controllerDoc(web1, key1, lists)}, "key 1 passed did"},
		{"did:web, header, not for the purpose", "", jwk1, web1, web{site + "/.well-known/did.json": controllerDoc(web1, key1, `"authentication":["#k"]`)}, "key 1 failed key_not_authorised"},
		{"did:web, header, unavailable", "", jwk1, web1, web{site + "/.well-known/did.json": "!"}, "key 1 unknown unreachable"},
		// documents at https addresses
		{"document", page + "#k", "", page, web{page: listed}, "key 1 passed document"},
		{"document of another issuer", page + "#k", "", did1, web{page: listed}, "key 1 failed controller_mismatch"},
		{"document of a neighbour", page + "#k", "", site + "/you", web{page: listed}, "key 1 unknown unreachable"},
		{"relative kid", "#k", "", page, web{page: listed}, "key 1 passed document"},
		{"key in the fragment, listed", page + "#" + m1, "", page, web{page: spelt}, "key 1 passed document"},
		{"key in the fragment, unavailable", page + "#" + m1, "", page, web{page: "!"}, "key 1 unknown unreachable"},
		{"key in the fragment, gone", page + "#" + m1, "", page, nil, "key 1 unknown unreachable"},
		{"key in the fragment, forbidden", page + "#" + m1, "", page, web{page: "!forbidden"}, "key 1 unknown address_forbidden"},
		{"key in the fragment, an HTML page", page + "#" + m1, "", page, web{page: "<html>"}, "key 1 unknown unreachable"},
		{"key in the fragment, not listed", page + "#" + m1, "", page, web{page: listed}, "key 1 failed key_not_listed"},
		{"key in the fragment, profile only", page + "#" + m1, "", page, web{page: profile}, "key 1 unknown issuer_lists_no_keys"},
		{"key in the fragment, other document", page + "#" + m1, "", page, web{page: controllerDoc(site+"/you", key1, lists)}, "key 1 failed key_not_listed"},
		{"other document, relative ids", page + "#k", "", page, web{page: `{"id":"` + site + `/you","verificationMethod":{"id":"#k","controller":"` + page + `",` + key1 + `},` + lists + `}`}, "error: not found"},
		{"fragment of another key", page + "#" + m2, "", page, web{page: strings.ReplaceAll(listed, "#k", "#"+m2)}, "key 1 passed document"},
		{"unavailable, no key at hand", page + "#k", "", page, web{page: "!"}, "error: could not be reached"},
		{"unavailable, key in the header", page + "#k", jwk1, page, web{page: "!"}, "key 1 unknown unreachable"},
		{"plain http", "http://issuer.example/me#k", "", "http://issuer.example/me", nil, "error: address may not be fetched"},
		// kid is the address of a key
		{"bare JWK", site + "/keys/1", "", page, web{site + "/keys/1": jwk1}, "key 1 unknown unreachable"},
		{"bare JWK elsewhere", "https://x.example/keys/1", "", page, web{"https://x.example/keys/1": jwk1}, "key 1 unknown unreachable"},
		{"bare JWK that names another", site + "/keys/1", "", page, web{site + "/keys/1": jwkText(edKey('1'), `,"iss":"https://x.example"`)}, "key 1 unknown unreachable"},
		{"bare JWK of a DID issuer", site + "/keys/1", "", web1, web{site + "/keys/1": jwk1}, "key 1 unknown unreachable"},
		{"set with fragment", site + "/keys#k", "", page, web{site + "/keys": set(jwkText(edKey('2'), `,"kid":"j"`), jwk1)}, "key 1 unknown unreachable"},
		{"set with the URL as kid", site + "/keys#k", "", page, web{site + "/keys": set(jwkText(edKey('1'), `,"kid":"`+site+`/keys#k"`))}, "key 1 unknown unreachable"},
		{"set of one", site + "/keys", "", page, web{site + "/keys": set(jwk1)}, "key 1 unknown unreachable"},
		{"set of one, wrong fragment", site + "/keys#j", "", page, web{site + "/keys": set(jwk1)}, "error: not found"},
		{"set of two, no fragment", site + "/keys", "", page, web{site + "/keys": set(jwk1, jwk1)}, "error: not found"},
		{"the issuer's set", wellKnown + "#k", "", page, web{wellKnown: set(jwk1)}, "key 1 passed key_set"},
		{"method alone, document lists it", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: `{"id":"` + page + `","assertionMethod":["` + site + `/keys/1"]}`}, "key 1 passed document"},
		{"method alone, document lists the key by another name", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: listed}, "key 1 passed document"},
		{"method alone, document has another key under that name", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: `{"id":"` + page + `","assertionMethod":[` + strings.Replace(method(page), m1, m2, 1) + `]}`}, "key 1 failed key_not_listed"},
		{"method alone, embedded in the document", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: `{"id":"` + page + `","assertionMethod":[` + method(page) + `]}`}, "key 1 passed document"},
		{"method alone, embedded for another purpose", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: `{"id":"` + page + `","authentication":[` + method(page) + `]}`}, "key 1 failed key_not_authorised"},
		{"method alone, document unavailable", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: "!"}, "key 1 unknown unreachable"},
		{"method alone, profile only", site + "/keys/1", "", page, web{site + "/keys/1": method(page), page: profile}, "key 1 unknown issuer_lists_no_keys"},
		{"method alone, another controller", site + "/keys/1", "", page, web{site + "/keys/1": method("https://x.example")}, "key 1 unknown unreachable"},
		{"method alone, DID lists it", site + "/keys/1", "", web1, web{site + "/keys/1": method(web1), site + "/.well-known/did.json": `{"id":"` + web1 + `","assertionMethod":["` + site + `/keys/1"]}`}, "key 1 passed document"},
		{"method alone, DID unavailable", site + "/keys/1", "", web1, web{site + "/keys/1": method(web1), site + "/.well-known/did.json": "!"}, "key 1 unknown unreachable"},
		{"method alone, another id", site + "/keys/1", "", page, web{site + "/keys/1": strings.Replace(method(page), "keys/1", "keys/2", 1)}, "error: not found"},
		// the key set of the issuer's domain, and keys in the header
		{"kid in the set", "k", "", page, web{wellKnown: set(jwk1)}, "key 1 passed key_set"},
		{"kid not in the set", "j", "", page, web{wellKnown: set(jwk1)}, "error: could not be reached"},
		{"header in the set", "", jwk1, page, web{wellKnown: set(`{"kty":"oct"}`, jwk1)}, "key 1 passed key_set"},
		{"header in the set of another issuer", "", jwk1, page, web{wellKnown: set(jwkText(edKey('1'), `,"iss":"https://x.example"`))}, "key 1 unknown unreachable"},
		{"header not in the set", "", jwk1, page, web{wellKnown: set(jwkText(edKey('2'), ""))}, "key 1 unknown unreachable"},
		{"header is not the key that kid names in the set", "k", jwkText(edKey('2'), ""), page, web{wellKnown: set(jwk1)}, "key 2 failed key_not_listed"},
		{"header in the document", "", jwk1, page, web{page: listed}, "key 1 passed document"},
		{"header, document for another purpose", "", jwk1, page, web{page: controllerDoc(page, key1, `"authentication":["#k"]`)}, "key 1 failed key_not_authorised"},
		{"header, nothing published", "", jwk1, page, nil, "key 1 unknown unreachable"},
		{"header, set unavailable", "", jwk1, page, web{wellKnown: "!"}, "key 1 unknown unreachable"},
		{"header, set is an HTML page", "", jwk1, page, web{wellKnown: "<html>"}, "key 1 unknown unreachable"},
		{"a URN with the key as fragment", "urn:example:school#" + m1, "", "urn:example:school", nil, "key 1 failed issuer_not_confirmed"},
		{"a URN with another fragment", "urn:example:school#key", "", "urn:example:school", nil, "error: not found"},
		{"header, issuer without address", "", jwk1, "urn:example:school", nil, "key 1 failed issuer_not_confirmed"},
		{"header, issuer of an unknown method", "", jwk1, "did:example:1", nil, "key 1 unknown unsupported"},
		{"header, secret key", "", jwkText(edKey('1'), `,"d":"AAAA"`), page, nil, "error: malformed"},
		{"kid, issuer without address", "k", "", "urn:example:school", nil, "error: not found"},
		{"nothing", "", "", page, nil, "unclassified error: key \"\": the proof names no key"},
	} {
		t.Run(x.name, func(t *testing.T) {
			q := vc.KeyRequest{ID: x.id, Issuer: x.issuer, Purpose: vc.AssertionMethod, At: noon}
			if x.jwk != "" {
				q.JWK = parse(t, x.jwk)
			}
			if got := describe(newResolver(t, x.web).ResolveKey(t.Context(), q)); got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		})
	}
}

func TestOffline(t *testing.T) {
	m1 := multikey(edKey('1'))
	r := newResolver(t, web{page: "{}"})
	ctx := vc.WithOffline(t.Context())
	for id, want := range map[string]string{
		"did:key:" + m1 + "#" + m1: "key 1 passed did", web1 + "#k": "error: could not be reached", page + "#" + m1: "key 1 unknown unreachable",
	} {
		issuer, _, _ := strings.Cut(id, "#")
		if got := describe(r.ResolveKey(ctx, vc.KeyRequest{ID: id, Issuer: issuer, Purpose: vc.AssertionMethod})); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
}

func TestTimeOfCheck(t *testing.T) {
	key1 := `"publicKeyMultibase":"` + multikey(edKey('1')) + `","revoked":"2026-02-01T00:00:00Z"`
	r := newResolver(t, web{site + "/.well-known/did.json": controllerDoc(web1, key1, `"assertionMethod":["#k"]`)})
	for at, want := range map[time.Time]string{
		{}: "key 1 failed key_revoked", noon: "key 1 failed key_revoked",
		time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC): "key 1 passed did",
		time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC): "key 1 failed key_revoked",
	} {
		if got := describe(r.ResolveKey(t.Context(), vc.KeyRequest{ID: web1 + "#k", Issuer: web1, Purpose: vc.AssertionMethod, At: at})); got != want {
			t.Errorf("at %s: got %s, want %s", at, got, want)
		}
	}
}

func TestNew(t *testing.T) {
	for name, cfg := range map[string]Config{"no clock": {Fetch: web{}}, "no fetcher": {Now: time.Now}} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}
