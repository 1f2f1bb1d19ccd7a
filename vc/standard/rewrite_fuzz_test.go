package standard_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/ld"
	"backpack/vc/vctest"
)

// A statedBadge is a signed document and its correct reading.
type statedBadge struct {
	name    string
	text    []byte
	verdict vc.Verdict
	doc     *vc.Document
}

// statedBadges returns documents with something to hide, under every suite whose
// proof covers statements.
func statedBadges(t testing.TB) (*vc.Verifier, []statedBadge) {
	web := vctest.NewWeb()
	v := newVerifier(t, web)
	ed := vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.Ed25519)
	ec := vctest.NewIssuer(t, web, vctest.DIDKey, vctest.P256)
	failed := func(t testing.TB, d *vctest.Draft) {
		vctest.With("credentialSubject.result", []any{vctest.Object{"type": []any{"Result"}, "status": "Failed", "value": "12"}})(t, d)
	}
	extended := func(t testing.TB, d *vctest.Draft) {
		vctest.With("@context", []any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
			vctest.Object{"grade": "https://school.example/terms#grade"}})(t, d)
		vctest.With("grade", "F")(t, d)
	}
	var out []statedBadge
	add := func(name string, text []byte) {
		d := parse(t, text)
		r := verify(t, v, text, vc.Options{})
		out = append(out, statedBadge{name, text, r.Verdict(vc.Policy{}), d})
	}
	for what, options := range map[string][]vctest.Option{
		"expired": {vctest.Expired}, "revoked": {vctest.Revoked}, "suspended": {vctest.Suspended}, "failed": {failed}, "rich": {vctest.Rich},
		"extended": {extended, vctest.Expired}, "model 1.1": {vctest.Model11, vctest.Expired}, "record": {vctest.CLR(2), vctest.Expired},
		"valid record": {vctest.CLR(2)},
	} {
		add(what, ed.Issue(t, options...))
		add(what+", ECDSA", ec.Issue(t, options...))
		add(what+", legacy", legacySigned(t, options...))
	}
	for name, options := range doubled() {
		add(name, ed.Issue(t, options...))
	}
	add("derived", ec.Issue(t, vctest.As(vctest.Selective), vctest.Expired, vctest.Mandatory("/issuer", "/validUntil", "/type"),
		vctest.Derived("/credentialSubject")))
	slices.SortFunc(out, func(a, b statedBadge) int { return strings.Compare(a.name, b.name) })
	return v, out
}

// legacySigned returns a badge signed with Ed25519Signature2020.
func legacySigned(t testing.TB, options ...vctest.Option) []byte {
	t.Helper()
	web := vctest.NewWeb()
	issuer := vctest.NewIssuer(t, web, vctest.DIDKey, vctest.Ed25519)
	var badge map[string]any
	if err := json.Unmarshal(issuer.Issue(t, options...), &badge); err != nil {
		t.Fatal(err)
	}
	method := badge["proof"].(map[string]any)["verificationMethod"]
	delete(badge, "proof")
	list, _ := badge["@context"].([]any)
	badge["@context"] = append(list, "https://w3id.org/security/suites/ed25519-2020/v1")
	proof := map[string]any{"type": "Ed25519Signature2020", "created": vctest.Now().Add(-time.Hour).Format(time.RFC3339),
		"verificationMethod": method, "proofPurpose": "assertionMethod"}
	e, err := ld.New(ld.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	value := func(v any) *vc.Value {
		b, _ := json.Marshal(v)
		out, err := vc.ParseJSON(b)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	doc := value(badge)
	var message []byte
	for _, x := range []struct {
		v   *vc.Value
		opt ld.Options
	}{{value(proof), ld.Options{Context: doc.Get("@context")}}, {doc, ld.Options{}}} {
		sum, err := e.Digest(context.Background(), x.v, x.opt)
		if err != nil {
			t.Fatal(err)
		}
		message = append(message, sum...)
	}
	key := vctest.NewSigner(t, vctest.Ed25519, "issuer")
	sig, err := key.Sign(context.Background(), message)
	if err != nil {
		t.Fatal(err)
	}
	if public, ok := key.Public().(ed25519.PublicKey); !ok || !ed25519.Verify(public, message, sig) {
		t.Fatalf("the signature by %T is not valid", key.Public())
	}
	proof["proofValue"] = "z" + vc.EncodeBase58(sig)
	badge["proof"] = proof
	b, _ := json.Marshal(badge)
	return b
}

// FuzzRewritten rewrites signed documents in ways that keep their statements, or
// nearly. None may get a better verdict, and one with a valid proof must be read as
// it was signed.
func FuzzRewritten(f *testing.F) {
	v, badges := statedBadges(f)
	words, bodies := readWords(f)
	for i := range badges {
		way := byte(i % 17)
		f.Add([]byte{byte(i), 1, way, 9, 77, 3, way, 130, 5, 2, 1})
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) < 2 || len(script) > 64 {
			return
		}
		b := badges[int(script[0])%len(badges)]
		w := &rewriter{script: script[1:], words: words, bodies: bodies}
		judge(t, v, b, w.from(t, b.text))
	})
}

// TestThreat03Rewritten runs FuzzRewritten with random scripts. BACKPACK_REWRITES
// sets their number.
func TestThreat03Rewritten(t *testing.T) {
	count := 2000
	if n, err := strconv.Atoi(os.Getenv("BACKPACK_REWRITES")); err == nil {
		count = n
	}
	v, badges := statedBadges(t)
	words, bodies := readWords(t)
	random := rand.New(rand.NewPCG(7, uint64(count)))
	held := 0
	for range count {
		script := make([]byte, 4+random.IntN(24))
		for i := range script {
			script[i] = byte(random.IntN(256))
		}
		b := badges[random.IntN(len(badges))]
		w := &rewriter{script: script, words: words, bodies: bodies}
		if judge(t, v, b, w.from(t, b.text)) {
			held++
		}
	}
	t.Logf("%d documents rewritten, %d with a valid proof", count, held)
	if held < count/100 {
		t.Errorf("only %d of %d proofs are valid: the rewriter changes too much", held, count)
	}
}

// judge compares the result for a rewritten document with the original and reports
// whether its proof is valid.
func judge(t *testing.T, v *vc.Verifier, b statedBadge, text []byte) (held bool) {
	d, err := vc.Parse(text)
	if err != nil || d.Credential == nil {
		return false
	}
	r, err := v.Verify(context.Background(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Verdict(vc.Policy{})
	if verdictRank(got) > verdictRank(b.verdict) && got != vc.Undetermined {
		t.Fatalf("%s: %s became %s\n%s", b.name, b.verdict, got, text)
	}
	if r.Check(vc.CheckProof).Outcome != vc.Passed || r.Check(vc.CheckTerms).Outcome != vc.Passed {
		return false // no part of it counts as signed
	}
	if diff := cmp.Diff(shownOf(b.doc.Credential, nil), shownOf(d.Credential, r.Words)); diff != "" {
		t.Fatalf("%s: %s, but read differently:\n%s\n%s", b.name, got, diff, text)
	}
	return true
}

// shownOf returns what a page shows of a credential, sorted.
func shownOf(c *vc.Credential, words map[string]string) []string {
	copied := *c
	copied.Context, copied.Model = nil, 0
	var lines []string
	b, err := json.Marshal(stripped{c: &copied, words: words}.value())
	if err != nil {
		return []string{err.Error()}
	}
	var v any
	_ = json.Unmarshal(b, &v)
	flatten(&lines, "", v)
	slices.Sort(lines)
	return lines
}

// flatten appends each value with its path, without indices in lists: RDF proofs do
// not cover their order.
func flatten(to *[]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flatten(to, path+"."+k, x)
		}
	case []any:
		for _, x := range v {
			flatten(to, path+"[]", x)
		}
	case nil:
	default:
		*to = append(*to, fmt.Sprint(path, "=", v))
	}
}
