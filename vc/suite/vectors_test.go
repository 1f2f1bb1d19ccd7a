package suite

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/ld"

	"github.com/google/go-cmp/cmp"
)

// A vectorDir is a directory of the W3C's test vectors.
type vectorDir struct {
	dir, suffix string
	suite       vc.Suite
	hash        crypto.Hash
	jcs         bool
}

func vectorDirs(t testing.TB) []vectorDir {
	e := engine(t)
	return []vectorDir{
		{"w3c-vc-di-eddsa/TestVectors/eddsa-rdfc-2022", "DataInt", EdDSA(e), crypto.SHA256, false},
		{"w3c-vc-di-eddsa/TestVectors/eddsa-rdfc-2022/employ", "DataInt", EdDSA(e), crypto.SHA256, false},
		{"w3c-vc-di-eddsa/TestVectors/eddsa-jcs-2022", "JCS", EdDSAJCS(), crypto.SHA256, true},
		{"w3c-vc-di-eddsa/TestVectors/Ed25519Signature2020", "EdSig", Legacy(e), crypto.SHA256, false},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256", "ECDSAP256", ECDSA(e), crypto.SHA256, false},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/employ", "ECDSAP256", ECDSA(e), crypto.SHA256, false},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384", "ECDSAP384", ECDSA(e), crypto.SHA384, false},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/employ", "ECDSAP384", ECDSA(e), crypto.SHA384, false},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p256", "JCSECDSAP256", ECDSAJCS(), crypto.SHA256, true},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-jcs-2019-p384", "JCSECDSAP384", ECDSAJCS(), crypto.SHA384, true},
	}
}

// TestVectors follows the W3C's vectors step by step: canonical forms, hashes,
// signed bytes, signature and result.
func TestVectors(t *testing.T) {
	for _, x := range vectorDirs(t) {
		t.Run(x.dir, func(t *testing.T) {
			dir := vectors(t, filepath.FromSlash(x.dir))
			file := func(prefix, ext string) string { return string(read(t, filepath.Join(dir, prefix+x.suffix+ext))) }
			line := func(prefix string) string { return strings.TrimSpace(file(prefix, ".txt")) }
			d := document(t, []byte(file("signed", ".json")))
			d.Contexts = contexts(t)
			p := &d.Proofs[0]
			key := methodKey(t, p.VerificationMethod)
			in := input{doc: d.Claims, options: p.Value, value: "proofValue", hash: x.hash, extra: d.Contexts}

			var c canon = jcs{}
			doc, proof := ld.JCS(nil, d.Claims, "proof"), ld.JCS(nil, p.Value, "proofValue")
			if !x.jcs {
				c = rdfc{engine(t)}
				doc, proof = canonical(t, in)
			}
			for _, step := range []struct{ name, got, want string }{
				{"canonical document", string(doc), file("canonDoc", ".txt")},
				{"canonical proof configuration", string(proof), file("proofCanon", ".txt")},
				{"hash of the document", hex.EncodeToString(sum(x.hash, doc)), line("docHash")},
				{"hash of the proof configuration", hex.EncodeToString(sum(x.hash, proof)), line("proofHash")},
			} {
				if diff := cmp.Diff(step.want, step.got); diff != "" {
					t.Errorf("%s: %s", step.name, diff)
				}
			}
			message, err := c.message(context.Background(), in)
			if want := line("combinedHash"); err != nil || hex.EncodeToString(message) != want {
				t.Errorf("signed: %x, %v, want %s", message, err, want)
			}
			sig, err := decodeProofValue(line("sigBTC58"), 2*x.hash.Size())
			if want := line("sigHex"); err != nil || hex.EncodeToString(sig) != want {
				t.Errorf("signature: %x, %v, want %s", sig, err, want)
			}
			if p.ProofValue != encodeProofValue(sig) {
				t.Errorf("the signature is encoded as %s, want %s", encodeProofValue(sig), p.ProofValue)
			}
			if err := x.suite.Verify(context.Background(), d, p, key); err != nil {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

func canonical(t *testing.T, in input) (doc, proof []byte) {
	t.Helper()
	opt := ld.Options{Without: []string{"proof"}, Hash: in.hash, Extra: in.extra}
	doc, err := engine(t).Canonicalize(context.Background(), in.doc, opt)
	if err != nil {
		t.Fatal(err)
	}
	opt.Without, opt.Context = []string{in.value}, in.doc.Get("@context")
	proof, err = engine(t).Canonicalize(context.Background(), in.options, opt)
	if err != nil {
		t.Fatal(err)
	}
	return doc, proof
}

// TestSignVectors reproduces the W3C's signatures. Ed25519 signatures are
// identical; ECDSA signatures differ each time and are verified.
func TestSignVectors(t *testing.T) {
	e := engine(t)
	for _, x := range []struct {
		dir, signed, keys, unsigned string
		suite                       vc.SigningSuite
	}{
		{"w3c-vc-di-eddsa", "eddsa-rdfc-2022/signedDataInt.json", "keyPair.json", "unsigned.json", EdDSA(e)},
		{"w3c-vc-di-eddsa", "eddsa-jcs-2022/signedJCS.json", "keyPair.json", "unsigned.json", EdDSAJCS()},
		{"w3c-vc-di-ecdsa", "ecdsa-rdfc-2019-p256/signedECDSAP256.json", "p256KeyPair.json", "unsigned.json", ECDSA(e)},
		{"w3c-vc-di-ecdsa", "ecdsa-rdfc-2019-p384/signedECDSAP384.json", "p384KeyPair.json", "unsigned.json", ECDSA(e)},
		{"w3c-vc-di-ecdsa", "ecdsa-jcs-2019-p256/signedJCSECDSAP256.json", "p256KeyPair.json", "unsigned.json", ECDSAJCS()},
		{"w3c-vc-di-ecdsa", "ecdsa-jcs-2019-p384/signedJCSECDSAP384.json", "p384KeyPair.json", "unsigned.json", ECDSAJCS()},
	} {
		t.Run(x.signed, func(t *testing.T) {
			dir := vectors(t, x.dir, "TestVectors")
			var pair struct{ PrivateKeyMultibase, SecretKeyMultibase string }
			readJSON(t, &pair, filepath.Join(dir, x.keys))
			key := secret(t, pair.PrivateKeyMultibase+pair.SecretKeyMultibase)
			want := document(t, read(t, filepath.Join(dir, filepath.FromSlash(x.signed)))).Proofs[0]
			created, err := time.Parse(time.RFC3339, want.Value.Get("created").Str())
			if err != nil {
				t.Fatal(err)
			}
			text, err := x.suite.Sign(context.Background(), read(t, filepath.Join(dir, x.unsigned)), vc.SignOptions{
				VerificationMethod: want.VerificationMethod, Purpose: want.Purpose, Created: created,
			}, key)
			if err != nil {
				t.Fatal(err)
			}
			got := document(t, text)
			if key.ed != nil && !equal(got.Proofs[0].Value, want.Value) {
				t.Errorf("the proof is %s, want %s", got.Proofs[0].Value.Raw(), want.Value.Raw())
			}
			if err := x.suite.Verify(context.Background(), got, &got.Proofs[0], methodKey(t, want.VerificationMethod)); err != nil {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

// TestThreat05ProofSets verifies each proof of a set without the others (specs
// D3.8).
func TestThreat05ProofSets(t *testing.T) {
	dir := vectors(t, "w3c-vc-di-eddsa", "TestVectors", "proof-set-chain")
	s := EdDSA(engine(t))
	for name, proofs := range map[string]int{"signedProofSet1.json": 1, "signedProofSet2.json": 2} {
		d := document(t, read(t, filepath.Join(dir, name)))
		if len(d.Proofs) != proofs {
			t.Errorf("%s: %d proofs", name, len(d.Proofs))
		}
		for i := range d.Proofs {
			if err := s.Verify(context.Background(), d, &d.Proofs[i], methodKey(t, d.Proofs[i].VerificationMethod)); err != nil {
				t.Errorf("%s: proof %d: %v", name, i+1, err)
			}
		}
	}
	d := document(t, read(t, filepath.Join(dir, "signedProofSet2.json")))
	if err := s.Verify(context.Background(), d, &d.Proofs[0], methodKey(t, d.Proofs[1].VerificationMethod)); !errors.Is(err, vc.ErrSignature) {
		t.Errorf("with the other key: %v", err)
	}
}

// chainVectors returns the W3C's documents with proof chains.
func chainVectors(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectors(t, "w3c-data-integrity-proof-chains"), "*.json"))
	if err != nil || len(files) != 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range []string{"signedProofChain1.json", "signedProofChain2.json"} {
		files = append(files, vectors(t, "w3c-vc-di-eddsa", "TestVectors", "proof-set-chain", name))
	}
	return files
}

// TestProofChains checks that every proof of a valid chain is valid, and that the
// last proof of an invalid chain names a missing proof (specs D3.8).
func TestProofChains(t *testing.T) {
	s := EdDSA(engine(t))
	for _, name := range chainVectors(t) {
		d := document(t, read(t, name))
		for i := range d.Proofs {
			p, bad := &d.Proofs[i], strings.Contains(name, "Fail")
			err := s.Verify(context.Background(), d, p, methodKey(t, p.VerificationMethod))
			switch last := i == len(d.Proofs)-1; {
			case !bad && err != nil:
				t.Errorf("%s: proof %d: %v", filepath.Base(name), i+1, err)
			case bad && last && !errors.Is(err, vc.ErrMalformed):
				t.Errorf("%s: %v", filepath.Base(name), err)
			}
		}
	}
}

// TestChainCovers changes each proof in a chain: its value, its time, or its
// previousProof.
func TestChainCovers(t *testing.T) {
	s := EdDSA(engine(t))
	text := string(read(t, vectors(t, "w3c-vc-di-eddsa", "TestVectors", "proof-set-chain", "signedProofChain2.json")))
	whole := document(t, []byte(text))
	for name, x := range map[string]struct {
		old, new string
		holds    string // one digit per proof: 1 if valid
	}{
		"first":              {whole.Proofs[0].ProofValue, whole.Proofs[1].ProofValue, "0101"},
		"second":             {whole.Proofs[1].ProofValue, whole.Proofs[0].ProofValue, "1001"},
		"third":              {whole.Proofs[2].ProofValue, whole.Proofs[1].ProofValue, "1100"},
		"fourth":             {whole.Proofs[3].ProofValue, whole.Proofs[1].ProofValue, "1110"},
		"third proof's time": {"2023-02-26T22:06:38Z", "2023-02-26T22:06:39Z", "1100"},
		"no link":            {`"previousProof": "` + whole.Proofs[2].ID + `",`, ``, "1110"},
		"other link":         {`"previousProof": "` + whole.Proofs[2].ID, `"previousProof": "` + whole.Proofs[0].ID, "1110"},
	} {
		changed := strings.Replace(text, x.old, x.new, 1)
		if changed == text {
			t.Errorf("%s: nothing changed", name)
			continue
		}
		d, got := document(t, []byte(changed)), ""
		for i := range d.Proofs {
			err := s.Verify(context.Background(), d, &d.Proofs[i], methodKey(t, d.Proofs[i].VerificationMethod))
			got += map[bool]string{true: "1", false: "0"}[err == nil]
		}
		if got != x.holds {
			t.Errorf("%s: valid %s, want %s", name, got, x.holds)
		}
	}
}

// TestMixedChain puts a JCS proof after an RDFC proof. The previous proof is in a
// list, as the specification requires.
func TestMixedChain(t *testing.T) {
	first := roundTrips(t)[0]
	text := string(first.sign(t, badge))
	id := "urn:uuid:8d3cbe4c-1f0f-4e5a-9a77-0c3a9b4f2d10"
	unsigned := document(t, []byte(text)).Claims
	earlier := strings.Replace(unsigned.Get("proof").Raw(), `{`, `{"id":"`+id+`",`, 1)
	whole, _ := vc.ParseJSON([]byte(strings.Replace(text, unsigned.Get("proof").Raw(), "["+earlier+"]", 1)))
	options := `{"type":"DataIntegrityProof","cryptosuite":"eddsa-jcs-2022","verificationMethod":"did:example:b#key","proofPurpose":"assertionMethod",` +
		`"previousProof":"` + id + `"`
	config, _ := vc.ParseJSON([]byte(options + "}"))
	message := append(sum(crypto.SHA256, ld.JCS(nil, config)), sum(crypto.SHA256, ld.JCS(nil, whole))...)
	key := edSigner(9)
	sig, err := key.Sign(context.Background(), message)
	if err != nil {
		t.Fatal(err)
	}
	last := options + `,"proofValue":"` + encodeProofValue(sig) + `"}`
	chain := strings.Replace(whole.Raw(), earlier, earlier+","+last, 1)
	for name, x := range map[string]struct {
		text string
		want error
	}{
		"unchanged":              {chain, nil},
		"another proof beside":   {strings.Replace(chain, last, last+","+unsigned.Get("proof").Raw(), 1), nil},
		"previous proof changed": {strings.Replace(chain, "did:example:issuer#key", "did:example:other#key", 1), vc.ErrSignature},
		"previous proof removed": {strings.Replace(chain, earlier+",", "", 1), vc.ErrMalformed},
		"previous proof renamed": {strings.Replace(chain, `"id":"`+id, `"id":"urn:uuid:x`, 1), vc.ErrMalformed},
		"document changed":       {strings.Replace(chain, "Extinguished", "Escaped", 1), vc.ErrSignature},
		"previousProof removed":  {strings.Replace(chain, `"previousProof":"`+id+`",`, ``, 1), vc.ErrSignature},
	} {
		d := document(t, []byte(x.text))
		for i := range d.Proofs {
			if p := &d.Proofs[i]; p.Cryptosuite == "eddsa-jcs-2022" {
				if err := EdDSAJCS().Verify(context.Background(), d, p, &vc.Key{Public: key.Public()}); !errors.Is(err, x.want) {
					t.Errorf("%s: %v, want %v", name, err, x.want)
				}
			}
		}
	}
}

// TestSelectiveDisclosureBase checks that a base proof of ecdsa-sd-2023 is refused
// by other suites, whatever its cryptosuite (specs D4.5).
func TestSelectiveDisclosureBase(t *testing.T) {
	for _, name := range []string{"employ", "prc"} {
		text := read(t, filepath.Join(vectors(t, "w3c-vc-di-ecdsa", "TestVectors", "ecdsa-sd-2023"), name, "addSignedSDBase.json"))
		for _, as := range []string{"ecdsa-sd-2023", "ecdsa-rdfc-2019"} {
			d := document(t, bytes.Replace(text, []byte("ecdsa-sd-2023"), []byte(as), 1))
			d.Contexts = contexts(t)
			p := &d.Proofs[0]
			if err := ECDSA(engine(t)).Verify(context.Background(), d, p, methodKey(t, p.VerificationMethod)); err == nil {
				t.Errorf("%s as %s was accepted", name, as)
			}
		}
	}
}
