package suite

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
)

// An alwaysDerived is a suite whose Sign returns a derived proof.
type alwaysDerived struct {
	vc.DerivingSuite
	mandatory, pointers []string
}

func (s alwaysDerived) Sign(ctx context.Context, unsigned []byte, opt vc.SignOptions, key vc.Signer) ([]byte, error) {
	opt.Mandatory = s.mandatory
	signed, err := s.DerivingSuite.Sign(ctx, unsigned, opt, key)
	if err != nil {
		return nil, err
	}
	v, err := vc.ParseJSON(signed)
	if err != nil {
		return nil, err
	}
	return s.Derive(ctx, documentOf(v), s.pointers)
}

// selectiveTrip returns a roundTrip with derived proofs.
func selectiveTrip(t testing.TB, pointers ...string) roundTrip {
	s := alwaysDerived{SelectiveECDSA(engine(t), rand.Reader), []string{"/issuer", "/validFrom"}, pointers}
	return roundTrip{"ecdsa-sd-2023", s, ecSigner(t, elliptic.P256())}
}

// tampered returns the round trips of the tamper tests.
func tampered(t testing.TB) []roundTrip { return append(roundTrips(t), mostlyMandatory(t)) }

// mostlyMandatory is a selectiveTrip with few separately signed statements, for
// tests that verify thousands of times.
func mostlyMandatory(t testing.TB) roundTrip {
	trip := selectiveTrip(t)
	trip.suite = alwaysDerived{SelectiveECDSA(engine(t), rand.Reader), []string{"/issuer", "/validFrom", "/credentialSubject"}, []string{""}}
	return trip
}

// TestDerive derives parts of a badge.
func TestDerive(t *testing.T) {
	for name, x := range map[string]struct {
		pointers []string
		want     string // names of the members of the root and of the subject
	}{
		"everything": {[]string{""}, "credentialSubject,evidence,id,issuer,name,type,validFrom/achievement,id,result,type"},
		"nothing":    {nil, "id,issuer,type,validFrom/"},
		"a name":     {[]string{"/name"}, "id,issuer,name,type,validFrom/"},
		"one of two": {[]string{"/credentialSubject/result/1"}, "credentialSubject,id,issuer,type,validFrom/id,result,type"},
		"deep": {[]string{"/credentialSubject/achievement/criteria/narrative", "/evidence"},
			"credentialSubject,evidence,id,issuer,type,validFrom/achievement,id,type"},
		"twice":            {[]string{"/name", "/name", "/issuer/name"}, "id,issuer,name,type,validFrom/"},
		"everything twice": {[]string{"", "/name"}, "credentialSubject,evidence,id,issuer,name,type,validFrom/achievement,id,result,type"},
	} {
		t.Run(name, func(t *testing.T) {
			trip := selectiveTrip(t, x.pointers...)
			two := strings.Replace(badge, `[{"type": ["Result"], "value": "97"}]`, `[{"type": ["Result"], "value": "97"}, {"type": ["Result"], "value": "98"}]`, 1)
			d := document(t, trip.sign(t, two))
			if err := trip.verify(d); err != nil {
				t.Fatal(err)
			}
			if got := members(d.Claims, "@context", "proof") + "/" + members(d.Claims.Get("credentialSubject")); got != x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
			if r := d.Claims.Get("credentialSubject").Get("result"); name == "one of two" && r.Raw() != `[{"type":["Result"],"value":"98"}]` &&
				r.Raw() != `[{"type": ["Result"], "value": "98"}]` {
				t.Errorf("the disclosed result is %s", r.Raw())
			}
			if len(d.Proofs) != 1 || d.Proofs[0].Base() {
				t.Error("the derived document still has a base proof")
			}
			again := document(t, trip.sign(t, two))
			if len(d.Claims.Get("id").Str()) > 0 && again.Proofs[0].ProofValue == d.Proofs[0].ProofValue {
				t.Error("two badges share secrets")
			}
		})
	}
}

func members(v *vc.Value, without ...string) string {
	var out []string
	for _, m := range v.Items() {
		if !slices.Contains(without, m.Name()) {
			out = append(out, m.Name())
		}
	}
	slices.Sort(out)
	return strings.Join(out, ",")
}

// TestDeriveRefuses tries pointers that select nothing, documents without a base
// proof, and modified documents.
func TestDeriveRefuses(t *testing.T) {
	trip := selectiveTrip(t, "")
	s := trip.suite.(alwaysDerived)
	opt := options()
	opt.Mandatory = s.mandatory
	text, err := s.DerivingSuite.Sign(context.Background(), []byte(badge), opt, trip.key)
	if err != nil {
		t.Fatal(err)
	}
	base := string(text)
	for name, x := range map[string]struct {
		text     string
		pointers []string
		want     error
	}{
		"unchanged":         {base, []string{"/name"}, nil},
		"missing member":    {base, []string{"/colour"}, vc.ErrMalformed},
		"missing item":      {base, []string{"/evidence/1"}, vc.ErrMalformed},
		"item 00":           {base, []string{"/evidence/00"}, vc.ErrMalformed},
		"item -":            {base, []string{"/evidence/-"}, vc.ErrMalformed},
		"the proof":         {base, []string{"/proof"}, vc.ErrMalformed},
		"inside the proof":  {base, []string{"/proof/proofValue"}, vc.ErrMalformed},
		"inside a text":     {base, []string{"/name/0"}, vc.ErrMalformed},
		"no slash":          {base, []string{"name"}, vc.ErrMalformed},
		"invalid escape":    {base, []string{"/name~2"}, vc.ErrMalformed},
		"too many":          {base, slices.Repeat([]string{"/name"}, maxPointers+1), vc.ErrTooLarge},
		"derived proof":     {string(trip.sign(t, badge)), []string{""}, vc.ErrNotFound},
		"unsigned badge":    {badge, []string{""}, vc.ErrNotFound},
		"another suite":     {string(roundTrips(t)[0].sign(t, badge)), []string{""}, vc.ErrNotFound},
		"changed statement": {strings.Replace(base, "Extinguished", "Escaped", 1), []string{"/name"}, vc.ErrSignature},
		"added statement":   {strings.Replace(base, `"name": "Fire`, `"description": "More","name": "Fire`, 1), []string{"/name"}, vc.ErrSignature},
		"undefined term":    {strings.Replace(base, `"name": "Fire`, `"colour": "red","name": "Fire`, 1), []string{"/name"}, vc.ErrTerms},
	} {
		if _, err := s.Derive(context.Background(), document(t, []byte(x.text)), x.pointers); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	d := document(t, text)
	key := &vc.Key{Public: trip.key.Public()}
	if err := s.VerifyBase(context.Background(), d, &d.Proofs[0], key); err != nil {
		t.Errorf("base proof: %v", err)
	}
	if err := s.VerifyBase(context.Background(), d, &d.Proofs[0], &vc.Key{Public: ecSigner(t, elliptic.P256()).Public()}); !errors.Is(err, vc.ErrSignature) {
		t.Errorf("base proof with another key: %v", err)
	}
	if err := s.Verify(context.Background(), d, &d.Proofs[0], key); !errors.Is(err, vc.ErrPrivateCopy) {
		t.Errorf("base proof in Verify: %v", err)
	}
	derived := document(t, trip.sign(t, badge))
	if err := s.VerifyBase(context.Background(), derived, &derived.Proofs[0], key); !errors.Is(err, vc.ErrMalformed) {
		t.Errorf("derived proof in VerifyBase: %v", err)
	}
}

// TestEveryBaseByte changes each byte of a base proof's value, which VerifyBase
// must detect.
func TestEveryBaseByte(t *testing.T) {
	trip := mostlyMandatory(t)
	s := trip.suite.(alwaysDerived)
	opt := options()
	opt.Mandatory = s.mandatory
	text, err := s.DerivingSuite.Sign(context.Background(), []byte(badge), opt, trip.key)
	if err != nil {
		t.Fatal(err)
	}
	d := document(t, text)
	content, err := vc.DecodeBase64(d.Proofs[0].ProofValue[1:])
	if err != nil {
		t.Fatal(err)
	}
	for i := range content {
		changed := bytes.Clone(content)
		changed[i] ^= 1 << (i % 8)
		p := d.Proofs[0]
		p.ProofValue = "u" + vc.EncodeBase64(changed)
		if err := s.VerifyBase(context.Background(), d, &p, &vc.Key{Public: trip.key.Public()}); err == nil {
			t.Errorf("a change of byte %d of %d was accepted", i, len(content))
		}
	}
}

// TestTamperedDerivedProof modifies a derived proof without breaking its form,
// which must make it invalid.
func TestTamperedDerivedProof(t *testing.T) {
	trip := selectiveTrip(t, "/name", "/credentialSubject/achievement", "/evidence")
	d := document(t, trip.sign(t, badge))
	other := document(t, trip.sign(t, badge)) // of the same badge, with other secrets
	theirs, err := parseSelective(other.Proofs[0].ProofValue)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(v *selectiveValue){
		"missing signature":                func(v *selectiveValue) { v.signatures = v.signatures[1:] },
		"no signatures":                    func(v *selectiveValue) { v.signatures = nil },
		"duplicate signature":              func(v *selectiveValue) { v.signatures = append(v.signatures, v.signatures[0]) },
		"replaced signature":               func(v *selectiveValue) { v.signatures[1] = v.signatures[0] },
		"swapped signatures":               func(v *selectiveValue) { v.signatures[0], v.signatures[1] = v.signatures[1], v.signatures[0] },
		"zero signature":                   func(v *selectiveValue) { v.signatures[0] = make([]byte, 64) },
		"other signatures":                 func(v *selectiveValue) { v.signatures = theirs.signatures },
		"other key":                        func(v *selectiveValue) { v.key = theirs.key },
		"other key, signatures and labels": func(v *selectiveValue) { v.key, v.signatures, v.labels = theirs.key, theirs.signatures, theirs.labels },
		"other base signature":             func(v *selectiveValue) { v.signature = theirs.signature },
		"key of another kind":              func(v *selectiveValue) { v.key = slices.Concat([]byte{0x81, 0x24}, v.key[2:]) },
		"key off the curve":                func(v *selectiveValue) { v.key = slices.Concat([]byte{0x80, 0x24, 2}, bytes.Repeat([]byte{0xff}, 32)) },
		"missing label":                    func(v *selectiveValue) { delete(v.labels, len(v.labels)-1) },
		"extra label":                      func(v *selectiveValue) { v.labels[len(v.labels)] = label(make([]byte, 32)) },
		"duplicate label":                  func(v *selectiveValue) { v.labels[1] = v.labels[0] },
		"swapped labels":                   func(v *selectiveValue) { v.labels[0], v.labels[1] = v.labels[1], v.labels[0] },
		"missing index":                    func(v *selectiveValue) { v.mandatory = v.mandatory[1:] },
		"extra index":                      func(v *selectiveValue) { v.mandatory = append(v.mandatory, v.mandatory[len(v.mandatory)-1]+1) },
		"duplicate index":                  func(v *selectiveValue) { v.mandatory = append(v.mandatory, v.mandatory[len(v.mandatory)-1]) },
		"index too large":                  func(v *selectiveValue) { v.mandatory = append(v.mandatory, 10_000) },
		"indexes out of order":             func(v *selectiveValue) { slices.Reverse(v.mandatory) },
		"no indexes":                       func(v *selectiveValue) { v.mandatory = nil },
		"another index":                    func(v *selectiveValue) { v.mandatory[0]++ },
		"nothing":                          func(v *selectiveValue) {},
	} {
		v, err := parseSelective(d.Proofs[0].ProofValue)
		if err != nil {
			t.Fatal(err)
		}
		if len(v.mandatory) < 3 || len(v.labels) < 3 || len(v.signatures) < 5 {
			t.Fatalf("too little to modify: %d, %d, %d", len(v.mandatory), len(v.labels), len(v.signatures))
		}
		change(v)
		text, err := v.encode()
		if err != nil {
			t.Fatal(err)
		}
		changed := document(t, bytes.Replace(d.Raw, []byte(d.Proofs[0].ProofValue), []byte(text), 1))
		switch err := trip.verify(changed); {
		case name == "nothing" && err != nil:
			t.Errorf("unchanged: %v", err)
		case name != "nothing" && !errors.Is(err, vc.ErrSignature) && !errors.Is(err, vc.ErrMalformed):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTamperedDerivedDocument removes, adds and moves disclosed members.
func TestTamperedDerivedDocument(t *testing.T) {
	trip := selectiveTrip(t, "/name", "/credentialSubject/achievement", "/evidence")
	signed := string(trip.sign(t, badge))
	for name, x := range map[string][2]string{
		"removed member":           {`"name":"Fire Safety <Level 1> & Zündung",`, ``},
		"removed mandatory member": {`"validFrom":"2026-01-02T03:04:05Z",`, ``},
		"removed object":           {`"criteria": {"narrative": "Passed the test."},`, ``},
		"added member":             {`"validFrom":`, `"description":"More","validFrom":`},
		"added hidden member":      {`"achievement":`, `"result":[{"type":["Result"],"value":"97"}],"achievement":`},
		"changed value":            {"Extinguished.", "Escaped."},
		"removed type":             {`["VerifiableCredential", "OpenBadgeCredential"]`, `["VerifiableCredential"]`},
		"another id":               {"urn:uuid:5f6e5a0c", "urn:uuid:5f6e5a0d"},
		"removed id":               {`"id":"urn:uuid:5f6e5a0c-9a25-4c3a-9f5f-6d6f2f2c8a11",`, ``},
		"another time":             {"2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z"},
		"added expiry":             {`"created":`, `"expires":"2030-01-01T00:00:00Z","created":`},
		"another method":           {"did:example:issuer#key", "did:example:issuer#other"},
		"added context":            {`context-3.0.3.json"`, `context-3.0.3.json","https://w3id.org/security/v2"`},
	} {
		changed := strings.Replace(signed, x[0], x[1], 1)
		if changed == signed {
			t.Errorf("%s: nothing changed in %s", name, signed)
			continue
		}
		if err := trip.verify(document(t, []byte(changed))); err == nil && name != "added context" {
			t.Errorf("%s was accepted", name)
		}
	}
}
