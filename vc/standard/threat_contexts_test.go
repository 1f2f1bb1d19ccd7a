package standard_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
)

// lookAlikes are addresses that a person or a careless program could take for
// the one of a known context.
func lookAlikes(url string) map[string]string {
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	return map[string]string{
		"a slash more": url + "/", "http": "http://" + host + "/" + path, "capitals in the host": "https://" + strings.ToUpper(host) + "/" + path,
		"capitals in the path": "https://" + host + "/" + strings.ToUpper(path), "a fragment": url + "#", "a query": url + "?", "port 443": "https://" + host + ":443/" + path,
		"two slashes": "https://" + host + "//" + path, "a dot": "https://" + host + "/./" + path, "a user": "https://x@" + host + "/" + path, "a final dot": "https://" + host + "./" + path,
		"percent": strings.Replace(url, "t", "%74", 1), "a space before": " " + url, "a space behind": url + " ", "no scheme": "//" + host + "/" + path,
		"a letter of another alphabet": "https://" + strings.Replace(host, "o", "\u043e", 1) + "/" + strings.Replace(path, "a", "\u0430", 1),
		"an invisible letter":          url + "\u200b", "a subdomain": "https://" + host + ".evil.example/" + path, "another host": "https://evil.example/" + path,
		"another version": strings.TrimSuffix(url, ".json") + "x", "capital scheme": "HTTPS://" + host + "/" + path, "a backslash": "https://" + host + "\\" + path, "tab": "https://" + host + "/\t" + path,
	}
}

// TestThreat02LookAlikes: a context that only looks like a known one makes no badge
// valid, neither where it was put in afterwards nor where it was signed, and
// nobody is asked for it.
func TestThreat02LookAlikes(t *testing.T) {
	web, issuer, v := world(t)
	embedded := issuer.Issue(t)
	contexts := []string{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}
	n := 0
	for _, known := range contexts {
		for name, url := range lookAlikes(known) {
			web.Serve(url, "application/ld+json", []byte(`{"@context":{}}`))
			both := []any{contexts[0], contexts[1]}
			for i := range both {
				if both[i] == known {
					both[i] = url
				}
			}
			for how, b := range map[string][]byte{
				"put in":      bytes.Replace(embedded, []byte(`"`+known+`"`), marshal(t, url), 1),
				"beside":      bytes.Replace(embedded, []byte(`"`+known+`"`), []byte(`"`+known+`",`+string(marshal(t, url))), 1),
				"signed":      issuer.Issue(t, vctest.As(vctest.JWT), vctest.With("@context", both)),
				"signed, JCS": issuer.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With("@context", append([]any{}, both...))),
			} {
				n++
				d, err := vc.Parse(b)
				if err != nil {
					continue
				}
				r, err := v.Verify(t.Context(), d, vc.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if got := r.Verdict(vc.Policy{}); got == vc.Valid {
					t.Errorf("%s, %s: %q is valid: %+v", name, how, url, r.Checks)
				}
			}
			if hits := web.Hits(url); hits > 0 {
				t.Errorf("%q was asked for %d times", url, hits)
			}
		}
	}
	accept(t, v, embedded)
	t.Logf("%d documents", n)
}

// TestThreat03ProofRenamed: what bounds a proof is found by its own name alone,
// also where a context has another one for it.
func TestThreat03ProofRenamed(t *testing.T) {
	_, issuer, v := world(t)
	now := vctest.Now()
	signed := string(issuer.Issue(t, vctest.Proof(vc.SignOptions{Created: now.Add(-time.Hour), Expires: now.Add(-time.Minute)})))
	verdict(t, verify(t, v, []byte(signed), vc.Options{}), vc.Invalid)
	for name, changed := range map[string]string{
		"older context":  strings.Replace(signed, `extensions.json"`, `extensions.json","https://w3id.org/security/v1"`, 1),
		"own context":    strings.Replace(signed, `extensions.json"`, `extensions.json",{"expiration":{"@id":"https://w3id.org/security#expiration","@type":"http://www.w3.org/2001/XMLSchema#dateTime"}}`, 1),
		"another prefix": strings.Replace(signed, `extensions.json"`, `extensions.json",{"ends":{"@id":"https://w3id.org/security#expiration","@type":"http://www.w3.org/2001/XMLSchema#dateTime"}}`, 1),
	} {
		member := `"expiration"`
		if name == "another prefix" {
			member = `"ends"`
		}
		changed = strings.Replace(changed, `"expires"`, member, 1)
		if got := verify(t, v, []byte(changed), vc.Options{}).Verdict(vc.Policy{}); got != vc.Invalid {
			t.Errorf("%s: %s", name, got)
		}
	}
}
