package did

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	vdrapi "github.com/hyperledger/aries-framework-go/pkg/framework/aries/api/vdr"

	"backpack/vc"
	"backpack/vc/jose"
)

// TestDIDKeyVectors resolves every DID in the method's own vectors. Kinds of keys
// that no suite here uses are unsupported, not malformed.
func TestDIDKeyVectors(t *testing.T) {
	dir := vectors(t, "did-key")
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) < 5 {
		t.Fatalf("got %d files, error %v", len(files), err)
	}
	count := map[string]int{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range parse(t, string(b)).Items() {
			id := x.Name()
			if !strings.HasPrefix(id, "did:") {
				continue // not a DID: the file holds a single vector
			}
			doc := x.Get("didDocument")
			key, err := newResolver(t, nil).ResolveKey(t.Context(), vc.KeyRequest{ID: id, Issuer: id, Purpose: vc.AssertionMethod})
			if errors.Is(err, vc.ErrUnsupported) {
				count["unsupported"]++
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", id, err)
				continue
			}
			count[fmt.Sprintf("%T", key.Public)]++
			checkVector(t, id, doc, key)
		}
	}
	if count["ed25519.PublicKey"] != 5 || count["*ecdsa.PublicKey"] != 5 || count["jose.Secp256k1"] != 6 || count["jose.BLS12381G2"] != 5 {
		t.Errorf("resolved %v", count)
	}
}

// checkVector compares a key with the method of the published document.
func checkVector(t *testing.T, id string, doc *vc.Value, key *vc.Key) {
	t.Helper()
	d := &document{id: id, value: doc}
	m := d.method(key.ID)
	if m == nil {
		t.Errorf("%s: the published document has no %s", id, key.ID)
		return
	}
	want, err := methodKey(m)
	if err != nil || !equalKeys(want, key.Public) {
		t.Errorf("%s: the key is not the published one (error %v)", id, err)
	}
	if made, method, err := KeyDID(key.Public); err != nil || made != id || method != key.ID {
		t.Errorf("%s: got %s, %s, error %v", id, made, method, err)
	}
}

// TestSuiteVectors reads the key pairs of the cryptosuites' vectors.
func TestSuiteVectors(t *testing.T) {
	for _, file := range []string{"w3c-vc-di-eddsa/TestVectors/keyPair.json", "w3c-vc-di-ecdsa/TestVectors/p256KeyPair.json", "w3c-vc-di-ecdsa/TestVectors/p384KeyPair.json"} {
		dir := vectors(t, filepath.Dir(file))
		b, err := os.ReadFile(filepath.Join(dir, filepath.Base(file)))
		if err != nil {
			t.Fatal(err)
		}
		pair := map[string]string{}
		if err := json.Unmarshal(b, &pair); err != nil {
			t.Fatal(err)
		}
		public, secret := pair["publicKeyMultibase"], pair["privateKeyMultibase"]
		if secret == "" {
			secret = pair["secretKeyMultibase"]
		}
		key, err := ParseMultikey(public)
		if err != nil || multikey(key) != public {
			t.Errorf("%s: got error %v", file, err)
		}
		if _, err := ParseMultikey(secret); secret == "" || !errors.Is(err, vc.ErrMalformed) || !strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the secret key: got error %v", file, err)
		}
	}
}

func TestMultikey(t *testing.T) {
	for prefix, key := range map[string]any{
		"zUC7": jose.BLS12381G2(bytes.Repeat([]byte{0x81}, jose.BLS12381G2Size)), "z6Mk": edKey('1'), "zDn": ecKey(t, elliptic.P256(), 7), "z82": ecKey(t, elliptic.P384(), 7),
	} {
		s, err := Multikey(key)
		if err != nil || !strings.HasPrefix(s, prefix) {
			t.Errorf("%s: %s, %v", prefix, s, err)
			continue
		}
		back, err := ParseMultikey(s)
		if err != nil || !equalKeys(back, key) {
			t.Errorf("%s: got %v, error %v", s, back, err)
		}
	}
	for name, key := range map[string]any{"P-521": ecKey(t, elliptic.P521(), 7), "bytes": []byte{1}, "nil": nil, "empty": &ecdsa.PublicKey{}} {
		if s, err := Multikey(key); !errors.Is(err, vc.ErrUnsupported) {
			t.Errorf("%s: %q, %v", name, s, err)
		}
	}
	if did, method, err := KeyDID(nil); err == nil || did+method != "" {
		t.Errorf("the DID of a nil key is %q", did)
	}
}

func TestParseMultikeyRefuses(t *testing.T) {
	code := func(b ...byte) string { return "z" + vc.EncodeBase58(b) }
	ed := slices.Concat([]byte{0xed, 1}, edKey('1'))
	p256, _ := ParseMultikey(multikey(ecKey(t, elliptic.P256(), 7)))
	point, _ := p256.(*ecdsa.PublicKey).Bytes()
	offCurve := slices.Concat([]byte{0x80, 0x24, 2}, bytes.Repeat([]byte{0xff}, 32))
	for name, x := range map[string]struct {
		text string
		want error
	}{
		"empty":                    {"", vc.ErrMalformed},
		"prefix only":              {"z", vc.ErrMalformed},
		"base64url":                {"u" + vc.EncodeBase64(ed), vc.ErrMalformed},
		"not base58":               {"z6Mk0OIl", vc.ErrMalformed},
		"short":                    {code(ed[:33]...), vc.ErrMalformed},
		"long":                     {code(append(ed, 0)...), vc.ErrMalformed},
		"leading zero":             {"z1" + multikey(edKey('1'))[1:], vc.ErrUnsupported},
		"uncompressed":             {code(slices.Concat([]byte{0x80, 0x24}, point)...), vc.ErrMalformed},
		"off the curve":            {code(offCurve...), vc.ErrMalformed},
		"wrong sign byte":          {code(slices.Concat([]byte{0x80, 0x24, 5}, point[1:33])...), vc.ErrMalformed},
		"P-256 as P-384":           {code(slices.Concat([]byte{0x81, 0x24, 2}, point[1:33])...), vc.ErrMalformed},
		"secp256k1, x too large":   {code(slices.Concat([]byte{0xe7, 1, 2}, bytes.Repeat([]byte{0xff}, 32))...), vc.ErrMalformed},
		"secp256k1, no such point": {code(slices.Concat([]byte{0xe7, 1, 2}, make([]byte, 31), []byte{5})...), vc.ErrMalformed},
		"secp256k1, sign byte":     {code(slices.Concat([]byte{0xe7, 1, 4}, make([]byte, 31), []byte{1})...), vc.ErrMalformed},
		"X25519":                   {code(slices.Concat([]byte{0xec, 1}, edKey('1'))...), vc.ErrUnsupported},
		"secret Ed25519":           {code(slices.Concat([]byte{0x80, 0x26}, edKey('1'))...), vc.ErrMalformed},
		"secret P-256":             {code(slices.Concat([]byte{0x86, 0x26}, edKey('1'))...), vc.ErrMalformed},
		"secret P-384":             {code(slices.Concat([]byte{0x87, 0x26}, point[1:49])...), vc.ErrMalformed},
		"100 kilobytes":            {"z" + strings.Repeat("1", 100_000), vc.ErrMalformed},
	} {
		if key, err := ParseMultikey(x.text); !errors.Is(err, x.want) {
			t.Errorf("%s: got %v, error %v, want %v", name, key, err, x.want)
		}
	}
}

func TestWebAddress(t *testing.T) {
	for id, want := range map[string]string{
		"did:web:issuer.example":              "https://issuer.example/.well-known/did.json",
		"did:web:issuer.example%3A8443":       "https://issuer.example:8443/.well-known/did.json",
		"did:web:issuer.example:a:b":          "https://issuer.example/a/b/did.json",
		"did:web:issuer.example%3A8443:a":     "https://issuer.example:8443/a/did.json",
		"did:web:issuer.example:a%20b":        "",
		"did:web:":                            "",
		"did:web:issuer.example:":             "",
		"did:web:issuer.example::a":           "",
		"did:web:issuer.example:..:a":         "",
		"did:web:issuer.example:%2E%2E:a":     "",
		"did:web:issuer.example%2Fa":          "",
		"did:web:me%40issuer.example":         "",
		"did:web:issuer.example%3Fa":          "",
		"did:web:issuer.example%23a":          "",
		"did:web:issuer.example/a":            "",
		"did:web:issuer.example%ZZ":           "",
		`did:web:issuer.example%5C.x.example`: "",
	} {
		got, err := webAddress(id)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, error %v", id, got, err)
		}
	}
}

// TestRegistry asserts that aries' registry selects the method, and that it
// refuses other users.
func TestRegistry(t *testing.T) {
	r := newResolver(t, nil)
	id, _, _ := KeyDID(edKey('1'))
	if _, err := r.registry.Resolve(id); err == nil {
		t.Error("the registry answers another user")
	}
	h := &handoff{ctx: t.Context()}
	res, err := r.registry.Resolve(id, vdrapi.WithOption(handoffOption, h))
	if err != nil || res.DIDDocument.ID != id || h.doc == nil || h.doc.id != id {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := r.registry.Create("key", nil); !errors.Is(err, errReadOnly) {
		t.Errorf("create: got error %v", err)
	}
	if _, err := r.document(t.Context(), "did:peer:1"); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("did:peer: got error %v", err)
	}
}

func FuzzMultikey(f *testing.F) {
	f.Add(multikey(edKey('1')))
	f.Add("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")
	f.Add("z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54")
	f.Fuzz(func(t *testing.T, s string) {
		key, err := ParseMultikey(s)
		if err != nil {
			if !errors.Is(err, vc.ErrMalformed) && !errors.Is(err, vc.ErrUnsupported) {
				t.Errorf("unclassified error: %v", err)
			}
			return
		}
		if again, err := Multikey(key); err != nil || again != s {
			t.Errorf("%q is encoded as %q, error %v", s, again, err)
		}
	})
}

func FuzzDocument(f *testing.F) {
	key1 := `"publicKeyMultibase":"` + multikey(edKey('1')) + `"`
	f.Add(controllerDoc(web1, key1, `"assertionMethod":["#k"]`))
	f.Add(`{"id":"` + web1 + `","assertionMethod":[{"id":"#k","controller":"` + web1 + `","publicKeyJwk":` + jwkText(edKey('1'), "") + `}]}`)
	f.Add(`{"keys":[` + jwkText(edKey('1'), `,"kid":"k"`) + `]}`)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := New(Config{Fetch: web{site + "/.well-known/did.json": text, page: text}, Now: noonClock})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range []vc.KeyRequest{{ID: web1 + "#k", Issuer: web1}, {ID: page + "#k", Issuer: page}, {ID: page, Issuer: page}, {ID: web1, Issuer: web1}} {
			q.Purpose = vc.AssertionMethod
			key, err := r.ResolveKey(t.Context(), q)
			if err != nil {
				if strings.HasPrefix(describe(nil, err), "unclassified error") {
					t.Errorf("%v", err)
				}
				continue
			}
			if _, err := jose.Thumbprint(key.Public); err != nil {
				t.Errorf("got an unusable key: %v", err)
			}
			if k, ok := key.Public.(ed25519.PublicKey); ok && len(k) != ed25519.PublicKeySize {
				t.Errorf("got a key of %d bytes", len(k))
			}
			if (key.Outcome == vc.Passed) != (key.Binding != vc.BindingNone) || key.Outcome != vc.Passed && key.Reason == "" {
				t.Errorf("the key contradicts itself: %+v", key)
			}
		}
	})
}
