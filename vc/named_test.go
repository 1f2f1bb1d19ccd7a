package vc_test

import (
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

// TestSubjectName reads the recipient's name from credentials of many forms and
// checks that no other text is taken for one.
func TestSubjectName(t *testing.T) {
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	subject := func(name string, value any) vctest.Option { return vctest.With("credentialSubject."+name, value) }
	identity := func(kind, value string) vctest.Option {
		return subject("identifier", []any{vctest.Object{"type": "IdentityObject", "identityType": kind, "identityHash": value, "hashed": false}})
	}
	for what, x := range map[string]struct {
		options []vctest.Option
		want    string
	}{
		"none":                    {nil, ""},
		"a name":                  {[]vctest.Option{subject("name", "Jo Bloggs")}, "Jo Bloggs"},
		"in several languages":    {[]vctest.Option{subject("name", vctest.Object{"ja": "山田", "en": "Yamada"})}, "Yamada"},
		"with a language":         {[]vctest.Option{subject("name", vctest.Object{"@value": "Jo", "@language": "en"})}, "Jo"},
		"in a list":               {[]vctest.Option{subject("name", []any{"Jo Bloggs"})}, "Jo Bloggs"},
		"in parts":                {[]vctest.Option{subject("givenName", "Jo"), subject("familyName", "Bloggs")}, "Jo Bloggs"},
		"one part":                {[]vctest.Option{subject("familyName", "Bloggs")}, "Bloggs"},
		"full name":               {[]vctest.Option{subject("fullName", vctest.Object{"en": "Jo Bloggs"})}, "Jo Bloggs"},
		"as an identity":          {[]vctest.Option{identity("name", "Jo Bloggs")}, "Jo Bloggs"},
		"email address":           {[]vctest.Option{identity("emailAddress", "jo@example.org")}, ""},
		"in a profile":            {[]vctest.Option{subject("recipientProfile", vctest.Object{"name": "Jo Bloggs"})}, "Jo Bloggs"},
		"in an extension":         {[]vctest.Option{vctest.With("extensions:recipientProfile", vctest.Object{"name": "Jo Bloggs"})}, "Jo Bloggs"},
		"recipient member":        {[]vctest.Option{vctest.With("recipient", vctest.Object{"name": "Jo Bloggs"})}, "Jo Bloggs"},
		"empty":                   {[]vctest.Option{subject("name", "  ")}, ""},
		"a number":                {[]vctest.Option{subject("name", 7)}, ""},
		"name of the achievement": {[]vctest.Option{vctest.With("credentialSubject.achievement.name", "Baker")}, ""},
		"name of the issuer only": {[]vctest.Option{vctest.With("issuer.name", "Mill")}, ""},
	} {
		d, err := vc.Parse(i.Issue(t, append(x.options, vctest.As("eddsa-jcs-2022"))...))
		if err != nil {
			t.Fatal(what, err)
		}
		if got := d.Credential.Subject.Name.String(); got != x.want {
			t.Errorf("%s: %q, want %q", what, got, x.want)
		}
	}
}

// TestGravest orders verdicts and checks those inside a document.
func TestGravest(t *testing.T) {
	for want, all := range map[vc.Verdict][]vc.Verdict{
		vc.Valid:        {},
		vc.AsShown:      {vc.Valid, vc.AsShown},
		vc.Undetermined: {vc.Sample, "an unknown verdict", vc.Irregular},
		vc.Expired:      {vc.Valid, vc.Expired, vc.NotYetValid},
		vc.Invalid:      {vc.Revoked, vc.Invalid, vc.Valid},
	} {
		if got := vc.Gravest(all...); got != want {
			t.Errorf("%v: %s, want %s", all, got, want)
		}
	}
	vouched := &vc.Report{Checks: []vc.Check{{ID: vc.CheckProof, Outcome: vc.Skipped, Reason: vc.ReasonVouched}}}
	inner := &vc.Report{Checks: []vc.Check{{ID: vc.CheckProof, Outcome: vc.Failed, Reason: vc.ReasonBadSignature}}}
	middle := &vc.Report{Checks: []vc.Check{{ID: vc.CheckProof, Outcome: vc.Passed, Sub: []*vc.Report{inner}}, {ID: vc.CheckIssuer, Outcome: vc.Passed}}}
	outer := func(subs ...*vc.Report) *vc.Report {
		return &vc.Report{Checks: []vc.Check{{ID: vc.CheckProof, Outcome: vc.Passed, Sub: subs}}}
	}
	for _, x := range []struct {
		r    *vc.Report
		want vc.Verdict
	}{{nil, ""}, {outer(), ""}, {outer(vouched), ""}, {outer(vouched, middle), vc.Invalid}, {outer(middle), vc.Invalid}} {
		if got := x.r.GravestInside(vc.Policy{}); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}
