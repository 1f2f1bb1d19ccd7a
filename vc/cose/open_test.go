package cose_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"backpack/vc"
	"backpack/vc/cose"
	"backpack/vc/vctest"
)

func issuer(t testing.TB) *vctest.Issuer {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
}

func TestOpen(t *testing.T) {
	i := issuer(t)
	payload := i.Badge(t)
	b := i.COSE(t, nil, payload)
	for name, text := range map[string][]byte{"tagged": b, "untagged": b[1:]} {
		s, err := cose.Open(text)
		if err != nil {
			t.Fatal(err)
		}
		if s.Alg != "ES256" || s.Kid != i.Method || s.Typ != "application/vc+cose" || !bytes.Equal(s.Payload, payload) {
			t.Errorf("%s: %+v", name, s)
		}
		d, err := cose.Parse(text)
		if err != nil || d.Form != vc.COSEVC || d.Credential.Name.String() != "Baker" || !bytes.Equal(d.Raw, text) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := vc.Parse(text); !errors.Is(err, vc.ErrUnsupported) {
			t.Errorf("%s: parsing without an opener: got error %v", name, err)
		}
	}
}

// TestRefuses opens bytes that are not a COSE_Sign1, or that have two readings.
func TestRefuses(t *testing.T) {
	i := issuer(t)
	payload := i.Badge(t)
	good := i.COSE(t, nil, payload)
	protected := vctest.CBOR(t, map[any]any{1: -7})
	sign1 := func(parts ...any) []byte { return append([]byte{0xd2}, vctest.CBOR(t, parts)...) }
	sig := make([]byte, 64)
	deep := append(bytes.Repeat([]byte{0x81}, 100), 0)
	for _, x := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, vc.ErrMalformed},
		{"tag only", []byte{0xd2}, vc.ErrMalformed},
		{"cut off", good[:len(good)-1], vc.ErrMalformed},
		{"trailing byte", append(bytes.Clone(good), 0), vc.ErrMalformed},
		{"tagged twice", append([]byte{0xd2}, good...), vc.ErrMalformed},
		{"another tag", append([]byte{0xd1}, good[1:]...), vc.ErrMalformed},
		{"tag in a long encoding", append([]byte{0xd8, 0x12}, good[1:]...), vc.ErrMalformed},
		{"in the tag of a CWT", append([]byte{0xd8, 0x3d}, good...), vc.ErrMalformed},
		{"three parts", sign1(protected, map[any]any{}, payload), vc.ErrMalformed},
		{"five parts", sign1(protected, map[any]any{}, payload, sig, sig), vc.ErrMalformed},
		{"indefinite length", append([]byte{0xd2, 0x9f}, append(bytes.Clone(good[2:]), 0xff)...), vc.ErrMalformed},
		{"a map of parts", sign1(map[any]any{1: 2}), vc.ErrMalformed},
		{"detached payload", sign1(protected, map[any]any{}, nil, sig), vc.ErrMalformed},
		{"empty payload", sign1(protected, map[any]any{}, []byte{}, sig), vc.ErrMalformed},
		{"payload as text", sign1(protected, map[any]any{}, string(payload), sig), vc.ErrMalformed},
		{"protected header as a map", sign1(map[any]any{1: -7}, map[any]any{}, payload, sig), vc.ErrMalformed},
		{"no protected header", sign1([]byte{}, map[any]any{1: -7}, payload, sig), vc.ErrMalformed},
		{"alg unprotected", sign1(vctest.CBOR(t, map[any]any{3: "application/vc"}), map[any]any{1: -7}, payload, sig), vc.ErrMalformed},
		{"alg in both", sign1(protected, map[any]any{1: -7}, payload, sig), vc.ErrMalformed},
		{"alg as text", sign1(vctest.CBOR(t, map[any]any{1: "ES256"}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"alg twice", sign1([]byte{0xa2, 0x01, 0x26, 0x01, 0x27}, map[any]any{}, payload, sig), vc.ErrMalformed},
		{"alg twice, once in a long encoding", sign1([]byte{0xa2, 0x01, 0x26, 0x18, 0x01, 0x27}, map[any]any{}, payload, sig), vc.ErrMalformed},
		{"critical", sign1(vctest.CBOR(t, map[any]any{1: -7, 2: []any{3}}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"critical, unprotected", sign1(protected, map[any]any{2: []any{3}}, payload, sig), vc.ErrMalformed},
		{"kid as text", sign1(vctest.CBOR(t, map[any]any{1: -7, 4: "x"}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"kid of bytes that are not text", sign1(vctest.CBOR(t, map[any]any{1: -7, 4: []byte{0xff}}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"typ as a number", sign1(vctest.CBOR(t, map[any]any{1: -7, 16: 61}), map[any]any{}, payload, sig), vc.ErrUnsupported},
		{"label of bytes", sign1(vctest.CBOR(t, map[any]any{1: -7, cbor.ByteString("x"): 1}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"trailing byte in the header", sign1(append(bytes.Clone(protected), 0), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"a tag inside", sign1(vctest.CBOR(t, map[any]any{1: -7, "x": cbor.Tag{Number: 1, Content: 1}}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"too deep", sign1(vctest.CBOR(t, map[any]any{1: -7, "x": cbor.RawMessage(deep)}), map[any]any{}, payload, sig), vc.ErrMalformed},
		{"a long header", sign1(vctest.CBOR(t, map[any]any{1: -7, "x": make([]byte, 20_000)}), map[any]any{}, payload, sig), vc.ErrTooLarge},
		{"array with a false length", []byte{0xd2, 0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, vc.ErrMalformed},
		{"bytes with a false length", []byte{0xd2, 0x84, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, vc.ErrMalformed},
		{"JSON", payload, vc.ErrMalformed},
		{"hexadecimal text", []byte("d284"), vc.ErrMalformed},
		{"too large", make([]byte, 11<<20), vc.ErrTooLarge},
	} {
		if _, err := cose.Open(x.b); !errors.Is(err, x.want) {
			t.Errorf("%s: got error %v, want %v", x.name, err, x.want)
		}
	}
}

// TestTypes: the payload must match the types in the header.
func TestTypes(t *testing.T) {
	i := issuer(t)
	for _, x := range []struct {
		typ, content any
		want         error
		problem      vc.Reason
	}{
		{"application/vc+cose", "application/vc", nil, ""},
		{"vc+cose", nil, nil, ""},
		{nil, "application/vc", nil, ""},
		{nil, nil, nil, ""},
		{"Application/VC+COSE", nil, nil, ""},
		{"application/vp+cose", nil, nil, vc.ReasonWrongType},
		{nil, "application/vp", nil, vc.ReasonWrongType},
		{"application/vc+cose", "application/vp", vc.ErrUnsupported, ""},
		{"very/bad", "really/bad", vc.ErrUnsupported, ""},
		{"application/vc+cose", "text/plain", vc.ErrUnsupported, ""},
		{"application/vc+jwt", nil, vc.ErrUnsupported, ""},
		{"application/vc", nil, vc.ErrUnsupported, ""},
	} {
		d, err := cose.Parse(i.COSE(t, map[any]any{16: x.typ, 3: x.content}, i.Badge(t)))
		if !errors.Is(err, x.want) {
			t.Errorf("%v, %v: got error %v, want %v", x.typ, x.content, err, x.want)
		}
		got := vc.Reason("")
		if err == nil && len(d.Problems) > 0 {
			got = d.Problems[0].Reason
		}
		if got != x.problem {
			t.Errorf("%v, %v: got %s, want %s", x.typ, x.content, got, x.problem)
		}
	}
}

// FuzzOpen asserts that no input panics, and that the signed input contains the
// returned payload.
func FuzzOpen(f *testing.F) {
	i := issuer(f)
	good := i.COSE(f, nil, i.Badge(f))
	f.Add(good)
	f.Add(good[1:])
	f.Add(i.COSE(f, map[any]any{2: []any{1}, "x": map[any]any{1: 2}}, []byte("{}")))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := cose.Open(b)
		if err != nil {
			return
		}
		var parts []cbor.RawMessage
		if err := cbor.Unmarshal(s.Signed, &parts); err != nil || len(parts) != 4 {
			t.Fatalf("signed input: %v", err)
		}
		var payload []byte
		if err := cbor.Unmarshal(parts[3], &payload); err != nil || !bytes.Equal(payload, s.Payload) {
			t.Errorf("the signed input has another payload: %v", err)
		}
		if !bytes.Contains(b, s.Payload) || !bytes.Contains(b, s.Signature) {
			t.Error("the payload is not part of the input")
		}
		_, _ = cose.Parse(b)
	})
}
