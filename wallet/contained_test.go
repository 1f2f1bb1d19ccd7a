package wallet_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// sri returns the digestSRI of b.
func sri(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// newCLR makes a CLR of the given credentials.
func newCLR(t testing.TB, i *vctest.Issuer, children ...any) []byte {
	t.Helper()
	return i.Issue(t,
		vctest.With("@context", []any{vc.ContextV2,
			"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
			"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}),
		vctest.With("type", []any{"VerifiableCredential", "ClrCredential"}),
		vctest.With("id", "https://issuer.example/clrs/1"), vctest.With("name", "Record of a baker"),
		vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": children}))
}

// TestTakeOut takes credentials out of a CLR: those with a proof come out with
// the bytes that the proof covers, the others not at all (specs C6).
func TestTakeOut(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	signed := i.Issue(t, vctest.With("name", "Signed"))
	jwt := i.Issue(t, vctest.As(vctest.JOSEVC), vctest.With("name", "JWT"), vctest.With("id", "urn:uuid:2"))
	unsigned := i.Issue(t, vctest.As(vctest.None), vctest.With("id", "urn:uuid:3"), vctest.With("issuer", "https://college.example"))
	envelope := vctest.Object{"@context": vc.ContextV2, "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt," + string(jwt)}
	entry := kept(t, e, a, text(newCLR(t, i, json.RawMessage(signed), envelope, json.RawMessage(unsigned),
		vctest.Object{"@context": vc.ContextV2, "type": "EnvelopedVerifiableCredential", "id": "data:text/plain,diary"})))[0]
	if entry.Verdict != vc.Valid || entry.Summary.Title != "Record of a baker" || entry.Summary.Version != "Comprehensive Learner Record 2.0" {
		t.Fatalf("%s %+v", entry.Verdict, entry.Summary)
	}
	for n, want := range [][]byte{signed, jwt} {
		id, err := e.TakeOut(t.Context(), a, entry.ID, n)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.WorkImport(t.Context(), a, id); err != nil {
			t.Fatal(err)
		}
		got, err := e.Keep(t.Context(), a, id, []int{1})
		if err != nil || len(got) != 1 || got[0].Verdict != vc.Valid || got[0].Source != (inspect.Source{Kind: "taken", Name: "Record of a baker"}) {
			t.Fatalf("%d: %+v, %v", n, got, err)
		}
		if b, err := e.Badge(t.Context(), a, got[0].ID); err != nil || string(b.Body.Raw) != string(want) {
			t.Errorf("%d: kept %s, %v", n, b.Body.Raw, err)
		}
	}
	for n, code := range map[int]string{2: inspect.InsideUnsigned, 3: inspect.InsideUnreadable} {
		_, err := e.TakeOut(t.Context(), a, entry.ID, n)
		wallettest.Refused(t, err, wallet.BadInput, code)
	}
	for _, n := range []int{-1, 4} {
		_, err := e.TakeOut(t.Context(), a, entry.ID, n)
		wallettest.Refused(t, err, wallet.Missing, "not_found")
	}
}

// TestLargeCLR imports a CLR near the limit of 10 MiB, with a hundred
// credentials that embed pictures (specs C9).
func TestLargeCLR(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	i := issuer(t, e)
	filler := "data:image/png;base64," + strings.Repeat("QUJD", 25_000)
	var children []any
	for n := range 100 {
		children = append(children, json.RawMessage(i.Issue(t, vctest.With("id", fmt.Sprint("https://issuer.example/badges/", n)),
			vctest.With("credentialSubject.achievement.id", fmt.Sprint("https://issuer.example/achievements/", n)),
			vctest.With("credentialSubject.achievement.image", vctest.Object{"id": filler + fmt.Sprintf("%04d", n), "type": "Image"}))))
	}
	large := newCLR(t, i, children...)
	if len(large) < 95*(10<<20)/100 {
		t.Fatalf("only %d bytes", len(large))
	}
	entry := kept(t, e, a, text(large))[0]
	if entry.Verdict != vc.Valid {
		t.Fatalf("%s: %+v", entry.Verdict, entry.Report.Checks)
	}
	subs := entry.Report.Check(vc.CheckProof).Sub
	for _, sub := range subs {
		if v := sub.Verdict(vc.Policy{}); v != vc.Valid {
			t.Fatalf("a contained credential is %s: %+v", v, sub.Checks)
		}
	}
	if b, err := e.Badge(t.Context(), a, entry.ID); err != nil || len(subs) != 100 || string(b.Body.Raw) != string(large) {
		t.Errorf("%d contained credentials, %v", len(subs), err)
	}
}
