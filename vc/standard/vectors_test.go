package standard_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

// vectors returns the path of third-party test vectors.
func vectors(t *testing.T, parts ...string) string {
	t.Helper()
	root := os.Getenv("BACKPACK_VECTORS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	name := filepath.Join(append([]string{root}, parts...)...)
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the vectors are missing: %v", err)
		}
		t.Skipf("the vectors are missing: %v", err)
	}
	return name
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func offlineVerifier(t *testing.T) *vc.Verifier { return newVerifier(t, vctest.NewWeb()) }

// TestDataIntegrityVectors checks that the W3C's proofs are valid. Their issuers
// are unreachable https URLs, so check issuer is Unknown.
func TestDataIntegrityVectors(t *testing.T) {
	v := offlineVerifier(t)
	for _, name := range []string{
		"w3c-vc-di-eddsa/TestVectors/eddsa-rdfc-2022/signedDataInt.json",
		"w3c-vc-di-eddsa/TestVectors/eddsa-jcs-2022/signedJCS.json",
		"w3c-vc-di-eddsa/TestVectors/Ed25519Signature2020/signedEdSig.json",
		"w3c-vc-di-eddsa/TestVectors/proof-set-chain/signedProofSet1.json",
		"w3c-vc-di-eddsa/TestVectors/proof-set-chain/signedProofSet2.json",
		"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/signedECDSAP256.json",
		"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/signedECDSAP384.json",
		"w3c-vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p256/signedJCSECDSAP256.json",
		"w3c-vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p384/signedJCSECDSAP384.json",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			signed := read(t, vectors(t, filepath.FromSlash(name)))
			r := verify(t, v, signed, vc.Options{})
			if c := r.Check(vc.CheckProof); c.Outcome != vc.Passed {
				t.Errorf("proof %s %s: %s", c.Outcome, c.Reason, c.Detail)
			}
			if c := r.Check(vc.CheckIssuer); c.Outcome != vc.Unknown || r.Verdict(vc.Policy{}) != vc.Undetermined {
				t.Errorf("issuer %s %s, %s", c.Outcome, c.Reason, r.Verdict(vc.Policy{}))
			}
			for _, old := range []string{"minimum viable", "eferred"} {
				if changed := strings.Replace(string(signed), old, "xx", 1); changed != string(signed) {
					r := verify(t, v, []byte(changed), vc.Options{})
					if c := r.Check(vc.CheckProof); c.Outcome != vc.Failed {
						t.Errorf("changed: proof %s", c.Outcome)
					}
				}
			}
		})
	}
}

// TestChainVectors checks valid and invalid proof chains (specs D3.8). Their
// issuers are unreachable, too.
func TestChainVectors(t *testing.T) {
	v := offlineVerifier(t)
	names, err := filepath.Glob(filepath.Join(vectors(t, "w3c-data-integrity-proof-chains"), "*.json"))
	if err != nil || len(names) != 12 {
		t.Fatalf("%d chains, %v", len(names), err)
	}
	for _, name := range []string{"signedProofChain1.json", "signedProofChain2.json"} {
		names = append(names, vectors(t, "w3c-vc-di-eddsa", "TestVectors", "proof-set-chain", name))
	}
	for _, name := range names {
		want := vc.Passed
		if strings.Contains(name, "Fail") {
			want = vc.Failed
		}
		r := verify(t, v, read(t, name), vc.Options{})
		if c := r.Check(vc.CheckProof); c.Outcome != want {
			t.Errorf("%s: proof %s %s: %s", filepath.Base(name), c.Outcome, c.Reason, c.Detail)
		}
	}
}

// TestNotTaken checks that a base proof of selective disclosure is never valid.
func TestNotTaken(t *testing.T) {
	name := vectors(t, "w3c-vc-di-ecdsa", "TestVectors", "ecdsa-sd-2023", "employ", "addSignedSDBase.json")
	r := verify(t, offlineVerifier(t), read(t, name), vc.Options{})
	if got := r.Verdict(vc.Policy{UnsafeUnknownIssuer: true, UnsafeUnknownStatus: true}); got != vc.Undetermined && got != vc.Invalid {
		t.Errorf("it is %s", got)
	}
}

// A joseCase is a case of the W3C's suite for VC-JOSE-COSE.
type joseCase struct {
	Input   string   `json:"input_file"`
	Key     string   `json:"key_file"`
	Fn      string   `json:"fn"`
	Feature string   `json:"feature"`
	Paths   []string `json:"disclosure_paths"`
	Result  string   `json:"expected_result"`
}

func joseCases(t *testing.T, dir string) map[string]joseCase {
	t.Helper()
	var groups map[string]map[string]joseCase
	if err := json.Unmarshal(read(t, filepath.Join(dir, "expected.json")), &groups); err != nil {
		t.Fatal(err)
	}
	out := map[string]joseCase{}
	for _, group := range groups {
		maps.Copy(out, group)
	}
	return out
}

// TestJOSEVectors runs the verification cases of the W3C's suite for VC-JOSE-COSE.
// The key set of its domain confirms the issuer, so every check can pass.
func TestJOSEVectors(t *testing.T) {
	dir := vectors(t, "w3c-vc-jose-cose")
	v, ran := keySetVerifier(t, dir), map[string]int{}
	for name, x := range joseCases(t, dir) {
		_, form, _ := strings.Cut(x.Feature, "_")
		if x.Fn != "verify" || form == "cose" {
			continue
		}
		ran[form]++
		t.Run(name, func(t *testing.T) {
			d, err := vc.Parse(read(t, filepath.Join(dir, "input", x.Input)))
			want := x.Result == "success"
			if x.Input == "credential-jose-unknown-extensions.txt" {
				want = true // it has none: it is case 6 signed with ES512
			}
			if got := err == nil && holds(t, v, d); got != want {
				t.Errorf("valid: %v (%v), want %v", got, err, want)
			}
		})
	}
	if ran["jose"] != 11 || ran["sdjwt"] != 7 {
		t.Errorf("%v cases", ran)
	}
}

// keySetVerifier returns a verifier that finds the vectors' keys in their
// controller's key set, at a time when the vectors are valid.
func keySetVerifier(t *testing.T, dir string) *vc.Verifier {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "input", "vm-*.json"))
	if err != nil || len(names) < 4 {
		t.Fatalf("%d keys, %v", len(names), err)
	}
	var keys []any
	for _, name := range names {
		var m struct{ PublicKeyJwk json.RawMessage }
		if err := json.Unmarshal(read(t, name), &m); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, m.PublicKeyJwk)
	}
	set, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		t.Fatal(err)
	}
	web := vctest.NewWeb()
	web.Serve("https://example.issuer/.well-known/jwks.json", "application/jwk-set+json", set)
	s, err := standard.New(standard.Config{Fetch: web, Now: func() time.Time { return time.Date(2024, 12, 16, 2, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return s.Verifier
}

// holds reports whether format and proof passed, including those inside.
func holds(t *testing.T, v *vc.Verifier, d *vc.Document) bool {
	t.Helper()
	r, err := v.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	proof := r.Check(vc.CheckProof)
	for i, sub := range proof.Sub {
		t.Logf("credential %d: %+v", i+1, sub.Checks)
	}
	t.Logf("%+v", r.Checks)
	inner := !slices.ContainsFunc(proof.Sub, func(sub *vc.Report) bool {
		return sub.Check(vc.CheckFormat).Outcome == vc.Failed || sub.Check(vc.CheckProof).Outcome == vc.Failed
	})
	return r.Check(vc.CheckFormat).Outcome == vc.Passed && proof.Outcome == vc.Passed && inner
}
