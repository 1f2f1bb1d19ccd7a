package intake

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc"
	"backpack/vc/bake"
)

func TestOpenFetched(t *testing.T) {
	const self = "https://site.example/badges/7"
	html := func(head string) string { return "<!DOCTYPE html><html><head>" + head + "</head><body>x</body></html>" }
	for _, tc := range []struct {
		name string
		res  vc.Resource
		want []string
	}{
		{"JSON", vc.Resource{Status: 200, Body: []byte(badge3)}, []string{"badge unsigned"}},
		{"JSON declared as HTML", vc.Resource{Status: 200, ContentType: "text/html", Body: []byte(badge3)}, []string{"badge unsigned"}},
		{"picture", vc.Resource{Status: 200, Body: baked(t, picture(t), bake.OpenBadge2, badge2)}, []string{"badge ob-hosted2.0 +image"}},
		{"its own address", vc.Resource{Status: 200, Body: []byte(self)}, []string{"not_a_badge"}},
		{"gone", vc.Resource{Status: 410, Body: []byte(`{"revoked":true}`)}, []string{"withdrawn"}},
		{"not there", vc.Resource{Status: 404}, []string{"address_gone"}},
		{"private", vc.Resource{Status: 403}, []string{"address_private"}},
		{"broken server", vc.Resource{Status: 500}, []string{"unreachable"}},
		{"nothing", vc.Resource{Status: 204}, []string{"empty"}},
		{"page without a badge", vc.Resource{Status: 200, Body: []byte(html(""))}, []string{"html_page"}},
		{"another form of the page", vc.Resource{Status: 200, Body: []byte(html(
			`<link rel=alternate type="application/json" href="/wp-json/wp/v2/pages/1"><meta property="og:image" content="/i.png">` +
				`<LINK REL="alternate nofollow" TYPE="application/ld+json; charset=utf-8" HREF="7.json?a=1&amp;b=2">`))},
			[]string{"link https://site.example/badges/7.json?a=1&b=2"}},
		{"with a base", vc.Resource{Status: 200, Body: []byte(html(`<base href="https://cdn.example/x/"><link rel=alternate type=application/vc href=7>`))},
			[]string{"link https://cdn.example/x/7"}},
		{"picture of the page", vc.Resource{Status: 200, Body: []byte(html(`<meta property="og:image" content="i.png">`))},
			[]string{"link https://site.example/badges/i.png"}},
		{"canonical address on a platform", vc.Resource{Status: 200,
			Body: []byte(html(`<meta property="og:url" content="https://www.credly.com/badges/0a1b2c3d-0000-1111-2222-333344445555"><meta ` +
				`property="og:image" content="i.png">`))},
			[]string{"link https://api.credly.com/v1/obi/v2/badge_assertions/0a1b2c3d-0000-1111-2222-333344445555"}},
		{"embedded JSON-LD", vc.Resource{Status: 200, Body: []byte(html(`<script type="application/ld+json">{"@context":"https://schema.org",` +
			`"@type":"Organization","name":"x"}</script><script type="application/ld+json">` + badge3 + `</script>`))}, []string{"badge unsigned"}},
		{"issued by a script", vc.Resource{Status: 200, Body: []byte(html(`<script>OpenBadges.issue(["https://issuer.example/a/1"]);</script>`))},
			[]string{"link " + address}},
		{"unusable links", vc.Resource{Status: 200, Body: []byte(html(`<link rel=alternate type=application/json href="` + self +
			`"><meta property="og:image" content="javascript:alert(1)"><link rel=canonical href="` + self + `">`))}, []string{"html_page"}},
		{"in a comment", vc.Resource{Status: 200, Body: []byte(html(`<!-- <link rel=alternate type=application/vc href=7> -->`))}, []string{"html_page"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.res.URL = self
			if d := cmp.Diff(tc.want, check(t, OpenFetched(t.Context(), &tc.res, Options{}))); d != "" {
				t.Error(d)
			}
		})
	}
	if d := cmp.Diff([]string{"unreachable"}, check(t, OpenFetched(t.Context(), nil, Options{}))); d != "" {
		t.Error(d)
	}
}

// TestHostedAddress checks that a badge of version 0.5, which does not state its own
// address, gets the address that served it or that is baked with it.
func TestHostedAddress(t *testing.T) {
	it := OpenFetched(t.Context(), &vc.Resource{URL: address, Status: 200, Body: []byte(badge05)}, Options{})[0]
	if it.Doc == nil || it.Doc.Credential.ID != address {
		t.Errorf("fetched: %+v", it)
	}
	svg := []byte(`<svg xmlns:o="http://openbadges.org"><o:assertion verify="` + address + `"><![CDATA[` + badge05 + `]]></o:assertion></svg>`)
	it = Open(t.Context(), "", svg, Options{})[0]
	if it.Doc == nil || it.Doc.Credential.ID != address {
		t.Errorf("baked: %+v", it)
	}
}

func TestRewriteURL(t *testing.T) {
	const id = "0a1b2c3d-0000-1111-2222-333344445555"
	const credly = "https://api.credly.com/v1/obi/v2/badge_assertions/" + id
	for in, want := range map[string]string{
		"https://www.credly.com/badges/" + id:                                    credly,
		"http://credly.com/badges/" + id + "/public_url":                         credly,
		"https://www.youracclaim.com/badges/" + id + "/linked_in?t=x":            credly,
		"https://www.credly.com/badges/nothing":                                  "https://www.credly.com/badges/nothing",
		"https://www.credly.com/users/somebody/badges":                           "https://www.credly.com/users/somebody/badges",
		"https://credly.com.example/badges/" + id:                                "https://credly.com.example/badges/" + id,
		"https://badgr.com/public/assertions/AbC_1-x":                            "https://api.badgr.io/public/assertions/AbC_1-x.json?v=2_0",
		"https://eu.badgr.com/public/assertions/AbC?identity__email=a@b.example": "https://api.eu.badgr.io/public/assertions/AbC.json?v=2_0",
		"https://api.ca.badgr.io/public/assertions/AbC/baked":                    "https://api.ca.badgr.io/public/assertions/AbC.json?v=2_0",
		"https://badges.parchment.com/public/assertions/AbC":                     "https://api.badgr.io/public/assertions/AbC.json?v=2_0",
		"https://api.badgr.io/public/badges/AbC":                                 "https://api.badgr.io/public/badges/AbC",
		"https://school.example/moodle/badges/badge.php?hash=00ff":               "https://school.example/moodle/badges/assertion.php?b=00ff&obversion=2",
		"https://school.example:8443/badges/badge.php?x=1&hash=a%26b":            "https://school.example:8443/badges/assertion.php?b=a%26b&obversion=2",
		"https://school.example/badges/badge.php":                                "https://school.example/badges/badge.php",
		"https://school.example/badges/assertion.php?b=00ff":                     "https://school.example/badges/assertion.php?b=00ff",
		"HTTP://issuer.example/A?b#c":                                            "https://issuer.example/A?b#c",
		"not an address":                                                         "not an address",
		"https://%zz":                                                            "https://%zz",
		"https://evil.example/?u=https://www.credly.com/badges/" + id:            "https://evil.example/?u=https://www.credly.com/badges/" + id,
		"https://www.credly.com@evil.example/badges/" + id:                       "https://www.credly.com@evil.example/badges/" + id,
	} {
		got := RewriteURL(in)
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
		if again := RewriteURL(got); again != got {
			t.Errorf("%s: again %s", got, again)
		}
	}
}
