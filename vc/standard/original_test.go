package standard_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"backpack/vc"
	"backpack/vc/vctest"
)

const oldBadge = "https://orchard.example/a/1"

// orchard serves a badge of Open Badges 2.0, modified by change.
func orchard(t *testing.T, web *vctest.Web, change func(assertion vctest.Object)) vctest.Object {
	t.Helper()
	const context = "https://w3id.org/openbadges/v2"
	assertion := vctest.Object{"@context": context, "type": "Assertion", "id": oldBadge, "issuedOn": "2020-01-01T00:00:00Z",
		"recipient": vctest.Object{"type": "email", "hashed": false, "identity": "a@learner.example"},
		"badge":     "https://orchard.example/b/1", "verification": vctest.Object{"type": "HostedBadge"}}
	if change != nil {
		change(assertion)
	}
	for address, o := range map[string]vctest.Object{
		oldBadge: assertion,
		"https://orchard.example/b/1": {"@context": context, "type": "BadgeClass", "id": "https://orchard.example/b/1", "name": "Canning",
			"description": "Keeps fruit.", "image": "https://orchard.example/b.png", "criteria": vctest.Object{"narrative": "Ten jars."},
			"issuer": "https://orchard.example/i"},
		"https://orchard.example/i": {"@context": context, "type": "Issuer", "id": "https://orchard.example/i", "name": "Orchard",
			"url": "https://orchard.example", "email": "o@orchard.example"},
	} {
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		web.Serve(address, "application/json", b)
	}
	return assertion
}

func madeFrom(ids ...string) vctest.Option {
	var list []any
	for _, id := range ids {
		list = append(list, vctest.Object{"id": id, "type": []any{"Evidence", "https://w3id.org/openbadges#Assertion"}, "name": "As an Open Badge 2.0"})
	}
	return vctest.With("evidence", list)
}

// TestOriginal checks that the older badge from which a credential was made is
// verified by its own rules if requested, and does not affect the verdict (specs
// B5.3).
func TestOriginal(t *testing.T) {
	for name, x := range map[string]struct {
		options []vctest.Option
		change  func(vctest.Object)
		opt     vc.Options
		outcome vc.Outcome
		reason  vc.Reason
		asked   int
	}{
		"holds":         {[]vctest.Option{madeFrom(oldBadge)}, nil, vc.Options{Original: true}, vc.Passed, "", 3},
		"not requested": {[]vctest.Option{madeFrom(oldBadge)}, nil, vc.Options{}, vc.Skipped, vc.ReasonNotRun, 0},
		"revoked": {[]vctest.Option{madeFrom(oldBadge)}, func(o vctest.Object) { o["revoked"] = true }, vc.Options{Original: true},
			vc.Failed, vc.ReasonRevoked, 3},
		"expired": {[]vctest.Option{madeFrom(oldBadge)}, func(o vctest.Object) { o["expires"] = "2021-01-01T00:00:00Z" },
			vc.Options{Original: true}, vc.Failed, vc.ReasonExpired, 3},
		"offline":     {[]vctest.Option{madeFrom(oldBadge)}, nil, vc.Options{Original: true, Offline: true}, vc.Skipped, vc.ReasonNotRun, 0},
		"unavailable": {[]vctest.Option{madeFrom("https://nowhere.example/a")}, nil, vc.Options{Original: true}, vc.Unknown, vc.ReasonUnreachable, 1},
		"one of two":  {[]vctest.Option{madeFrom(oldBadge, "https://orchard.example/a/2")}, nil, vc.Options{Original: true}, vc.Passed, "", 3},
		"no URL":      {[]vctest.Option{madeFrom("urn:uuid:1")}, nil, vc.Options{Original: true}, vc.Unknown, vc.ReasonNotABadge, 0},
		"evidence of another type": {[]vctest.Option{vctest.With("evidence", []any{vctest.Object{"id": oldBadge, "type": []any{"Evidence"}}})}, nil,
			vc.Options{Original: true}, vc.Skipped, vc.ReasonNotRun, 0},
		"forged credential": {[]vctest.Option{madeFrom(oldBadge), vctest.WrongKey}, nil, vc.Options{Original: true}, vc.Skipped, vc.ReasonNotRun, 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, issuer, _ := world(t)
			web := issuer.Web
			orchard(t, web, x.change)
			v := newVerifier(t, web)
			signed := issuer.Issue(t, append(x.options, vctest.As("eddsa-jcs-2022"))...)
			plain := verify(t, v, signed, vc.Options{Offline: true}).Verdict(vc.Policy{})
			before := len(web.Requests())
			r := verify(t, v, signed, x.opt)
			expect(t, r, vc.CheckOriginal, x.outcome, x.reason)
			if !x.opt.Offline {
				n := 0
				for _, q := range web.Requests()[before:] {
					if q.URL != "https://issuer.example/.well-known/did.json" {
						n++
					}
				}
				if n != x.asked {
					t.Errorf("%d requests, want %d: %+v", n, x.asked, web.Requests()[before:])
				}
			}
			if got := r.Verdict(vc.Policy{}); got != plain && plain != vc.Undetermined {
				t.Errorf("the verdict is %s with the original, %s without", got, plain)
			}
		})
	}
}

// TestOriginalInside verifies an original in a data URL (specs B5.5).
func TestOriginalInside(t *testing.T) {
	_, issuer, v := world(t)
	assertion := orchard(t, issuer.Web, nil)
	b, err := json.Marshal(assertion)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"JSON": "application/ld+json;base64," + base64.StdEncoding.EncodeToString(b), "broken": "text/plain;base64,%", "prose": "text/plain,hello",
	} {
		signed := issuer.Issue(t, madeFrom("data:"+body), vctest.As("eddsa-jcs-2022"))
		want := vc.Unknown
		if name == "JSON" {
			want = vc.Passed
		}
		if c := verify(t, v, signed, vc.Options{Original: true}).Check(vc.CheckOriginal); c.Outcome != want {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
