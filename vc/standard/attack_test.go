package standard_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"testing"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/jose"
	"backpack/vc/ob2"
	"backpack/vc/vctest"
)

// A forger has an issuer's badge as a JWT and keys of its own.
type forger struct {
	payload string // payload of the issuer's badge, changed
	genuine []string
	issuer  *vctest.Issuer
	own     vc.Signer
	jwk     string
	method  string
}

func newForger(t *testing.T, issuer *vctest.Issuer) *forger {
	t.Helper()
	f := &forger{issuer: issuer, own: vctest.NewSigner(t, vctest.P256, "forger")}
	f.genuine = strings.Split(string(issuer.Issue(t, vctest.As(vctest.JWT))), ".")
	payload, err := vc.DecodeBase64(f.genuine[1])
	if err != nil {
		t.Fatal(err)
	}
	f.payload = strings.Replace(string(payload), "Bakes bread.", "Bakes gold.", 1)
	jwk, err := jose.MarshalJWK(f.own.Public())
	if err != nil {
		t.Fatal(err)
	}
	f.jwk = string(jwk)
	if _, f.method, err = did.KeyDID(f.own.Public()); err != nil {
		t.Fatal(err)
	}
	return f
}

// sign signs the changed payload with the forger's key.
func (f *forger) sign(t *testing.T, header string) string {
	t.Helper()
	input := vc.EncodeBase64([]byte(header)) + "." + vc.EncodeBase64([]byte(f.payload))
	sig, err := f.own.Sign(t.Context(), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + vc.EncodeBase64(sig)
}

func (f *forger) unsigned(header, sig string) string {
	return vc.EncodeBase64([]byte(header)) + "." + vc.EncodeBase64([]byte(f.payload)) + "." + sig
}

// TestThreat04AttackTokens checks that known JWT forgeries are invalid or
// undetermined (specs A5, D5.3).
func TestThreat04AttackTokens(t *testing.T) {
	for _, way := range []string{vctest.DIDWeb, vctest.HTTPS, vctest.KeySet} {
		web := vctest.NewWeb()
		issuer := vctest.NewIssuer(t, web, way, vctest.P256)
		web.Serve("https://forger.example/jwk.json", "application/json", []byte(newForger(t, issuer).jwk))
		v := newVerifier(t, web)
		for name, token := range attacks(t, newForger(t, issuer)) {
			t.Run(way+"/"+name, func(t *testing.T) {
				d, err := vc.Parse([]byte(token))
				if err != nil {
					return
				}
				r, err := v.Verify(t.Context(), d, vc.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if got := r.Verdict(vc.Policy{}); got != vc.Invalid && got != vc.Undetermined {
					t.Errorf("%s: %+v", got, r.Checks)
				}
				if r.Check(vc.CheckProof).Outcome == vc.Passed && r.Check(vc.CheckIssuer).Outcome == vc.Passed {
					t.Errorf("proof and issuer passed: %+v", r.Checks)
				}
			})
		}
	}
}

func attacks(t *testing.T, f *forger) map[string]string {
	t.Helper()
	kid := f.issuer.Method
	head := func(format string, a ...any) string { return fmt.Sprintf(format, a...) }
	mac := func(header string, key []byte) string {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(vc.EncodeBase64([]byte(header)) + "." + vc.EncodeBase64([]byte(f.payload))))
		return f.unsigned(header, vc.EncodeBase64(m.Sum(nil)))
	}
	hs := head(`{"alg":"HS256","kid":%q}`, kid)
	zero := vc.EncodeBase64(make([]byte, 64))
	genuineSig := f.genuine[2]
	return map[string]string{
		"none, no signature":          f.unsigned(head(`{"alg":"none","kid":%q}`, kid), ""),
		"None":                        f.unsigned(head(`{"alg":"None","kid":%q}`, kid), ""),
		"nOnE, genuine signature":     f.unsigned(head(`{"alg":"nOnE","kid":%q}`, kid), genuineSig),
		"HS256 with the public JWK":   mac(hs, []byte(f.jwk)),
		"HS256 with an empty key":     mac(hs, nil),
		"HS512":                       mac(head(`{"alg":"HS512","kid":%q}`, kid), nil),
		"no signature":                f.unsigned(head(`{"alg":"ES256","kid":%q}`, kid), ""),
		"zero signature":              f.unsigned(head(`{"alg":"ES256","kid":%q}`, kid), zero),
		"signature over another text": f.unsigned(head(`{"alg":"ES256","kid":%q}`, kid), genuineSig),
		"half a signature":            f.genuine[0] + "." + f.genuine[1] + "." + genuineSig[:42],
		"longer signature":            f.genuine[0] + "." + f.genuine[1] + "." + genuineSig + "AAAA",
		"signature in DER":            f.genuine[0] + "." + f.genuine[1] + "." + vc.EncodeBase64(derOf(t, genuineSig)),
		"own key, genuine kid":        f.sign(t, head(`{"alg":"ES256","kid":%q}`, kid)),
		"own key in jwk":              f.sign(t, head(`{"alg":"ES256","jwk":%s}`, f.jwk)),
		"own key in jwk, genuine kid": f.sign(t, head(`{"alg":"ES256","kid":%q,"jwk":%s}`, kid, f.jwk)),
		"own key in jwk with d":       f.sign(t, head(`{"alg":"ES256","jwk":%s}`, strings.Replace(f.jwk, "{", `{"d":"AA",`, 1))),
		"own did:key as kid":          f.sign(t, head(`{"alg":"ES256","kid":%q}`, f.method)),
		"own URL as kid":              f.sign(t, `{"alg":"ES256","kid":"https://forger.example/jwk.json"}`),
		"jku":                         f.sign(t, head(`{"alg":"ES256","jku":"https://forger.example/jwk.json","kid":%q}`, kid)),
		"x5u":                         f.sign(t, head(`{"alg":"ES256","x5u":"https://forger.example/jwk.json","kid":%q}`, kid)),
		"neither kid nor jwk":         f.sign(t, `{"alg":"ES256"}`),
		"empty kid":                   f.sign(t, `{"alg":"ES256","kid":""}`),
		"kid with an extra fragment":  f.sign(t, head(`{"alg":"ES256","kid":%q}`, kid+"#x")),
		"kid in another case":         f.sign(t, head(`{"alg":"ES256","kid":%q}`, strings.ToUpper(kid))),
		"kid with a path":             f.sign(t, head(`{"alg":"ES256","kid":%q}`, "../"+kid)),
		"duplicate alg":               f.sign(t, head(`{"alg":"ES256","alg":"none","kid":%q}`, kid)),
		"ES384 with a P-256 key":      f.sign(t, head(`{"alg":"ES384","kid":%q}`, kid)),
		"EdDSA with a P-256 key":      f.sign(t, head(`{"alg":"EdDSA","kid":%q}`, kid)),
		"RS256 with a P-256 key":      f.sign(t, head(`{"alg":"RS256","kid":%q}`, kid)),
		"crit":                        f.sign(t, head(`{"alg":"ES256","kid":%q,"crit":["exp"],"exp":1}`, kid)),
		"b64":                         f.sign(t, head(`{"alg":"ES256","kid":%q,"b64":false,"crit":["b64"]}`, kid)),
		"zip":                         f.unsigned(head(`{"alg":"ES256","kid":%q,"zip":"DEF"}`, kid), genuineSig),
		"another header":              vc.EncodeBase64([]byte(head(`{"alg":"ES256","kid":%q,"typ":"JWT" }`, kid))) + "." + f.genuine[1] + "." + genuineSig,
		"padding":                     strings.Join(f.genuine, ".") + "=",
		"fourth part":                 strings.Join(f.genuine, ".") + ".AA",
		"two tokens":                  strings.Join(f.genuine, ".") + strings.Join(f.genuine, "."),
	}
}

// derOf converts an r‖s signature to ASN.1.
func derOf(t *testing.T, sig string) []byte {
	t.Helper()
	raw, err := vc.DecodeBase64(sig)
	if err != nil || len(raw) != 64 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	integer := func(b []byte) []byte { return append([]byte{2, byte(len(b) + 1), 0}, b...) }
	body := append(integer(raw[:32]), integer(raw[32:])...)
	return append([]byte{0x30, byte(len(body))}, body...)
}

// TestThreat02UnsafeContext checks that an appended context cannot change what is
// read: the result is undetermined (specs D2.1).
func TestThreat02UnsafeContext(t *testing.T) {
	_, issuer, v := world(t)
	signed := string(issuer.Issue(t, vctest.Expired))
	for name, c := range map[string]string{
		"base":   `{"@base":"urn:x"}`,
		"import": `{"@import":"https://www.w3.org/ns/credentials/v2"}`,
	} {
		changed := strings.Replace(signed, `extensions.json"`, `extensions.json",`+c, 1)
		r := verify(t, v, []byte(changed), vc.Options{})
		expect(t, r, vc.CheckProof, vc.Unknown, vc.ReasonContextUnsafe)
		expect(t, r, vc.CheckTerms, vc.Unknown, vc.ReasonContextUnsafe)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	for name, c := range map[string]string{
		"null": `{"name":null}`,
	} {
		changed := strings.Replace(signed, `extensions.json"`, `extensions.json",`+c, 1)
		if got := verify(t, v, []byte(changed), vc.Options{}).Verdict(vc.Policy{}); got != vc.Invalid {
			t.Errorf("%s: %s", name, got)
		}
	}
	for name, c := range map[string]string{ // a context that changes no term of the badge changes no verdict
		"vocabulary":          `{"@vocab":"urn:x#"}`,
		"IRI of another term": `{"achievement":"urn:x"}`,
		"IRI of a date":       `{"validUntil":"urn:x"}`,
	} {
		changed := strings.Replace(signed, `extensions.json"`, `extensions.json",`+c, 1)
		if got := verify(t, v, []byte(changed), vc.Options{}).Verdict(vc.Policy{}); got != vc.Expired {
			t.Errorf("%s: %s", name, got)
		}
	}
	renamed := strings.Replace(signed, `extensions.json"`,
		`extensions.json",{"until":{"@id":"https://www.w3.org/2018/credentials#validUntil","@type":"http://www.w3.org/2001/XMLSchema#dateTime"}}`, 1)
	renamed = strings.Replace(renamed, `"validUntil"`, `"until"`, 1)
	verdict(t, verify(t, v, []byte(renamed), vc.Options{}), vc.Invalid)
}

// TestLegacy verifies a hosted Open Badge 2.0.
func TestLegacy(t *testing.T) {
	web, _, v := world(t)
	const (
		address = "https://issuer.example/assertions/1"
		class   = `{"@context":"https://w3id.org/openbadges/v2","type":"BadgeClass","id":"https://issuer.example/classes/1","name":"Baker",` +
			`"description":"Bakes.","image":"https://issuer.example/b.png","criteria":{"narrative":"Bake."},"issuer":"https://issuer.example/issuer"}`
		issuer = `{"@context":"https://w3id.org/openbadges/v2","type":"Issuer","id":"https://issuer.example/issuer","name":"School",` +
			`"url":"https://issuer.example","email":"a@issuer.example"}`
		badge = `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"https://issuer.example/assertions/1","recipient":{"type":"email",` +
			`"hashed":true,"salt":"Kosher","identity":"sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"},` +
			`"badge":"https://issuer.example/classes/1","verification":{"type":"HostedBadge"},"issuedOn":"2020-01-01T00:00:00Z"}`
	)
	d, err := ob2.Parse([]byte(badge), address)
	if err != nil {
		t.Fatal(err)
	}
	r, err := v.Verify(t.Context(), d, vc.Options{Offline: true})
	if err != nil || len(web.Requests()) != 0 {
		t.Fatalf("%v, %v", err, web.Requests())
	}
	verdict(t, r, vc.Undetermined)
	web.Serve(address, "application/json", []byte(badge))
	web.Serve("https://issuer.example/classes/1", "application/json", []byte(class))
	web.Serve("https://issuer.example/issuer", "application/json", []byte(issuer))
	if r, err = v.Verify(t.Context(), d, vc.Options{Recipients: []string{"a@example.com"}}); err != nil {
		t.Fatal(err)
	}
	verdict(t, r, vc.Valid)
	expect(t, r, vc.CheckRecipient, vc.Passed, vc.ReasonMatched)
	if r.Current == nil || r.Current.Credential == nil || r.Current.Credential.Subject.Achievement.Name.String() != "Baker" {
		t.Errorf("current: %+v", r.Current)
	}
	web.Status(address, 410, []byte(`{"revoked":true}`))
	if r, err = v.Verify(t.Context(), d, vc.Options{}); err != nil {
		t.Fatal(err)
	}
	verdict(t, r, vc.Revoked)
}

// TestTogether verifies one document concurrently. The race detector checks that
// nothing in it is modified.
func TestTogether(t *testing.T) {
	_, issuer, v := world(t)
	d := parse(t, vctest.NewHolder(t).Present(t, "", "", issuer.Issue(t, rich()...), issuer.Issue(t, vctest.As(vctest.JWT))))
	d.Contexts = map[string][]byte{"https://kept.example/c": []byte(`{"@context":{}}`)}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if r, err := v.Verify(t.Context(), d, vc.Options{}); err != nil || r.Verdict(vc.Policy{}) != vc.Valid {
					t.Errorf("%+v, %v", r, err)
				}
			}
		})
	}
	group.Wait()
}
