package ld

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"testing"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
)

// TestWorkedExamples reproduces the published statements of the worked examples of
// Open Badges 3.0 and CLR 2.0.
func TestWorkedExamples(t *testing.T) {
	e := engine(t)
	for _, x := range []struct{ name, dir, doc, sum string }{
		{"open badge", "obv3p0", obExample, "87f65a76"},
		{"clr", "clrv2p0", clrExample, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := vectors(t, "ob30-spec-impl-vectors", x.dir)
			doc, proof := parse(t, x.doc), parse(t, obProof)
			for file, run := range map[string]struct {
				v   *vc.Value
				opt Options
			}{"document-canon.txt": {doc, Options{}}, "proof-canon.txt": {proof, Options{Context: doc.Get("@context")}}} {
				got, err := e.Canonicalize(context.Background(), run.v, run.opt)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(strings.TrimSpace(string(read(t, filepath.Join(dir, file)))), strings.TrimSpace(string(got))); diff != "" {
					t.Errorf("%s: %s", file, diff)
				}
				sum := sha256.Sum256(got)
				digest, err := e.Digest(context.Background(), run.v, run.opt)
				if err != nil || string(digest) != string(sum[:]) {
					t.Errorf("%s: digest %x, %v, want %x", file, digest, err, sum)
				}
				if want := x.sum; want != "" && file == "document-canon.txt" && hex.EncodeToString(digest)[:8] != want {
					t.Errorf("the digest of the document is %x, want %s…", digest, want)
				}
			}
		})
	}
}

// TestCryptosuiteVectors reproduces the canonical forms in the vectors of the W3C.
func TestCryptosuiteVectors(t *testing.T) {
	e := engine(t)
	for _, x := range []struct {
		dir, suffix string
		hash        crypto.Hash
	}{
		{"w3c-vc-di-eddsa/TestVectors/eddsa-rdfc-2022", "DataInt", crypto.SHA256},
		{"w3c-vc-di-eddsa/TestVectors/eddsa-rdfc-2022/employ", "DataInt", crypto.SHA256},
		{"w3c-vc-di-eddsa/TestVectors/Ed25519Signature2020", "EdSig", crypto.SHA256},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256", "ECDSAP256", crypto.SHA256},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p256/employ", "ECDSAP256", crypto.SHA256},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384", "ECDSAP384", crypto.SHA384},
		{"w3c-vc-di-ecdsa/TestVectors/ecdsa-rdfc-2019-p384/employ", "ECDSAP384", crypto.SHA384},
	} {
		t.Run(x.dir, func(t *testing.T) {
			dir := vectors(t, filepath.FromSlash(x.dir))
			file := func(prefix, ext string) string { return string(read(t, filepath.Join(dir, prefix+x.suffix+ext))) }
			for _, y := range []struct {
				v           *vc.Value
				canon, hash string
				opt         Options
			}{
				{parse(t, file("signed", ".json")), "canonDoc", "docHash", Options{Hash: x.hash, Without: []string{"proof"}, Extra: extraContexts(t)}},
				{parse(t, file("proofConfig", ".json")), "proofCanon", "proofHash", Options{Hash: x.hash, Extra: extraContexts(t)}},
			} {
				got, err := e.Canonicalize(context.Background(), y.v, y.opt)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(file(y.canon, ".txt"), string(got)); diff != "" {
					t.Error(diff)
				}
				sum, err := e.Digest(context.Background(), y.v, y.opt)
				if want := strings.TrimSpace(file(y.hash, ".txt")); err != nil || hex.EncodeToString(sum) != want {
					t.Errorf("digest %x, %v, want %s", sum, err, want)
				}
			}
		})
	}
}

// extraContexts returns the context of the vectors that is not embedded.
func extraContexts(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{"https://w3id.org/citizenship/v4rc1": read(t, filepath.Join("testdata", "citizenship.json"))}
}
