package suite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/ld"
)

// TestFlippedBytes changes each byte of a signed document: it must be invalid
// unless its values are the same.
func TestFlippedBytes(t *testing.T) {
	for i, x := range tampered(t) {
		if i == 3 || i == 5 { // P-384 only takes more time
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			signed := x.sign(t, badge)
			original := document(t, signed).Claims
			read := 0
			for i := range signed {
				for _, bit := range []byte{0x01, 0x20} {
					changed := bytes.Clone(signed)
					changed[i] ^= bit
					v, err := vc.ParseJSON(changed)
					if err != nil || !v.Is(vc.Object) {
						continue
					}
					read++
					if err := x.verify(documentOf(v)); err == nil && !equal(v, original) {
						t.Errorf("byte %d, %q for %q, was accepted: …%s…", i, changed[i], signed[i], changed[max(0, i-30):min(len(changed), i+30)])
					}
				}
			}
			if read < len(signed)/2 {
				t.Errorf("only %d changed documents were readable", read)
			}
		})
	}
}

// An edit is a change to one object of a document.
type edit struct {
	name string
	do   func(members []string) []string // takes members as written
}

// hidden lists members that a careless JSON-LD processor drops. Null, an empty list
// and an empty context are not among them: they state and hide nothing.
var hidden = []string{
	`"grade":"A+"`, `"@index":"1"`, `"@reverse":{}`, `"@included":[]`, `"@nest":{}`, `"@graph":[]`, `"@language":"en"`,
	`"zzz":null`, `"@id":null`, `"@context":null`, `"@context":{"@base":"urn:x"}`, `"@context":{"name":"@id"}`, `"@context":["urn:x",{"name":"@id"}]`,
	`"https://www.w3.org/2018/credentials#validUntil":"2020"`, `"rdf:type":"x"`, `"https://x y":"1"`,
	`"https://example.org/grade":"A+"`, `"@type":[]`, `"@foo":"1"`, `"@set":[]`, `"jws":"a"`,
	`"proofValue":"z1"`, `"signatureValue":"a"`, `"nonce":"1"`, `"":""`,
}

func edits(members []string) []edit {
	var out []edit
	for i, m := range members {
		cut := func(with ...string) func([]string) []string {
			return func(m []string) []string {
				return append(append(append([]string(nil), m[:i]...), with...), m[i+1:]...)
			}
		}
		out = append(out, edit{"drop " + m, cut()},
			edit{"rename " + m, cut(`"x` + m[1:])},
			edit{"copy as another " + m, cut(m, `"other`+m[1:])},
			edit{"double " + m, cut(m, m)})
	}
	for _, h := range hidden {
		out = append(out, edit{"add " + h, func(m []string) []string { return append(append([]string(nil), m...), h) }})
	}
	return out
}

// mutate calls use with the text of v after each edit of each object in it.
func mutate(v *vc.Value, path string, use func(path, text string)) {
	switch v.Kind() {
	case vc.Object:
		var members []string
		for _, m := range v.Items() {
			members = append(members, fmt.Sprintf("%s:%s", ld.JCS(nil, named(m.Name())), m.Raw()))
		}
		for _, e := range edits(members) {
			use(path+": "+e.name, "{"+strings.Join(e.do(members), ",")+"}")
		}
		for i, m := range v.Items() {
			mutate(&v.Items()[i], path+"."+m.Name(), func(path, text string) {
				all := append([]string(nil), members...)
				all[i] = string(ld.JCS(nil, named(m.Name()))) + ":" + text
				use(path, "{"+strings.Join(all, ",")+"}")
			})
		}
	case vc.Array:
		for i := range v.Items() {
			mutate(&v.Items()[i], fmt.Sprintf("%s[%d]", path, i), func(path, text string) {
				var all []string
				for j, x := range v.Items() {
					all = append(all, x.Raw())
					if i == j {
						all[j] = text
					}
				}
				use(path, "["+strings.Join(all, ",")+"]")
			})
		}
	}
}

// named returns the name as a value.
func named(name string) *vc.Value {
	v, err := vc.ParseJSON(fmt.Appendf(nil, `[%q]`, name))
	if err != nil {
		panic(err)
	}
	return &v.Items()[0]
}

// TestTamperedMembers drops, renames, copies, doubles and adds members in every
// object of a signed document, including its proof. The result must be invalid.
func TestTamperedMembers(t *testing.T) {
	for _, x := range tampered(t) {
		t.Run(x.name, func(t *testing.T) {
			signed := x.sign(t, badge)
			tried := 0
			mutate(document(t, signed).Claims, "$", func(path, text string) {
				v, err := vc.ParseJSON([]byte(text))
				if err != nil { // duplicate member
					return
				}
				tried++
				if err := x.verify(documentOf(v)); err == nil {
					t.Errorf("%s was accepted", path)
				}
			})
			if tried < 350 {
				t.Errorf("only %d documents", tried)
			}
		})
	}
}

// TestDroppedItems removes items from every list.
func TestDroppedItems(t *testing.T) {
	for _, x := range roundTrips(t)[:2] {
		signed := string(x.sign(t, badge))
		for _, item := range []string{
			`"OpenBadgeCredential"`, `{"type": ["Alignment"], "targetName": "Safety", "targetUrl": "https://skills.example/1"}`,
			`{"type": ["Result"], "value": "97"}`, `{"type": ["Evidence"], "name": "Photo", "narrative": "Extinguished."}`,
		} {
			without := strings.Replace(strings.Replace(signed, ", "+item, "", 1), item, "", 1)
			if without == signed {
				t.Fatalf("no %s", item)
			}
			if err := x.verify(document(t, []byte(without))); err == nil {
				t.Errorf("%s: valid without %s", x.name, item)
			}
			twice := strings.Replace(signed, item, item+","+item, 1)
			if err := x.verify(document(t, []byte(twice))); err == nil && !strings.HasPrefix(item, `"`) {
				t.Errorf("%s: valid with a duplicate %s", x.name, item)
			}
		}
	}
}

// TestWrongShape tries proofs of a form that the suite does not allow.
func TestWrongShape(t *testing.T) {
	x := roundTrips(t)[0]
	signed := string(x.sign(t, badge))
	d := document(t, []byte(signed))
	value := d.Proofs[0].ProofValue
	for name, c := range map[string]struct {
		old, new string
		want     error
	}{
		"another cryptosuite":         {`"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"eddsa-jcs-2022"`, vc.ErrMalformed},
		"cryptosuite as type":         {`"type":"DataIntegrityProof"`, `"type":"eddsa-rdfc-2022"`, vc.ErrMalformed},
		"no cryptosuite":              {`"cryptosuite":"eddsa-rdfc-2022",`, ``, vc.ErrMalformed},
		"former name":                 {`"cryptosuite":"eddsa-rdfc-2022"`, `"cryptosuite":"eddsa-2022"`, vc.ErrSignature},
		"no method":                   {`"verificationMethod":"did:example:issuer#key",`, ``, vc.ErrMalformed},
		"no purpose":                  {`"proofPurpose":"assertionMethod",`, ``, vc.ErrMalformed},
		"another purpose":             {`"proofPurpose":"assertionMethod"`, `"proofPurpose":"authentication"`, vc.ErrSignature},
		"unknown previous proof":      {`"proofPurpose"`, `"previousProof":"urn:uuid:1","proofPurpose"`, vc.ErrMalformed},
		"own contexts":                {`{"type":"Data`, `{"@context":"https://www.w3.org/ns/credentials/v2","type":"Data`, nil},
		"inline context":              {`{"type":"Data`, `{"@context":{"created":"urn:x"},"type":"Data`, vc.ErrMalformed},
		"no proofValue":               {`,"proofValue":"` + value + `"`, ``, vc.ErrMalformed},
		"proofValue in base64url":     {value, "u" + value[1:], vc.ErrMalformed},
		"proofValue without z":        {value, value[1:], vc.ErrMalformed},
		"proofValue with a zero byte": {value, "z1" + value[1:], vc.ErrMalformed},
		"proofValue shorter":          {value, value[:len(value)-3], vc.ErrMalformed},
		"proofValue longer":           {value, value + "1", vc.ErrMalformed},
		"proofValue very long":        {value, "z" + strings.Repeat("2", 5000), vc.ErrMalformed},
		"proofValue with a space":     {value, value + " ", vc.ErrMalformed},
		"proofValue with a 0":         {value, "z0" + value[2:], vc.ErrMalformed},
		"proofValue is a list":        {`"` + value + `"`, `["` + value + `"]`, vc.ErrMalformed},
		"another proofValue":          {value, encodeProofValue(make([]byte, 64)), vc.ErrSignature},
		"unknown member":              {`"proofPurpose"`, `"colour":"red","proofPurpose"`, vc.ErrTerms},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(signed, c.old, c.new, 1)
			if changed == signed {
				t.Fatal("nothing changed")
			}
			if err := x.verify(document(t, []byte(changed))); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	for name, key := range map[string]any{"none": nil, "short": signer{}.ed, "private": x.key.ed, "another kind": roundTrips(t)[2].key.Public()} {
		if err := x.suite.Verify(context.Background(), d, &d.Proofs[0], &vc.Key{Public: key}); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("key %s: %v", name, err)
		}
	}
}

// TestContextsOfProof checks the relation between a JCS proof's contexts and the
// document's (specs D4.2).
func TestContextsOfProof(t *testing.T) {
	x := roundTrips(t)[1]
	d := document(t, x.sign(t, badge))
	signed := string(d.Raw)
	longer := strings.Replace(signed, `context-3.0.3.json"`, `context-3.0.3.json","https://example.org/more"`, 1)
	if err := x.verify(document(t, []byte(longer))); err != nil {
		t.Errorf("context after those of the proof: %v", err)
	}
	for name, changed := range map[string]string{
		"first":   strings.Replace(signed, `"https://www.w3.org/ns`, `"https://example.org/more","https://www.w3.org/ns`, 1),
		"between": strings.Replace(signed, "v2\",\n", "v2\",\"https://example.org/more\",\n", 1),
		"gone":    strings.Replace(signed, ",\n    \"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\"", "", 1),
	} {
		if changed == signed {
			t.Fatalf("%s: nothing changed", name)
		}
		if err := x.verify(document(t, []byte(changed))); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
