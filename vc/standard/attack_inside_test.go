package standard_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/status"
	"backpack/vc/vctest"
)

// notValid fails the test if the document in b, or anything inside it, is valid.
func notValid(t *testing.T, v *vc.Verifier, b []byte) {
	t.Helper()
	d, err := vc.Parse(b)
	if err != nil {
		return
	}
	r, err := v.Verify(t.Context(), d, vc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var look func(r *vc.Report)
	look = func(r *vc.Report) {
		if r.Verdict(vc.Policy{}) == vc.Valid {
			t.Errorf("valid: %+v", r.Checks)
		}
		for _, x := range r.Check(vc.CheckProof).Sub {
			look(x)
		}
	}
	look(r)
}

// TestAttackPresentations checks that nothing unproved becomes valid by being
// wrapped, and that no one can present as another holder.
func TestAttackPresentations(t *testing.T) {
	_, issuer, v := world(t)
	plain := issuer.Issue(t, vctest.As(vctest.None))
	none := vc.EncodeBase64([]byte(`{"alg":"none"}`)) + "." + vc.EncodeBase64(plain) + "."
	token := string(issuer.Issue(t, vctest.As(vctest.JWT)))
	swapped := string(issuer.Issue(t, vctest.As(vctest.JWT), vctest.With("credentialSubject.id", "did:example:other")))
	cut := func(s string) []string { return strings.Split(s, ".") }
	envelope := func(media, body string) string {
		return `{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential","id":"data:` + media + `,` + body + `"}`
	}
	presentation := func(inner string) string {
		return `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"holder":"did:example:learner",` +
			`"verifiableCredential":[` + inner + `]}`
	}
	for name, inner := range map[string]string{
		"unsigned":                       string(plain),
		"alg none":                       `"` + none + `"`,
		"unsigned, enveloped":            envelope("application/vc", url.PathEscape(string(plain))),
		"unsigned, enveloped as a token": envelope("application/vc+jwt", url.PathEscape(string(plain))),
		"alg none, enveloped":            envelope("application/vc+jwt", none),
		"another payload":                `"` + strings.Join([]string{cut(token)[0], cut(swapped)[1], cut(token)[2]}, ".") + `"`,
		"nested presentation":            presentation(string(plain)),
		"nested presentations":           presentation(presentation(presentation(presentation(presentation(string(plain)))))),
		"envelope in an envelope":        envelope("application/vc", url.PathEscape(envelope("application/vc", url.PathEscape(string(plain))))),
		"web page":                       envelope("text/html", "x"),
	} {
		t.Run(name, func(t *testing.T) { notValid(t, v, []byte(presentation(inner))) })
	}
	// An envelope with further members around a valid badge: none of them is shown.
	said := strings.Replace(envelope("application/vc+jwt", token), `"type"`, `"name":"Gold","credentialSubject":{"id":"did:example:thief"},"type"`, 1)
	d := parse(t, []byte(presentation(said)))
	if c := d.Presentation.Documents[0].Credential; c.Name.String() != "Baker" || c.Subject.ID != "did:example:learner" {
		t.Errorf("the envelope's own members were read: %+v", c)
	}
	// A presentation in another holder's name, signed with the presenter's own key.
	mine := string(vctest.NewHolder(t).Present(t, "c", "d", issuer.Issue(t)))
	holder := parse(t, []byte(mine)).Presentation.Holder
	r := verify(t, v, []byte(strings.Replace(mine, `"holder":"`+holder, `"holder":"did:example:learner`, 1)), vc.Options{Challenge: "c", Domain: "d"})
	verdict(t, r, vc.Invalid)
}

// TestAttackStatus checks that only a valid list clears a badge, and that a clear
// entry hides no other.
func TestAttackStatus(t *testing.T) {
	const list = "https://issuer.example/status/bitstring/revocation"
	entry := func(index string, more ...any) vctest.Object {
		o := vctest.Object{"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": index, "statusListCredential": list}
		for i := 0; i < len(more); i += 2 {
			o[more[i].(string)] = more[i+1]
		}
		return o
	}
	for name, entries := range map[string]any{
		"clear, then set":     []any{entry("8"), entry("7")},
		"set, then unknown":   []any{entry("7"), vctest.Object{"type": "Mystery", "id": "urn:x"}},
		"clear, then unknown": []any{entry("8"), vctest.Object{"type": "Mystery", "id": "urn:x"}},
		"beyond the end":      entry("131072"),
		"far beyond the end":  entry("9007199254740993"),
		"negative":            entry("-1"),
		"with a sign":         entry("+8"),
		"in hexadecimal":      entry("0x8"),
		"with a fraction":     entry("8.0"),
		"nothing":             entry(""),
		"another purpose":     entry("8", "statusPurpose", "suspension"),
		"two purposes":        entry("8", "statusPurpose", []any{"revocation", "suspension"}),
		"nine clear entries":  []any{entry("8"), entry("9"), entry("10"), entry("11"), entry("12"), entry("13"), entry("14"), entry("15"), entry("16")},
		"missing list":        entry("8", "statusListCredential", "https://issuer.example/status/gone"),
		"list over http":      entry("8", "statusListCredential", "http://issuer.example/status/bitstring/revocation"),
	} {
		t.Run(name, func(t *testing.T) {
			_, issuer, v := world(t)
			published := vctest.Status("BitstringStatusListEntry", "revocation", false)
			for _, form := range []string{"eddsa-jcs-2022", vctest.JWT} {
				notValid(t, v, issuer.Issue(t, published, vctest.With("credentialStatus", entries), vctest.As(form)))
			}
		})
	}
	clear := status.Encode(make([]byte, status.MinBits/8))
	for name, change := range map[string]func(vctest.Object){
		"unsigned":                 func(o vctest.Object) { delete(o, "proof") },
		"other bits":               func(o vctest.Object) { o["credentialSubject"].(vctest.Object)["encodedList"] = clear },
		"another id":               func(o vctest.Object) { o["id"] = "https://issuer.example/other" },
		"expired":                  func(o vctest.Object) { o["validUntil"] = "2026-01-02T00:00:00Z" },
		"not yet valid":            func(o vctest.Object) { o["validFrom"] = "2027-01-02T00:00:00Z" },
		"another type":             func(o vctest.Object) { o["type"] = []any{"VerifiableCredential"} },
		"two subjects":             func(o vctest.Object) { o["credentialSubject"] = []any{o["credentialSubject"], o["credentialSubject"]} },
		"another issuer":           func(o vctest.Object) { o["issuer"] = "did:web:evil.example" },
		"a badge, too":             func(o vctest.Object) { o["type"] = []any{"VerifiableCredential", "OpenBadgeCredential"} },
		"bits outside the subject": func(o vctest.Object) { o["encodedList"] = clear },
	} {
		t.Run("list "+name, func(t *testing.T) {
			web, issuer, v := world(t)
			badge := issuer.Issue(t, vctest.Status("BitstringStatusListEntry", "revocation", true))
			res, err := web.Fetch(t.Context(), vc.FetchRequest{URL: list})
			if err != nil {
				t.Fatal(err)
			}
			o := decode(t, res.Body)
			change(o)
			b, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			web.Serve(list, "application/vc", b)
			notValid(t, v, badge)
		})
	}
}

// TestAttackText checks that proofs over the text cover it, whatever surrounds it.
func TestAttackText(t *testing.T) {
	_, issuer, v := world(t)
	jcs := string(issuer.Issue(t, vctest.As("eddsa-jcs-2022")))
	for name, x := range map[string][2]string{
		"second name":               {`"name":"Baker"`, `"name":"Baker","name":"Master"`},
		"escaped name":              {`"name":"Baker"`, `"name":"Baker","n\u0061me":"Master"`},
		"alias":                     {`"type":[`, `"@type":["x"],"type":[`},
		"context before":            {`"@context":[`, `"@context":["https://www.w3.org/ns/credentials/v2",`},
		"graph":                     {`"name":"Baker"`, `"name":"Baker","@graph":[{"name":"Master"}]`},
		"member added to the proof": {`"proof":{`, `"proof":{"domain":"x",`},
	} {
		changed := strings.Replace(jcs, x[0], x[1], 1)
		if changed == jcs {
			t.Fatalf("%s: %s is not in %s", name, x[0], jcs)
		}
		notValid(t, v, []byte(changed))
	}
	for name, options := range map[string][]vctest.Option{
		"vc claim beside the credential": {vctest.As(vctest.JWT), vctest.WithClaim("vc", vctest.Object{"type": []any{"VerifiableCredential"}, "name": "Master"})},
		"another issuer in the claims":   {vctest.As(vctest.JWT11), vctest.WithClaim("iss", "did:web:evil.example")},
		"another subject":                {vctest.As(vctest.JWT11), vctest.WithClaim("sub", "did:example:thief")},
		"another id":                     {vctest.As(vctest.JWT11), vctest.WithClaim("jti", "urn:uuid:9")},
		"an earlier start":               {vctest.As(vctest.JWT11), vctest.WithClaim("nbf", 0)},
		"an earlier end":                 {vctest.As(vctest.JWT11), vctest.WithClaim("exp", 1)},
		"vp claim":                       {vctest.As(vctest.JWT), vctest.WithClaim("vp", vctest.Object{"type": []any{"VerifiablePresentation"}})},
	} {
		t.Run(name, func(t *testing.T) { notValid(t, v, issuer.Issue(t, options...)) })
	}
}
