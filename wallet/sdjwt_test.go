package wallet_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/jose"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/wallettest"
)

// TestSealedForms keeps badges as SD-JWTs of both kinds and as COSE, downloads
// them byte for byte, and presents them with the learner's own key binding
// where the issuer bound them to the learner's key.
func TestSealedForms(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	learner := e.Learner(t, "Alma").ID
	acc, err := e.Account(t.Context(), learner)
	if err != nil {
		t.Fatal(err)
	}
	key, err := did.ParseMultikey(strings.TrimPrefix(acc.Holder, "did:key:"))
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := jose.MarshalJWK(key)
	if err != nil {
		t.Fatal(err)
	}
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	other := vctest.NewHolder(t)
	report := func(cnf any) vctest.Object {
		return vctest.Object{"iss": issuer.ID, "vct": "https://types.example/school_report", "iat": 1767225600, "cnf": cnf,
			"given_name": vctest.SD{Value: "Alma"}, "family_name": vctest.SD{Value: "Sommer"}}
	}
	dc := vctest.Object{"typ": "dc+sd-jwt"}
	brought := map[string][]byte{
		"bound-to-her-key":   issuer.SDJWT(t, dc, report(vctest.Object{"jwk": json.RawMessage(jwk)})),
		"bound-to-her-kid":   issuer.SDJWT(t, dc, report(vctest.Object{"kid": acc.HolderKey})),
		"bound-to-another":   issuer.SDJWT(t, dc, report(vctest.Object{"jwk": other.JWK(t, "")})),
		"bound-to-nobody":    issuer.SDJWT(t, dc, vctest.Object{"iss": issuer.ID, "vct": "https://types.example/x", "a": vctest.SD{Value: 1}}),
		"of-W3Cs-data-model": issuer.Issue(t, vctest.As(vctest.SDJWT), vctest.With("id", "urn:uuid:1")),
		"in-COSE":            issuer.COSE(t, nil, issuer.Badge(t, vctest.With("id", "urn:uuid:2"))),
	}
	var in []inspect.Input
	for name, b := range brought {
		in = append(in, inspect.Input{Name: name, Bytes: b})
	}
	entries := kept(t, e, learner, in...)
	var r wallet.ShareRequest
	for _, entry := range entries {
		r.Entries = append(r.Entries, entry.ID)
		if entry.Verdict != vc.Valid {
			t.Errorf("%s is %s", entry.Summary.Title, entry.Verdict)
		}
		b, err := e.Badge(t.Context(), learner, entry.ID)
		if err != nil {
			t.Fatal(err)
		}
		if want := brought[b.Body.FileName]; !bytes.Equal(b.Body.Raw, want) {
			t.Errorf("%s: %d bytes are stored, want %d", b.Body.FileName, len(b.Body.Raw), len(want))
		}
	}
	if len(entries) != len(brought) {
		t.Fatalf("%d badges are kept, want %d", len(entries), len(brought))
	}
	files := exported(t, e, learner, page)
	for name, want := range brought {
		if !anyFile(files, want) {
			t.Errorf("%s is not in the export", name)
		}
	}

	s, err := e.CreateShare(t.Context(), learner, r)
	if err != nil {
		t.Fatal(err)
	}
	vp, err := e.Present(t.Context(), learner, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := e.Checked(t, vp)
	if got.Verdict != vc.Valid || len(got.Contained) != len(brought) {
		t.Fatalf("%s with %d badges", got.Verdict, len(got.Contained))
	}
	bound := map[string]bool{}
	for _, c := range got.Contained {
		name := ""
		for n, b := range brought {
			if bytes.HasPrefix(c.Document.Raw, b) {
				name = n
			}
		}
		bound[name] = c.Report.Check(vc.CheckHolder).Outcome == vc.Passed
		if c.Verdict != vc.Valid || name == "" {
			t.Errorf("%q is %s: %+v", name, c.Verdict, c.Report.Checks)
		}
	}
	for name := range brought {
		if want := strings.HasPrefix(name, "bound-to-her-"); bound[name] != want {
			t.Errorf("%s: bound %v, want %v", name, bound[name], want)
		}
	}
}

func anyFile(files map[string][]byte, want []byte) bool {
	for _, b := range files {
		if bytes.Equal(b, want) {
			return true
		}
	}
	return false
}

// TestSummaryOfReport asserts that an SD-JWT VC has a title, an issuer and a
// date like any other badge.
func TestSummaryOfReport(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
	meta := vc.EncodeBase64([]byte(`{"vct":"urn:example:report","display":[{"locale":"en","name":"School report"}]}`))
	b := i.SDJWT(t, vctest.Object{"typ": "dc+sd-jwt", "vctm": []any{meta}},
		vctest.Object{"iss": i.ID, "vct": "urn:example:report", "iat": 1767225600, "exp": 1893456000})
	c := e.Checked(t, b)
	got := fmt.Sprint(c.Verdict, ", ", c.Summary.Title, ", ", c.Summary.Version, ", ",
		c.Summary.AwardedAt.Format(time.DateOnly), ", ", c.Summary.ValidUntil.Format(time.DateOnly))
	if want := "valid, School report, Verifiable credential (SD-JWT), 2026-01-01, 2030-01-01"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
