package vc

import (
	"encoding/base64"
	"strings"
	"testing"
)

// minimal is a credential of data model 2.0 without its closing brace.
const minimal = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":"did:example:i",` +
	`"credentialSubject":{"id":"did:example:s"}`

// TestModel adds one member to a credential of data model 2.0.
func TestModel(t *testing.T) {
	for _, x := range []struct {
		member string
		want   Reason // "" if there is no problem
	}{
		{`"credentialStatus":{"type":"X"}`, ""},
		{`"credentialStatus":[{"type":"X"},{"type":["X","Y"],"id":"urn:a"}]`, ""},
		{`"credentialStatus":[{"type":"X"},{"id":"urn:a"}]`, ReasonMissingMember},
		{`"credentialStatus":{"type":2}`, ReasonMissingMember},
		{`"credentialStatus":{"type":["X",2]}`, ReasonMissingMember},
		{`"credentialStatus":{}`, ReasonMissingMember},
		{`"credentialStatus":"urn:a"`, ReasonWrongType},
		{`"credentialStatus":{"type":"X","id":["urn:a","urn:b"]}`, ReasonWrongType},
		{`"credentialStatus":{"type":"X","id":"not a url"}`, ReasonWrongType},
		{`"credentialSchema":{"type":"X","id":"https://a.example"}`, ""},
		{`"credentialSchema":{"type":"X"}`, ReasonMissingMember},
		{`"credentialSchema":{"id":"https://a.example"}`, ReasonMissingMember},
		{`"refreshService":{"id":"urn:a"}`, ReasonMissingMember},
		{`"refreshService":{"type":"X"}`, ""},
		{`"termsOfUse":{}`, ReasonMissingMember},
		{`"termsOfUse":[{"type":"X"},{"type":"Y"}]`, ""},
		{`"evidence":{}`, ReasonMissingMember},
		{`"evidence":[]`, ""},
	} {
		d, err := Parse([]byte(minimal + "," + x.member + "}"))
		if err != nil {
			t.Fatalf("%s: %v", x.member, err)
		}
		var got Reason
		if len(d.Problems) > 0 {
			got = d.Problems[0].Reason
		}
		if got != x.want {
			t.Errorf("%s: %q, want %q: %+v", x.member, got, x.want, d.Problems)
		}
	}
	for text, want := range map[string]Reason{
		strings.Replace(minimal, `["VerifiableCredential"]`, `["VerifiableCredential",7]`, 1) + "}": ReasonWrongType,
		strings.Replace(minimal, `"did:example:s"`, `["did:example:s","did:example:t"]`, 1) + "}":   ReasonWrongType,
	} {
		if d, err := Parse([]byte(text)); err != nil || len(d.Problems) == 0 || d.Problems[0].Reason != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestEnvelopeContext checks that an envelope must have the context of data model
// 2.0.
func TestEnvelopeContext(t *testing.T) {
	inner := `data:application/vc;base64,` + base64.StdEncoding.EncodeToString([]byte(minimal+"}"))
	for context, ok := range map[string]bool{
		`"@context":"https://www.w3.org/ns/credentials/v2",`: true, `"@context":["https://www.w3.org/ns/credentials/v2","https://a.example"],`: true,
		``: false, `"@context":[],`: false, `"@context":"https://www.w3.org/ns/credentials/examples/v2",`: false,
	} {
		d, err := Parse([]byte(`{` + context + `"type":"EnvelopedVerifiableCredential","id":"` + inner + `"}`))
		if err != nil || (len(d.Problems) == 0) != ok {
			t.Errorf("%s: %v, %v", context, err, d)
		}
	}
}

// TestEnvelopePadding checks that a data URL may omit base64 padding.
func TestEnvelopePadding(t *testing.T) {
	for n := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(minimal + "}" + strings.Repeat(" ", n)))
		for body, ok := range map[string]bool{
			whole: true, strings.TrimRight(whole, "="): true, whole + `\n`: true,
			whole[1:]: false, "!" + whole: false, strings.Replace(whole, "e", "_", 1): false,
		} {
			d, err := Parse([]byte(`{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential",` +
				`"id":"data:application/vc;base64,` + body + `"}`))
			if (err == nil && d.Credential != nil) != ok {
				t.Errorf("%q: %v", body, err)
			}
		}
	}
}
