package standard_test

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// identity returns the claims of an SD-JWT VC.
func identity(i *vctest.Issuer, with vctest.Object) vctest.Object {
	out := vctest.Object{"vct": "https://types.example/school_report/v1", "iss": i.ID, "iat": 1767225600, "exp": 1893456000,
		"given_name": vctest.SD{Value: "Ada"}, "family_name": vctest.SD{Value: "Lovelace"}, "grade": "A"}
	for name, v := range with {
		if out[name] = v; v == nil {
			delete(out, name)
		}
	}
	return out
}

func metadataIssuer(t *testing.T, kind string) *vctest.Issuer {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, kind)
	i.PublishMetadata(t)
	return i
}

var dc = vctest.Object{"typ": "dc+sd-jwt"}

// outcome returns the verdict and the checks that failed or are unknown, on one
// line.
func outcome(r *vc.Report) string {
	out := []string{string(r.Verdict(vc.Policy{}))}
	for _, c := range r.Checks {
		if c.Outcome == vc.Failed || c.Outcome == vc.Unknown {
			out = append(out, fmt.Sprint(c.ID, " ", c.Outcome, " ", c.Reason))
		}
	}
	return strings.Join(out, "; ")
}

func TestSDJWTVC(t *testing.T) {
	for _, kind := range []string{vctest.Ed25519, vctest.P256, vctest.P384} {
		i := metadataIssuer(t, kind)
		b := i.SDJWT(t, dc, identity(i, nil))
		d := parse(t, b)
		c := d.Credential
		if d.Form != vc.SDJWTVC || c.Name.String() != "School report" || c.Issuer.ID != i.ID || c.ValidUntil.Text != "2030-01-01T00:00:00Z" ||
			c.Awarded().Text != "2026-01-01T00:00:00Z" {
			t.Errorf("%s: %+v", d.Form, c)
		}
		if got := d.Claims.Get("given_name").Str(); got != "Ada" {
			t.Errorf("given name %q", got)
		}
		r := verify(t, newVerifier(t, i.Web), b, vc.Options{})
		if outcome(r) != "valid" || r.Binding != vc.BindingKeySet {
			t.Errorf("%s: %s, %s", kind, outcome(r), r.Binding)
		}
	}
}

// TestSDJWTVCRecipient checks that an SD-JWT VC identifies its recipient by sub or
// email, if disclosed.
func TestSDJWTVCRecipient(t *testing.T) {
	i := metadataIssuer(t, vctest.P256)
	b := i.SDJWT(t, dc, identity(i, vctest.Object{"sub": "did:example:ada", "email": vctest.SD{Value: "ada@example.org"}}))
	hidden, err := parse(t, b).Disclose(func(string) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		b    []byte
		who  string
		want vc.Reason
	}{
		{b, "ada@example.org", vc.ReasonMatched}, {b, "did:example:ada", vc.ReasonMatched}, {b, "eve@example.org", vc.ReasonNoMatch},
		{hidden.Raw, "did:example:ada", vc.ReasonMatched}, {hidden.Raw, "ada@example.org", vc.ReasonNoMatch},
	} {
		r := verify(t, newVerifier(t, i.Web), x.b, vc.Options{Recipients: []string{x.who}})
		if got := r.Check(vc.CheckRecipient).Reason; got != x.want {
			t.Errorf("%s: %s, want %s", x.who, got, x.want)
		}
	}
}

// TestSDJWTVCRules changes one thing at a time in an SD-JWT VC.
func TestSDJWTVCRules(t *testing.T) {
	for _, x := range []struct {
		name   string
		header vctest.Object
		with   vctest.Object
		want   string
	}{
		{"unchanged", nil, nil, "valid"},
		{"former type", vctest.Object{"typ": "vc+sd-jwt"}, nil, "valid"},
		{"type with a prefix", vctest.Object{"typ": "application/dc+sd-jwt"}, nil, "valid"},
		{"no typ", vctest.Object{"typ": nil}, nil, "valid"},
		{"members of W3C's model", nil, vctest.Object{"@context": []any{vc.ContextV2}, "type": []any{"VerifiableCredential"}}, "valid"},
		{"no kid, one key", vctest.Object{"kid": nil}, nil, "valid"},
		{"another kid", vctest.Object{"kid": "key-2"}, nil, "invalid; proof failed key_not_found"},
		{"no vct", nil, vctest.Object{"vct": nil}, "irregular; format failed missing_member"},
		{"vct is a list", nil, vctest.Object{"vct": []any{"x"}}, "irregular; format failed wrong_type"},
		{"disclosable vct", nil, vctest.Object{"vct": vctest.SD{Value: "x"}}, "irregular; format failed malformed"},
		{"disclosable exp", nil, vctest.Object{"exp": vctest.SD{Value: 1893456000}}, "irregular; format failed malformed"},
		{"disclosable nbf", nil, vctest.Object{"nbf": vctest.SD{Value: 1}}, "irregular; format failed malformed"},
		{"disclosable iss", nil, vctest.Object{"iss": vctest.SD{Value: "https://issuer.example"}}, "irregular; format failed malformed"},
		{"disclosable cnf", nil, vctest.Object{"cnf": vctest.SD{Value: vctest.Object{"kid": "x"}}}, "irregular; format failed malformed"},
		{"disclosable part of cnf", nil, vctest.Object{"cnf": vctest.Object{"kid": vctest.SD{Value: "x"}}}, "irregular; format failed malformed"},
		{"disclosable status", nil, vctest.Object{"status": vctest.SD{Value: vctest.Object{"x": 1}}},
			"undetermined; format failed malformed; revocation unknown unsupported"},
		{"no iss", nil, vctest.Object{"iss": nil}, "invalid; format failed missing_member; proof failed key_unsuitable"},
		{"http issuer", nil, vctest.Object{"iss": "http://issuer.example"}, "invalid; format failed wrong_type; proof failed key_unsuitable"},
		{"issuer with a query", nil, vctest.Object{"iss": "https://issuer.example?x"}, "invalid; format failed wrong_type; proof failed key_unsuitable"},
		{"unknown issuer", nil, vctest.Object{"iss": "https://nobody.example"}, "undetermined; proof unknown unreachable"},
		{"metadata of another issuer", nil, vctest.Object{"iss": "https://issuer.example/"}, "invalid; proof failed key_not_found"},
		{"expired", nil, vctest.Object{"exp": 1767225601}, "expired; valid_until failed expired"},
		{"not yet valid", nil, vctest.Object{"nbf": 1893456000}, "not_yet_valid; valid_from failed not_yet_valid"},
		{"exp is a text", nil, vctest.Object{"exp": "2030-01-01T00:00:00Z"}, "invalid; proof failed date_format; valid_until unknown date_format"},
		{"issued in the future", nil, vctest.Object{"iat": 1893456000}, "invalid; proof failed proof_in_future"},
		{"empty status", nil, vctest.Object{"status": vctest.Object{}}, "irregular; format failed wrong_type"},
		{"unknown kind of status", nil, vctest.Object{"status": vctest.Object{"x": 1}}, "undetermined; revocation unknown unsupported"},
		{"private key in the header", vctest.Object{"jwk": vctest.Object{"kty": "OKP", "d": "x"}}, nil,
			"invalid; format failed private_key; proof failed private_key"},
		{"crit", vctest.Object{"crit": []any{"x"}, "x": 1}, nil, "error"},
		{"type of a key binding", vctest.Object{"typ": "kb+jwt"}, nil, "error"},
	} {
		t.Run(x.name, func(t *testing.T) {
			i := metadataIssuer(t, vctest.Ed25519)
			header := vctest.Object{"typ": "dc+sd-jwt"}
			for name, v := range x.header {
				header[name] = v
			}
			b := i.SDJWT(t, header, identity(i, x.with))
			if _, err := vc.Parse(b); err != nil {
				if x.want != "error" {
					t.Fatal(err)
				}
				return
			}
			if got := outcome(verify(t, newVerifier(t, i.Web), b, vc.Options{})); got != x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
		})
	}
}

// TestSDJWTNotMixed checks that each kind of SD-JWT is verified by its own rules.
func TestSDJWTNotMixed(t *testing.T) {
	i := metadataIssuer(t, vctest.Ed25519) // only has SD-JWT VC metadata
	v := newVerifier(t, i.Web)
	w3c := i.Issue(t, vctest.As(vctest.SDJWT))
	if got := outcome(verify(t, v, w3c, vc.Options{})); got == "valid" {
		t.Errorf("SD-JWT VC metadata confirms an issuer of W3C's model: %s", got)
	}
	k := vctest.NewIssuer(t, vctest.NewWeb(), vctest.KeySet, vctest.Ed25519)
	if got := outcome(verify(t, newVerifier(t, k.Web), k.SDJWT(t, dc, identity(k, nil)), vc.Options{})); got == "valid" {
		t.Errorf("a well-known key set confirms an issuer of an SD-JWT VC: %s", got)
	}
	both := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	b := both.Issue(t, vctest.As(vctest.SDJWT), vctest.WithClaim("vct", "https://types.example/x"))
	if got := outcome(verify(t, newVerifier(t, both.Web), b, vc.Options{})); got != "irregular; format failed mixed_models" {
		t.Errorf("both: %s", got)
	}
	own := vctest.Object{"typ": "dc+sd-jwt", "jwk": i.JWK(t, "")}
	thief := vctest.NewHolder(t)
	thief.ID, thief.Method = i.ID, "key-1"
	own["jwk"] = thief.JWK(t, "")
	if got := outcome(verify(t, v, thief.SDJWT(t, own, identity(i, nil)), vc.Options{})); got != "invalid; proof failed bad_signature" {
		t.Errorf("a key in the header was used: %s", got)
	}
}

// TestSDJWTVCByDID checks that an issuer may be a DID whose document lists the key.
func TestSDJWTVCByDID(t *testing.T) {
	for _, way := range []string{vctest.DIDKey, vctest.DIDWeb} {
		i := vctest.NewIssuer(t, vctest.NewWeb(), way, vctest.P256)
		v := newVerifier(t, i.Web)
		for _, kid := range []any{i.Method, nil, "#" + strings.SplitN(i.Method, "#", 2)[1]} {
			b := i.SDJWT(t, vctest.Object{"typ": "dc+sd-jwt", "kid": kid}, identity(i, nil))
			if got := outcome(verify(t, v, b, vc.Options{})); got != "valid" {
				t.Errorf("%s, kid %v: %s", way, kid, got)
			}
		}
		thief := vctest.NewHolder(t)
		b := thief.SDJWT(t, dc, identity(i, nil))
		if got := outcome(verify(t, v, b, vc.Options{})); got != "invalid; issuer failed controller_mismatch" {
			t.Errorf("%s, another key: %s", way, got)
		}
	}
}

// TestSDJWTVCStatus looks up a status in a token status list, whose key is found
// like the credential's.
func TestSDJWTVCStatus(t *testing.T) {
	const address = "https://issuer.example/tokens/1"
	for idx, want := range []string{"valid", "revoked; revocation failed revoked", "suspended; revocation failed suspended",
		"undetermined; revocation unknown unsupported", "undetermined; revocation unknown status_list_invalid"} {
		i := metadataIssuer(t, vctest.P256)
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		if _, err := z.Write([]byte{0b11_10_01_00}); err != nil || z.Close() != nil {
			t.Fatal(err)
		}
		list := vctest.Object{"sub": address, "iat": 1767225600, "status_list": vctest.Object{"bits": 2, "lst": vc.EncodeBase64(packed.Bytes())}}
		i.Web.Serve(address, "application/statuslist+jwt", []byte(i.Compact(t, vctest.Object{"typ": "statuslist+jwt"}, list)))
		b := i.SDJWT(t, dc, identity(i, vctest.Object{"status": vctest.Object{"status_list": vctest.Object{"idx": idx, "uri": address}}}))
		r := verify(t, newVerifier(t, i.Web), b, vc.Options{})
		if got := outcome(r); got != want {
			t.Errorf("entry %d: %s (%s), want %s", idx, got, r.Check(vc.CheckRevocation).Detail, want)
		}
		if got := outcome(verify(t, newVerifier(t, i.Web), b, vc.Options{Offline: true})); !strings.HasPrefix(got, "undetermined") {
			t.Errorf("entry %d, offline: %s", idx, got)
		}
		forged := vctest.Alter(t, b, `"grade":"A"`, `"grade":"B"`)
		before := i.Web.Hits(address)
		verify(t, newVerifier(t, i.Web), forged, vc.Options{})
		if n := i.Web.Hits(address); n > before {
			t.Errorf("a forged credential led to %d requests", n-before)
		}
	}
}

// TestSDJWTVCCertificate checks that a certificate from one of the operator's
// authorities confirms an issuer, and nothing the issuer sends does.
func TestSDJWTVCCertificate(t *testing.T) {
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	i.ID = "https://issuer.example"
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := vctest.Now()
	root := certificate(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil, key.Public(), key)
	leaf := certificate(t, &x509.Certificate{DNSNames: []string{"issuer.example"}}, root, i.Signer.Public(), key)
	header := vctest.Object{"typ": "dc+sd-jwt", "kid": nil, "x5c": []any{base64.StdEncoding.EncodeToString(leaf.Raw), base64.StdEncoding.EncodeToString(root.Raw)}}
	good := i.SDJWT(t, header, identity(i, nil))
	thief := vctest.NewHolder(t)
	thief.ID = i.ID
	for _, x := range []struct {
		name  string
		b     []byte
		roots bool
		want  string
	}{
		{"known authority", good, true, "valid"},
		{"no authority", good, false, "undetermined; issuer unknown issuer_not_confirmed"},
		{"changed", vctest.Alter(t, good, `"grade":"A"`, `"grade":"B"`), true, "invalid; proof failed bad_signature"},
		{"another key", thief.SDJWT(t, header, identity(i, nil)), true, "invalid; proof failed malformed"},
		{"another issuer", i.SDJWT(t, header, identity(i, vctest.Object{"iss": "https://other.example"})), true, "invalid; issuer failed controller_mismatch"},
	} {
		cfg := standard.Config{Fetch: i.Web, Now: func() time.Time { return now }}
		if x.roots {
			cfg.Roots = x509.NewCertPool()
			cfg.Roots.AddCert(root)
		}
		s, err := standard.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if got := outcome(verify(t, s.Verifier, x.b, vc.Options{})); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}

func certificate(t *testing.T, c, by *x509.Certificate, of crypto.PublicKey, key ed25519.PrivateKey) *x509.Certificate {
	t.Helper()
	c.SerialNumber, c.NotBefore, c.NotAfter = big.NewInt(1), vctest.Now().Add(-time.Hour), vctest.Now().Add(time.Hour)
	if by == nil {
		by = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, of, key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
