package standard_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
)

// lookAlikes returns URLs that a person or a careless program could take for the
// known context url.
func lookAlikes(url string) map[string]string {
	host, path, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	return map[string]string{
		"extra slash": url + "/", "http": "http://" + host + "/" + path, "upper-case host": "https://" + strings.ToUpper(host) + "/" + path,
		"upper-case path": "https://" + host + "/" + strings.ToUpper(path), "fragment": url + "#", "query": url + "?", "port 443": "https://" + host + ":443/" + path,
		"double slash": "https://" + host + "//" + path, "dot segment": "https://" + host + "/./" + path, "user": "https://x@" + host + "/" + path,
		"trailing dot": "https://" + host + "./" + path,
		"percent":      strings.Replace(url, "t", "%74", 1), "space before": " " + url, "space after": url + " ", "no scheme": "//" + host + "/" + path,
		"letters of another alphabet": "https://" + strings.Replace(host, "o", "\u043e", 1) + "/" + strings.Replace(path, "a", "\u0430", 1),
		"invisible letter":            url + "\u200b", "subdomain": "https://" + host + ".evil.example/" + path, "another host": "https://evil.example/" + path,
		"another version": strings.TrimSuffix(url, ".json") + "x", "upper-case scheme": "HTTPS://" + host + "/" + path,
		"backslash": "https://" + host + "\\" + path, "tab": "https://" + host + "/\t" + path,
	}
}

// TestThreat02LookAlikes checks that a look-alike of a known context makes no badge
// valid, whether added later or signed, and is not fetched.
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
				"replaced":    bytes.Replace(embedded, []byte(`"`+known+`"`), marshal(t, url), 1),
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
				t.Errorf("%q was requested %d times", url, hits)
			}
		}
	}
	accept(t, v, embedded)
	t.Logf("%d documents", n)
}

// TestThreat03ProofRenamed checks that an expired proof stays invalid if its expiry
// is given another name by a context.
func TestThreat03ProofRenamed(t *testing.T) {
	_, issuer, v := world(t)
	now := vctest.Now()
	signed := string(issuer.Issue(t, vctest.Proof(vc.SignOptions{Created: now.Add(-time.Hour), Expires: now.Add(-time.Minute)})))
	verdict(t, verify(t, v, []byte(signed), vc.Options{}), vc.Invalid)
	for name, changed := range map[string]string{
		"older context": strings.Replace(signed, `extensions.json"`, `extensions.json","https://w3id.org/security/v1"`, 1),
		"own context": strings.Replace(signed, `extensions.json"`,
			`extensions.json",{"expiration":{"@id":"https://w3id.org/security#expiration","@type":"http://www.w3.org/2001/XMLSchema#dateTime"}}`, 1),
		"another prefix": strings.Replace(signed, `extensions.json"`,
			`extensions.json",{"ends":{"@id":"https://w3id.org/security#expiration","@type":"http://www.w3.org/2001/XMLSchema#dateTime"}}`, 1),
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
