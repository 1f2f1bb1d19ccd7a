package did

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"backpack/vc"
)

// A ca is a certificate authority.
type ca struct {
	key  ed25519.PrivateKey
	cert *x509.Certificate
}

func newCA(t *testing.T, n byte) ca {
	t.Helper()
	a := ca{key: ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(n), ed25519.SeedSize)))}
	a.cert = certify(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, a, a.key.Public(), n)
	return a
}

func certify(t *testing.T, c *x509.Certificate, by ca, key crypto.PublicKey, serial byte) *x509.Certificate {
	t.Helper()
	c.SerialNumber, c.Subject = big.NewInt(int64(serial)), pkix.Name{CommonName: fmt.Sprint("test ", serial)}
	if c.NotBefore.IsZero() {
		c.NotBefore, c.NotAfter = noon.Add(-time.Hour), noon.Add(time.Hour)
	}
	parent := by.cert
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(nil, c, parent, key, by.key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func x5c(t *testing.T, chain ...*x509.Certificate) *vc.Value {
	t.Helper()
	var list []string
	for _, c := range chain {
		list = append(list, base64.StdEncoding.EncodeToString(c.Raw))
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vc.ParseJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestCertificates: a certificate confirms an issuer by a root that the operator
// trusts and the name in it, or by the issuer's own metadata.
func TestCertificates(t *testing.T) {
	const issuer = "https://issuer.example/school"
	root, other := newCA(t, 'r'), newCA(t, 'o')
	middle := ca{key: ed25519.NewKeyFromSeed([]byte(strings.Repeat("m", ed25519.SeedSize)))}
	middle.cert = certify(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, root, middle.key.Public(), 3)
	address, _ := url.Parse(issuer)
	dns := func() *x509.Certificate { return &x509.Certificate{DNSNames: []string{"issuer.example"}} }
	leaf := func(c *x509.Certificate, by ca) *x509.Certificate { return certify(t, c, by, edKey('1'), 9) }
	late := dns()
	late.NotBefore, late.NotAfter = noon.Add(-2*time.Hour), noon.Add(-time.Hour)
	lists := web{"https://issuer.example/.well-known/jwt-vc-issuer/school": `{"issuer":"` + issuer + `","jwks":{"keys":[` + jwkText(edKey('1'), "") + `]}}`}
	listsOther := web{"https://issuer.example/.well-known/jwt-vc-issuer/school": `{"issuer":"` + issuer + `","jwks":{"keys":[` + jwkText(edKey('2'), "") + `]}}`}
	for _, x := range []struct {
		name  string
		chain *vc.Value
		roots []ca
		web   web
		iss   string
		want  string
	}{
		{"root trusted, host named", x5c(t, leaf(dns(), root)), []ca{root}, nil, issuer, "key 1 passed domain"},
		{"with an intermediate", x5c(t, leaf(dns(), middle), middle.cert), []ca{root}, nil, issuer, "key 1 passed domain"},
		{"root included", x5c(t, leaf(dns(), root), root.cert), []ca{root}, nil, issuer, "key 1 passed domain"},
		{"address named", x5c(t, leaf(&x509.Certificate{URIs: []*url.URL{address}}, root)), []ca{root}, nil, issuer, "key 1 passed domain"},
		{"host in capitals", x5c(t, leaf(&x509.Certificate{DNSNames: []string{"Issuer.Example"}}, root)), []ca{root}, nil, issuer, "key 1 passed domain"},
		{"no roots", x5c(t, leaf(dns(), root)), nil, nil, issuer, "key 1 unknown issuer_not_confirmed"},
		{"root included, not trusted", x5c(t, leaf(dns(), other), other.cert), []ca{root}, nil, issuer, "key 1 unknown issuer_not_confirmed"},
		{"intermediate missing", x5c(t, leaf(dns(), middle)), []ca{root}, nil, issuer, "key 1 unknown issuer_not_confirmed"},
		{"another host", x5c(t, leaf(&x509.Certificate{DNSNames: []string{"evil.example"}}, root)), []ca{root}, nil, issuer, "key 1 failed controller_mismatch"},
		{"wildcard host", x5c(t, leaf(&x509.Certificate{DNSNames: []string{"*.example"}}, root)), []ca{root}, nil, issuer, "key 1 failed controller_mismatch"},
		{"another address", x5c(t, leaf(&x509.Certificate{URIs: []*url.URL{{Scheme: "https", Host: "issuer.example"}}}, root)), []ca{root}, nil, issuer, "key 1 failed controller_mismatch"},
		{"common name only", x5c(t, leaf(&x509.Certificate{}, root)), []ca{root}, nil, issuer, "key 1 failed controller_mismatch"},
		{"expired", x5c(t, leaf(late, root)), []ca{root}, nil, issuer, "key 1 unknown issuer_not_confirmed"},
		{"a certificate authority", x5c(t, leaf(&x509.Certificate{DNSNames: []string{"issuer.example"}, IsCA: true, BasicConstraintsValid: true}, root)), []ca{root}, nil, issuer, "key 1 unknown issuer_not_confirmed"},
		{"no roots, metadata lists it", x5c(t, leaf(dns(), root)), nil, lists, issuer, "key 1 passed key_set"},
		{"no roots, metadata lists another", x5c(t, leaf(dns(), root)), nil, listsOther, issuer, "key 1 failed key_not_listed"},
		{"another host, metadata lists it", x5c(t, leaf(&x509.Certificate{DNSNames: []string{"evil.example"}}, root)), []ca{root}, lists, issuer, "key 1 failed controller_mismatch"},
		{"no issuer", x5c(t, leaf(dns(), root)), nil, nil, "", "key 1 unknown issuer_not_confirmed"},
		{"empty list", parse(t, `[]`), []ca{root}, nil, issuer, "error: malformed"},
		{"a string", parse(t, `"MIIB"`), []ca{root}, nil, issuer, "error: malformed"},
		{"not a certificate", parse(t, `["AAAA"]`), []ca{root}, nil, issuer, "error: malformed"},
		{"too many", x5c(t, root.cert, root.cert, root.cert, root.cert, root.cert, root.cert, root.cert, root.cert, root.cert), []ca{root}, nil, issuer, "error: malformed"},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := x.web
			if w == nil {
				w = web{"https://issuer.example/.well-known/jwt-vc-issuer/school": "!"}
			}
			cfg := Config{Fetch: w, Now: noonClock}
			for _, a := range x.roots {
				if cfg.Roots == nil {
					cfg.Roots = x509.NewCertPool()
				}
				cfg.Roots.AddCert(a.cert)
			}
			r, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(r.ResolveKey(t.Context(), vc.KeyRequest{Issued: true, X5C: x.chain, Issuer: x.iss, Purpose: vc.AssertionMethod, At: noon}))
			if got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		})
	}
}

// TestIssuerMetadata reads the keys of an SD-JWT VC's issuer.
func TestIssuerMetadata(t *testing.T) {
	const issuer, meta = "https://issuer.example", "https://issuer.example/.well-known/jwt-vc-issuer"
	key := func(n byte, kid string) string { return jwkText(edKey(n), `,"kid":"`+kid+`"`) }
	set := func(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }
	for _, x := range []struct {
		name, iss, kid string
		web            web
		want           string
	}{
		{"inline", issuer, "a", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a"), key('2', "b")) + `}`}, "key 1 passed key_set"},
		{"the other", issuer, "b", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a"), key('2', "b")) + `}`}, "key 2 passed key_set"},
		{"jwks_uri", issuer, "a", web{meta: `{"issuer":"` + issuer + `","jwks_uri":"https://keys.example/set"}`, "https://keys.example/set": set(key('1', "a"))}, "key 1 passed key_set"},
		{"issuer with a path", issuer + "/a/b", "a", web{meta + "/a/b": `{"issuer":"` + issuer + `/a/b","jwks":` + set(key('1', "a")) + `}`}, "key 1 passed key_set"},
		{"issuer with a port", "https://issuer.example:8443", "a", web{"https://issuer.example:8443/.well-known/jwt-vc-issuer": `{"issuer":"https://issuer.example:8443","jwks":` + set(key('1', "a")) + `}`}, "key 1 passed key_set"},
		{"no kid, one key", issuer, "", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a")) + `}`}, "key 1 passed key_set"},
		{"no kid, two keys", issuer, "", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a"), key('2', "b")) + `}`}, "error: not found"},
		{"unknown kid", issuer, "c", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a")) + `}`}, "error: not found"},
		{"another issuer's", issuer, "a", web{meta: `{"issuer":"https://evil.example","jwks":` + set(key('1', "a")) + `}`}, "error: not found"},
		{"another spelling of the issuer", issuer, "a", web{meta: `{"issuer":"` + issuer + `/","jwks":` + set(key('1', "a")) + `}`}, "error: not found"},
		{"no issuer in the metadata", issuer, "a", web{meta: `{"jwks":` + set(key('1', "a")) + `}`}, "error: not found"},
		{"jwks and jwks_uri", issuer, "a", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a")) + `,"jwks_uri":"https://keys.example/set"}`}, "error: could not be reached"},
		{"no keys", issuer, "a", web{meta: `{"issuer":"` + issuer + `"}`}, "error: could not be reached"},
		{"no metadata", issuer, "a", web{}, "error: could not be reached"},
		{"no answer", issuer, "a", web{meta: "!"}, "error: could not be reached"},
		{"an HTML page", issuer, "a", web{meta: "<html>"}, "error: could not be reached"},
		{"key set missing", issuer, "a", web{meta: `{"issuer":"` + issuer + `","jwks_uri":"https://keys.example/set"}`}, "error: could not be reached"},
		{"a private key", issuer, "a", web{meta: `{"issuer":"` + issuer + `","jwks":` + set(jwkText(edKey('1'), `,"kid":"a","d":"AAAA"`)) + `}`}, "error: malformed"},
		{"http", "http://issuer.example", "a", web{}, "error: malformed"},
		{"no issuer", "", "a", web{}, "error: malformed"},
		{"kid of another DID", issuer, "did:key:" + multikey(edKey('1')) + "#" + multikey(edKey('1')), web{meta: `{"issuer":"` + issuer + `","jwks":` + set(key('1', "a")) + `}`}, "error: not found"},
	} {
		t.Run(x.name, func(t *testing.T) {
			got := describe(newResolver(t, x.web).ResolveKey(t.Context(), vc.KeyRequest{Issued: true, ID: x.kid, Issuer: x.iss, Purpose: vc.AssertionMethod, At: noon}))
			if got != x.want {
				t.Errorf("got %s, want %s", got, x.want)
			}
		})
	}
}
