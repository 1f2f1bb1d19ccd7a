package ob2

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"backpack/vc"

	"github.com/google/go-cmp/cmp"
)

func TestHosted(t *testing.T) {
	evil := "https://evil.example/"
	for name, tc := range map[string]struct {
		in      object
		pages   map[string]page // over the standard ones
		opt     vc.Options
		want    []string
		warning vc.Reason
	}{
		"all is well": {want: []string{"format passed", "subject passed", "proof passed hosted_fetched", "issuer passed", "revocation passed",
			"valid_from passed", "valid_until skipped not_stated", "recipient skipped nobody_asked", "terms skipped not_stated", "refresh skipped not_stated"}},
		"recipient matches": {opt: vc.Options{Recipients: []string{"b@example.com", "a@example.com"}}, want: []string{"recipient passed matched"}},
		"recipient differs": {opt: vc.Options{Recipients: []string{"b@example.com"}}, want: []string{"recipient failed no_match"}},
		"sha1 of 1.x": {pages: serve(assertionURL, assertion().with("recipient",
			object{"type": "email", "hashed": true, "salt": "s", "identity": "sha1$29F9D4EFFA55F23F08EF4190437CECCDB52D4601"})),
			opt: vc.Options{Recipients: []string{"A@example.com"}}, want: []string{"recipient passed weak_hash"}, warning: vc.ReasonHostedDiffers},
		"no recipient": {pages: serve(assertionURL, assertion().with("recipient", object{})), want: []string{"subject failed no_subject_id"}},
		"unreachable": {pages: map[string]page{assertionURL: {err: vc.ErrUnreachable}},
			want: []string{"proof unknown unreachable", "revocation unknown unreachable", "issuer unknown not_run"}},
		"forbidden":          {pages: map[string]page{assertionURL: {err: vc.ErrForbidden}}, want: []string{"proof unknown address_forbidden"}},
		"too large":          {pages: map[string]page{assertionURL: {err: vc.ErrTooLarge}}, want: []string{"proof unknown too_large"}},
		"404 is not revoked": {pages: map[string]page{assertionURL: {status: 404}}, want: []string{"proof unknown hosted_gone", "revocation unknown hosted_gone"}},
		"500": {pages: map[string]page{assertionURL: {status: 500, body: `{"revoked":true}`}},
			want: []string{"proof unknown unreachable", "revocation unknown unreachable"}},
		"410 without a body": {pages: map[string]page{assertionURL: {status: 410}}, want: []string{"revocation failed revoked", "proof unknown hosted_gone"}},
		"410 with the badge": {pages: map[string]page{assertionURL: {status: 410, body: assertion().with("revoked", true).String()}},
			want: []string{"revocation failed revoked", "proof passed hosted_fetched", "issuer passed"}},
		"410, only revoked": {pages: map[string]page{assertionURL: {status: 410,
			body: object{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": assertionURL, "revoked": true}.String()}},
			want: []string{"format passed", "revocation failed revoked", "proof unknown hosted_gone"}},
		"200 revoked": {pages: serve(assertionURL, assertion().with("revoked", true).with("revocationReason", "wrong person")),
			want: []string{"revocation failed revoked", "proof passed hosted_fetched"}},
		"200, only revoked": {pages: serve(assertionURL, object{"revoked": true}), want: []string{"revocation failed revoked", "proof unknown hosted_gone"}},
		"HTML": {pages: map[string]page{assertionURL: {body: "<!doctype html><p>gone"}},
			want: []string{"proof unknown not_a_badge", "revocation unknown not_a_badge"}},
		"other JSON": {pages: serve(assertionURL, object{"a": 1}), want: []string{"proof unknown not_a_badge", "issuer unknown not_run"}},
		"a list":     {pages: map[string]page{assertionURL: {body: "[]"}}, want: []string{"proof unknown not_a_badge"}},
		"another id": {pages: serve(assertionURL, assertion().with("id", "https://i.example/a/2"), "https://i.example/a/2",
			assertion().with("id", "https://i.example/a/2")), want: []string{"proof passed hosted_fetched", "issuer passed"}, warning: vc.ReasonHostedDiffers},
		"another id twice": {pages: serve(assertionURL, assertion().with("id", evil+"2"), evil+"2", assertion().with("id", evil+"3")),
			want: []string{"proof failed hosted_differs"}, warning: vc.ReasonHostedDiffers},
		"moved to evil": {pages: serve(assertionURL, assertion().with("id", evil), evil, assertion().with("id", evil)),
			want: []string{"proof passed hosted_fetched", "issuer failed issuer_origin"}},
		"outside": {in: assertion().with("id", evil), pages: serve(evil, assertion().with("id", evil)),
			want: []string{"proof passed hosted_fetched", "issuer failed issuer_origin"}},
		"allowed origin": {in: assertion().with("id", evil), pages: serve(evil, assertion().with("id", evil), issuerURL,
			profile().with("verification", object{"allowedOrigins": []string{"https://i.example", "Evil.example"}})), want: []string{"issuer passed"}},
		"origin not allowed": {pages: serve(issuerURL, profile().with("verification", object{"allowedOrigins": "other.example"})),
			want: []string{"issuer failed issuer_origin"}},
		"startsWith": {pages: serve(issuerURL, profile().with("verification",
			object{"startsWith": []string{"https://x.example/", "https://i.example/a/"}})), want: []string{"issuer passed"}},
		"startsWith differs": {pages: serve(issuerURL, profile().with("verification", object{"startsWith": "https://i.example/b/"})),
			want: []string{"issuer failed issuer_origin"}},
		"startsWith and dots": {in: assertion().with("id", "https://i.example/b/../a/1"),
			pages: serve("https://i.example/b/../a/1", assertion().with("id", "https://i.example/b/../a/1"), issuerURL,
				profile().with("verification", object{"startsWith": "https://i.example/b/"})), want: []string{"issuer failed issuer_origin"}},
		"class outside": {in: assertion().with("badge", evil), pages: serve(assertionURL, assertion().with("badge", evil), evil, class().with("id", evil)),
			want: []string{"issuer failed issuer_origin"}},
		"class unreachable": {pages: map[string]page{classURL: {err: vc.ErrUnreachable}},
			want: []string{"proof passed hosted_fetched", "issuer unknown unreachable"}},
		"class is something else": {pages: serve(classURL, object{"name": "x"}), want: []string{"issuer unknown not_a_badge"}},
		"issuer unreachable":      {pages: map[string]page{issuerURL: {status: 503}}, want: []string{"issuer unknown unreachable"}},
		"issuer without address": {pages: serve(classURL, class().with("issuer", object{"id": "urn:uuid:1", "name": "n"})),
			want: []string{"issuer unknown issuer_not_confirmed"}},
		"issuer is missing": {pages: serve(classURL, class().with("issuer", "mailto:a@example.org")), want: []string{"issuer unknown missing_member"}},
		"embedded class, own address": {pages: serve(assertionURL, assertion().with("badge", class().with("name", "Forged")), classURL, class()),
			want: []string{"issuer passed"}},
		"embedded class, no address": {pages: serve(assertionURL, assertion().with("badge", class().with("id", "urn:uuid:1"))), want: []string{"issuer passed"}},
		"redirect to a subdomain": {pages: map[string]page{assertionURL: {body: assertion().String(), to: "https://api.i.example/x"}},
			want: []string{"issuer passed"}},
		"redirect away": {pages: map[string]page{assertionURL: {body: assertion().String(), to: evil}},
			want: []string{"proof passed hosted_fetched", "issuer unknown issuer_origin"}},
		"issuer redirects away":    {pages: map[string]page{issuerURL: {body: profile().String(), to: evil}}, want: []string{"issuer unknown issuer_origin"}},
		"http is fetched as https": {in: assertion().with("id", "http://i.example/a/1"), want: []string{"proof passed hosted_fetched", "issuer passed"}},
		"no address":               {in: assertion().with("id", "urn:uuid:1"), want: []string{"proof unknown no_proof"}},
		"signed without signature": {in: assertion().with("verification", object{"type": "SignedBadge"}), want: []string{"proof failed no_proof"}},
		"serves the signed payload": {pages: serve(assertionURL, assertion().with("verify", nil).with("verification", object{"type": "signed"})),
			want: []string{"proof failed no_proof"}},
		"expired":                {pages: serve(assertionURL, assertion().with("expires", "2025-12-31")), want: []string{"valid_until failed expired"}},
		"expires later":          {pages: serve(assertionURL, assertion().with("expires", "2026-01-02")), want: []string{"valid_until passed"}},
		"expires before issue":   {pages: serve(assertionURL, assertion().with("expires", "2019-01-01")), want: []string{"valid_until failed expired"}},
		"issued tomorrow":        {pages: serve(assertionURL, assertion().with("issuedOn", "2026-01-02")), want: []string{"valid_from failed not_yet_valid"}},
		"issued within the skew": {pages: serve(assertionURL, assertion().with("issuedOn", "2026-01-01T00:04:59Z")), want: []string{"valid_from passed"}},
		"invalid dates": {pages: serve(assertionURL, assertion().with("issuedOn", "soon").with("expires", "late")),
			want: []string{"valid_from failed date_format", "valid_until failed date_format"}},
		"lacks a member": {pages: serve(assertionURL, assertion().with("issuedOn", nil)), want: []string{"format failed missing_member"}},
		"offline":        {opt: vc.Options{Offline: true}, want: []string{"proof unknown unreachable", "valid_from passed"}},
		"file changed": {in: assertion().with("expires", "2030-01-01"), want: []string{"proof passed hosted_fetched", "valid_until skipped not_stated"},
			warning: vc.ReasonHostedDiffers},
		"file with another recipient": {in: assertion().with("recipient", object{"type": "email", "identity": "a@example.org"}),
			want: []string{"proof passed hosted_fetched"}, warning: vc.ReasonHostedDiffers},
		"prefixed names": {pages: map[string]page{assertionURL: {body: `{"@context":["https://w3id.org/openbadges/v2"],"@id":"` + assertionURL +
			`","@type":"obi:Assertion",
			"obi:recipient":{"type":"email","hashed":false,"identity":"a@example.org"},"https://w3id.org/openbadges#badge":{"@id":"` + classURL + `"},
			"obi:verification":{"type":"obi:HostedBadge"},"obi:issuedOn":"2020-01-01T00:00:00Z"}`}},
			want: []string{"format passed", "proof passed hosted_fetched", "issuer passed"}},
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			for u, p := range tc.pages {
				pages[u] = p
			}
			in := tc.in
			if in == nil {
				in = assertion()
			}
			r, _ := verify(t, pages, in.String(), tc.opt)
			expect(t, r, tc.want...)
			if tc.warning != "" && (len(r.Warnings) == 0 || r.Warnings[0].Reason != tc.warning) {
				t.Errorf("warnings %v, want %s", r.Warnings, tc.warning)
			}
			if r.Check(vc.CheckIssuer).Outcome == vc.Passed && (r.Binding != vc.BindingDomain || r.Suite != "hosted") {
				t.Errorf("binding %q, suite %q", r.Binding, r.Suite)
			}
		})
	}
}

// serve returns pages for pairs of an address and the object that it serves.
func serve(list ...any) map[string]page {
	pages := map[string]page{}
	for i := 0; i < len(list); i += 2 {
		pages[list[i].(string)] = page{body: list[i+1].(object).String()}
	}
	return pages
}

// TestFetchedIsShown checks that the fetched documents are shown instead of the file.
func TestFetchedIsShown(t *testing.T) {
	forged := assertion().with("badge", class().with("name", "Doctor of bells").with("issuer", profile().with("name", "Academy")))
	forged = forged.with("narrative", "The best.").with("issuedOn", "2001-01-01T00:00:00Z")
	r, w := verify(t, standard(), forged.String(), vc.Options{})
	c := r.Current.Credential
	if c.Name.String() != "Bell founding" || c.Issuer.Name.String() != "Foundry" || c.ValidFrom.Text != "2020-01-01T00:00:00Z" || c.Subject.Narrative != nil {
		t.Errorf("shown: %s by %s of %s, %v", c.Name, c.Issuer.Name, c.ValidFrom.Text, c.Subject.Narrative)
	}
	if string(r.Current.Raw) != assertion().String() || r.Current.Version != "2.0" {
		t.Errorf("raw %s", r.Current.Raw)
	}
	if diff := cmp.Diff([]string{assertionURL, classURL, issuerURL}, w.asked); diff != "" {
		t.Error(diff)
	}
	if len(r.Warnings) != 2 {
		t.Errorf("warnings %v, want one for the name and one for the date", r.Warnings)
	}
}

// TestVersionsHosted verifies a hosted badge of each version.
func TestVersionsHosted(t *testing.T) {
	v05 := `{"recipient":"a@example.com","issued_on":"2012-01-01","badge":{"version":"0.5.0","name":"Bell founding","image":"/i.png","description":"d",` +
		`"criteria":"/c","issuer":{"origin":"https://i.example","name":"Foundry"}}}`
	v10 := `{"uid":"1","recipient":{"type":"email","hashed":false,"identity":"a@example.com"},"badge":"` + classURL + `","verify":{"type":"hosted","url":"` +
		assertionURL + `"},"issuedOn":1356998400}`
	class10 := `{"name":"Bell founding","description":"d","image":"https://i.example/i.png","criteria":"https://i.example/c","issuer":"` + issuerURL + `"}`
	issuer10 := `{"name":"Foundry","url":"https://i.example"}`
	for name, tc := range map[string]struct{ in, assertion, class, issuer string }{
		"0.5 by address": {assertionURL, v05, "", ""},
		"1.0":            {v10, v10, class10, issuer10},
		"1.0 by address": {assertionURL, v10, class10, issuer10},
		"1.1": {assertionURL, `{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","id":"` + assertionURL + `",` + v10[1:], class10,
			issuer10},
		"2.0 by http":        {"http://i.example/a/1", assertion().String(), class().String(), profile().String()},
		"0.5 parsed from it": {v05, v05, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := &web{pages: map[string]page{assertionURL: {body: tc.assertion}, classURL: {body: tc.class}, issuerURL: {body: tc.issuer}}}
			v := must(New(Config{Fetch: w, Now: func() time.Time { return now }}))
			d := must(Parse([]byte(tc.in), assertionURL))
			r := must(v.VerifyLegacy(t.Context(), d, vc.Options{Recipients: []string{"a@example.com"}}))
			expect(t, r, "format passed", "proof passed hosted_fetched", "issuer passed", "revocation passed", "recipient passed matched")
			if r.Current.Credential.Name.String() != "Bell founding" || r.Current.Credential.Issuer.Name.String() != "Foundry" {
				t.Errorf("shown: %+v", r.Current.Credential)
			}
		})
	}
}

// TestRequestsAreBounded checks the number of requests for pages that refer to each
// other.
func TestRequestsAreBounded(t *testing.T) {
	loop := assertion().with("badge", assertionURL).with("issuer", assertionURL).with("name", "n")
	_, w := verify(t, serve(assertionURL, loop), loop.String(), vc.Options{})
	if len(w.asked) > 6 {
		t.Errorf("%d requests", len(w.asked))
	}
	for _, u := range w.asked {
		if !strings.HasPrefix(u, "https://") {
			t.Errorf("fetched %s", u)
		}
	}
}

func TestVerifyErrors(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("New accepts an empty Config")
	}
	v := must(New(Config{Fetch: &web{}, Now: func() time.Time { return now }}))
	if _, err := v.VerifyLegacy(t.Context(), nil, vc.Options{}); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("nil document: %v", err)
	}
	if _, err := v.VerifyLegacy(t.Context(), &vc.Document{Form: vc.Embedded}, vc.Options{}); !errors.Is(err, vc.ErrUnsupported) {
		t.Errorf("3.0: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := must(Parse([]byte(assertion().String()), ""))
	if _, err := v.VerifyLegacy(ctx, d, vc.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// FuzzServed checks that for any three responses every check has an outcome, a passed
// proof is about the served bytes, and an issuer is confirmed only together with a
// proof.
func FuzzServed(f *testing.F) {
	f.Add(assertion().String(), class().String(), profile().String())
	f.Add(assertion().with("id", "https://i.example/b/1").String(), profile().String(), class().String())
	f.Add("https://i.example/b/1", `{"revoked":true}`, "<svg/>")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		w := &web{pages: map[string]page{assertionURL: {body: a}, classURL: {body: b}, issuerURL: {body: c}}}
		v := must(New(Config{Fetch: w, Now: func() time.Time { return now }}))
		r := must(v.VerifyLegacy(t.Context(), must(Parse([]byte(assertion().String()), "")), vc.Options{}))
		if len(r.Checks) != 11 || len(w.asked) > maxAsked {
			t.Fatalf("%d checks, %d requests", len(r.Checks), len(w.asked))
		}
		for _, check := range r.Checks {
			if check.Outcome == "" {
				t.Fatalf("%s has no outcome", check.ID)
			}
		}
		if r.Check(vc.CheckProof).Outcome == vc.Passed {
			raw := string(r.Current.Raw)
			if raw != strings.TrimSpace(a) && raw != strings.TrimSpace(b) && raw != strings.TrimSpace(c) {
				t.Fatal("the shown document was not served")
			}
		}
		if r.Check(vc.CheckIssuer).Outcome == vc.Passed && r.Check(vc.CheckProof).Outcome != vc.Passed {
			t.Fatal("issuer confirmed without a proof")
		}
	})
}

// TestAddressAlone checks that an address without a usable response is undetermined,
// not invalid.
func TestAddressAlone(t *testing.T) {
	for name, p := range map[string]page{
		"unreachable": {err: vc.ErrUnreachable}, "404": {status: 404}, "a page": {body: "<p>"}, "something else": {body: "[]"},
	} {
		r, _ := verify(t, map[string]page{assertionURL: p}, assertionURL, vc.Options{})
		if got := r.Verdict(vc.Policy{}); got != vc.Undetermined {
			t.Errorf("%s: %s %+v", name, got, r.Checks)
		}
	}
	r, _ := verify(t, map[string]page{assertionURL: {status: 410}}, assertionURL, vc.Options{})
	if got := r.Verdict(vc.Policy{}); got != vc.Revoked {
		t.Errorf("gone: %s", got)
	}
}

// TestForgedIssuer checks that a forger cannot make an address one of an issuer's by
// embedding that issuer in a badge.
func TestForgedIssuer(t *testing.T) {
	const evil = "https://evil.example/a"
	policy := object{"allowedOrigins": []string{"evil.example"}, "startsWith": "https://evil.example/"}
	bank := func(name string) object {
		return object{"type": "Issuer", "name": "Bank", "url": "https://i.example", "email": "a@i.example", "verification": policy}.with(name, "https://i.example")
	}
	nowhere := class().with("id", "urn:uuid:1")
	old := object{"recipient": "a@example.com", "issued_on": "2012-01-01",
		"badge": object{"version": "0.5.0", "name": "n", "description": "d", "image": "/i", "criteria": "/c", "issuer": bank("origin").with("id", issuerURL)}}
	for name, in := range map[string]object{
		"origin in 2.0":   assertion().with("id", evil).with("badge", nowhere.with("issuer", bank("origin"))),
		"origin in 0.5":   old,
		"id in 0.5":       old.with("badge", old["badge"].(object).with("issuer", bank("id"))),
		"its own address": assertion().with("id", evil).with("badge", nowhere.with("issuer", bank("id").with("id", issuerURL))),
		"an origin in 1.0": object{"uid": "1", "recipient": object{"type": "email", "identity": "a@example.com", "hashed": false},
			"badge": nowhere.with("issuer", bank("origin")), "verify": object{"type": "hosted", "url": evil}, "issuedOn": "2014-01-01"},
		"class of another issuer": assertion().with("id", evil).with("badge", classURL),
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			pages[evil] = page{body: in.String()}
			r, _ := verify(t, pages, evil, vc.Options{})
			expect(t, r, "issuer failed issuer_origin")
			if r.Verdict(vc.Policy{}) != vc.Invalid || r.Binding != vc.BindingNone {
				t.Errorf("%s by %q", r.Verdict(vc.Policy{}), r.Binding)
			}
		})
	}
}
