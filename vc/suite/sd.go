package suite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/ld"
)

// SelectiveECDSA returns ecdsa-sd-2023 (ECDSA Cryptosuites 1.0, 3.5): the issuer
// signs each statement separately with a key for this badge only, so the holder can
// omit statements. rand provides that key and the labels of blank nodes; without it
// (nil) the suite cannot sign.
func SelectiveECDSA(e *ld.Engine, rand io.Reader) vc.DerivingSuite {
	return &selective{canon: rdfc{e}, rand: rand}
}

type selective struct {
	canon rdfc
	rand  io.Reader
}

const selectiveID = "ecdsa-sd-2023"

func (s *selective) IDs() []string { return []string{selectiveID} }

// Verify implements vc.Suite for derived proofs only (ECDSA Cryptosuites 1.0,
// 3.5.8; specs D4.5).
func (s *selective) Verify(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key) error {
	if p.Base() {
		return vc.ErrPrivateCopy
	}
	return s.verify(ctx, d, p, key, s.derived)
}

// VerifyBase implements vc.DerivingSuite. It checks the issuer's signature and that
// of every statement.
func (s *selective) VerifyBase(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key) error {
	return s.verify(ctx, d, p, key, func(ctx context.Context, r *reading) (*parted, error) {
		b, err := s.base(ctx, r)
		if err != nil {
			return nil, err
		}
		return b.part, nil
	})
}

// Fits implements vc.Fitter.
func (s *selective) Fits(p *vc.Proof, key *vc.Key) error {
	if h, err := (ecDSA{}).hash(key.Public); err != nil || h != crypto.SHA256 {
		return fmt.Errorf("%w: the suite requires a P-256 key", vc.ErrMalformed)
	}
	return checkShape(p)
}

// A parted holds a document's statements: those signed together, and those signed
// one by one.
type parted struct{ mandatory, single []string }

// verify checks the issuer's signature before the statements', so a forgery is
// refused early.
func (s *selective) verify(ctx context.Context, d *vc.Document, p *vc.Proof, key *vc.Key,
	part func(context.Context, *reading) (*parted, error)) error {
	in, v, err := s.open(d, p)
	if err != nil {
		return err
	}
	if h, err := (ecDSA{}).hash(key.Public); err != nil || h != crypto.SHA256 {
		return fmt.Errorf("%w: the suite requires a P-256 key", vc.ErrMalformed)
	}
	return s.canon.readings(ctx, in, func(in input, how variant) error {
		r, err := s.read(ctx, in, v, how)
		if err != nil {
			return err
		}
		x, err := part(ctx, r)
		if err != nil {
			return err
		}
		if !(ecDSA{}).verify(key.Public, crypto.SHA256, r.message(x.mandatory), v.signature) {
			return how.result(vc.ErrSignature, r.data.Reading())
		}
		return how.result(s.statements(ctx, v, x.single), r.data.Reading())
	})
}

// open reads the proof and its value.
func (s *selective) open(d *vc.Document, p *vc.Proof) (input, *selectiveValue, error) {
	if p.Type != "DataIntegrityProof" || p.Cryptosuite != selectiveID {
		return input{}, nil, fmt.Errorf("%w: not a DataIntegrityProof of %s", vc.ErrMalformed, selectiveID)
	}
	if err := checkShape(p); err != nil {
		return input{}, nil, err
	}
	v, err := parseSelective(p.ProofValue)
	if err != nil {
		return input{}, nil, err
	}
	in, err := existing(d, p, "proofValue", crypto.SHA256)
	if err == nil && in.chain != nil {
		err = fmt.Errorf("%s in a proof chain: %w", selectiveID, vc.ErrUnsupported)
	}
	return in, v, err
}

// A reading is a document as read under one variant.
type reading struct {
	in    input
	value *selectiveValue
	hash  []byte // hash of the proof configuration
	opt   ld.Options
	data  *ld.Dataset
}

func (s *selective) read(ctx context.Context, in input, v *selectiveValue, how variant) (*reading, error) {
	r := &reading{in: in, value: v}
	var err error
	if r.hash, r.opt, err = s.canon.config(ctx, in, how); err != nil {
		return nil, err
	}
	r.data, err = s.canon.engine.Dataset(ctx, in.doc, r.opt)
	return r, err
}

// message returns the bytes that the issuer signs (specs D4.6).
func (r *reading) message(mandatory []string) []byte {
	together := sha256.Sum256([]byte(strings.Join(mandatory, "")))
	return slices.Concat(r.hash, r.value.key, together[:])
}

// derived partitions the statements of a derived proof. Its labels must name every
// blank node uniquely, and its indexes must increase; a wrong number of labels
// means that statements were added or removed.
func (s *selective) derived(_ context.Context, r *reading) (*parted, error) {
	blanks := len(r.data.Places())
	if len(r.value.labels) != blanks {
		return nil, fmt.Errorf("%w: %d labels for %d blank nodes", vc.ErrSignature, len(r.value.labels), blanks)
	}
	labels, seen := make([]string, blanks), map[string]bool{}
	for n := range labels {
		l, ok := r.value.labels[n]
		if !ok || seen[l] {
			return nil, fmt.Errorf("%w: the labels do not match the blank nodes one to one", vc.ErrSignature)
		}
		labels[n], seen[l] = l, true
	}
	lines := r.data.Lines(labels)
	together := make([]bool, len(lines))
	last := -1
	for _, n := range r.value.mandatory {
		if n <= last || n >= len(lines) {
			return nil, fmt.Errorf("%w: the mandatory indexes are out of range or not increasing", vc.ErrSignature)
		}
		together[n], last = true, n
	}
	return part(lines, together), nil
}

func part(lines []string, together []bool) *parted {
	p := &parted{}
	for i, l := range lines {
		if together[i] {
			p.mandatory = append(p.mandatory, l)
		} else {
			p.single = append(p.single, l)
		}
	}
	return p
}

// A based is the content covered by a base proof.
type based struct {
	*reading
	labels   map[string]string // labels of blank nodes, by place
	lines    []string
	together []bool
	part     *parted
}

// base partitions the statements of a base proof.
func (s *selective) base(ctx context.Context, r *reading) (*based, error) {
	if !r.value.base {
		return nil, fmt.Errorf("%w: not a base proof", vc.ErrMalformed)
	}
	b := &based{reading: r, labels: map[string]string{}}
	mac := hmac.New(sha256.New, r.value.hmac)
	labels := make([]string, len(r.data.Places()))
	for n, place := range r.data.Places() {
		mac.Reset()
		mac.Write([]byte("c14n" + strconv.Itoa(n)))
		labels[n] = label(mac.Sum(nil))
		b.labels[place] = labels[n]
	}
	b.lines = r.data.Lines(labels)
	c, err := s.choose(ctx, b, r.value.pointers)
	if err != nil {
		return nil, fmt.Errorf("mandatory pointers: %w", err)
	}
	b.together, b.part = c.lines, part(b.lines, c.lines)
	return b, nil
}

// A choice is a selected part of a document.
type choice struct {
	doc    *vc.Value
	data   *ld.Dataset
	labels []string // the document's labels for the same blank nodes
	lines  []bool   // the document's statements that are part of it
}

// choose selects a part of the document.
func (s *selective) choose(ctx context.Context, b *based, pointers []string) (*choice, error) {
	c := &choice{lines: make([]bool, len(b.lines))}
	if len(pointers) == 0 {
		return c, nil
	}
	sel, err := selectParts(b.in.doc, pointers)
	if err != nil {
		return nil, err
	}
	text, err := sel.append(nil)
	if err != nil {
		return nil, err
	}
	if c.doc, err = vc.ParseJSON(text); err != nil {
		return nil, err
	}
	if c.data, err = s.canon.engine.Dataset(ctx, c.doc, b.opt); err != nil {
		return nil, err
	}
	for _, place := range c.data.Places() {
		c.labels = append(c.labels, b.labels[sel.origin(place)])
	}
	for _, l := range c.data.Lines(c.labels) {
		i, ok := slices.BinarySearch(b.lines, l)
		if !ok {
			return nil, fmt.Errorf("a list item that cannot be selected alone: %w", vc.ErrUnsupported)
		}
		c.lines[i] = true
	}
	return c, nil
}

// statements checks the signatures of the statements signed one by one, in order.
func (s *selective) statements(ctx context.Context, v *selectiveValue, lines []string) error {
	if len(v.signatures) != len(lines) {
		return fmt.Errorf("%w: %d signatures for %d statements", vc.ErrSignature, len(v.signatures), len(lines))
	}
	left := vc.Shared(ctx, s, func() *atomic.Int64 { return newCounter(manyProofs * maxStatements) })
	if left.Add(-int64(len(lines))) < 0 {
		return fmt.Errorf("%w: the documents have too many separately signed statements", vc.ErrTooComplex)
	}
	key, err := readMultikey(v.key)
	if err != nil {
		return err
	}
	for i, l := range lines {
		if err := ctx.Err(); err != nil {
			return err
		}
		digest := sha256.Sum256([]byte(l))
		if !jose.VerifyECDSA(key, digest[:], v.signatures[i]) {
			return vc.ErrSignature
		}
	}
	return nil
}

func newCounter(n int64) *atomic.Int64 {
	c := new(atomic.Int64)
	c.Store(n)
	return c
}

// readMultikey reads the key of one proof (specs D4.6).
func readMultikey(b []byte) (*ecdsa.PublicKey, error) {
	if len(b) != sizeMultikey || b[0] != 0x80 || b[1] != 0x24 {
		return nil, fmt.Errorf("%w: the proof's own key is not a P-256 key", vc.ErrMalformed)
	}
	return jose.CompressedPoint(elliptic.P256(), b[2:])
}
