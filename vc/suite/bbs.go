package suite

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hyperledger/aries-framework-go/pkg/crypto/primitive/bbs12381g2pub"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/ld"
)

// BBS returns the suites BbsBlsSignature2020, which signs all statements at once,
// and BbsBlsSignatureProof2020, which discloses some of them (ldp-bbs2020, a draft
// of the W3C Credentials Community Group). aries verifies the BBS+ signatures over
// our canonical statements.
func BBS(e *ld.Engine) vc.Suite { return &bbs{rdfc{e}} }

type bbs struct{ canon rdfc }

const (
	bbsSignature = "BbsBlsSignature2020"
	bbsProof     = "BbsBlsSignatureProof2020"
)

func (s *bbs) IDs() []string { return []string{bbsSignature, bbsProof} }

// maxMessages limits the statements under a BBS+ signature, including hidden ones:
// aries takes more than a millisecond for each.
const maxMessages = 250

// ariesBBS guards global variables in aries' BBS+.
var ariesBBS sync.Mutex

// Fits implements vc.Fitter.
func (s *bbs) Fits(p *vc.Proof, key *vc.Key) error {
	if k, ok := key.Public.(jose.BLS12381G2); !ok || len(k) != jose.BLS12381G2Size {
		return fmt.Errorf("%w: the suite requires a BLS12-381 key in G2", vc.ErrMalformed)
	}
	return checkShape(p)
}

// Verify implements vc.Suite.
func (s *bbs) Verify(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key) error {
	if p.Type != bbsSignature && p.Type != bbsProof {
		return fmt.Errorf("%w: proof of type %.40q", vc.ErrMalformed, p.Type)
	}
	if err := checkShape(p); err != nil {
		return err
	}
	public, ok := key.Public.(jose.BLS12381G2)
	if !ok || len(public) != jose.BLS12381G2Size {
		return fmt.Errorf("%w: the suite requires a BLS12-381 key in G2", vc.ErrMalformed)
	}
	sig, err := decodeBase64Any(p.ProofValue)
	if err != nil {
		return fmt.Errorf("proofValue: %w", err)
	}
	in, err := existing(d, p, "proofValue", 0)
	if err == nil && in.chain != nil {
		err = fmt.Errorf("%s in a proof chain: %w", p.Type, vc.ErrUnsupported)
	}
	if err != nil {
		return err
	}
	check := func(lines statements) error { return s.signature(ctx, public, lines, sig) }
	if p.Type == bbsProof {
		nonce, err := decodeBase64Any(p.Value.Get("nonce").Str())
		if err != nil {
			return fmt.Errorf("nonce: %w", err)
		}
		in = asSigned(in)
		check = func(lines statements) error { return s.proof(ctx, public, lines, sig, nonce) }
	}
	return s.canon.readings(ctx, in, func(in input, v variant) error {
		lines, err := s.statements(ctx, in, v, p.Type == bbsProof)
		if err != nil {
			return err
		}
		return v.result(check(lines), lines.read)
	})
}

// asSigned turns the options of a derived proof into those of the original
// signature: another type and no nonce.
func asSigned(in input) input {
	kind, _ := vc.ParseJSON([]byte(`"` + bbsSignature + `"`))
	in.options = in.options.With([]string{"type", "nonce"}, kind.Named("type"))
	return in
}

// A statements holds the signed statements: those of the proof options, then those
// of the document.
type statements struct {
	all   [][]byte
	proof int // number of statements from the proof options
	read  ld.Reading
}

// statements returns what is signed. If named is set, in is a disclosed part whose
// blank nodes carry their labels from the whole document.
func (s *bbs) statements(ctx context.Context, in input, v variant, named bool) (statements, error) {
	opt := ld.Options{Without: []string{in.value}, Context: in.doc.Get("@context"), Extra: in.extra,
		Revision: v.revision, Budget: v.budget, Undirected: v.undirected}
	if own := in.options.Get("@context"); own != nil && !equal(own, opt.Context) {
		return statements{}, fmt.Errorf("%w: the proof's contexts differ from the document's", vc.ErrMalformed)
	}
	text, err := s.canon.engine.Canonicalize(ctx, in.options, opt)
	if err != nil {
		return statements{}, fmt.Errorf("proof: %w", err)
	}
	out := statements{all: lines(text)}
	out.proof = len(out.all)
	opt.Without, opt.Context = []string{"proof"}, nil
	text, out.read, err = s.canon.engine.Text(ctx, in.doc, opt)
	if err != nil {
		return statements{}, err
	}
	doc := lines(text)
	if named {
		if doc, err = renamed(doc); err != nil {
			return statements{}, err
		}
	}
	out.all = append(out.all, doc...)
	return out, nil
}

func lines(text []byte) [][]byte {
	return bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
}

// blankIRI starts the IRI of a blank node in a disclosed part.
const blankIRI = "<urn:bnid:"

// renamed gives the blank nodes of a disclosed part their original labels and
// restores the original order of statements. A blank node without a label is
// ambiguous.
func renamed(all [][]byte) ([][]byte, error) {
	out := make([][]byte, len(all))
	for i, l := range all {
		head, literal, tail := string(l), "", ""
		if from := strings.IndexByte(head, '"'); from >= 0 { // an IRI contains no quotation mark
			to := strings.LastIndexByte(head, '"') + 1
			head, literal, tail = head[:from], head[from:to], head[to:]
		}
		if strings.Contains(" "+head, " _:") || strings.Contains(tail, " _:") {
			return nil, fmt.Errorf("%w: a blank node without its original label", vc.ErrAmbiguous)
		}
		out[i] = []byte(asLabel(head) + literal + asLabel(tail))
	}
	slices.SortFunc(out, bytes.Compare)
	return out, nil
}

func asLabel(s string) string {
	for {
		before, after, ok := strings.Cut(s, blankIRI)
		label, rest, closed := strings.Cut(after, ">")
		if !ok || !closed {
			return s
		}
		s = before + label + rest
	}
}

// signature verifies a signature over all statements.
func (s *bbs) signature(ctx context.Context, key jose.BLS12381G2, lines statements, sig []byte) error {
	if len(sig) != 112 {
		return fmt.Errorf("%w: proofValue has %d bytes, not 112", vc.ErrMalformed, len(sig))
	}
	return s.withAries(ctx, len(lines.all), func(b *bbs12381g2pub.BBSG2Pub) error {
		return b.Verify(lines.all, sig, key)
	})
}

// proof verifies that the holder knows a signature over the disclosed statements
// and possibly others.
func (s *bbs) proof(ctx context.Context, key jose.BLS12381G2, lines statements, proof, nonce []byte) error {
	messages, err := checkBBSProof(proof, lines)
	if err != nil {
		return err
	}
	return s.withAries(ctx, messages, func(b *bbs12381g2pub.BBSG2Pub) error {
		return b.VerifyProof(lines.all, bytes.Clone(proof), nonce, key) // aries modifies the proof
	})
}

// withAries serialises the use of aries and recovers its panics.
func (s *bbs) withAries(ctx context.Context, messages int, verify func(*bbs12381g2pub.BBSG2Pub) error) (err error) {
	left := vc.Shared(ctx, s, func() *atomic.Int64 { return newCounter(manyProofs * maxMessages) })
	if messages > maxMessages || left.Add(-int64(messages)) < 0 {
		return fmt.Errorf("%w: %d statements under one signature, at most %d", vc.ErrTooComplex, messages, maxMessages)
	}
	ariesBBS.Lock()
	defer ariesBBS.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("aries panicked on a BBS+ signature: %v", r)
		}
	}()
	if verify(bbs12381g2pub.New()) != nil {
		return vc.ErrSignature
	}
	return nil
}

// Sizes in a BBS+ proof, in bytes.
const (
	sizeG1     = 48
	sizeScalar = 32
)

// checkBBSProof checks the exact form of a proof and returns the number of signed
// statements. aries checks neither the number of responses, which allows forging
// proofs with additional ones, nor the number of disclosed statements, which allows
// adding some. The statements of the proof options were signed first.
func checkBBSProof(b []byte, lines statements) (messages int, err error) {
	wrong := func(what string) (int, error) { return 0, fmt.Errorf("%w: proofValue: %s", vc.ErrMalformed, what) }
	if len(b) < 3 {
		return wrong("too short")
	}
	messages = int(binary.BigEndian.Uint16(b))
	vector := 2 + messages/8 + 1
	if len(b) < vector {
		return wrong("too short")
	}
	shown, first := 0, true
	for i := range 8 * (vector - 2) {
		set := b[vector-1-i/8]>>(i%8)&1 == 1
		if set && i >= messages {
			return wrong("more statements disclosed than signed")
		}
		first = first && (set || i >= lines.proof)
	}
	for _, x := range b[2:vector] {
		shown += bits.OnesCount8(x)
	}
	if shown != len(lines.all) || !first {
		return 0, fmt.Errorf("%w: the proof does not cover these %d statements", vc.ErrSignature, len(lines.all))
	}
	one, two := 2, 2+messages-shown
	rest := b[vector:]
	if len(rest) != 3*sizeG1+4+proofSize(one)+proofSize(two) {
		return wrong("wrong length")
	}
	at := 3 * sizeG1
	if int(binary.BigEndian.Uint32(rest[at:])) != proofSize(one) ||
		int(binary.BigEndian.Uint32(rest[at+4+sizeG1:])) != one ||
		int(binary.BigEndian.Uint32(rest[at+4+proofSize(one)+sizeG1:])) != two {
		return wrong("wrong number of responses")
	}
	if rest[0]&0x40 != 0 || rest[sizeG1]&0x40 != 0 {
		return wrong("point at infinity")
	}
	return messages, nil
}

// proofSize returns the size of a proof of knowledge with n responses.
func proofSize(n int) int { return sizeG1 + 4 + n*sizeScalar }

// decodeBase64Any decodes base64 as older suites write it: in either alphabet, with
// or without padding, but nothing else.
func decodeBase64Any(s string) ([]byte, error) {
	text := strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	if strings.ContainsAny(s, "\r\n") || text == "" || len(s)-len(text) > 2 {
		return nil, fmt.Errorf("%w: not base64", vc.ErrMalformed)
	}
	b, err := base64.RawStdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: not base64: %v", vc.ErrMalformed, err)
	}
	return b, nil
}
