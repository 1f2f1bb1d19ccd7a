package standard_test

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/vctest"
)

// rich returns the options for a badge with many kinds of members.
func rich() []vctest.Option {
	endorser := vctest.Object{
		"@context": []any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id":       "urn:uuid:7", "type": []any{"VerifiableCredential", "EndorsementCredential"}, "name": "Well baked",
		"issuer":    vctest.Object{"id": "https://guild.example", "type": []any{"Profile"}, "name": "Guild"},
		"validFrom": "2026-01-01T00:00:00Z",
		"credentialSubject": vctest.Object{"id": "https://issuer.example/achievements/baker", "type": []any{"EndorsementSubject"},
			"endorsementComment": "We know them."},
	}
	return []vctest.Option{
		vctest.With("awardedDate", "2025-12-31T10:00:00Z"),
		vctest.With("evidence", []any{vctest.Object{"id": "https://issuer.example/e/1", "type": []any{"Evidence"}, "narrative": "A loaf."}}),
		vctest.With("endorsement", []any{endorser}),
		vctest.With("credentialSubject.identifier", []any{vctest.Object{"type": "IdentityObject", "hashed": true,
			"identityHash": "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399", "identityType": "emailAddress", "salt": "Kosher"}}),
		vctest.With("credentialSubject.creditsEarned", 4.5),
		vctest.With("credentialSubject.result", []any{vctest.Object{"type": []any{"Result"}, "value": "12",
			"resultDescription": "urn:uuid:8", "status": "Completed"}}),
		vctest.With("credentialSubject.achievement.tag", []any{"bread", "oven"}),
		vctest.With("credentialSubject.achievement.alignment", []any{vctest.Object{"type": []any{"Alignment"},
			"targetName": "Baking", "targetUrl": "https://skills.example/baking"}}),
		vctest.With("credentialSubject.achievement.resultDescription", []any{vctest.Object{"id": "urn:uuid:8",
			"type": []any{"ResultDescription"}, "name": "Loaves", "resultType": "RawScore", "allowedValue": []any{"1", "12"}}}),
		vctest.Status("BitstringStatusListEntry", "revocation", false),
	}
}

// A signedSample is a document with a verifier whose web serves its issuer.
type signedSample struct {
	name   string
	signed []byte
	v      *vc.Verifier
}

// signedSamples returns a rich badge in every signed form, and a presentation of
// two badges.
func signedSamples(t *testing.T) []signedSample {
	var out []signedSample
	for _, kind := range []string{vctest.Ed25519, vctest.P256, vctest.P384} {
		web := vctest.NewWeb()
		issuer, v := vctest.NewIssuer(t, web, vctest.DIDWeb, kind), newVerifier(t, web)
		for _, form := range vctest.Forms(kind) {
			if kind == vctest.P384 && form != "ecdsa-rdfc-2019" {
				continue // tampering makes no difference to P-256
			}
			out = append(out, signedSample{kind + " " + form, issuer.Issue(t, append(rich(), vctest.As(form))...), v})
		}
		if kind == vctest.Ed25519 {
			shown := vctest.NewHolder(t).Present(t, "c", "d", issuer.Issue(t), issuer.Issue(t, vctest.As(vctest.JWT)))
			out = append(out, signedSample{"presentation", shown, v})
		}
	}
	return out
}

// TestThreat03TamperBytes changes, removes, doubles or capitalises each byte of
// every sample. The result must not be valid.
func TestThreat03TamperBytes(t *testing.T) {
	for _, x := range signedSamples(t) {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			accept(t, x.v, x.signed)
			for i := range x.signed {
				b := slices.Clone(x.signed)
				b[i] ^= 1 << (i % 8)
				refuse(t, x.v, b, fmt.Sprintf("byte %d changed", i))
				switch i % 3 {
				case 0:
					refuse(t, x.v, slices.Delete(slices.Clone(x.signed), i, i+1), fmt.Sprintf("byte %d removed", i))
				case 1:
					refuse(t, x.v, slices.Insert(slices.Clone(x.signed), i, x.signed[i]), fmt.Sprintf("byte %d doubled", i))
				case 2:
					b[i] = x.signed[i] ^ 0x20
					refuse(t, x.v, b, fmt.Sprintf("byte %d in the other case", i))
				}
			}
		})
	}
}

// ofEndorsement keeps the badge's own statements, because the surrounding context
// defines the same terms. Only the endorsement becomes invalid.
const ofEndorsement = "$.endorsement[0].@context dropped"

// TestThreat03TamperMembers drops, doubles, renames and adds members everywhere.
func TestThreat03TamperMembers(t *testing.T) {
	for _, x := range signedSamples(t) {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			n := 0
			for what, changed := range tampered(t, x.signed) {
				if what != ofEndorsement {
					refuse(t, x.v, changed, what)
				}
				n++
			}
			if n < 100 {
				t.Errorf("only %d changes", n)
			}
			t.Logf("%d changes", n)
		})
	}
}

func accept(t *testing.T, v *vc.Verifier, b []byte) {
	t.Helper()
	if r := verify(t, v, b, vc.Options{}); r.Verdict(vc.Policy{}) != vc.Valid {
		t.Fatalf("the unchanged sample is %s: %+v", r.Verdict(vc.Policy{}), r.Checks)
	}
}

func refuse(t *testing.T, v *vc.Verifier, b []byte, what string) {
	t.Helper()
	d, err := vc.Parse(b)
	if err != nil {
		return
	}
	r, err := v.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if r.Verdict(vc.Policy{}) == vc.Valid {
		t.Errorf("%s: still valid\n%.3000s", what, b)
	}
}

// payloadOf returns the JSON of a signed document, and a function that replaces it
// under the same signature.
func payloadOf(t *testing.T, signed []byte) (text []byte, wrap func(string) []byte) {
	t.Helper()
	if signed[0] == '{' {
		return signed, func(payload string) []byte { return []byte(payload) }
	}
	parts := strings.Split(string(signed), ".")
	text, err := vc.DecodeBase64(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return text, func(p string) []byte { return []byte(parts[0] + "." + vc.EncodeBase64([]byte(p)) + "." + parts[2]) }
}

// tampered yields the document with one member or item changed at a time.
func tampered(t *testing.T, signed []byte) iter.Seq2[string, []byte] {
	text, wrap := payloadOf(t, signed)
	root, err := vc.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, []byte) bool) {
		for what, changed := range changes(root, "$") {
			if !yield(what, wrap(changed)) {
				return
			}
		}
	}
}

// changes yields a value's text with one change at a time.
func changes(v *vc.Value, path string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		switch v.Kind() {
		case vc.Object:
			objectChanges(v, path, yield)
		case vc.Array:
			arrayChanges(v, path, yield)
		case vc.String:
			yield(path+" changed", strconv.Quote(v.Text()+"x"))
		default:
			yield(path+" changed", "17")
		}
	}
}

func objectChanges(v *vc.Value, path string, yield func(string, string) bool) {
	var members []string
	for i := range v.Items() {
		x := &v.Items()[i]
		members = append(members, strconv.Quote(x.Name())+":"+x.Raw())
	}
	put := func(what string, i int, with ...string) bool {
		all := slices.Replace(slices.Clone(members), i, i+1, with...)
		return yield(what, "{"+strings.Join(all, ",")+"}")
	}
	for _, extra := range []string{`"grade":"A+"`, `"https://x.example/grade":"A+"`, `"@included":[]`, `"tag":["honours"]`,
		`"evidence":[{"type":["Evidence"],"narrative":"More."}]`} {
		name, _ := strconv.Unquote(strings.SplitN(extra, `":`, 2)[0] + `"`)
		if v.Get(name) == nil && !yield(path+" with "+name, "{"+strings.Join(append(slices.Clone(members), extra), ",")+"}") {
			return
		}
	}
	for i := range v.Items() {
		x := &v.Items()[i]
		name, at := x.Name(), path+"."+x.Name()
		ok := put(at+" dropped", i) &&
			put(at+" doubled", i, members[i], members[i]) &&
			put(at+" null", i, strconv.Quote(name)+":null") &&
			put(at+" renamed", i, strconv.Quote(name+"_")+":"+x.Raw()) &&
			put(at+" in capitals", i, strconv.Quote(strings.ToUpper(name))+":"+x.Raw()) &&
			put(at+" doubled in capitals", i, members[i], strconv.Quote(strings.ToUpper(name))+":"+x.Raw())
		if !ok {
			return
		}
		if name == "@context" {
			continue // entries that define nothing may be dropped
		}
		for what, text := range changes(x, at) {
			if !put(what, i, strconv.Quote(name)+":"+text) {
				return
			}
		}
	}
}

func arrayChanges(v *vc.Value, path string, yield func(string, string) bool) {
	var items []string
	for i := range v.Items() {
		items = append(items, v.Items()[i].Raw())
	}
	for i := range v.Items() {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !yield(at+" dropped", "["+strings.Join(slices.Delete(slices.Clone(items), i, i+1), ",")+"]") {
			return
		}
		for what, text := range changes(&v.Items()[i], at) {
			if !yield(what, "["+strings.Join(slices.Replace(slices.Clone(items), i, i+1, text), ",")+"]") {
				return
			}
		}
	}
}

// TestSameStatements writes the document in forms with the same statements. If the
// proof is valid, everything must be read as before.
func TestSameStatements(t *testing.T) {
	x := signedSamples(t)[0]
	root, err := vc.ParseJSON(x.signed)
	if err != nil {
		t.Fatal(err)
	}
	want := parse(t, x.signed).Credential
	held := 0
	for what, text := range wrappings(root, "$") {
		d, err := vc.Parse([]byte(text))
		if err != nil {
			continue
		}
		r, err := x.v.Verify(t.Context(), d, vc.Options{})
		if err != nil {
			t.Fatal(err)
		}
		// An endorsement that is read differently fails by its own verdict.
		if r.Verdict(vc.Policy{}) != vc.Valid || r.Check(vc.CheckEndorsement).Outcome == vc.Failed {
			continue
		}
		held++
		if diff := cmp.Diff(want, d.Credential, ignoreValues(), ignoreFaults()); diff != "" {
			t.Errorf("%s: valid, but read differently:\n%s", what, diff)
		}
	}
	t.Logf("%d valid", held)
}

// ignoreValues ignores the JSON itself and compares everything read from it.
func ignoreValues() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".Raw" || p.Last().Type() == reflect.TypeFor[*vc.Value]()
	}, cmp.Ignore())
}

// ignoreFaults ignores faults of form in embedded documents, which their own
// verdicts reflect.
func ignoreFaults() cmp.Option {
	return cmp.FilterPath(func(p cmp.Path) bool {
		name := p.Last().String()
		return name == ".Problems" || name == ".Remarks"
	}, cmp.Ignore())
}

// wrappings yields the document with one value put into a list, or taken out of a
// list of one.
func wrappings(v *vc.Value, path string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		raws := make([]string, len(v.Items()))
		for i := range v.Items() {
			x := &v.Items()[i]
			if raws[i] = x.Raw(); v.Is(vc.Object) {
				raws[i] = strconv.Quote(x.Name()) + ":" + x.Raw()
			}
		}
		for i := range v.Items() {
			x := &v.Items()[i]
			name, open, end := "", "[", "]"
			if v.Is(vc.Object) {
				name, open, end = strconv.Quote(x.Name())+":", "{", "}"
			}
			put := func(what, text string) bool {
				all := slices.Clone(raws)
				all[i] = name + text
				return yield(path+"."+x.Name()+what, open+strings.Join(all, ",")+end)
			}
			if !put(" in a list", "["+x.Raw()+"]") {
				return
			}
			if x.Is(vc.Array) && len(x.Items()) == 1 && !put(" out of its list", x.Items()[0].Raw()) {
				return
			}
			for what, text := range wrappings(x, path+"."+x.Name()) {
				if !put(strings.TrimPrefix(what, path+"."+x.Name()), text) {
					return
				}
			}
		}
	}
}
