package standard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

func world(t *testing.T) (*vctest.Web, *vctest.Issuer, *vc.Verifier) {
	t.Helper()
	web := vctest.NewWeb()
	return web, vctest.NewIssuer(t, web, vctest.DIDWeb, vctest.Ed25519), newVerifier(t, web)
}

func expect(t *testing.T, r *vc.Report, id vc.CheckID, o vc.Outcome, reason vc.Reason) {
	t.Helper()
	if c := r.Check(id); c.Outcome != o || c.Reason != reason {
		t.Errorf("%s is %s %q (%s), want %s %q", id, c.Outcome, c.Reason, c.Detail, o, reason)
	}
}

func verdict(t *testing.T, r *vc.Report, want vc.Verdict) {
	t.Helper()
	if got := r.Verdict(vc.Policy{}); got != want {
		t.Errorf("verdict %s, want %s: %+v", got, want, r.Checks)
	}
}

// TestPresentation presents badges of every form and an invalid one.
func TestPresentation(t *testing.T) {
	_, issuer, v := world(t)
	var docs [][]byte
	for _, form := range vctest.Forms(vctest.Ed25519) {
		docs = append(docs, issuer.Issue(t, vctest.As(form)))
	}
	docs = append(docs, issuer.Issue(t, vctest.Model11), issuer.Issue(t, vctest.Tampered))
	shown := vctest.NewHolder(t).Present(t, "1234", "shop.example", docs...)
	r := verify(t, v, shown, vc.Options{Challenge: "1234", Domain: "shop.example"})
	verdict(t, r, vc.Valid)
	expect(t, r, vc.CheckHolder, vc.Passed, "")
	subs := r.Check(vc.CheckProof).Sub
	if len(subs) != len(docs) {
		t.Fatalf("%d reports for %d badges", len(subs), len(docs))
	}
	for i, sub := range subs {
		want := vc.Valid
		if i == len(subs)-1 {
			want = vc.Invalid
		}
		verdict(t, sub, want)
	}
	for i, inner := range parse(t, shown).Presentation.Documents {
		if string(inner.Raw) != string(docs[i]) {
			t.Errorf("badge %d has other bytes in the presentation:\n%s\n%s", i, inner.Raw, docs[i])
		}
	}
}

func TestPresentationFor(t *testing.T) {
	_, issuer, v := world(t)
	shown := vctest.NewHolder(t).Present(t, "1234", "shop.example", issuer.Issue(t))
	for name, x := range map[string]struct {
		signed  []byte
		opt     vc.Options
		check   vc.CheckID
		outcome vc.Outcome
		reason  vc.Reason
		verdict vc.Verdict
	}{
		"no challenge set":  {shown, vc.Options{}, vc.CheckProof, vc.Passed, "", vc.Valid},
		"another challenge": {shown, vc.Options{Challenge: "4321", Domain: "shop.example"}, vc.CheckProof, vc.Failed, vc.ReasonChallenge, vc.Invalid},
		"another domain":    {shown, vc.Options{Challenge: "1234", Domain: "evil.example"}, vc.CheckProof, vc.Failed, vc.ReasonDomain, vc.Invalid},
		"another holder": {vctest.Alter(t, shown, `"holder":"did:key:`, `"holder":"did:key:x`), vc.Options{}, vc.CheckProof, vc.Failed,
			vc.ReasonBadSignature, vc.Invalid},
		"purpose of a badge": {vctest.Alter(t, shown, `"authentication"`, `"assertionMethod"`), vc.Options{}, vc.CheckProof, vc.Failed,
			vc.ReasonWrongPurpose, vc.Invalid},
		"changed badge":     {vctest.Alter(t, shown, `"Bakes bread."`, `"Bakes cakes."`), vc.Options{}, vc.CheckProof, vc.Failed, vc.ReasonBadSignature, vc.Invalid},
		"no proof":          {unsignedPresentation(t, issuer), vc.Options{}, vc.CheckProof, vc.Skipped, vc.ReasonNoProof, vc.Undetermined},
		"issuer's proof":    {issuerPresents(t, issuer), vc.Options{}, vc.CheckHolder, vc.Failed, vc.ReasonNotAuthorised, vc.Invalid},
		"holder not stated": {vctest.Alter(t, shown, `"holder":`, `"termsOfUse":`), vc.Options{}, vc.CheckProof, vc.Failed, vc.ReasonBadSignature, vc.Invalid},
		"unknown context": {vctest.Alter(t, shown, `"@context":["https://www.w3.org/ns/credentials/v2"]`,
			`"@context":["https://www.w3.org/ns/credentials/v2","https://unknown.example/c"]`), vc.Options{}, vc.CheckFormat, vc.Unknown,
			vc.ReasonUnknownContext, vc.Undetermined},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, v, x.signed, x.opt)
			expect(t, r, x.check, x.outcome, x.reason)
			verdict(t, r, x.verdict)
		})
	}
}

func unsignedPresentation(t *testing.T, issuer *vctest.Issuer) []byte {
	t.Helper()
	b, err := vc.NewPresentation("did:example:1", []*vc.Document{parse(t, issuer.Issue(t))}, "urn:uuid:1")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// issuerPresents returns a presentation signed with a key for issuing only.
func issuerPresents(t *testing.T, issuer *vctest.Issuer) []byte {
	t.Helper()
	return issuer.Present(t, "", "", issuer.Issue(t))
}

// TestThreat05ProofSets verifies badges with several proofs (specs A6.2, D3.8).
func TestThreat05ProofSets(t *testing.T) {
	_, issuer, v := world(t)
	jcs := issuer.Issue(t, vctest.As("eddsa-jcs-2022"))
	proofOf := func(signed []byte) string { return parse(t, signed).Claims.Get("proof").Raw() }
	set := func(proofs ...string) []byte {
		d := parse(t, jcs).Claims
		var b strings.Builder
		for i := range d.Items() {
			if x := &d.Items()[i]; x.Name() != "proof" {
				b.WriteString(`,"` + x.Name() + `":` + x.Raw())
			}
		}
		return []byte("{" + b.String()[1:] + `,"proof":[` + strings.Join(proofs, ",") + "]}")
	}
	ours, rdf := proofOf(jcs), proofOf(issuer.Issue(t))
	stranger, wrong := proofOf(issuer.Issue(t, vctest.Stranger)), proofOf(issuer.Issue(t, vctest.WrongKey))
	unknown := strings.Replace(ours, "eddsa-jcs-2022", "bbs-2023", 1)
	holder := strings.Replace(ours, "assertionMethod", "authentication", 1)
	chain := strings.Replace(ours, `{`, `{"previousProof":"urn:uuid:1",`, 1)
	for name, x := range map[string]struct {
		proofs  []string
		outcome vc.Outcome
		reason  vc.Reason
		verdict vc.Verdict
	}{
		"two valid":                   {[]string{ours, rdf}, vc.Passed, "", vc.Valid},
		"one invalid":                 {[]string{ours, wrong}, vc.Failed, vc.ReasonOneOfSeveral, vc.Invalid},
		"first invalid":               {[]string{wrong, ours}, vc.Failed, vc.ReasonOneOfSeveral, vc.Invalid},
		"unknown suite beside":        {[]string{unknown, ours}, vc.Passed, "", vc.Valid},
		"unknown suite alone":         {[]string{unknown}, vc.Unknown, vc.ReasonUnsupportedSuite, vc.Undetermined},
		"stranger's beside":           {[]string{stranger, ours}, vc.Passed, "", vc.Valid},
		"stranger's and unknown":      {[]string{stranger, unknown}, vc.Unknown, vc.ReasonUnsupportedSuite, vc.Undetermined},
		"stranger's alone":            {[]string{stranger}, vc.Passed, "", vc.Invalid},
		"another purpose beside":      {[]string{holder, ours}, vc.Passed, "", vc.Valid},
		"another purpose alone":       {[]string{holder}, vc.Failed, vc.ReasonWrongPurpose, vc.Invalid},
		"chain from an unknown proof": {[]string{chain}, vc.Failed, vc.ReasonProofChain, vc.Invalid},
		"chain to itself":             {[]string{strings.Replace(chain, `{`, `{"id":"urn:uuid:1",`, 1)}, vc.Failed, vc.ReasonProofChain, vc.Invalid},
		"chain beside":                {[]string{ours, chain}, vc.Failed, vc.ReasonOneOfSeveral, vc.Invalid},
		"none":                        {nil, vc.Failed, vc.ReasonNoProof, vc.Invalid},
		"cryptosuite as the type": {[]string{strings.Replace(ours, `"DataIntegrityProof"`, `"eddsa-jcs-2022"`, 1)}, vc.Unknown,
			vc.ReasonUnsupportedSuite, vc.Undetermined},
		"jose as the type": {[]string{strings.Replace(ours, `"DataIntegrityProof"`, `"jose"`, 1)}, vc.Unknown, vc.ReasonUnsupportedSuite, vc.Undetermined},
		"type as the cryptosuite": {[]string{strings.Replace(ours, `"eddsa-jcs-2022"`, `"Ed25519Signature2020"`, 1)}, vc.Unknown, vc.ReasonUnsupportedSuite,
			vc.Undetermined},
		"no cryptosuite": {[]string{strings.Replace(ours, `"eddsa-jcs-2022"`, `""`, 1)}, vc.Failed, vc.ReasonMissingMember, vc.Invalid},
		"no method":      {[]string{strings.Replace(ours, `"verificationMethod"`, `"method"`, 1)}, vc.Failed, vc.ReasonMissingMember, vc.Invalid},
		"no value":       {[]string{strings.Replace(ours, `"proofValue"`, `"value"`, 1)}, vc.Failed, vc.ReasonMissingMember, vc.Invalid},
		"invalid date":   {[]string{strings.Replace(ours, `2026-01-01T`, `2026-13-01T`, 1)}, vc.Failed, vc.ReasonDateFormat, vc.Invalid},
		"seventeen":      {slices.Repeat([]string{ours}, 17), vc.Unknown, vc.ReasonTooLarge, vc.Undetermined},
	} {
		t.Run(name, func(t *testing.T) {
			r := verify(t, v, set(x.proofs...), vc.Options{})
			expect(t, r, vc.CheckProof, x.outcome, x.reason)
			verdict(t, r, x.verdict)
		})
	}
}

// TestEndorsements checks that endorsements have their own verdicts (specs A9).
func TestEndorsements(t *testing.T) {
	_, issuer, v := world(t)
	about := vctest.With("credentialSubject", vctest.Object{"id": "https://issuer.example/achievements/baker", "type": []any{"EndorsementSubject"}})
	endorse := func(o ...vctest.Option) json.RawMessage {
		kind := vctest.With("type", []any{"VerifiableCredential", "EndorsementCredential"})
		return issuer.Issue(t, append([]vctest.Option{kind, about}, o...)...)
	}
	text := func(b []byte) any { return string(b) }
	for name, x := range map[string]struct {
		member string
		value  any
		want   vc.Outcome
		inner  vc.Verdict
	}{
		"embedded":       {"endorsement", []any{endorse()}, vc.Passed, vc.Valid},
		"JWT":            {"endorsementJwt", []any{text(endorse(vctest.As(vctest.JWT)))}, vc.Passed, vc.Valid},
		"tampered":       {"endorsement", []any{endorse(vctest.With("name", "x"), tamperedName)}, vc.Failed, vc.Invalid},
		"unsigned":       {"endorsement", []any{endorse(vctest.As(vctest.None))}, vc.Failed, vc.Invalid},
		"a badge":        {"endorsement", []any{json.RawMessage(issuer.Issue(t))}, vc.Failed, vc.Invalid},
		"not a document": {"endorsementJwt", []any{"x.y.z"}, vc.Failed, vc.Invalid},
		"revoked":        {"endorsement", []any{endorse(vctest.Revoked)}, vc.Failed, vc.Revoked},
	} {
		for _, path := range []string{"", "credentialSubject.achievement.", "issuer."} {
			t.Run(name+" at "+path, func(t *testing.T) {
				signed := issuer.Issue(t, vctest.As("eddsa-jcs-2022"), vctest.With(path+x.member, x.value))
				r := verify(t, v, signed, vc.Options{})
				c := r.Check(vc.CheckEndorsement)
				if c.Outcome != x.want || len(c.Sub) != 1 {
					t.Fatalf("%+v", c)
				}
				verdict(t, c.Sub[0], x.inner)
				if name != "not a document" && name != "a badge" { // the schema covers these
					verdict(t, r, vc.Valid)
				}
			})
		}
	}
}

func tamperedName(t testing.TB, d *vctest.Draft) {
	d.After(func(t testing.TB, b []byte) []byte { return vctest.Alter(t, b, `"name":"x"`, `"name":"y"`) })
}

// TestCLR checks that credentials in a CLR have their own verdicts (specs C4, C5).
func TestCLR(t *testing.T) {
	_, issuer, v := world(t)
	foreign := vctest.Object{"id": "https://college.example", "type": []any{"Profile"}, "name": "College"}
	none := vctest.As(vctest.None)
	var children []any
	for i, o := range [][]vctest.Option{
		{},
		{none, vctest.With("issuer", foreign)},
		{none},
		{vctest.With("credentialSubject.id", "did:example:other")},
		{vctest.Expired},
	} {
		o = append(o, vctest.With("id", fmt.Sprint("urn:uuid:", i)))
		children = append(children, json.RawMessage(issuer.Issue(t, o...)))
	}
	clr := func(o ...vctest.Option) []byte {
		return issuer.Issue(t, append([]vctest.Option{
			vctest.With("@context", []any{vc.ContextV2, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
				"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}),
			vctest.With("type", []any{"VerifiableCredential", "ClrCredential"}),
			vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": children}),
		}, o...)...)
	}
	r := verify(t, v, clr(), vc.Options{})
	verdict(t, r, vc.Valid)
	subs := r.Check(vc.CheckProof).Sub
	if len(subs) != len(children) {
		t.Fatalf("%d reports", len(subs))
	}
	verdict(t, subs[0], vc.Valid)
	expect(t, subs[1], vc.CheckProof, vc.Skipped, vc.ReasonVouched)
	verdict(t, subs[1], vc.Undetermined)
	expect(t, subs[2], vc.CheckProof, vc.Skipped, vc.ReasonVouched)
	if w := subs[2].Warnings; len(w) != 1 || w[0].Reason != vc.ReasonVouched || len(subs[1].Warnings) > 0 {
		t.Errorf("remarks on the issuer's own: %v; on another issuer's: %v", w, subs[1].Warnings)
	}
	expect(t, subs[3], vc.CheckSubject, vc.Failed, vc.ReasonSubjectDiffers)
	verdict(t, subs[4], vc.Expired)
	for name, x := range map[string]struct {
		r       *vc.Report
		outcome vc.Outcome
		reason  vc.Reason
	}{
		"forged":          {verify(t, v, clr(vctest.WrongKey), vc.Options{}), vc.Failed, vc.ReasonNoProof},
		"stranger's key":  {verify(t, v, clr(vctest.Stranger), vc.Options{}), vc.Failed, vc.ReasonNoProof},
		"key unavailable": {verify(t, v, clr(), vc.Options{Offline: true}), vc.Unknown, vc.ReasonNotRun},
		"unsigned":        {verify(t, v, clr(none), vc.Options{}), vc.Failed, vc.ReasonNoProof},
	} {
		t.Run(name, func(t *testing.T) {
			for _, sub := range x.r.Check(vc.CheckProof).Sub[1:3] {
				expect(t, sub, vc.CheckProof, x.outcome, x.reason)
			}
		})
	}
	dangling := clr(vctest.With("credentialSubject", vctest.Object{"id": "did:example:learner", "type": []any{"ClrSubject"}, "verifiableCredential": children,
		"association": []any{vctest.Object{"type": "Association", "associationType": "isChildOf", "sourceId": "urn:uuid:nowhere",
			"targetId": "https://issuer.example/achievements/baker"}}}))
	r = verify(t, v, dangling, vc.Options{})
	verdict(t, r, vc.Valid)
	if !slices.ContainsFunc(r.Warnings, func(p vc.Problem) bool { return p.Reason == vc.ReasonDangling && strings.Contains(p.Detail, "nowhere") }) {
		t.Errorf("missing remark on a dangling association: %v", r.Warnings)
	}
}

// TestOffline checks that nothing is requested, and that the affected checks are
// Unknown.
func TestOffline(t *testing.T) {
	web, issuer, v := world(t)
	signed := issuer.Issue(t, vctest.Revoked)
	before := len(web.Requests())
	r := verify(t, v, signed, vc.Options{Offline: true})
	expect(t, r, vc.CheckProof, vc.Unknown, vc.ReasonUnreachable)
	verdict(t, r, vc.Undetermined)
	byKey := vctest.NewIssuer(t, web, vctest.DIDKey, vctest.Ed25519).Issue(t, vctest.Revoked)
	r = verify(t, v, byKey, vc.Options{Offline: true})
	expect(t, r, vc.CheckProof, vc.Passed, "")
	expect(t, r, vc.CheckRevocation, vc.Unknown, vc.ReasonUnreachable)
	verdict(t, r, vc.Undetermined)
	if len(web.Requests()) != before {
		t.Errorf("requested %v", web.Requests()[before:])
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Verify(ctx, parse(t, signed), vc.Options{}); err == nil {
		t.Error("a cancelled verification returned a report")
	}
}

// TestForgedAsksNobody checks that an unproved badge causes no request except for
// the key.
func TestForgedAsksNobody(t *testing.T) {
	web, issuer, v := world(t)
	refresh := vctest.With("refreshService", vctest.Object{"id": "https://issuer.example/refresh", "type": "1EdTechCredentialRefresh"})
	for _, fault := range []vctest.Option{vctest.Tampered, vctest.WrongKey, vctest.Stranger} {
		signed := issuer.Issue(t, vctest.Revoked, refresh, fault)
		before := len(web.Requests())
		r := verify(t, v, signed, vc.Options{})
		expect(t, r, vc.CheckRevocation, vc.Skipped, vc.ReasonNotRun)
		expect(t, r, vc.CheckRefresh, vc.Skipped, vc.ReasonNotRun)
		for _, req := range web.Requests()[before:] {
			if req.URL != "https://issuer.example/.well-known/did.json" {
				t.Errorf("requested %s", req.URL)
			}
		}
	}
}

// TestIssuerDown checks that no behaviour of an issuer's server makes a badge
// valid, and that only a document that contradicts the proof makes it invalid.
func TestIssuerDown(t *testing.T) {
	const address = "https://issuer.example/.well-known/did.json"
	for name, x := range map[string]struct {
		spoil   func(w *vctest.Web)
		verdict vc.Verdict
	}{
		"no answer":        {func(w *vctest.Web) { w.Fail(address, vc.ErrUnreachable) }, vc.Undetermined},
		"forbidden":        {func(w *vctest.Web) { w.Fail(address, vc.ErrForbidden) }, vc.Undetermined},
		"too large":        {func(w *vctest.Web) { w.Fail(address, vc.ErrTooLarge) }, vc.Undetermined},
		"server error":     {func(w *vctest.Web) { w.Status(address, 500, nil) }, vc.Undetermined},
		"web page":         {func(w *vctest.Web) { w.Serve(address, "text/html", []byte("<html>Log in to the WLAN</html>")) }, vc.Undetermined},
		"another document": {func(w *vctest.Web) { w.Serve(address, "application/json", []byte(`{"id":"did:web:other.example"}`)) }, vc.Invalid},
		"another key": {func(w *vctest.Web) {
			w.Serve(address, "application/json", []byte(`{"id":"did:web:issuer.example","verificationMethod":[{"id":"#other"}]}`))
		}, vc.Invalid},
		"no keys": {func(w *vctest.Web) { w.Serve(address, "application/json", []byte(`{"id":"did:web:issuer.example"}`)) }, vc.Undetermined},
	} {
		t.Run(name, func(t *testing.T) {
			web, issuer, v := world(t)
			signed := issuer.Issue(t)
			x.spoil(web)
			verdict(t, verify(t, v, signed, vc.Options{}), x.verdict)
		})
	}
}
