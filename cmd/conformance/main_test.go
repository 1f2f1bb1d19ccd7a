package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	keyEd = `{"id":"https://example.issuer/a#1","type":"JsonWebKey","controller":"https://example.issuer/a",
		"publicKeyJwk":{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
		"secretKeyJwk":{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}}` // RFC 8037, A.1
	keyEC = `{"id":"https://example.issuer/a#2","type":"JsonWebKey","controller":"https://example.issuer/a",
		"publicKeyJwk":{"kty":"EC","crv":"P-256","kid":"e","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
		"secretKeyJwk":{"kty":"EC","crv":"P-256","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}}` // RFC 7515, A.3
	plain = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"https://example.issuer/a",` +
		`"credentialSubject":{"id":"did:example:s"}}`
	show = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"holder":"https://example.issuer/a","verifiableCredential":[
		{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,%"}]}`
)

// TestConformance issues with one key and verifies with the same or another.
func TestConformance(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ed, ec := write("vm-ed.json", keyEd), write("vm-ec.json", keyEC)
	do := func(what, input, key, feature string) result {
		t.Helper()
		out := filepath.Join(dir, "out")
		if err := run(t.Context(), []string{what, "--input", input, "--key", key, "--feature", feature, "--output", out}, new(strings.Builder)); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var r result
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	signed := do("issue", write("plain", plain), ec, "credential_jose").Data
	shown := do("issue", write("show", strings.Replace(show, "%", signed, 1)), ed, "presentation_jose").Data
	altered := strings.Replace(show, "%", signed[:len(signed)-4]+"AAAA", 1)
	bad := do("issue", write("bad", altered), ed, "presentation_jose").Data
	for name, x := range map[string]struct{ what, text, key, feature, want string }{
		"credential":        {"verify", signed, ec, "credential_jose", success},
		"presentation":      {"verify", shown, ed, "presentation_jose", success},
		"another key":       {"verify", signed, ed, "credential_jose", failure},
		"altered":           {"verify", signed[:len(signed)-4] + "AAAA", ec, "credential_jose", failure},
		"altered in it":     {"verify", bad, ed, "presentation_jose", failure},
		"unsecured":         {"verify", plain, ec, "credential_jose", failure},
		"of the other kind": {"verify", signed, ec, "presentation_jose", failure},
		"no COSE":           {"verify", "!", ec, "credential_cose", failure},
		"issued malformed":  {"issue", strings.Replace(plain, `"issuer"`, `"publisher"`, 1), ec, "credential_jose", failure},
		"issued as COSE":    {"issue", plain, ec, "credential_cose", indeterminate},
	} {
		if got := do(x.what, write("input", x.text), x.key, x.feature); got.Result != x.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, args := range [][]string{nil, {"dance"}, {"verify", "--moon"}, {"verify", "--input", "none"}, {"issue", "--input", write("plain", plain),
		"--key", "none", "--feature", "credential_jose"}} {
		if err := run(t.Context(), args, new(strings.Builder)); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
