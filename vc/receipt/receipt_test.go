package receipt_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/receipt"
	"backpack/vc/standard"
	"backpack/vc/vctest"
)

const origin = "https://backpack.example"

func newStandard(t testing.TB, web *vctest.Web) *standard.Standard {
	t.Helper()
	s, err := standard.New(standard.Config{Fetch: web, Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t testing.TB, b []byte) *vc.Document {
	t.Helper()
	d, err := vc.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func verify(t testing.TB, s *standard.Standard, d *vc.Document) *vc.Report {
	t.Helper()
	r, err := s.Verifier.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// result verifies a badge and returns its result.
func result(t testing.TB, s *standard.Standard, badge []byte) receipt.Result {
	t.Helper()
	d := parse(t, badge)
	r := verify(t, s, d)
	return receipt.NewResult(d, "", "Baker", "Open Badges 3.0", r, r.Verdict(vc.Policy{}))
}

// sign signs a receipt as a service does.
func sign(t testing.TB, s *standard.Standard, r *receipt.Receipt) []byte {
	t.Helper()
	signer := vctest.NewSigner(t, vctest.Ed25519, "a service")
	id, method, err := did.KeyDID(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	r.ID, r.Issuer, r.At = "urn:backpack:receipt:1", id, vctest.Now()
	unsigned, err := r.Unsigned()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Signing.Sign(t.Context(), unsigned, vc.SignOptions{VerificationMethod: method, Purpose: vc.AssertionMethod, Created: vctest.Now()}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func record(results ...receipt.Result) *receipt.Receipt {
	return &receipt.Receipt{Record: receipt.Record{Origin: origin, Software: "Backpack v1", Occasion: receipt.OnRequest, Results: results}}
}

// TestReceipt writes, signs, verifies and parses a receipt without a network.
func TestReceipt(t *testing.T) {
	web := vctest.NewWeb()
	s := newStandard(t, web)
	i := vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.Ed25519)
	badge := i.Issue(t, vctest.Status("BitstringStatusListEntry", "revocation", false))
	vp := vctest.NewHolder(t).Present(t, "", "", badge)
	in := record(result(t, s, badge), result(t, s, i.Issue(t, vctest.Expired)), result(t, s, vp))
	signed := sign(t, s, in)

	if got := verify(t, newStandard(t, vctest.NewWeb()), parse(t, signed)).Verdict(vc.Policy{}); got != vc.Valid {
		t.Fatalf("%s", got)
	}
	for name, text := range map[string][]byte{"as signed": signed, "indented": receipt.Pretty(signed)} {
		d := parse(t, text)
		out, err := receipt.Parse(d)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := cmp.Diff(in, out); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if r := verify(t, s, d); r.Verdict(vc.Policy{}) != vc.Valid {
			t.Errorf("%s: %+v", name, r)
		}
	}
	x := in.Results[0]
	if x.SHA256 != fmt.Sprintf("%x", parse(t, badge).Digest()) || x.Key == "" || x.Binding != "did" ||
		len(x.Lists) != 1 || len(x.Lists[0].SHA256) != 64 || len(x.Facts) != 5 {
		t.Errorf("%+v", x)
	}
	if in.Results[2].Challenged != "none" || in.Results[0].Challenged != "" || strings.Join(in.Verdicts(), " ") != "valid expired" {
		t.Errorf("%v", in.Verdicts())
	}
	if got := in.Speaks(x.SHA256); len(got) != 1 || got[0] != 0 || in.Speaks("", strings.Repeat("0", 64)) != nil {
		t.Errorf("got results %v", got)
	}
	if bytes.Contains(signed, []byte("learner")) || bytes.Contains(signed, []byte("Bakes bread")) {
		t.Errorf("it contains the recipient or the badge's content: %s", signed)
	}
}

// TestTampering changes every byte of a receipt. A receipt that still verifies and
// parses must state the same.
func TestTampering(t *testing.T) {
	s := newStandard(t, vctest.NewWeb())
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	in := record(result(t, s, i.Issue(t)))
	signed := sign(t, s, in)
	ctx := vc.WithOffline(t.Context())
	held := 0
	for at := range signed {
		for _, mask := range []byte{0x01, 0x20} {
			altered := bytes.Clone(signed)
			altered[at] ^= mask
			d, err := vc.Parse(altered)
			if err != nil || !receipt.Is(d) {
				continue
			}
			out, err := receipt.Parse(d)
			if err != nil {
				continue
			}
			r, err := s.Verifier.Verify(ctx, d, vc.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r.Verdict(vc.Policy{}) != vc.Valid {
				continue
			}
			held++
			if diff := cmp.Diff(in, out); diff != "" {
				t.Errorf("byte %d: %s", at, diff)
			}
		}
	}
	if held > 0 {
		t.Logf("%d changes leave the statement as it is", held)
	}
}

// TestDeception alters what an RDF proof does not cover: each receipt still
// verifies, and Parse refuses it.
func TestDeception(t *testing.T) {
	s := newStandard(t, vctest.NewWeb())
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	signed := string(sign(t, s, record(result(t, s, i.Issue(t)))))
	swap := strings.NewReplacer(`"checkedBy"`, `"software"`, `"software"`, `"checkedBy"`)
	for name, tt := range map[string]struct {
		text   string
		proved bool
	}{
		"two names swapped": {swap.Replace(signed), true},
		"another term":      {strings.Replace(signed, `{"VerificationReceipt"`, `{"x":"urn:x","VerificationReceipt"`, 1), true},
		"another context":   {strings.Replace(signed, `"@type":"@json"}}]`, `"@type":"@json"}},{"y":"urn:y"}]`, 1), true},
		"another type":      {strings.Replace(signed, `"VerificationReceipt"],`, `"VerificationReceipt","OpenBadgeCredential"],`, 1), false},
		"another member":    {strings.Replace(signed, `"validFrom"`, `"sticker":"gold","validFrom"`, 1), false},
		"another result":    {strings.Replace(signed, `"results":[`, `"results":[{"sha256":"00"},`, 1), false},
		"without a proof":   {signed[:strings.Index(signed, `,"proof"`)] + "}", false},
	} {
		if tt.text == signed {
			t.Fatalf("%s: the receipt is unchanged", name)
		}
		d := parse(t, []byte(tt.text))
		if !receipt.Is(d) {
			t.Errorf("%s: it no longer has the type of a receipt", name)
		}
		if proved := verify(t, s, d).Check(vc.CheckProof).Outcome == vc.Passed; proved != tt.proved {
			t.Errorf("%s: got proof %v", name, proved)
		}
		if out, err := receipt.Parse(d); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	if receipt.Is(parse(t, i.Issue(t))) || receipt.Is(nil) {
		t.Error("a badge is a receipt")
	}
}

func TestUnsignedRefuses(t *testing.T) {
	for name, r := range map[string]*receipt.Receipt{"empty": {}, "no results": {ID: "urn:x", Issuer: "did:key:z", At: vctest.Now()},
		"too many": {ID: "urn:x", Issuer: "did:key:z", At: vctest.Now(), Record: receipt.Record{Results: make([]receipt.Result, receipt.MaxResults+1)}}} {
		if b, err := r.Unsigned(); err == nil {
			t.Errorf("%s: %s", name, b)
		}
	}
}

// TestLargeReceipt signs and verifies the largest permitted receipt.
func TestLargeReceipt(t *testing.T) {
	s := newStandard(t, vctest.NewWeb())
	one := result(t, s, vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(t))
	r := record()
	for range receipt.MaxResults {
		r.Results = append(r.Results, one)
	}
	d := parse(t, sign(t, s, r))
	if got := verify(t, s, d).Verdict(vc.Policy{}); got != vc.Valid {
		t.Errorf("%s", got)
	}
	if _, err := receipt.Parse(d); err != nil {
		t.Error(err)
	}
}

func TestConfirm(t *testing.T) {
	signer := vctest.NewSigner(t, vctest.Ed25519, "a service")
	key, _, err := did.KeyDID(signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) *url.URL {
		u, err := url.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	own, err := receipt.DIDDocument(at("https://backpack.example:8443"), key)
	if err != nil {
		t.Fatal(err)
	}
	const address = "https://backpack.example:8443/.well-known/did.json"
	for name, tt := range map[string]struct {
		origin, body string
		want         vc.Outcome
	}{
		"the service's own": {"https://backpack.example:8443", string(own), vc.Passed},
		"another key": {"https://backpack.example:8443",
			strings.ReplaceAll(string(own), `"publicKeyMultibase":"z6Mk`, `"publicKeyMultibase":"z6Mx`), vc.Failed},
		"not for assertions": {"https://backpack.example:8443", strings.Replace(string(own), "assertionMethod", "authentication", 1), vc.Failed},
		"another's document": {"https://backpack.example:8443", strings.Replace(string(own), `"id":"did:web:backpack`, `"id":"did:web:other`, 1), vc.Unknown},
		"an HTML page":       {"https://backpack.example:8443", "<html>", vc.Unknown},
		"no answer":          {"https://nobody.example", "", vc.Unknown},
		"plain http":         {"http://backpack.example:8443", string(own), vc.Unknown},
		"a path":             {"https://backpack.example:8443/x", string(own), vc.Unknown},
		"no origin":          {"", string(own), vc.Unknown},
		"not an address":     {"https://%", string(own), vc.Unknown},
	} {
		web := vctest.NewWeb()
		web.Serve(address, "application/json", []byte(tt.body))
		got, err := receipt.Confirm(t.Context(), web, &receipt.Receipt{Issuer: key, Record: receipt.Record{Origin: tt.origin}})
		if got != tt.want || (got == vc.Unknown) != (err != nil) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	web := vctest.NewWeb()
	web.Serve(address, "application/json", own)
	keys, err := did.New(did.Config{Fetch: web, Now: vctest.Now})
	if err != nil {
		t.Fatal(err)
	}
	const id = "did:web:backpack.example%3A8443"
	k, err := keys.ResolveKey(t.Context(), vc.KeyRequest{ID: id + "#service", Issuer: id, Purpose: vc.AssertionMethod, At: vctest.Now()})
	if err != nil || k.Outcome != vc.Passed {
		t.Errorf("as did:web: got %+v, error %v", k, err)
	}
	for _, o := range []string{"http://localhost:8080", "https://a.example/b"} {
		if _, err := receipt.DIDDocument(at(o), key); err == nil {
			t.Errorf("got a document for %s", o)
		}
	}
}

func FuzzParse(f *testing.F) {
	s := newStandard(f, vctest.NewWeb())
	badge := vctest.NewIssuer(f, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(f)
	f.Add(sign(f, s, record(result(f, s, badge))))
	f.Add(badge)
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := vc.Parse(b)
		if err != nil {
			return
		}
		r, err := receipt.Parse(d)
		if err != nil {
			return
		}
		if len(r.Results) == 0 || len(r.Results) > receipt.MaxResults || r.At.IsZero() || r.Checked().Before(r.Results[0].At) {
			t.Errorf("%+v", r)
		}
	})
}

// TestReceiptOfOld asserts that released receipts remain readable.
func TestReceiptOfOld(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "receipt.json"))
	if err != nil {
		t.Fatal(err)
	}
	d := parse(t, b)
	r, err := receipt.Parse(d)
	if err != nil || len(r.Results) != 1 || r.Results[0].Title != "Baker" || r.Results[0].Verdict != vc.Valid || len(r.Results[0].Lists) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if got := verify(t, newStandard(t, vctest.NewWeb()), d).Verdict(vc.Policy{}); got != vc.Valid {
		t.Errorf("%s", got)
	}
}
