package standard_test

import (
	"encoding/json"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/jose"
	"backpack/vc/vctest"
)

// An impostor has keys, a website and a page on the bank's website. It signs badges
// that name the bank as their issuer.
type impostor struct {
	t      *testing.T
	web    *vctest.Web
	key    vc.Signer
	jwk    map[string]any
	multi  string // its key as a Multikey
	method string // verification method of its did:key
	did    string
}

func newImpostor(t *testing.T) *impostor {
	t.Helper()
	p := &impostor{t: t, web: vctest.NewWeb(), key: vctest.NewSigner(t, vctest.Ed25519, "impostor")}
	text, err := jose.MarshalJWK(p.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &p.jwk); err != nil {
		t.Fatal(err)
	}
	if p.did, p.method, err = did.KeyDID(p.key.Public()); err != nil {
		t.Fatal(err)
	}
	_, p.multi, _ = strings.Cut(p.method, "#")
	return p
}

func (p *impostor) serve(address string, v any) {
	p.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	p.web.Serve(address, "application/json", b)
}

// document returns a controlled identifier document with the impostor's key.
func (p *impostor) document(id string) map[string]any {
	return map[string]any{"id": id, "assertionMethod": []any{id + "#k"}, "verificationMethod": []any{p.keyOf(id)}}
}

func (p *impostor) keyOf(id string) map[string]any {
	return map[string]any{"id": id + "#k", "type": "Multikey", "controller": id, "publicKeyMultibase": p.multi}
}

// badge returns a badge of issuer as a JWT with the given header.
func (p *impostor) badge(issuer string, header map[string]any) []byte {
	p.t.Helper()
	header["alg"] = "EdDSA"
	payload := vctest.Object{
		"@context": []any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       "urn:uuid:1", "type": []any{"VerifiableCredential", "OpenBadgeCredential"}, "name": "Gold",
		"issuer": vctest.Object{"id": issuer, "type": []any{"Profile"}, "name": "The Bank"}, "iss": issuer, "jti": "urn:uuid:1",
		"validFrom": "2026-01-01T00:00:00Z", "nbf": 1767225600, "sub": "did:example:learner",
		"credentialSubject": vctest.Object{"id": "did:example:learner", "type": []any{"AchievementSubject"},
			"achievement": vctest.Object{"id": "urn:uuid:2", "type": []any{"Achievement"}, "name": "Gold", "description": "D",
				"criteria": vctest.Object{"narrative": "C"}}},
	}
	head, err := json.Marshal(header)
	if err != nil {
		p.t.Fatal(err)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		p.t.Fatal(err)
	}
	input := vc.EncodeBase64(head) + "." + vc.EncodeBase64(body)
	sig, err := p.key.Sign(p.t.Context(), []byte(input))
	if err != nil {
		p.t.Fatal(err)
	}
	return []byte(input + "." + vc.EncodeBase64(sig))
}

// TestThreat04AttackIssuer checks that nothing confirms the impostor's key as the
// bank's.
func TestThreat04AttackIssuer(t *testing.T) {
	const bank, bankDID, evil = "https://bank.example/issuer", "did:web:bank.example", "https://evil.example"
	for name, make := range map[string]func(p *impostor) []byte{
		"bank redirects to a document": func(p *impostor) []byte {
			id := "https://bank.example/go?to=https://evil.example/doc"
			p.web.Redirect(id, evil+"/doc")
			p.serve(evil+"/doc", p.document(id))
			return p.badge(id, map[string]any{"kid": id + "#k"})
		},
		"bank redirects to a key": func(p *impostor) []byte {
			p.web.Redirect("https://bank.example/go?to=evil", evil+"/jwk")
			p.serve(evil+"/jwk", p.jwk)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/go?to=evil"})
		},
		"bank redirects to a key set": func(p *impostor) []byte {
			p.web.Redirect("https://bank.example/go?to=evil", evil+"/jwks")
			p.serve(evil+"/jwks", map[string]any{"keys": []any{p.jwk}})
			return p.badge(bank, map[string]any{"kid": "https://bank.example/go?to=evil"})
		},
		"bank redirects to a method": func(p *impostor) []byte {
			p.web.Redirect("https://bank.example/go?to=evil", evil+"/method")
			m := p.keyOf(bank)
			delete(m, "id")
			p.serve(evil+"/method", m)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/go?to=evil"})
		},
		"redirected did:web": func(p *impostor) []byte {
			p.web.Redirect("https://bank.example/u/did.json", evil+"/u/did.json")
			p.serve(evil+"/u/did.json", p.document(bankDID+":u"))
			return p.badge(bankDID+":u", map[string]any{"kid": bankDID + ":u#k"})
		},
		"redirected well-known key set": func(p *impostor) []byte {
			p.web.Redirect("https://bank.example/.well-known/jwks.json", evil+"/jwks")
			p.serve(evil+"/jwks", map[string]any{"keys": []any{p.jwk}})
			return p.badge(bank, map[string]any{"jwk": p.jwk})
		},
		"tenant's key, the bank lists its own": func(p *impostor) []byte {
			own := vctest.NewIssuer(p.t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
			_, multi, _ := strings.Cut(own.Method, "#")
			doc := p.document(bank)
			doc["verificationMethod"].([]any)[0].(map[string]any)["publicKeyMultibase"] = multi
			p.serve(bank, doc)
			p.serve("https://bank.example/~tenant/jwk", p.jwk)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/~tenant/jwk"})
		},
		"tenant's key set": func(p *impostor) []byte {
			doc := p.document(bank)
			doc["verificationMethod"] = []any{}
			p.serve(bank, doc)
			p.serve("https://bank.example/~tenant/jwks", map[string]any{"keys": []any{p.jwk}})
			return p.badge(bank, map[string]any{"kid": "https://bank.example/~tenant/jwks"})
		},
		"tenant's document": func(p *impostor) []byte {
			p.serve("https://bank.example/~tenant", p.document("https://bank.example/~tenant"))
			return p.badge(bank, map[string]any{"kid": "https://bank.example/~tenant#k"})
		},
		"tenant's key, the bank answers with an error": func(p *impostor) []byte {
			p.web.Status(bank, 503, nil)
			p.serve("https://bank.example/~tenant/jwk", p.jwk)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/~tenant/jwk"})
		},
		"tenant's key, the bank has a web page": func(p *impostor) []byte {
			p.web.Serve(bank, "text/html", []byte("<!doctype html><title>The Bank</title>"))
			p.serve("https://bank.example/~tenant/jwk", p.jwk)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/~tenant/jwk"})
		},
		"tenant's method, the bank has a profile": func(p *impostor) []byte {
			p.serve(bank, map[string]any{"id": bank, "type": "Profile", "name": "The Bank"})
			m := p.keyOf(bank)
			delete(m, "id")
			p.serve("https://bank.example/~tenant/method", m)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/~tenant/method"})
		},
		"document that claims to be the bank's": func(p *impostor) []byte {
			doc := p.document(bank)
			doc["alsoKnownAs"] = []any{bank, bankDID}
			p.serve(evil+"/doc", doc)
			return p.badge(bank, map[string]any{"kid": evil + "/doc#k"})
		},
		"also known as the bank": func(p *impostor) []byte {
			doc := p.document("did:web:evil.example")
			doc["alsoKnownAs"] = []any{bankDID}
			p.serve(evil+"/.well-known/did.json", doc)
			return p.badge(bankDID, map[string]any{"kid": "did:web:evil.example#k"})
		},
		"method controlled by the bank": func(p *impostor) []byte {
			doc := p.document("did:web:evil.example")
			doc["verificationMethod"].([]any)[0].(map[string]any)["controller"] = bankDID
			p.serve(evil+"/.well-known/did.json", doc)
			return p.badge(bankDID, map[string]any{"kid": "did:web:evil.example#k"})
		},
		"user name":              func(p *impostor) []byte { return p.atHost("bank.example%40evil.example", evil) },
		"path in the host":       func(p *impostor) []byte { return p.atHost("evil.example%2F.bank.example", evil) },
		"query in the host":      func(p *impostor) []byte { return p.atHost("evil.example%3F.bank.example", evil) },
		"fragment in the host":   func(p *impostor) []byte { return p.atHost("evil.example%23.bank.example", evil) },
		"backslash in the host":  func(p *impostor) []byte { return p.atHost("evil.example%5C.bank.example", evil) },
		"escape of an escape":    func(p *impostor) []byte { return p.atHost("evil.example%252F.bank.example", evil) },
		"line break in the host": func(p *impostor) []byte { return p.atHost("evil.example%0A.bank.example", evil) },
		"parent directories":     func(p *impostor) []byte { return p.atHost("bank.example:..:..:evil", evil) },
		"trailing dot":           func(p *impostor) []byte { return p.atHost("bank.example.", "https://bank.example") },
		"did:key with another fragment": func(p *impostor) []byte {
			return p.badge(p.did, map[string]any{"kid": p.did + "#other"})
		},
		"did:key with the impostor's fragment": func(p *impostor) []byte {
			own := vctest.NewIssuer(p.t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
			return p.badge(own.ID, map[string]any{"kid": own.ID + "#" + p.multi})
		},
		"jwk in the header only": func(p *impostor) []byte { return p.badge(bankDID, map[string]any{"jwk": p.jwk}) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newImpostor(t)
			signed := make(p)
			d, err := vc.Parse(signed)
			if err != nil {
				t.Fatal(err)
			}
			r, err := newVerifier(t, p.web).Verify(t.Context(), d, vc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Verdict(vc.Policy{}); got != vc.Invalid && got != vc.Undetermined || r.Check(vc.CheckIssuer).Outcome == vc.Passed {
				t.Errorf("%s by %q: %+v", got, r.Binding, r.Checks)
			}
		})
	}
}

// atHost signs for a did:web with the given host. It serves the DID document at
// every address that host might be mistaken for.
func (p *impostor) atHost(host, origin string) []byte {
	id := "did:web:" + host
	for _, path := range []string{"/.well-known/did.json", "/did.json", "", "/", "/evil/did.json", "/.bank.example/.well-known/did.json"} {
		p.serve(origin+path, p.document(id))
	}
	if host == "bank.example." { // the bank's own document is there
		p.serve(origin+"/.well-known/did.json", map[string]any{"id": "did:web:bank.example"})
		p.serve("https://bank.example./.well-known/did.json", map[string]any{"id": "did:web:bank.example"})
	}
	return p.badge(id, map[string]any{"kid": id + "#k"})
}

// TestThreat04AttackIssuerWorld checks that the same methods work for the owner of
// the domain. This shows that TestThreat04AttackIssuer fails for the reasons it
// names.
func TestThreat04AttackIssuerWorld(t *testing.T) {
	const bank = "https://bank.example/issuer"
	for name, make := range map[string]func(p *impostor) []byte{
		"document": func(p *impostor) []byte {
			p.serve(bank, p.document(bank))
			return p.badge(bank, map[string]any{"kid": bank + "#k"})
		},
		"document on a subdomain": func(p *impostor) []byte {
			p.web.Redirect(bank, "https://static.bank.example/issuer")
			p.serve("https://static.bank.example/issuer", p.document(bank))
			return p.badge(bank, map[string]any{"kid": bank + "#k"})
		},
		"key named by the document": func(p *impostor) []byte {
			p.serve("https://bank.example/jwk", p.jwk)
			p.serve(bank, map[string]any{"id": bank, "assertionMethod": []any{"https://bank.example/jwk"}})
			return p.badge(bank, map[string]any{"kid": "https://bank.example/jwk"})
		},
		"did:key named by the document": func(p *impostor) []byte {
			p.serve(bank, map[string]any{"id": bank, "assertionMethod": p.method})
			return p.badge(bank, map[string]any{"kid": p.method})
		},
		"key listed by the document": func(p *impostor) []byte {
			p.serve(bank, p.document(bank))
			p.serve("https://bank.example/jwk", p.jwk)
			return p.badge(bank, map[string]any{"kid": "https://bank.example/jwk"})
		},
		"key set": func(p *impostor) []byte {
			p.serve("https://bank.example/.well-known/jwks.json", map[string]any{"keys": []any{p.jwk}})
			return p.badge(bank, map[string]any{"jwk": p.jwk})
		},
	} {
		p := newImpostor(t)
		signed := make(p)
		if got := verify(t, newVerifier(t, p.web), signed, vc.Options{}); got.Verdict(vc.Policy{}) != vc.Valid {
			t.Errorf("%s: %+v", name, got.Checks)
		}
	}
}
