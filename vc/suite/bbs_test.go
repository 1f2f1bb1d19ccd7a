package suite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/aries-framework-go/pkg/crypto/primitive/bbs12381g2pub"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/jsonld"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/proof"
	ariessigner "github.com/hyperledger/aries-framework-go/pkg/doc/signature/signer"
	ariessuite "github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite"
	"github.com/hyperledger/aries-framework-go/pkg/doc/signature/suite/bbsblssignature2020"

	"backpack/vc"
	"backpack/vc/jose"
)

// A bbsSigner is a BBS+ key in aries' form.
type bbsSigner struct {
	secret []byte
	public jose.BLS12381G2
}

func newBBSSigner(t testing.TB) bbsSigner {
	t.Helper()
	ariesBBS.Lock()
	defer ariesBBS.Unlock()
	public, secret, err := bbs12381g2pub.GenerateKeyPair(sha256.New, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := secret.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	p, err := public.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return bbsSigner{s, p}
}

func (s bbsSigner) Sign(text []byte) ([]byte, error) {
	return bbs12381g2pub.New().Sign(lines(text), s.secret)
}

func (s bbsSigner) Alg() string { return "" }

// bbsSigned returns a badge signed by aries over its own canonical form.
func bbsSigned(t testing.TB, s bbsSigner, unsigned string) *vc.Document {
	t.Helper()
	ariesBBS.Lock()
	defer ariesBBS.Unlock()
	created := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	text, err := ariessigner.New(bbsblssignature2020.New(ariessuite.WithSigner(s))).Sign(&ariessigner.Context{
		SignatureType: bbsSignature, SignatureRepresentation: proof.SignatureProofValue, Created: &created,
		VerificationMethod: "did:example:issuer#key", Purpose: "assertionMethod",
	}, []byte(unsigned), jsonld.WithDocumentLoader(loader(t)))
	if err != nil {
		t.Fatalf("aries: %v", err)
	}
	return document(t, text)
}

const bbsContext = "https://w3id.org/security/bbs/v1"

func verifyBBS(t testing.TB, d *vc.Document, key any) error {
	t.Helper()
	if len(d.Proofs) != 1 {
		return errors.New("the document does not have one proof")
	}
	return BBS(engine(t)).Verify(context.Background(), d, &d.Proofs[0], &vc.Key{Public: key})
}

// TestBBS verifies aries' signatures and refuses modified documents.
func TestBBS(t *testing.T) {
	s := newBBSSigner(t)
	d := bbsSigned(t, s, unsigned11(bbsContext))
	if err := verifyBBS(t, d, s.public); err != nil {
		t.Fatalf("%v: %s", err, d.Raw)
	}
	if err := verifyBBS(t, d, newBBSSigner(t).public); !errors.Is(err, vc.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	for name, key := range map[string]any{"none": nil, "Ed25519": edSigner(1).Public(), "short": s.public[:95], "not a point": jose.BLS12381G2(make([]byte, 96))} {
		if err := verifyBBS(t, d, key); err == nil {
			t.Errorf("key %s was accepted", name)
		}
	}
	text, value := string(d.Raw), d.Proofs[0].ProofValue
	for name, x := range map[string]struct {
		old, new string
		want     error
	}{
		"changed word":         {"Fire Safety", "Fire Safely", vc.ErrSignature},
		"removed member":       {`"name":"Fire Safety",`, ``, vc.ErrSignature},
		"hidden member":        {`"name":"Fire Safety",`, `"name":"Fire Safety","grade":"A+",`, vc.ErrTerms},
		"another time":         {"2026-01-02T03:04:05Z\",\"proofPurpose", "2026-01-03T03:04:05Z\",\"proofPurpose", vc.ErrSignature},
		"another method":       {"did:example:issuer#key", "did:example:issuer#other", vc.ErrSignature},
		"another purpose":      {"assertionMethod", "authentication", vc.ErrSignature},
		"shorter":              {value, value[:len(value)-4], vc.ErrMalformed},
		"zeros":                {value, base64.RawURLEncoding.EncodeToString(make([]byte, 112)), vc.ErrSignature},
		"not base64":           {value, "z" + value[1:] + "!", vc.ErrMalformed},
		"another suite's type": {bbsSignature, "Ed25519Signature2020", vc.ErrMalformed},
	} {
		changed := strings.ReplaceAll(text, x.old, x.new)
		if name != "changed word" {
			changed = strings.Replace(text, x.old, x.new, 1)
		}
		if changed == text {
			t.Errorf("%s: nothing changed in %s", name, text)
			continue
		}
		if err := verifyBBS(t, document(t, []byte(changed)), s.public); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	raw, err := decodeBase64Any(value)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(raw); i += 7 {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		if verifyBBS(t, document(t, []byte(strings.Replace(text, value, base64.StdEncoding.EncodeToString(changed), 1))), s.public) == nil {
			t.Errorf("a change of signature byte %d was accepted", i)
		}
	}
}

// A shownPart is a disclosed part of a badge signed with BBS+.
type shownPart struct {
	doc   *vc.Document
	value []byte // proof value
	nonce []byte
	lines statements
}

// bbsPart derives a proof with aries. text is the disclosed badge, with PROOF in
// place of its proof.
func bbsPart(t testing.TB, s bbsSigner, whole *vc.Document, text string) shownPart {
	t.Helper()
	b := &bbs{rdfc{engine(t)}}
	read := func(d *vc.Document, named bool) statements {
		in := input{doc: d.Claims, options: d.Proofs[0].Value, value: "proofValue"}
		if named {
			in = asSigned(in)
		}
		l, err := b.statements(context.Background(), in, variant{budget: engine(t).Budget()}, named)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	all := read(whole, false)
	nonce := []byte("the verifier's nonce")
	proof := strings.Replace(whole.Claims.Get("proof").Raw(), bbsSignature, bbsProof, 1)
	proof = strings.Replace(proof, `"proofValue":`, `"nonce":"`+base64.StdEncoding.EncodeToString(nonce)+`","proofValue":`, 1)
	old := whole.Proofs[0].ProofValue
	shown := document(t, []byte(strings.Replace(text, "PROOF", proof, 1)))
	want := read(shown, true)
	var revealed []int
	for _, l := range want.all {
		i := slices.IndexFunc(all.all, func(x []byte) bool { return bytes.Equal(x, l) })
		if i < 0 {
			t.Fatalf("%s is not part of the whole: %s", l, bytes.Join(all.all, []byte("\n")))
		}
		revealed = append(revealed, i)
	}
	sig, err := decodeBase64Any(old)
	if err != nil {
		t.Fatal(err)
	}
	ariesBBS.Lock()
	defer ariesBBS.Unlock()
	derived, err := bbs12381g2pub.New().DeriveProof(all.all, sig, nonce, s.public, revealed)
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, []byte(strings.Replace(string(shown.Raw), old, base64.StdEncoding.EncodeToString(derived), 1)))
	return shownPart{d, derived, nonce, want}
}

// bbsShown is a part of unsigned11 whose blank node has its original label.
const bbsShown = `{"@context":["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json","` + bbsContext + `"],` +
	`"id":"urn:uuid:1","type":["VerifiableCredential","OpenBadgeCredential"],"issuer":"did:example:issuer",` +
	`"credentialSubject":{"id":"did:example:learner","type":["AchievementSubject"],` +
	`"achievement":{"id":"https://school.example/1","type":["Achievement"],"name":"Fire Safety","criteria":{"id":"urn:bnid:_:c14n0","narrative":"n"}}},` +
	`"proof":PROOF}`

// TestBBSProof verifies a disclosed part and refuses modified ones, including those
// aries alone would accept.
func TestBBSProof(t *testing.T) {
	s := newBBSSigner(t)
	whole := bbsSigned(t, s, unsigned11(bbsContext))
	p := bbsPart(t, s, whole, bbsShown)
	if err := verifyBBS(t, p.doc, s.public); err != nil {
		t.Fatalf("%v: %s", err, p.doc.Raw)
	}
	if err := verifyBBS(t, p.doc, newBBSSigner(t).public); !errors.Is(err, vc.ErrSignature) {
		t.Errorf("another key: %v", err)
	}
	text := string(p.doc.Raw)
	with := func(value []byte) string {
		return strings.Replace(text, p.doc.Proofs[0].ProofValue, base64.StdEncoding.EncodeToString(value), 1)
	}
	for name, changed := range map[string]string{
		"added statement, last in order": strings.Replace(text, `"name":"Fire Safety"`, `"name":"Fire Safety","tag":["zzz"]`, 1),
		"removed statement":              strings.Replace(text, `"name":"Fire Safety",`, ``, 1),
		"another name":                   strings.Replace(text, `"name":"Fire Safety"`, `"name":"Fire Fighting"`, 1),
		"statement not disclosed":        strings.Replace(text, `"type":["Achievement"],`, `"type":["Achievement"],"description":"d",`, 1),
		"another nonce":                  strings.Replace(text, base64.StdEncoding.EncodeToString(p.nonce), "AAAA", 1),
		"no nonce":                       strings.Replace(text, `"nonce":"`+base64.StdEncoding.EncodeToString(p.nonce)+`",`, ``, 1),
		"another blank node":             strings.Replace(text, "urn:bnid:_:c14n0", "urn:bnid:_:c14n1", 1),
		"blank node without its label":   strings.Replace(text, `"id":"urn:bnid:_:c14n0",`, ``, 1),
		"another proof time":             strings.Replace(text, "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", 1),
		"as a signature":                 strings.Replace(text, bbsProof, bbsSignature, 1),
		"longer proof":                   with(append(bytes.Clone(p.value), 0)),
		"shorter proof":                  with(p.value[:len(p.value)-1]),
		"empty proof":                    with([]byte{0}),
		"65,535 statements":              with(slices.Concat([]byte{0xff, 0xff}, make([]byte, 8192), p.value[4:])),
	} {
		if changed == text {
			t.Errorf("%s: nothing changed in %s", name, text)
			continue
		}
		if err := verifyBBS(t, document(t, []byte(changed)), s.public); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for i := 0; i < len(p.value); i += 11 {
		changed := bytes.Clone(p.value)
		changed[i] ^= 1
		if verifyBBS(t, document(t, []byte(with(changed))), s.public) == nil {
			t.Errorf("a change of proof byte %d was accepted", i)
		}
	}
}

// TestBBSProofOfNothing forges proofs without a signature by additional responses,
// which aries accepts.
func TestBBSProofOfNothing(t *testing.T) {
	s := newBBSSigner(t)
	p := bbsPart(t, s, bbsSigned(t, s, unsigned11(bbsContext)), bbsShown)
	messages, err := checkBBSProof(p.value, p.lines)
	if err != nil {
		t.Fatal(err)
	}
	vector := 2 + messages/8 + 1
	longer := func(at int) []byte { // one more response in proof at
		b := bytes.Clone(p.value)
		first := vector + 3*sizeG1
		if at == 1 {
			binary.BigEndian.PutUint32(b[first:], uint32(proofSize(3)))
			binary.BigEndian.PutUint32(b[first+4+sizeG1:], 3)
			return slices.Insert(b, first+4+proofSize(2), make([]byte, sizeScalar)...)
		}
		second := first + 4 + proofSize(2) + sizeG1
		binary.BigEndian.PutUint32(b[second:], binary.BigEndian.Uint32(b[second:])+1)
		return append(b, make([]byte, sizeScalar)...)
	}
	infinite := func(at int) []byte {
		b := bytes.Clone(p.value)
		copy(b[vector+at*sizeG1:], append([]byte{0xc0}, make([]byte, sizeG1-1)...))
		return b
	}
	for name, b := range map[string][]byte{"first": longer(1), "second": longer(2), "A' at infinity": infinite(0), "Ā at infinity": infinite(1)} {
		if _, err := checkBBSProof(b, p.lines); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	more := p.lines
	more.all = append(slices.Clone(more.all), []byte("<urn:z> <urn:z> \"z\" ."))
	if _, err := checkBBSProof(p.value, more); !errors.Is(err, vc.ErrSignature) {
		t.Errorf("added statement: %v", err)
	}
}

// TestBBSLimits checks that aries never sees too many statements.
func TestBBSLimits(t *testing.T) {
	s := newBBSSigner(t)
	var tags []string
	for i := range maxMessages {
		tags = append(tags, `"tag `+string(rune('a'+i%26))+strings.Repeat("x", i/26)+`"`)
	}
	d := bbsSigned(t, s, unsigned11(bbsContext))
	many := strings.Replace(string(d.Raw), `"description":"d"`, `"description":"d","tag":[`+strings.Join(tags, ",")+`]`, 1)
	if err := verifyBBS(t, document(t, []byte(many)), s.public); !errors.Is(err, vc.ErrTooComplex) {
		t.Errorf("%v", err)
	}
}

// TestBBSParallel verifies concurrently, although aries uses global variables.
func TestBBSParallel(t *testing.T) {
	s := newBBSSigner(t)
	d := bbsSigned(t, s, unsigned11(bbsContext))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := verifyBBS(t, d, s.public); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// FuzzBBSProof checks that checkBBSProof neither modifies a proof nor accepts
// impossible counts.
func FuzzBBSProof(f *testing.F) {
	f.Add([]byte{0, 1, 1}, uint8(1), uint8(1))
	f.Add(slices.Concat([]byte{0, 2, 1}, make([]byte, 3*sizeG1), []byte{0, 0, 0, byte(proofSize(2))}, make([]byte, proofSize(2)+proofSize(3))), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, all, proof uint8) {
		before := bytes.Clone(b)
		messages, err := checkBBSProof(b, statements{all: make([][]byte, all), proof: int(proof)})
		if !bytes.Equal(b, before) || err == nil && (messages < int(all) || messages > 0xffff) {
			t.Fatalf("%d statements, %v", messages, err)
		}
	})
}
