package wallet_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// TestPresentation presents all samples and checks the presentation with the
// product itself: the holder, and each badge separately (specs D1.4).
func TestPresentation(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Alma").ID
	entries, err := e.AddSamples(t.Context(), a)
	if err != nil || len(entries) != 10 {
		t.Fatalf("%d samples, %v", len(entries), err)
	}
	r := wallet.ShareRequest{}
	want := map[string]vc.Verdict{}
	for _, entry := range entries {
		r.Entries = append(r.Entries, entry.ID)
		want[entry.Summary.Title] = entry.Verdict
	}
	s, err := e.CreateShare(t.Context(), a, r)
	if err != nil {
		t.Fatal(err)
	}
	view := opened(t, e, s, wallet.OpenShareOptions{})
	vp, err := e.SharedPresentation(t.Context(), s.Token, view.Grant)
	if err != nil {
		t.Fatal(err)
	}
	got := e.Checked(t, vp)
	acc, err := e.Account(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if got.Own != vc.Valid || got.Holder != acc.Holder ||
		got.Report.Check(vc.CheckHolder).Outcome != vc.Passed || len(got.Contained) != 6 { // older samples have no record
		t.Fatalf("%s by %s with %d badges: %+v", got.Verdict, got.Holder, len(got.Contained), got.Report.Checks)
	}
	forms, records := map[vc.Form]int{}, 0
	for _, c := range got.Contained {
		title := c.Summary.Title
		if c.Document.Credential.Issuer.Name.String() == "Backpack at localhost:8080" {
			records++
		}
		if c.Verdict != want[title] {
			t.Errorf("%q is %s, want %s", title, c.Verdict, want[title])
		}
		forms[c.Document.Form]++
	}
	if forms[vc.JWT] != 1 || forms[vc.Embedded] != 5 || records != 0 {
		t.Errorf("forms %v, %d records", forms, records)
	}
	purpose(t, vp)
	own, err := e.Present(t.Context(), a, s.ID)
	if err != nil || len(own) < len(vp)/2 {
		t.Errorf("the learner's own file: %d bytes, %v", len(own), err)
	}
	tampered(t, e, vp, acc.Holder)
}

func purpose(t *testing.T, vp []byte) {
	t.Helper()
	var p struct {
		Type  []string
		Proof struct{ ProofPurpose, Cryptosuite, Expires, Domain string }
	}
	if err := json.Unmarshal(vp, &p); err != nil {
		t.Fatal(err)
	}
	if p.Proof.ProofPurpose != "authentication" || p.Proof.Cryptosuite != "eddsa-rdfc-2022" || p.Proof.Expires == "" || p.Type[0] != "VerifiablePresentation" {
		t.Errorf("proof %+v", p)
	}
	if !bytes.Contains(vp, []byte(`"type":"EnvelopedVerifiableCredential"`)) {
		t.Error("no badge is in an envelope")
	}
}

// tampered alters the presentation and asserts that it is never valid.
func tampered(t *testing.T, e *wallettest.Env, vp []byte, holder string) {
	t.Helper()
	for name, change := range map[string][2]string{
		"holder":    {`"holder":"` + holder, `"holder":"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK`},
		"share":     {`"id":"urn:backpack:show:`, `"id":"urn:backpack:show:x`},
		"purpose":   {`"proofPurpose":"authentication"`, `"proofPurpose":"assertionMethod"`},
		"a badge":   {"Handling Historic Photographs", "Handling Historic Photographz"},
		"an object": {`"type":["VerifiablePresentation"]`, `"type":["VerifiablePresentation"],"more":"1"`},
	} {
		bad := strings.Replace(string(vp), change[0], change[1], 1)
		if bad == string(vp) {
			t.Fatalf("%s: nothing to change", name)
		}
		if got := e.Checked(t, []byte(bad)); got.Verdict == vc.Valid {
			t.Errorf("%s changed: still %s", name, got.Verdict)
		}
	}
}
