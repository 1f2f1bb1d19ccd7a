package suite

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/ld"
)

// TestSelectiveShape tries proofs whose CBOR or form differs from the
// specification.
func TestSelectiveShape(t *testing.T) {
	trip := selectiveTrip(t, "/name")
	d := document(t, trip.sign(t, badge))
	good, err := vc.DecodeBase64(d.Proofs[0].ProofValue[1:])
	if err != nil {
		t.Fatal(err)
	}
	replace := func(at int, with ...byte) []byte { return slices.Replace(bytes.Clone(good), at, at+1, with...) }
	for name, b := range map[string][]byte{
		"empty":                 nil,
		"header only":           good[:3],
		"cut":                   good[:len(good)-1],
		"extra byte":            append(bytes.Clone(good), 0),
		"another header":        replace(2, 2),
		"array of six":          replace(3, 0x86),
		"array of four":         replace(3, 0x84),
		"indefinite array":      replace(3, 0x9f),
		"long array head":       replace(3, 0x98, 5),
		"tag":                   replace(3, 0x85, 0xd8, 0x40),
		"indefinite signature":  replace(4, 0x5f),
		"long signature head":   slices.Replace(bytes.Clone(good), 4, 6, 0x59, 0, 64),
		"signature as text":     replace(4, 0x78),
		"signature of 63 bytes": replace(5, 63),
		"key of 36 bytes":       replace(4+2+64+1, 36),
		"huge length":           slices.Replace(bytes.Clone(good), 4, 6, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
		"huge array":            slices.Concat(good[:4+66+37], []byte{0x9a, 0xff, 0xff, 0xff, 0xff}),
	} {
		p := d.Proofs[0]
		p.ProofValue = "u" + vc.EncodeBase64(b)
		if err := trip.suite.Verify(context.Background(), d, &p, &vc.Key{Public: trip.key.Public()}); !errors.Is(err, vc.ErrMalformed) &&
			!errors.Is(err, vc.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{
		"base58": "z" + vc.EncodeBase58(good), "padded": d.Proofs[0].ProofValue + "=", "no prefix": d.Proofs[0].ProofValue[1:],
		"space": d.Proofs[0].ProofValue + " ", "base64": "m" + d.Proofs[0].ProofValue[1:],
	} {
		p := d.Proofs[0]
		p.ProofValue = text
		if err := trip.suite.Verify(context.Background(), d, &p, &vc.Key{Public: trip.key.Public()}); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, key := range map[string]any{"none": nil, "P-384": ecSigner(t, elliptic.P384()).Public(), "Ed25519": edSigner(1).Public()} {
		if err := trip.suite.Verify(context.Background(), d, &d.Proofs[0], &vc.Key{Public: key}); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("key %s: %v", name, err)
		}
	}
	for name, change := range map[string]func(p *vc.Proof){
		"another suite": func(p *vc.Proof) { p.Cryptosuite = "ecdsa-rdfc-2019" }, "another type": func(p *vc.Proof) { p.Type = selectiveID },
		"no method": func(p *vc.Proof) { p.VerificationMethod = "" },
	} {
		p := d.Proofs[0]
		change(&p)
		if err := trip.suite.Verify(context.Background(), d, &p, &vc.Key{Public: trip.key.Public()}); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	proof := d.Claims.Get("proof").Raw()
	chain := strings.Replace(proof, `{`, `[{"id":"urn:uuid:1","type":"DataIntegrityProof"},{"previousProof":"urn:uuid:1",`, 1) + "]"
	chained := document(t, []byte(strings.Replace(string(d.Raw), proof, chain, 1)))
	if err := trip.suite.Verify(context.Background(), chained, &chained.Proofs[1], &vc.Key{Public: trip.key.Public()}); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("in a proof chain: %v", err)
	}
}

// TestSelectiveLimits checks that signing and verifying have limits.
func TestSelectiveLimits(t *testing.T) {
	s := SelectiveECDSA(engine(t), rand.Reader)
	key := ecSigner(t, elliptic.P256())
	var evidence []string
	for i := range maxStatements {
		evidence = append(evidence, fmt.Sprintf(`{"type":["Evidence"],"name":"Photo %d"}`, i))
	}
	many := strings.Replace(badge, `[{"type": ["Evidence"], "name": "Photo", "narrative": "Extinguished."}]`, "["+strings.Join(evidence, ",")+"]", 1)
	if _, err := s.Sign(context.Background(), []byte(many), options(), key); !errors.Is(err, vc.ErrTooLarge) && !errors.Is(err, vc.ErrTooComplex) {
		t.Errorf("signed: %v", err)
	}
	v := &selectiveValue{signature: make([]byte, 64), key: make([]byte, 35), signatures: slices.Repeat([][]byte{make([]byte, 64)}, maxStatements+1)}
	text, err := v.encode()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseSelective(text); !errors.Is(err, vc.ErrTooLarge) {
		t.Errorf("read: %v", err)
	}
	if _, err := SelectiveECDSA(engine(t), nil).Sign(context.Background(), []byte(badge), options(), key); err == nil {
		t.Error("signed without randomness")
	}
	if _, err := SelectiveECDSA(engine(t), bytes.NewReader(make([]byte, 1000))).Sign(context.Background(), []byte(badge), options(), key); err == nil {
		t.Error("signed with a zero key")
	}
	for _, other := range []signer{edSigner(1), ecSigner(t, elliptic.P384())} {
		if _, err := s.Sign(context.Background(), []byte(badge), options(), other); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("signed with %T: %v", other.Public(), err)
		}
	}
	opt := options()
	opt.Mandatory = []string{"/issuer"}
	if _, err := EdDSA(engine(t)).Sign(context.Background(), []byte(badge), opt, edSigner(1)); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("mandatory parts for another suite: %v", err)
	}
	opt.Mandatory = []string{"/nowhere"}
	if _, err := s.Sign(context.Background(), []byte(badge), opt, key); !errors.Is(err, vc.ErrMalformed) {
		t.Errorf("pointer to nothing: %v", err)
	}
}

// TestSelectiveTransfer checks that parts of lists and nodes with ids keep their
// meaning.
func TestSelectiveTransfer(t *testing.T) {
	for name, ok := range map[string]bool{
		"/credentialSubject/achievement/alignment/0/targetName": true,
		"/credentialSubject/achievement/image":                  true,
		"/credentialSubject/achievement/image/id":               true,
		"/@context":               true,
		"/type/0":                 true,
		"/credentialSubject/a~1b": false,
	} {
		trip := selectiveTrip(t, name)
		text, err := trip.suite.Sign(context.Background(), []byte(badge), options(), trip.key)
		if (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if err := trip.verify(document(t, text)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestSelection compares selections with RFC 6901 and the specification.
func TestSelection(t *testing.T) {
	doc := document(t, []byte(`{"@context":"c","id":"x","type":"T","proof":{"a":1},"a":{"id":"y","b":[1,{"c":2,"d":3},4]},"e/f":{"~":0},"":5}`)).Claims
	for want, pointers := range map[string][]string{
		`{"@context":"c","id":"x","type":"T"}`:                                                           {},
		`{"@context":"c","id":"x","type":"T","a":{"id":"y","b":[4]}}`:                                    {"/a/b/2"},
		`{"@context":"c","id":"x","type":"T","a":{"id":"y","b":[{"d":3},4]}}`:                            {"/a/b/2", "/a/b/1/d"},
		`{"@context":"c","id":"x","type":"T","a":{"id":"y","b":[1,{"c":2,"d":3},4]}}`:                    {"/a/b", "/a/b/1/d"},
		`{"@context":"c","id":"x","type":"T","a":{"id":"y"}}`:                                            {"/a/id"},
		`{"@context":"c","id":"x","type":"T","e/f":{"~":0}}`:                                             {"/e~1f/~0"},
		`{"@context":"c","id":"x","type":"T","":5}`:                                                      {"/"},
		`{"@context":"c","id":"x","type":"T","a":{"id":"y","b":[1,{"c":2,"d":3},4]},"e/f":{"~":0},"":5}`: {""},
	} {
		sel, err := selectParts(doc, pointers)
		if err != nil {
			t.Errorf("%q: %v", pointers, err)
			continue
		}
		if len(pointers) == 0 {
			sel.begin()
		}
		got, err := sel.append(nil)
		if err != nil || string(got) != want {
			t.Errorf("%q: %s, %v, want %s", pointers, got, err, want)
		}
	}
	sel, err := selectParts(doc, []string{"/a/b/2", "/a/b/1/d"})
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{"#0": "#0", "/a#1": "/a#1", "/a/b/0#0": "/a/b/1#0", "/a/b/1#3": "/a/b/2#3", "/a/b/7#0": "", "/zz#0": ""} {
		if got := sel.origin(place); got != want {
			t.Errorf("%s is %s, want %s", place, got, want)
		}
	}
}

// FuzzSelectiveValue checks that proof values are written as they are read.
func FuzzSelectiveValue(f *testing.F) {
	v := &selectiveValue{base: true, signature: make([]byte, 64), key: make([]byte, 35), hmac: make([]byte, 32),
		signatures: [][]byte{make([]byte, 64), make([]byte, 64)}, pointers: []string{"/issuer", ""}}
	for _, base := range []bool{true, false} {
		v.base, v.labels, v.mandatory = base, map[int]string{0: label(make([]byte, 32)), 1: label(bytes.Repeat([]byte{1}, 32))}, []int{0, 300}
		text, err := v.encode()
		if err != nil {
			f.Fatal(err)
		}
		b, err := vc.DecodeBase64(text[1:])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := parseSelective("u" + vc.EncodeBase64(b))
		if err != nil {
			if !errors.Is(err, vc.ErrMalformed) && !errors.Is(err, vc.ErrTooLarge) {
				t.Fatalf("%v", err)
			}
			return
		}
		sorted := slices.Sorted(maps.Keys(v.labels))
		if !v.base && (len(sorted) > 0 && sorted[len(sorted)-1] != len(sorted)-1) {
			return // labels of nodes that cannot all exist
		}
		text, err := v.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseSelective(text)
		if err != nil {
			t.Fatal(err)
		}
		if first, second := fmt.Sprint(*v), fmt.Sprint(*again); first != second {
			t.Fatalf("%s, then %s", first, second)
		}
	})
}

// FuzzSelection checks that any selection is valid JSON and part of the document.
func FuzzSelection(f *testing.F) {
	f.Add(badge, "/credentialSubject/achievement/alignment/0", "/issuer")
	f.Add(`{"a/b":{"~":[1,[2,3]]}}`, "/a~1b/~0/1/0", "")
	f.Fuzz(func(t *testing.T, text, p, q string) {
		v, err := vc.ParseJSON([]byte(text))
		if err != nil || !v.Is(vc.Object) {
			return
		}
		sel, err := selectParts(v, []string{p, q})
		if err != nil {
			return
		}
		out, err := sel.append(nil)
		if err != nil || !json.Valid(out) {
			t.Fatalf("%s: %v", out, err)
		}
		whole, err := selectParts(v, []string{""})
		if err != nil {
			t.Fatal(err)
		}
		all, err := whole.append(nil)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := vc.ParseJSON(all)
		if err != nil || string(ld.JCS(nil, parsed)) != string(ld.JCS(nil, v, "proof")) {
			t.Fatalf("selecting everything gives %s, %v", all, err)
		}
	})
}

// BenchmarkSelective verifies a derived proof of a badge.
func BenchmarkSelective(b *testing.B) {
	trip := selectiveTrip(b, "")
	d := document(b, trip.sign(b, badge))
	v, err := parseSelective(d.Proofs[0].ProofValue)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := trip.verify(d); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(v.signatures)), "statements")
}
