package jose_test

import (
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"backpack/vc"
	"backpack/vc/jose"
)

// vectors returns the path of a file of third-party vectors. It skips the test if
// the file is missing, or fails with CI set.
func vectors(t testing.TB, path ...string) string {
	t.Helper()
	root := os.Getenv("BACKPACK_VECTORS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	name := filepath.Join(append([]string{root}, path...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the vectors are missing: %v", err)
		}
		t.Skipf("the vectors are missing: %v", err)
	}
	return name
}

func readJSON(t testing.TB, into any, path ...string) {
	t.Helper()
	b, err := os.ReadFile(vectors(t, path...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

func parseJSON(t testing.TB, s string) *vc.Value {
	t.Helper()
	v, err := vc.ParseJSON([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

type signatureGroup struct {
	Type         string
	PublicKeyJwk json.RawMessage
	PublicKeyDer string
	Tests        []struct {
		TcID            int
		Comment, Result string
		Flags           []string
		Msg, Sig        string
	}
}

func (g *signatureGroup) key(t *testing.T) crypto.PublicKey {
	t.Helper()
	if len(g.PublicKeyJwk) > 0 {
		k, err := jose.ParseJWK(parseJSON(t, string(g.PublicKeyJwk)))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	der, err := hex.DecodeString(g.PublicKeyDer)
	if err != nil {
		t.Fatal(err)
	}
	k, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestThreat04WycheproofSignatures runs the edge cases of each algorithm.
// Acceptable ones may pass or fail.
func TestThreat04WycheproofSignatures(t *testing.T) {
	for _, x := range []struct {
		file, alg string
		tests     int
	}{
		{"ed25519_test.json", "EdDSA", 151},
		{"ecdsa_secp256r1_sha256_p1363_test.json", "ES256", 262},
		{"ecdsa_secp384r1_sha384_p1363_test.json", "ES384", 280},
		{"rsa_signature_2048_sha256_test.json", "RS256", 259},
		{"rsa_pss_2048_sha256_mgf1_32_test.json", "PS256", 108},
	} {
		t.Run(x.alg, func(t *testing.T) {
			var file struct{ TestGroups []signatureGroup }
			readJSON(t, &file, "wycheproof", x.file)
			ran, acceptable := 0, 0
			for _, g := range file.TestGroups {
				key := g.key(t)
				for _, c := range g.Tests {
					msg, _ := hex.DecodeString(c.Msg)
					sig, _ := hex.DecodeString(c.Sig)
					err := jose.VerifyJWS(x.alg, key, msg, sig)
					ran++
					switch {
					case c.Result == "acceptable":
						acceptable++
					case (err == nil) != (c.Result == "valid"):
						t.Errorf("%d %s %v: got error %v, want %s", c.TcID, c.Comment, c.Flags, err, c.Result)
					}
				}
			}
			if ran != x.tests {
				t.Errorf("%d tests ran, want %d", ran, x.tests)
			}
			t.Logf("%d tests, %d of them may pass or fail", ran, acceptable)
		})
	}
}

type jwsGroup struct {
	Comment         string
	Public, Private json.RawMessage
	Tests           []struct {
		TcID            int
		Comment, Result string
		JWS             json.RawMessage
	}
}

// keys returns the keys of a group that ParseJWK accepts, by kid.
func (g *jwsGroup) keys(t *testing.T) map[string][]crypto.PublicKey {
	text := g.Public
	if len(text) == 0 { // a shared secret has no public key
		text = g.Private
	}
	v := parseJSON(t, string(text))
	list := []*vc.Value{v}
	if set := v.Get("keys"); set != nil {
		list = set.List()
	}
	keys := map[string][]crypto.PublicKey{}
	for _, k := range list {
		if key, err := jose.ParseJWK(k); err == nil {
			kid := k.Get("kid").Str()
			keys[kid] = append(keys[kid], key)
		}
	}
	return keys
}

// verifyCompact parses a compact JWS and verifies it with the keys of its kid.
func verifyCompact(text []byte, keys map[string][]crypto.PublicKey) error {
	j, err := vc.ParseJWS(text)
	if err != nil {
		return err
	}
	err = vc.ErrNotFound
	for _, k := range keys[j.Header.Get("kid").Str()] {
		if err = jose.VerifyJWS(j.Alg, k, j.SigningInput, j.Signature); err == nil {
			return nil
		}
	}
	return err
}

// TestThreat04WycheproofJWS runs the JWS and JWK cases. Every invalid one is
// refused, and every valid one with a supported algorithm is accepted.
func TestThreat04WycheproofJWS(t *testing.T) {
	stricter := map[string]string{
		"InvalidCharacterInsertedInHeader":  "base64url contains no other characters (RFC 7515 2)",
		"InvalidCharacterInsertedInPayload": "base64url contains no other characters (RFC 7515 2)",
		"Figure27":                          "the vector's key names the algorithm ES521, which does not exist",
	}
	for _, name := range []string{"json_web_signature_test.json", "json_web_key_test.json"} {
		t.Run(name, func(t *testing.T) {
			var file struct{ TestGroups []jwsGroup }
			readJSON(t, &file, "wycheproof", name)
			accepted, refused, unsupported := 0, 0, 0
			for _, g := range file.TestGroups {
				keys := g.keys(t)
				for _, c := range g.Tests {
					text := string(c.JWS)
					_ = json.Unmarshal(c.JWS, &text) // otherwise it is the JSON serialization
					err := verifyCompact([]byte(text), keys)
					switch j, _ := vc.ParseJWS([]byte(text)); {
					case c.Result == "invalid" && err == nil:
						t.Errorf("%d %s (%s): accepted", c.TcID, c.Comment, g.Comment)
					case c.Result == "invalid", err != nil && stricter[c.Comment] != "":
						refused++
					case err == nil:
						accepted++
					case j != nil && errors.Is(jose.VerifyJWS(j.Alg, nil, nil, nil), vc.ErrUnsupported):
						unsupported++
					default:
						t.Errorf("%d %s (%s): %v", c.TcID, c.Comment, g.Comment, err)
					}
				}
			}
			t.Logf("%d accepted, %d refused, %d valid with unsupported algorithms", accepted, refused, unsupported)
		})
	}
}
