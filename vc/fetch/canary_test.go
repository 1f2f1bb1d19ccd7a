package fetch_test

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/fetch"
	"backpack/vc/ob2"
	"backpack/vc/standard"
	"backpack/vc/suite"
	"backpack/vc/vctest"
)

func now() time.Time { return time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC) }

// A witness records the URLs that a fetcher is asked for.
type witness struct {
	vc.Fetcher
	asked []string
}

func (w *witness) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	w.asked = append(w.asked, req.URL)
	return w.Fetcher.Fetch(ctx, req)
}

type object = map[string]any

// canaryDocuments returns documents that lead a verifier to base, one for each
// member of a document that can hold an address.
func canaryDocuments(t *testing.T, base, host string) map[string][]byte {
	signer := vctest.NewSigner(t, vctest.Ed25519, "canary")
	id, method, err := did.KeyDID(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	_, multikey, _ := strings.Cut(method, "#")
	credential := func(issuer, member string, value any) object {
		c := object{"@context": []string{vc.ContextV2}, "id": "urn:uuid:8c1f0b0e-0001-4000-8000-000000000001", "type": []string{"VerifiableCredential"},
			"issuer": issuer, "validFrom": "2026-01-01T00:00:00Z", "credentialSubject": object{"id": "did:example:1"}}
		if member != "" {
			c[member] = value
		}
		return c
	}
	text := func(o object) []byte {
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sign := func(o object, method string) []byte {
		opt := vc.SignOptions{VerificationMethod: method, Purpose: vc.AssertionMethod, Created: now()}
		b, err := suite.EdDSAJCS().Sign(t.Context(), text(o), opt, signer)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	jwt := func(o object, kid string) []byte {
		b, err := suite.SignJWT(t.Context(), text(o), map[string]string{"kid": kid}, signer)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	entry := func(kind string) object {
		return object{"type": kind, "statusPurpose": "revocation", "statusListIndex": "1", "statusListCredential": base + "/list"}
	}
	web := "did:web:" + strings.ReplaceAll(host, ":", "%3A")
	hosted := object{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": base + "/a/1", "issuedOn": "2020-01-01T12:00:00Z",
		"recipient": object{"type": "email", "hashed": false, "identity": "a@b.example"}, "badge": base + "/b/1", "verification": object{"type": "HostedBadge"}}
	return map[string][]byte{
		"did:web":         sign(credential(web, "", nil), web+"#k"),
		"controller":      sign(credential(base+"/me", "", nil), base+"/me#"+multikey),
		"kid":             jwt(credential(base+"/me", "", nil), base+"/keys#k"),
		"key set":         jwt(credential(base+"/me", "", nil), "k"),
		"revocation list": sign(credential(id, "credentialStatus", object{"id": base + "/revoked", "type": "1EdTechRevocationList"}), method),
		"bitstring":       sign(credential(id, "credentialStatus", entry("BitstringStatusListEntry")), method),
		"list of 2021":    sign(credential(id, "credentialStatus", entry("StatusList2021Entry")), method),
		"refresh":         sign(credential(id, "refreshService", object{"id": base + "/new", "type": "1EdTechCredentialRefresh"}), method),
		"hosted badge":    text(hosted),
	}
}

// TestThreat01NoDocumentLeadsInside verifies documents that point to a listener on
// loopback, through every member that can hold an address.
func TestThreat01NoDocumentLeadsInside(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var hits atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, host := range []string{"localhost:" + port, "127.0.0.1:" + port, "[::ffff:127.0.0.1]:" + port, "localhost"} {
		// With another network allowed, ports and plain http pass: only the check of
		// the address remains.
		client, err := fetch.New(fetch.Config{Now: now, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
		if err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"https://", "http://"} {
			for name, text := range canaryDocuments(t, scheme+host, host) {
				verifyCanary(t, name+" at "+scheme+host, text, client)
			}
		}
	}
	if hits.Load() > 0 {
		t.Errorf("got %d connections", hits.Load())
	}
}

func verifyCanary(t *testing.T, name string, text []byte, client *fetch.Client) {
	t.Helper()
	w := &witness{Fetcher: client}
	std, err := standard.New(standard.Config{Fetch: w, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	read := vc.Parse
	if strings.HasPrefix(name, "hosted") {
		read = func(b []byte) (*vc.Document, error) { return ob2.Parse(b, "") }
	}
	d, err := read(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	r, err := std.Verifier.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(w.asked) == 0 {
		t.Errorf("%s: the verifier fetches nothing: %+v", name, r.Checks)
	}
	if r.Verdict(vc.Policy{}) == vc.Valid && !strings.HasPrefix(name, "refresh") {
		t.Errorf("%s: the verdict is valid", name)
	}
}
