package ob2

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"backpack/vc"
)

// TestWildAssertions checks deviations found in real badges. With one possible meaning
// they cause a remark. A missing or ambiguous member fails the format check, but no
// other check.
func TestWildAssertions(t *testing.T) {
	const hash = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
	to := func(o object) object { return assertion().with("recipient", o) }
	way := func(v any) object { return assertion().with("verification", v) }
	mail := object{"type": "email", "identity": "a@example.com"}
	salted := object{"type": "email", "identity": hash, "salt": "Kosher"}
	const remark, amber, clean = "remark", "amber", "clean"
	for name, tc := range map[string]struct {
		in   object
		want string
	}{
		"Hosted":                   {way(object{"type": "Hosted"}), remark},
		"HOSTED":                   {way(object{"type": "HOSTED"}), remark},
		"hostedBadge":              {way(object{"type": "hostedBadge"}), remark},
		"hosted badge":             {way(object{"type": "Hosted Badge"}), remark},
		"hosted-badge":             {way(object{"type": "hosted-badge"}), remark},
		"HostedVerification":       {way(object{"type": "HostedVerification"}), remark},
		"a list of one":            {way(object{"type": []string{"HostedBadge"}}), clean},
		"a list of one, capital":   {way([]any{object{"type": []string{"Hosted"}}}), remark},
		"prefixed":                 {way(object{"type": "obi:HostedBadge"}), clean},
		"text":                     {way("hosted"), remark},
		"verify":                   {assertion().with("verification", nil).with("verify", object{"type": "Hosted", "url": assertionURL}), remark},
		"another way":              {way(object{"type": "Somehow"}), amber},
		"no type":                  {way(object{"url": assertionURL}), amber},
		"no verification":          {assertion().with("verification", nil), amber},
		"type in lower case":       {assertion().with("type", "assertion"), remark},
		"JSON-LD keywords":         {assertion().with("type", nil).with("@type", "assertion").with("id", nil).with("@id", assertionURL), remark},
		"plain, hashed missing":    {to(mail), remark},
		"plain, hashed null":       {to(mail.with("hashed", json.RawMessage("null"))), remark},
		"plain, a URL":             {to(object{"type": "url", "identity": "https://me.example"}), remark},
		"plain, a telephone":       {to(object{"type": "telephone", "identity": "+49 30 1"}), remark},
		"hash, hashed missing":     {to(salted), remark},
		"hashed as text":           {to(salted.with("hashed", "true")), remark},
		"hashed as capital text":   {to(salted.with("hashed", "True")), remark},
		"hashed as a number":       {to(salted.with("hashed", 1)), remark},
		"plain as text":            {to(mail.with("hashed", "false")), remark},
		"capital type":             {to(mail.with("hashed", false).with("type", "Email")), remark},
		"own type":                 {to(mail.with("hashed", false).with("type", "mailbox")), remark},
		"a hash in capitals":       {to(salted.with("hashed", true).with("identity", strings.ToUpper(hash))), clean},
		"an unknown hash":          {to(salted.with("hashed", true).with("identity", "sha512$"+strings.Repeat("ab", 64))), remark},
		"neither hash nor e-mail":  {to(object{"type": "email", "identity": "Ada"}), amber},
		"plain, called hashed":     {to(mail.with("hashed", true)), amber},
		"hash, called plain":       {to(salted.with("hashed", false)), amber},
		"no identity":              {to(object{"type": "email"}), amber},
		"a salt of null":           {to(object{"type": "email", "hashed": true, "identity": hash, "salt": json.RawMessage("null")}), clean},
		"issued on a day":          {assertion().with("issuedOn", "2020-01-01"), remark},
		"issued in seconds":        {assertion().with("issuedOn", 1397480962), remark},
		"issued in text seconds":   {assertion().with("issuedOn", "1397480962"), remark},
		"issued in milliseconds":   {assertion().with("issuedOn", 1397480962000), remark},
		"issued in fractions":      {assertion().with("issuedOn", 1397480962.5), remark},
		"issued without an offset": {assertion().with("issuedOn", "2020-01-01T12:00:00"), remark},
		"issued with a space":      {assertion().with("issuedOn", "2020-01-01 12:00:00+01:00"), clean},
		"issued empty":             {assertion().with("issuedOn", ""), amber},
		"expires on a day":         {assertion().with("expires", "2030-01-01"), remark},
		"expires in seconds":       {assertion().with("expires", 1893456000), remark},
		"expires null":             {assertion().with("expires", json.RawMessage("null")), remark},
		"issued null":              {assertion().with("issuedOn", json.RawMessage("null")), amber},
		"expires empty":            {assertion().with("expires", ""), remark},
		"evidence as text":         {assertion().with("evidence", "Ten letters, read by heart."), clean},
		"evidence as a list":       {assertion().with("evidence", []any{"https://i.example/e", object{"narrative": "n"}}), clean},
		"evidence as an object":    {assertion().with("evidence", object{"id": "https://i.example/e", "narrative": "n"}), clean},
		"no narrative":             {assertion().with("narrative", json.RawMessage("null")), clean},
		"an embedded picture":      {assertion().with("image", "data:image/png;base64,AA=="), remark},
		"a picture as an object":   {assertion().with("image", object{"id": "https://i.example/p.png", "type": "Image"}), clean},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := verify(t, merged(standard(), serve(assertionURL, tc.in)), assertionURL, vc.Options{})
			said := slices.DeleteFunc(slices.Clone(r.Warnings), func(p vc.Problem) bool { return p.Reason == vc.ReasonHostedDiffers })
			got := clean
			switch {
			case r.Check(vc.CheckFormat).Outcome == vc.Failed, r.Check(vc.CheckSubject).Outcome == vc.Failed:
				got = amber
			case len(said) > 0:
				got = remark
			}
			if got != tc.want {
				t.Errorf("%s, want %s: %v %v", got, tc.want, r.Check(vc.CheckFormat), said)
			}
			expect(t, r, "proof passed hosted_fetched", "issuer passed", "revocation passed")
		})
	}
}

// TestWildSigned checks that a badge that claims to be signed, in any spelling, is not
// accepted as a hosted one.
func TestWildSigned(t *testing.T) {
	for _, typ := range []any{"Signed", "signed", "SIGNED", "signedBadge", "SignedBadge", "Signed Badge", []string{"signedBadge"}} {
		r, _ := verify(t, merged(standard(), serve(assertionURL, assertion().with("verification", object{"type": typ}))), assertionURL, vc.Options{})
		expect(t, r, "proof failed no_proof")
		in := signedAssertion().with("verification", object{"type": typ, "creator": keyURL})
		r, _ = verify(t, signedPages(), jws(rsaKey(), `{"alg":"RS256"}`, in.String()), vc.Options{})
		expect(t, r, "format passed", "proof passed", "issuer passed")
	}
}

// TestContact checks that contact data of an issuer only causes remarks.
func TestContact(t *testing.T) {
	for name, v := range map[string]any{"none": nil, "empty": "", "no address": "at home", "null": json.RawMessage("null"), "an empty list": []any{}} {
		r, _ := verify(t, merged(standard(), serve(issuerURL, profile().with("email", v))), assertionURL, vc.Options{})
		expect(t, r, "format passed", "issuer passed")
		if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Detail, "email") {
			t.Errorf("%s: %v", name, r.Warnings)
		}
	}
}

// TestStatusBesideFaults checks that a format failure hides neither the revocation nor
// the expiry of a badge.
func TestStatusBesideFaults(t *testing.T) {
	pages := merged(standard(), serve(classURL, class().with("criteria", object{}).with("description", nil), assertionURL,
		assertion().with("revoked", true).with("expires", "2021-01-01")))
	r, _ := verify(t, pages, assertionURL, vc.Options{})
	expect(t, r, "format failed missing_member", "proof passed hosted_fetched", "issuer passed", "revocation failed revoked", "valid_until failed expired")
}

// TestOnChain checks Blockcerts certificates, whose blockchain is not checked.
func TestOnChain(t *testing.T) {
	chain := assertion().with("id", "urn:uuid:1").with("verification", object{"type": []string{"MerkleProofVerification2017", "Extension"}}).
		with("badge", class().with("issuer", profile()))
	seal := object{"type": []string{"MerkleProof2017", "Extension"}, "anchors": []any{}}
	first := object{"certificate": class().with("@context", nil).with("issuer", profile().with("@context", nil)),
		"recipient": object{"type": "email", "hashed": false, "identity": "a@example.com", "givenName": "Ada"},
		"assertion": object{"uid": "u1", "id": "https://i.example/c/u1", "issuedOn": "2017-01-01"}, "verify": object{"type": "ECDSA(secp256k1)"}}
	for name, in := range map[string]object{
		"2":                 chain.with("signature", seal),
		"2, no seal":        chain,
		"2, by its seal":    chain.with("verification", nil).with("signature", seal),
		"2, its later seal": chain.with("verification", nil).with("proof", object{"type": "MerkleProof2019"}),
		"2, at an address":  chain.with("id", assertionURL).with("signature", seal),
		"1.2": {"@context": "https://w3id.org/blockcerts/v1", "type": "CertificateDocument", "document": first,
			"receipt": object{"type": "ChainpointSHA256v2"}},
		"1.2, another seal":   {"document": first, "receipt": object{}},
		"1.1":                 first,
		"1.1, with its image": first.with("certificate", first["certificate"].(object).with("image", "data:image/png;base64,AA==")),
	} {
		t.Run(name, func(t *testing.T) {
			r, w := verify(t, standard(), in.String(), vc.Options{Recipients: []string{"a@example.com"}})
			expect(t, r, "format passed", "subject passed", "proof unknown sealed_on_chain", "issuer unknown not_run", "recipient passed matched")
			if r.Verdict(vc.Policy{UnsafeUnknownIssuer: true, UnsafeUnknownStatus: true}) != vc.Undetermined || len(w.asked) > 0 {
				t.Errorf("%s, asked %v", r.Verdict(vc.Policy{}), w.asked)
			}
			d := must(Parse([]byte(in.String()), ""))
			if d.Credential.Name.String() != "Bell founding" || d.Credential.Issuer.Name.String() != "Foundry" {
				t.Errorf("shown: %+v", d.Credential)
			}
		})
	}
	pages := merged(standard(), serve(assertionURL, chain.with("id", assertionURL).with("signature", seal)))
	r, _ := verify(t, pages, assertionURL, vc.Options{})
	expect(t, r, "proof unknown sealed_on_chain", "issuer unknown not_run")
	hosted := assertion().with("signature", seal).with("revoked", true)
	r, _ = verify(t, merged(standard(), serve(assertionURL, hosted)), hosted.String(), vc.Options{})
	expect(t, r, "revocation failed revoked", "proof passed hosted_fetched")
}
