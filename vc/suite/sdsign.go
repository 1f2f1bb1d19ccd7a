package suite

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"backpack/vc"
)

// Sign implements vc.SigningSuite. It makes a base proof (ECDSA Cryptosuites 1.0,
// 3.5.6) with a P-256 key.
func (s *selective) Sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, signer vc.Signer) ([]byte, error) {
	signed, err := s.sign(ctx, unsigned, opt, signer)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", selectiveID, err)
	}
	return signed, nil
}

func (s *selective) sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, signer vc.Signer) ([]byte, error) {
	if h, err := (ecDSA{}).hash(signer.Public()); err != nil || h != crypto.SHA256 {
		return nil, fmt.Errorf("%w: the suite requires a P-256 key", vc.ErrMalformed)
	}
	in, err := toSign(unsigned, opt, selectiveID, false)
	if err != nil {
		return nil, err
	}
	in.hash = crypto.SHA256
	own, secret, err := s.secrets()
	if err != nil {
		return nil, err
	}
	v := &selectiveValue{base: true, hmac: secret, pointers: opt.Mandatory}
	if v.key, err = multikey(&own.PublicKey); err != nil {
		return nil, err
	}
	r, err := s.read(ctx, in, v, variant{budget: s.canon.engine.Budget()})
	if err != nil {
		return nil, explain(err, in.doc)
	}
	b, err := s.base(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(b.part.single) > maxStatements {
		return nil, fmt.Errorf("%w: %d statements to sign one by one, at most %d", vc.ErrTooLarge, len(b.part.single), maxStatements)
	}
	if v.signature, err = signMessage(ctx, ecDSA{}, r.message(b.part.mandatory), crypto.SHA256, signer); err != nil {
		return nil, err
	}
	for _, l := range b.part.single {
		sig, err := signStatement(own, l)
		if err != nil {
			return nil, err
		}
		v.signatures = append(v.signatures, sig)
	}
	text, err := v.encode()
	if err != nil {
		return nil, err
	}
	return in.signed(text)
}

// secrets returns a new proof key and a new label key.
func (s *selective) secrets() (*ecdsa.PrivateKey, []byte, error) {
	if s.rand == nil {
		return nil, nil, errors.New("no randomness to make a key")
	}
	b := make([]byte, 32+sizeHMAC)
	for range 8 { // one candidate in four billion exceeds the order of the curve
		if _, err := io.ReadFull(s.rand, b); err != nil {
			return nil, nil, fmt.Errorf("make a key: %w", err)
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b[:32]); err == nil {
			return key, b[32:], nil
		}
	}
	return nil, nil, errors.New("the randomness gives no valid key")
}

// multikey encodes a P-256 key (specs D4.6).
func multikey(key *ecdsa.PublicKey) ([]byte, error) {
	point, err := key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("proof key: %w", err)
	}
	return append([]byte{0x80, 0x24, 2 + point[64]&1}, point[1:33]...), nil
}

// signStatement signs deterministically (RFC 6979).
func signStatement(key *ecdsa.PrivateKey, line string) ([]byte, error) {
	digest := sha256.Sum256([]byte(line))
	der, err := key.Sign(nil, digest[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign a statement: %w", err)
	}
	var rs struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &rs); err != nil {
		return nil, fmt.Errorf("sign a statement: %w", err)
	}
	return append(rs.R.FillBytes(make([]byte, 32)), rs.S.FillBytes(make([]byte, 32))...), nil
}

// Derive implements vc.DerivingSuite (ECDSA Cryptosuites 1.0, 3.5.7). It checks
// everything that does not need the issuer's key.
func (s *selective) Derive(ctx context.Context, d *vc.Document, pointers []string) ([]byte, error) {
	i := slices.IndexFunc(d.Proofs, func(p vc.Proof) bool { return p.SuiteID() == selectiveID && p.Base() })
	if i < 0 {
		return nil, fmt.Errorf("derive: %w: no base proof of %s", vc.ErrNotFound, selectiveID)
	}
	in, v, err := s.open(d, &d.Proofs[i])
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	var out []byte
	err = s.canon.readings(ctx, in, func(in input, how variant) error {
		r, err := s.read(ctx, in, v, how)
		if err != nil {
			return err
		}
		b, err := s.base(ctx, r)
		if err != nil {
			return err
		}
		if err := s.statements(ctx, v, b.part.single); err != nil {
			return err
		}
		out, err = s.derive(ctx, b, pointers)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	return out, nil
}

func (s *selective) derive(ctx context.Context, b *based, pointers []string) ([]byte, error) {
	all := slices.Concat(b.value.pointers, pointers)
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: no pointer names anything to disclose", vc.ErrMalformed)
	}
	c, err := s.choose(ctx, b, all)
	if err != nil {
		return nil, err
	}
	v := b.disclose(c)
	text, err := v.encode()
	if err != nil {
		return nil, err
	}
	x, err := s.derived(ctx, &reading{in: b.in, value: v, data: c.data})
	if err != nil {
		return nil, err
	}
	if err := s.statements(ctx, v, x.single); err != nil {
		return nil, err
	}
	if together := b.part.mandatory; !slices.Equal(x.mandatory, together) {
		return nil, fmt.Errorf("%w: the mandatory statements of the part differ", vc.ErrUnsupported)
	}
	proof, value := b.in.options.Raw(), strings.Builder{}
	from, to := span(b.in.options, "proofValue")
	fmt.Fprintf(&value, "%s%q%s", proof[:from], text, proof[to:])
	return addProof(c.doc, value.String())
}

// disclose keeps the signatures of the chosen statements and records which of them
// the issuer signed together.
func (b *based) disclose(c *choice) *selectiveValue {
	v := &selectiveValue{signature: b.value.signature, key: b.value.key, labels: map[int]string{}}
	for n, l := range c.labels {
		v.labels[n] = l
	}
	at, single := 0, 0
	for i, chosen := range c.lines {
		switch {
		case chosen && b.together[i]:
			v.mandatory = append(v.mandatory, at)
		case chosen:
			v.signatures = append(v.signatures, b.value.signatures[single])
		}
		if !b.together[i] {
			single++
		}
		if chosen {
			at++
		}
	}
	return v
}
