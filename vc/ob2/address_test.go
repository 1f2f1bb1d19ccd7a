package ob2

import (
	"testing"

	"backpack/vc"
)

func TestAddresses(t *testing.T) {
	for name, tc := range map[string]struct{ got, want bool }{
		"same as written":               {sameID("urn:uuid:1", " urn:uuid:1"), true},
		"empty ids are not the same":    {sameID("", ""), false},
		"http and https":                {sameID("http://I.example:80/a?b=1", "https://i.example/a?b=1"), true},
		"another query":                 {sameID("https://i.example/a?b=1", "https://i.example/a?b=2"), false},
		"another path case":             {sameID("https://i.example/A", "https://i.example/a"), false},
		"another port":                  {sameID("https://i.example:8443/a", "https://i.example/a"), false},
		"within":                        {within("https://i.example/ours/1", "http://i.example/ours/"), true},
		"within, by query":              {within("https://i.example/a.php?b=12", "https://i.example/a.php?b="), true},
		"outside, by query":             {within("https://i.example/b.php?b=12", "https://i.example/a.php?b="), false},
		"dots lead out":                 {within("https://i.example/ours/../theirs/1", "https://i.example/ours/"), false},
		"escaped dots lead out":         {within("https://i.example/ours/%2e%2e/theirs/1", "https://i.example/ours/"), false},
		"prefix of a host":              {within("https://i.example.evil.example/", "https://i.example"), false},
		"to a subdomain":                {leftDomain("https://i.example/a", "https://api.i.example/a"), false},
		"from www":                      {leftDomain("https://www.i.example/a", "https://i.example/a"), false},
		"to another subdomain":          {leftDomain("https://a.i.example/a", "https://b.i.example/a"), true},
		"to a domain with the same end": {leftDomain("https://i.example/a", "https://evili.example/a"), true},
		"nowhere":                       {leftDomain("https://i.example/a", ""), false},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %v", name, tc.got)
		}
	}
	for in, want := range map[string]string{"i.example": "i.example", "https://I.example/x": "i.example", " i.example:8443 ": "i.example:8443", "a b": "",
		"": ""} {
		if got := origin(in); got != want {
			t.Errorf("origin(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"/x": "https://i.example/x", "https://j.example/": "https://j.example/", "data:,x": "data:,x", "": "", "%zz": "%zz"} {
		if got := resolve("https://i.example/a/b", in); got != want {
			t.Errorf("resolve(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNoAddress checks that a badge of 0.5 without a source URL has no address.
func TestNoAddress(t *testing.T) {
	r, w := verify(t, nil, `{"recipient":"a@example.com","badge":{"name":"Bell founding","issuer":{"origin":"https://i.example","name":"Foundry"}}}`, vc.Options{})
	expect(t, r, "format passed", "proof unknown no_proof")
	if len(w.asked) > 0 {
		t.Errorf("asked %v", w.asked)
	}
}

// TestKeys checks invalid and unsuitable keys.
func TestKeys(t *testing.T) {
	for name, s := range map[string]string{"empty": "", "not PEM": "x", "PEM without a key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if k, err := parsePEM(s); err == nil {
			t.Errorf("%s: %v", name, k)
		}
	}
	bad := profile().with("publicKey", cryptoKey().with("publicKeyPem", "x"))
	pages := signedPages()
	pages[issuerURL] = page{body: bad.String()}
	r, _ := verify(t, pages, jws(rsaKey(), `{"alg":"RS256"}`, signedAssertion().String()), vc.Options{})
	expect(t, r, "proof failed key_unsuitable", "issuer unknown not_run")
}
