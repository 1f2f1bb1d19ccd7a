package suite

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/ld"

	"github.com/google/go-cmp/cmp"
)

// A selectiveVector is one of the W3C's two test vectors for ecdsa-sd-2023.
type selectiveVector struct {
	dir, mandatory, selective string
}

func selectiveVectors() []selectiveVector {
	return []selectiveVector{
		{"employ", "employMandatory.json", "employSelective.json"},
		{"prc", "prCredMandatory.json", "prCredSelective.json"},
	}
}

func (x selectiveVector) file(t testing.TB, name string) string {
	return vectors(t, "w3c-vc-di-ecdsa", "TestVectors", "ecdsa-sd-2023", x.dir, name)
}

func (x selectiveVector) document(t testing.TB, name string) *vc.Document {
	d := document(t, read(t, x.file(t, name)))
	d.Contexts = contexts(t)
	return d
}

func (x selectiveVector) pointers(t testing.TB, name string) []string {
	var out []string
	readJSON(t, &out, vectors(t, "w3c-vc-di-ecdsa", "TestVectors", name))
	return out
}

// A keyMaterial holds the secrets of the vectors.
type keyMaterial struct {
	BaseKeyPair, ProofKeyPair struct{ PublicKeyMultibase, SecretKeyMultibase string }
	HMACKeyString             string
}

func material(t testing.TB) (keyMaterial, []byte) {
	var m keyMaterial
	readJSON(t, &m, vectors(t, "w3c-vc-di-ecdsa", "TestVectors", "ecdsa-sd-2023", "SDKeyMaterial.json"))
	own, err := vc.DecodeBase58(m.ProofKeyPair.SecretKeyMultibase[1:])
	if err != nil {
		t.Fatal(err)
	}
	return m, slices.Concat(own[2:], unhex(t, m.HMACKeyString))
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// An indexed is a map from numbers to statements in the vectors' notation.
type indexed struct{ Value [][2]any }

func (m indexed) lines() (out []string) {
	for _, x := range m.Value {
		out = append(out, x[1].(string))
	}
	return out
}

func (m indexed) numbers() (out []int) {
	for _, x := range m.Value {
		out = append(out, int(x[0].(float64)))
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got): %s", what, diff)
	}
}

// opened returns the reading of a proof in the vectors.
func opened(t *testing.T, d *vc.Document) (*selective, *reading) {
	t.Helper()
	s := SelectiveECDSA(engine(t), nil).(*selective)
	in, v, err := s.open(d, &d.Proofs[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.read(context.Background(), in, v, variant{budget: engine(t).Budget()})
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

func hexes(all [][]byte) (out []string) {
	for _, b := range all {
		out = append(out, hex.EncodeToString(b))
	}
	return out
}

// TestSelectiveBaseVectors follows the W3C's published steps for making a base
// proof.
func TestSelectiveBaseVectors(t *testing.T) {
	for _, x := range selectiveVectors() {
		t.Run(x.dir, func(t *testing.T) {
			d := x.document(t, "addSignedSDBase.json")
			s, r := opened(t, d)
			b, err := s.base(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			var canon, renamed []string
			readJSON(t, &canon, x.file(t, "addBaseDocCanon.json"))
			readJSON(t, &renamed, x.file(t, "addBaseDocHMACCanon.json"))
			names := make([]string, len(r.data.Places()))
			for n := range names {
				names[n] = fmt.Sprintf("c14n%d", n)
			}
			same(t, "canonical document", r.data.Lines(names), canon)
			same(t, "canonical document with labels", b.lines, renamed)

			var transform struct {
				MandatoryPointers       []string
				Mandatory, NonMandatory indexed
				HMACKeyString           string
			}
			readJSON(t, &transform, x.file(t, "addBaseTransform.json"))
			same(t, "mandatory", b.part.mandatory, transform.Mandatory.lines())
			same(t, "not mandatory", b.part.single, transform.NonMandatory.lines())
			same(t, "pointers", r.value.pointers, transform.MandatoryPointers)
			same(t, "HMAC key", r.value.hmac, unhex(t, transform.HMACKeyString))
			for _, i := range transform.Mandatory.numbers() {
				if !b.together[i] {
					t.Errorf("statement %d is mandatory", i)
				}
			}

			config, err := engine(t).Canonicalize(context.Background(), r.in.options, ld.Options{
				Without: []string{"proofValue"}, Context: d.Claims.Get("@context"), Extra: d.Contexts})
			if err != nil {
				t.Fatal(err)
			}
			same(t, "canonical proof configuration", string(config), string(read(t, x.file(t, "addProofConfigCanon.txt"))))
			var hashes struct{ ProofHash, MandatoryHash string }
			readJSON(t, &hashes, x.file(t, "addHashData.json"))
			same(t, "hash of the proof configuration", hex.EncodeToString(r.hash), hashes.ProofHash)
			together := sum(crypto.SHA256, []byte(strings.Join(b.part.mandatory, "")))
			same(t, "hash of the mandatory statements", hex.EncodeToString(together), hashes.MandatoryHash)

			var info struct {
				BaseSignature, PublicKey string
				Signatures               []string
			}
			readJSON(t, &info, x.file(t, "addRawBaseSignatureInfo.json"))
			same(t, "base signature", hex.EncodeToString(r.value.signature), info.BaseSignature)
			same(t, "proof key", "z"+vc.EncodeBase58(r.value.key), info.PublicKey)
			same(t, "signatures", hexes(r.value.signatures), info.Signatures)
			text, err := r.value.encode()
			if err != nil || text != d.Proofs[0].ProofValue {
				t.Errorf("encode: %s, %v", text, err)
			}
			if err := s.VerifyBase(context.Background(), d, &d.Proofs[0], methodKey(t, d.Proofs[0].VerificationMethod)); err != nil {
				t.Errorf("verify: %v", err)
			}
			if err := s.Verify(context.Background(), d, &d.Proofs[0], methodKey(t, d.Proofs[0].VerificationMethod)); !errors.Is(err, vc.ErrPrivateCopy) {
				t.Errorf("base proof in Verify: %v", err)
			}
		})
	}
}

// TestSelectiveDeriveVectors follows the W3C's published steps for deriving a
// proof.
func TestSelectiveDeriveVectors(t *testing.T) {
	for _, x := range selectiveVectors() {
		t.Run(x.dir, func(t *testing.T) {
			d := x.document(t, "addSignedSDBase.json")
			s, r := opened(t, d)
			var recovered struct {
				BaseSignature, ProofPublicKey, HMACKey string
				Signatures, MandatoryPointers          []string
			}
			readJSON(t, &recovered, x.file(t, "derivedRecoveredBaseData.json"))
			same(t, "recovered", []string{hex.EncodeToString(r.value.signature), "z" + vc.EncodeBase58(r.value.key), hex.EncodeToString(r.value.hmac)},
				[]string{recovered.BaseSignature, recovered.ProofPublicKey, recovered.HMACKey})
			same(t, "signatures", hexes(r.value.signatures), recovered.Signatures)
			same(t, "pointers", r.value.pointers, recovered.MandatoryPointers)

			b, err := s.base(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			choose := func(pointers []string) *choice {
				c, err := s.choose(context.Background(), b, pointers)
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			wanted := x.pointers(t, x.selective)
			combined := choose(append(x.pointers(t, x.mandatory), wanted...))
			checkGroups(t, x, b, map[string]*choice{"mandatory": choose(x.pointers(t, x.mandatory)), "selective": choose(wanted), "combined": combined})

			v := b.disclose(combined)
			var rest struct {
				AdjMandatoryIndexes []int
				FilteredSignatures  []string
			}
			readJSON(t, &rest, x.file(t, "derivedAdjMandatoryIndexes.json"))
			readJSON(t, &rest, x.file(t, "derivedAdjSignatures.json"))
			same(t, "mandatory among disclosed", v.mandatory, rest.AdjMandatoryIndexes)
			same(t, "signatures of disclosed", hexes(v.signatures), rest.FilteredSignatures)

			want := x.document(t, "derivedRevealDocument.json")
			text, err := s.Derive(context.Background(), d, wanted)
			if err != nil {
				t.Fatal(err)
			}
			if got := document(t, text).Claims; !equal(got, want.Claims) {
				same(t, "derived", string(ld.JCS(nil, got)), string(ld.JCS(nil, want.Claims)))
			}
		})
	}
}

// checkGroups compares the statements that each group of pointers selects.
func checkGroups(t *testing.T, x selectiveVector, b *based, chosen map[string]*choice) {
	t.Helper()
	var file struct {
		Groups map[string]struct{ Matching, NonMatching indexed }
		Nquads []string
	}
	readJSON(t, &file, x.file(t, "derivedAllGroupData.json"))
	same(t, "statements", b.lines, file.Nquads)
	var indexes map[string][]int
	readJSON(t, &indexes, x.file(t, "derivedGroupIndexes.json"))
	for name, c := range chosen {
		var in, out []int
		for i, yes := range c.lines {
			if yes {
				in = append(in, i)
			} else {
				out = append(out, i)
			}
		}
		same(t, name, in, file.Groups[name].Matching.numbers())
		same(t, name+" not matching", out, file.Groups[name].NonMatching.numbers())
		same(t, name+" by index", in, indexes[name+"Indexes"])
		same(t, name+" statements", part(b.lines, c.lines).mandatory, file.Groups[name].Matching.lines())
	}
	same(t, "groups", slices.Sorted(maps.Keys(file.Groups)), []string{"combined", "mandatory", "selective"})
}

// TestSelectiveDerivedVectors follows the W3C's published steps for verifying a
// derived proof.
func TestSelectiveDerivedVectors(t *testing.T) {
	for _, x := range selectiveVectors() {
		t.Run(x.dir, func(t *testing.T) {
			d := x.document(t, "derivedRevealDocument.json")
			s, r := opened(t, d)
			p, err := s.derived(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			type value struct {
				BaseSignature, PublicKey, ProofHash, MandatoryHash string
				Signatures, NonMandatory                           []string
				LabelMap                                           [][2]string
				MandatoryIndexes                                   []int
			}
			var want, data value
			readJSON(t, &want, x.file(t, "verifyDerivedProofValue.json"))
			got := value{BaseSignature: hex.EncodeToString(r.value.signature), PublicKey: "z" + vc.EncodeBase58(r.value.key),
				Signatures: hexes(r.value.signatures), MandatoryIndexes: r.value.mandatory}
			for n := range len(r.value.labels) {
				got.LabelMap = append(got.LabelMap, [2]string{fmt.Sprintf("c14n%d", n), r.value.labels[n]})
			}
			same(t, "proofValue", got, want)
			readJSON(t, &data, x.file(t, "verifyCreateVerifyData.json"))
			together := sum(crypto.SHA256, []byte(strings.Join(p.mandatory, "")))
			same(t, "verify data", value{BaseSignature: got.BaseSignature, PublicKey: got.PublicKey, ProofHash: hex.EncodeToString(r.hash),
				MandatoryHash: hex.EncodeToString(together), Signatures: got.Signatures, NonMandatory: p.single}, data)
			var quads []string
			readJSON(t, &quads, x.file(t, "verifyNQuads.json"))
			all := append(slices.Clone(p.mandatory), p.single...)
			slices.Sort(all)
			same(t, "statements", all, quads)
			var disclosed struct {
				LabelMap         struct{ Value [][2]string }
				MandatoryIndexes []int
			}
			readJSON(t, &disclosed, x.file(t, "derivedDisclosureData.json"))
			same(t, "disclosed labels", got.LabelMap, disclosed.LabelMap.Value)
			unsigned := document(t, read(t, x.file(t, "derivedUnsignedReveal.json")))
			if !equal(unsigned.Claims, d.Claims.With([]string{"proof"})) {
				t.Error("the disclosed part differs")
			}
			text, err := r.value.encode()
			if err != nil || text != d.Proofs[0].ProofValue {
				t.Errorf("encode: %s, %v", text, err)
			}
			if err := s.Verify(context.Background(), d, &d.Proofs[0], methodKey(t, d.Proofs[0].VerificationMethod)); err != nil {
				t.Errorf("verify: %v", err)
			}
		})
	}
}

// A rfc6979 signs deterministically, as the vectors do.
type rfc6979 struct{ signer }

func (s rfc6979) Sign(_ context.Context, message []byte) ([]byte, error) {
	return signStatement(s.ec, string(message))
}

// TestSelectiveSignVectors reproduces the W3C's base proofs byte for byte.
func TestSelectiveSignVectors(t *testing.T) {
	for _, x := range selectiveVectors() {
		t.Run(x.dir, func(t *testing.T) {
			m, chance := material(t)
			want := x.document(t, "addSignedSDBase.json")
			created, err := time.Parse(time.RFC3339, want.Proofs[0].Value.Get("created").Str())
			if err != nil {
				t.Fatal(err)
			}
			s := SelectiveECDSA(engine(t), bytes.NewReader(chance))
			unsigned := ld.JCS(nil, want.Claims, "proof") // prCredUnsigned.json differs from what was signed
			text, err := s.Sign(context.Background(), unsigned, vc.SignOptions{
				VerificationMethod: want.Proofs[0].VerificationMethod, Purpose: vc.AssertionMethod, Created: created,
				Mandatory: x.pointers(t, x.mandatory), Contexts: contexts(t),
			}, rfc6979{secret(t, m.BaseKeyPair.SecretKeyMultibase)})
			if err != nil {
				t.Fatal(err)
			}
			if got := document(t, text); !equal(got.Claims, want.Claims) {
				same(t, "signed", string(ld.JCS(nil, got.Claims)), string(ld.JCS(nil, want.Claims)))
			}
		})
	}
}
