package ob2

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"backpack/vc"
)

func cryptoKey() object {
	return object{"@context": "https://w3id.org/openbadges/v2", "type": "CryptographicKey", "id": keyURL, "owner": issuerURL,
		"publicKeyPem": pemOf(&rsaKey().PublicKey)}
}

func signedAssertion() object {
	return assertion().with("id", "urn:uuid:7").with("verification", object{"type": "SignedBadge", "creator": keyURL})
}

func signedPages() map[string]page {
	return serve(classURL, class(), issuerURL, profile().with("publicKey", []string{"https://i.example/old", keyURL}).with("revocationList", listURL),
		keyURL, cryptoKey(), listURL, object{"type": "RevocationList", "issuer": issuerURL, "revokedAssertions": []any{"urn:uuid:1", object{"id": "urn:uuid:2"}}})
}

func TestSigned(t *testing.T) {
	rs := `{"alg":"RS256"}`
	good := jws(rsaKey(), rs, signedAssertion().String())
	withList := profile().with("publicKey", keyURL).with("revocationList", listURL)
	ecPEM := cryptoKey().with("publicKeyPem", pemOf(&ecKey().PublicKey))
	for name, tc := range map[string]struct {
		in    string
		pages map[string]page
		want  []string
	}{
		"all is well": {want: []string{"format passed", "terms skipped every_byte_covered", "proof passed", "issuer passed", "revocation passed"}},
		"ES256": {in: jws(ecKey(), `{"alg":"ES256"}`, signedAssertion().String()), pages: serve(keyURL, ecPEM),
			want: []string{"proof passed", "issuer passed"}},
		"a byte changed":     {in: swap(good), want: []string{"proof failed bad_signature", "revocation skipped not_run"}},
		"another key":        {in: jws(otherRSA(), rs, signedAssertion().String()), want: []string{"proof failed bad_signature", "issuer passed"}},
		"alg none":           {in: jws(rsaKey(), `{"alg":"none"}`, signedAssertion().String()), want: []string{"proof failed algorithm_forbidden"}},
		"alg HS256":          {in: jws(rsaKey(), `{"alg":"HS256"}`, signedAssertion().String()), want: []string{"proof failed algorithm_forbidden"}},
		"alg unknown":        {in: jws(rsaKey(), `{"alg":"XX"}`, signedAssertion().String()), want: []string{"proof unknown unsupported_suite"}},
		"alg of another key": {in: jws(rsaKey(), `{"alg":"ES256"}`, signedAssertion().String()), want: []string{"proof failed key_unsuitable"}},
		"key in the header": {in: jws(otherRSA(), `{"alg":"RS256","jwk":{"kty":"RSA"},"x5u":"https://evil.example"}`, signedAssertion().String()),
			want: []string{"proof failed bad_signature"}},
		"key not listed": {in: jws(otherRSA(), rs, signedAssertion().with("verification",
			object{"type": "SignedBadge", "creator": "https://evil.example/key"}).String()),
			pages: serve("https://evil.example/key", cryptoKey().with("id", "https://evil.example/key").with("publicKeyPem", pemOf(&otherRSA().PublicKey))),
			want:  []string{"proof passed", "issuer failed key_not_listed"}},
		"key of another owner": {pages: serve(keyURL, cryptoKey().with("owner", "https://evil.example/i")),
			want: []string{"proof passed", "issuer failed controller_mismatch"}},
		"key without an owner": {pages: serve(keyURL, cryptoKey().with("owner", nil)), want: []string{"issuer failed controller_mismatch"}},
		"key of another id":    {pages: serve(keyURL, cryptoKey().with("id", "https://evil.example/k")), want: []string{"issuer failed key_not_listed"}},
		"key gone": {pages: map[string]page{keyURL: {status: 410, body: cryptoKey().String()}},
			want: []string{"proof passed", "issuer failed key_revoked"}},
		"key unreachable": {pages: map[string]page{keyURL: {err: vc.ErrUnreachable}}, want: []string{"proof unknown unreachable", "issuer unknown not_run"}},
		"key is a text":   {pages: map[string]page{keyURL: {body: "hello"}}, want: []string{"proof unknown key_not_found"}},
		"key redirects away": {pages: map[string]page{keyURL: {body: cryptoKey().String(), to: "https://evil.example/"}},
			want: []string{"issuer unknown issuer_origin"}},
		"issuer unreachable": {pages: map[string]page{issuerURL: {err: vc.ErrUnreachable}},
			want: []string{"issuer unknown unreachable", "revocation unknown unreachable"}},
		"key in the profile": {pages: serve(issuerURL, profile().with("publicKey", cryptoKey())),
			want: []string{"proof passed", "issuer passed", "revocation skipped not_stated"}},
		"creator not named": {in: jws(rsaKey(), rs, signedAssertion().with("verification", object{"type": "SignedBadge"}).String()),
			pages: serve(issuerURL, withList), want: []string{"proof passed", "issuer passed"}},
		"no key at all": {in: jws(rsaKey(), rs, signedAssertion().with("verification", object{"type": "SignedBadge"}).String()),
			pages: serve(issuerURL, profile()), want: []string{"proof failed key_not_found", "issuer unknown not_run"}},
		"issuer embedded in the payload": {
			in: jws(otherRSA(), rs, signedAssertion().with("badge", class().with("id", "urn:uuid:3").with("issuer", profile().with("id", "urn:uuid:4").
				with("publicKey", cryptoKey().with("publicKeyPem", pemOf(&otherRSA().PublicKey))))).with("verification",
				object{"type": "SignedBadge", "creator": keyURL}).String()),
			want: []string{"proof failed bad_signature", "issuer failed controller_mismatch"}},
		"revoked by id": {pages: serve(listURL, object{"type": "RevocationList", "revokedAssertions": []any{"urn:uuid:7"}}),
			want: []string{"revocation failed revoked"}},
		"revoked by object": {pages: serve(listURL, object{"revokedAssertions": []any{object{"id": "urn:uuid:7", "revocationReason": "error"}}}),
			want: []string{"revocation failed revoked"}},
		"revoked by uid": {in: jws(rsaKey(), rs, signedAssertion().with("uid", "u7").String()),
			pages: serve(listURL, object{"revokedAssertions": object{"uid": "u7"}}), want: []string{"revocation failed revoked"}},
		"list unreachable": {pages: map[string]page{listURL: {status: 500}}, want: []string{"revocation unknown unreachable"}},
		"list is no list":  {pages: serve(listURL, object{"a": 1}), want: []string{"revocation unknown status_list_invalid"}},
		"list is HTML":     {pages: map[string]page{listURL: {body: "<html>"}}, want: []string{"revocation unknown status_list_invalid"}},
		"list is gone":     {pages: map[string]page{listURL: {status: 410}}, want: []string{"revocation unknown hosted_gone"}},
	} {
		t.Run(name, func(t *testing.T) {
			pages := signedPages()
			for u, p := range tc.pages {
				pages[u] = p
			}
			in := tc.in
			if in == "" {
				in = good
			}
			r, _ := verify(t, pages, in, vc.Options{})
			expect(t, r, tc.want...)
			if r.Check(vc.CheckIssuer).Outcome == vc.Passed && r.Binding != vc.BindingDocument {
				t.Errorf("binding %q", r.Binding)
			}
			if r.Current == nil || string(r.Current.Raw) != in || r.Current.Form != vc.Signed {
				t.Error("the current document is not the JWS")
			}
		})
	}
}

// swap changes the year in the payload and keeps the signature.
func swap(s string) string {
	p := strings.Split(s, ".")
	payload := must(base64.RawURLEncoding.DecodeString(p[1]))
	p[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), "2020", "2021", 1)))
	return strings.Join(p, ".")
}

// TestSigned1x verifies signed badges of 1.0 and 1.1: a bare PEM at verify.url and a
// list that maps uids to reasons (specs B1.7, B2.6).
func TestSigned1x(t *testing.T) {
	payload := func(key string) string {
		return `{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","uid":"u1","recipient":{"type":"email","hashed":false,` +
			`"identity":"a@example.com"},"badge":"` +
			classURL + `","verify":{"type":"signed","url":"` + key + `"},"issuedOn":"2015-01-01"}`
	}
	class10 := object{"name": "Bell founding", "description": "d", "image": "i", "criteria": "c", "issuer": issuerURL}
	issuer10 := object{"name": "Foundry", "url": "https://i.example", "revocationList": listURL}
	evil := "https://evil.example/key.pem"
	for name, tc := range map[string]struct {
		key    string
		issuer object
		list   string
		want   []string
		bind   vc.Binding
	}{
		"all is well":         {keyURL, issuer10, `{"u2":"x"}`, []string{"proof passed", "issuer passed", "revocation passed"}, vc.BindingDomain},
		"listed key":          {keyURL, issuer10.with("publicKey", keyURL), `{}`, []string{"issuer passed"}, vc.BindingDocument},
		"another key listed":  {keyURL, issuer10.with("publicKey", "https://i.example/k2"), `{}`, []string{"proof passed", "issuer failed key_not_listed"}, ""},
		"key from elsewhere":  {evil, issuer10, `{}`, []string{"proof passed", "issuer failed key_not_listed"}, ""},
		"revoked":             {keyURL, issuer10, `{"u1":"wrong person"}`, []string{"revocation failed revoked"}, vc.BindingDomain},
		"revoked, later list": {keyURL, issuer10, `{"revokedAssertions":[{"uid":"u1"}]}`, []string{"revocation failed revoked"}, vc.BindingDomain},
	} {
		t.Run(name, func(t *testing.T) {
			pages := serve(classURL, class10, issuerURL, tc.issuer)
			pages[tc.key] = page{body: pemOf(&rsaKey().PublicKey)}
			pages[listURL] = page{body: tc.list}
			r, _ := verify(t, pages, jws(rsaKey(), `{"alg":"RS256"}`, payload(tc.key)), vc.Options{})
			expect(t, r, tc.want...)
			if r.Binding != tc.bind {
				t.Errorf("binding %q, want %q", r.Binding, tc.bind)
			}
		})
	}
}

// TestKeyInAText checks that a key served as a text, which a visitor may have
// uploaded, counts only if the issuer's profile names it.
func TestKeyInAText(t *testing.T) {
	payload := `{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","uid":"u1","recipient":{"type":"email","hashed":false,` +
		`"identity":"a@example.com"},"badge":"` +
		classURL + `","verify":{"type":"signed","url":"` + keyURL + `"},"issuedOn":"2015-01-01"}`
	issuer := object{"name": "Foundry", "url": "https://i.example"}
	key := pemOf(&rsaKey().PublicKey)
	for name, tc := range map[string]struct {
		key    page
		issuer object
		want   string
	}{
		"a file for keys": {page{body: key, media: "application/x-pem-file"}, issuer, "issuer passed"},
		"byte order mark": {page{body: "\ufeff" + key}, issuer, "issuer passed"},
		"a text":          {page{body: key, media: "text/plain"}, issuer, "issuer unknown hosted_as_file"},
		"a text, listed":  {page{body: key, media: "text/plain"}, issuer.with("publicKey", keyURL), "issuer passed"},
		"a page":          {page{body: "<pre>\n" + key, media: "text/html"}, issuer, "issuer unknown hosted_as_file"},
		"in the middle":   {page{body: "hello\n" + key}, issuer, "issuer unknown hosted_as_file"},
		"a picture":       {page{body: "\x89PNG\r\n" + key, media: "image/png"}, issuer, "issuer unknown hosted_as_file"},
	} {
		t.Run(name, func(t *testing.T) {
			pages := serve(classURL, class().with("@context", nil), issuerURL, tc.issuer)
			pages[keyURL] = tc.key
			r, _ := verify(t, pages, jws(rsaKey(), `{"alg":"RS256"}`, payload), vc.Options{})
			expect(t, r, "proof passed", tc.want)
		})
	}
	pages := signedPages()
	pages[issuerURL] = page{body: pages[issuerURL].body, media: "text/plain"}
	r, _ := verify(t, pages, jws(rsaKey(), `{"alg":"RS256"}`, signedAssertion().String()), vc.Options{})
	expect(t, r, "issuer unknown hosted_as_file")
}

// TestSignedTampering checks that no proof holds after one character was changed.
func TestSignedTampering(t *testing.T) {
	good := jws(rsaKey(), `{"alg":"RS256"}`, signedAssertion().String())
	pages := signedPages()
	v := must(New(Config{Fetch: &web{pages: pages}, Now: func() time.Time { return now }}))
	for i := range good {
		b := []byte(good)
		if b[i] ^= 1; b[i] == '.' || good[i] == '.' {
			continue
		}
		d, err := Parse(b, "")
		if err != nil {
			continue
		}
		r := must(v.VerifyLegacy(t.Context(), d, vc.Options{}))
		if r.Check(vc.CheckProof).Outcome == vc.Passed {
			t.Fatalf("character %d changed from %q to %q: the proof still holds", i, good[i], b[i])
		}
	}
}
