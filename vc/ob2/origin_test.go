package ob2

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"unicode/utf16"

	"backpack/vc"
	"backpack/vc/bake"
)

// TestPrefix checks addresses that start with a prefix, and addresses that only appear
// to.
func TestPrefix(t *testing.T) {
	const home = "https://a.example/badges/"
	for _, tc := range []struct {
		id, prefix string
		want       bool
	}{
		{"https://a.example/badges/1", home, true},
		{"http://a.example/badges/1", home, true},
		{"http://A.EXAMPLE:80/badges/1", home, true},
		{"https://a.example:443/badges/1", home, true},
		{"https://a.example/badges/1?x=y#part", home, true},
		{"https://a.example/badges/a/b/c.json", home, true},
		{"https://a.example/b%61dges/1", home, true},
		{"https://a.example/badges", "https://a.example/badges", true},
		{"https://a.example/badges/1", "https://a.example/badges", true},
		{"https://a.example/badges?b=1", "https://a.example/badges", true},
		{"https://a.example/assertion-7.json", "https://a.example/assertion-", true},
		{"https://a.example/badges/1", "https://a.example", true},
		{"https://a.example/b.php?hash=1f", "https://a.example/b.php?hash=", true},
		{"https://a.example/b.php?b=12&v=2", "https://a.example/b.php?b=12", true},

		{"https://a.example/badges-evil/1", "https://a.example/badges", false},
		{"https://a.example/badgesevil", "https://a.example/badges", false},
		{"https://a.example/badges.evil/1", "https://a.example/badges", false},
		{"https://a.example.evil.example/badges/1", "https://a.example", false},
		{"https://a.example.evil.example/badges/1", home, false},
		{"https://a.example@evil.example/badges/1", "https://a.example", false},
		{"https://a.example:8443/badges/1", home, false},
		{"https://a.example:80/badges/1", home, false},
		{"http://a.example:443/badges/1", home, false},
		{"https://a.example./badges/1", home, false},
		{"https://evil.example/?https://a.example/badges/1", home, false},
		{"https://evil.example/#https://a.example/badges/1", home, false},
		{"https://evil.example/https://a.example/badges/1", home, false},
		{"https://a.example/Badges/1", home, false},
		{"https://a.example//badges/1", home, false},
		{"https://a.example/badges%2F1", home, false},
		{"https://a.example/x?/badges/1", home, false},
		{"https://a.example/b.php?b=123", "https://a.example/b.php?b=12", false},
		{"https://a.example/b.php?b=", "https://a.example/b.php?b=1", false},
		{"https://a.example/c.php?hash=1f", "https://a.example/b.php?hash=", false},
		{"https://a.example/b.php?file=badges/../up/x", "https://a.example/b.php?file=badges/", false},
		{"javascript:https://a.example/badges/1", home, false},
		{"", home, false},
		{home, "", false},
		{"https://a.example/badges/1", "a.example/badges", false},
		{"https://a.example/badges/1", "https://a.example/badges/../", false},
	} {
		if got := within(tc.id, tc.prefix); got != tc.want {
			t.Errorf("within(%q, %q) = %v", tc.id, tc.prefix, got)
		}
	}
	for _, up := range []string{"..", "%2e%2e", ".%2E", "%2e.", "..;", "..;x=1", "%252e%252e", "%25252e%25252e", "%2e%2e%3b", "x%2f..%2f..", "x%2F%2e%2e"} {
		for _, way := range []string{"/" + up + "/uploads/1", "/ours/" + up + "/" + up + "/uploads/1"} {
			if id := "https://a.example/badges" + way; within(id, home) || !ambiguous(id) {
				t.Errorf("%s is not recognized as tricky", id)
			}
		}
	}
	for _, id := range []string{`https://a.example/badges/..\uploads`, `https://a.example/badges/x\1`, "https://a.example/badges/..%5cuploads",
		"https://a.example/badges/%5Cx",
		"https://a.example/badges/..%255cuploads", "https://a.example/badges/1%00.json", "https://a.example/badges/%0d%0ax", "https://a.example/badges/./1",
		"https://a.example/b?f=..%2f..%2fx",
		"https://a.example/b?f=%5c..%5cx", "https://a.example\\@evil.example/", "https://u@a.example/", "https://u:p@a.example/badges/1"} {
		if within(id, home) || !ambiguous(id) {
			t.Errorf("%s is not recognized as tricky", id)
		}
	}
	for _, id := range []string{"https://a.example/badges/1.json", "https://a.example/badges/...", "https://a.example/badges/a..b", "https://a.example/100%25",
		"https://a.example/badges/ü%20b",
		"https://a.example/badges//1", "https://a.example/b?next=https%3A%2F%2Fa.example%2Fx", "https://a.example/b?v=2.0", "https://a.example"} {
		if ambiguous(id) {
			t.Errorf("%s is wrongly recognized as tricky", id)
		}
	}
}

// TestThreat49Policy checks that the issuer's policy applies whatever the form of the
// addresses.
func TestThreat49Policy(t *testing.T) {
	says := func(p object) map[string]page { return serve(issuerURL, profile().with("verification", p)) }
	at := func(id string, pages map[string]page) map[string]page {
		address, _ := fetchable(id)
		pages[address] = page{body: assertion().with("id", id).String()}
		return pages
	}
	for name, tc := range map[string]struct {
		id    string
		pages map[string]page
		want  string
	}{
		"a prefix without a slash": {"https://i.example/a-evil/1", says(object{"startsWith": "https://i.example/a"}), "issuer failed issuer_origin"},
		"a prefix without its end": {assertionURL, says(object{"startsWith": "https://i.example/a"}), "issuer passed"},
		"dots":                     {"https://i.example/a/../up/1", says(object{"startsWith": "https://i.example/a/"}), "issuer failed issuer_origin"},
		"escaped dots":             {"https://i.example/a/%2e%2e/up/1", says(object{"startsWith": "https://i.example/a/"}), "issuer failed issuer_origin"},
		"a backslash":              {"https://i.example/a/..%5cup/1", says(object{"startsWith": "https://i.example/a/"}), "issuer failed issuer_origin"},
		"dots, no prefix":          {"https://i.example/a/../up/1", nil, "issuer failed issuer_origin"},
		"a backslash, no prefix":   {"https://i.example/a/..%5cup/1", says(object{"allowedOrigins": "i.example"}), "issuer failed issuer_origin"},
		"another port":             {"https://i.example:8443/a/1", nil, "issuer failed issuer_origin"},
		"the port of http":         {"https://i.example:80/a/1", nil, "issuer failed issuer_origin"},
		"a user name":              {"https://i.example@evil.example/a/1", nil, "proof unknown no_proof"},
		"a longer host":            {"https://i.example.evil.example/a/1", says(object{"startsWith": "https://i.example"}), "issuer failed issuer_origin"},
		"any origin":               {"https://evil.example/a/1", says(object{"allowedOrigins": "*"}), "issuer failed issuer_origin"},
		"an empty policy":          {assertionURL, says(object{"allowedOrigins": []string{""}, "startsWith": ""}), "issuer passed"},
		"both": {"https://evil.example/a/1", says(object{"allowedOrigins": "i.example", "startsWith": "https://evil.example/"}),
			"issuer failed issuer_origin"},
		"several prefixes": {assertionURL, says(object{"startsWith": []string{"https://i.example/b/", "https://i.example/a/"}}), "issuer passed"},
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			for u, p := range tc.pages {
				pages[u] = p
			}
			r, _ := verify(t, at(tc.id, pages), assertion().with("id", tc.id).String(), vc.Options{})
			expect(t, r, tc.want)
		})
	}
	pages := says(object{"startsWith": "https://i.example/a/"})
	for u, p := range standard() {
		if u != issuerURL {
			pages[u] = p
		}
	}
	pages[assertionURL] = page{body: assertion().String(), to: "https://i.example/uploads/1"}
	r, _ := verify(t, pages, assertionURL, vc.Options{})
	expect(t, r, "issuer unknown issuer_origin")
}

// TestThreat49ServedAsFile checks that a picture or a text on the issuer's website
// proves nothing, as a visitor may have uploaded it, unless the issuer's policy covers
// it.
func TestThreat49ServedAsFile(t *testing.T) {
	var plain bytes.Buffer
	if err := png.Encode(&plain, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	baked := func(o object) string {
		return string(must(bake.Embed(plain.Bytes(), bake.OpenBadge2, []byte(o.String()))))
	}
	svg := func(o object) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="` + assertionURL + `"><![CDATA[` +
			o.String() + `]]></openbadges:assertion></svg>`
	}
	policy := profile().with("verification", object{"startsWith": "https://i.example/a/"})
	const refused, passed = "proof unknown hosted_as_file", "proof passed hosted_fetched"
	for name, tc := range map[string]struct {
		at   string // the address of the file
		page page
		says object // the issuer's profile, if not the standard one
		want string
	}{
		"JSON":                  {assertionURL, page{body: assertion().String(), media: "application/json; charset=utf-8"}, nil, passed},
		"JSON-LD":               {assertionURL, page{body: assertion().String(), media: "application/ld+json"}, nil, passed},
		"another JSON":          {assertionURL, page{body: assertion().String(), media: "Application/Activity+JSON"}, nil, passed},
		"a text":                {assertionURL, page{body: assertion().String(), media: "text/plain"}, nil, refused},
		"a page":                {assertionURL, page{body: assertion().String(), media: "text/html; charset=utf-8"}, nil, refused},
		"any file":              {assertionURL, page{body: assertion().String(), media: "application/octet-stream"}, nil, refused},
		"JSON called a picture": {assertionURL, page{body: assertion().String(), media: "image/png"}, nil, refused},
		"JSON called an SVG":    {assertionURL, page{body: assertion().String(), media: "image/svg+xml"}, nil, refused},
		"a picture called JSON": {assertionURL, page{body: baked(assertion()), media: "application/json"}, nil, refused},
		"an invalid media type": {assertionURL, page{body: assertion().String(), media: ";;"}, nil, refused},
		"a PNG":                 {assertionURL, page{body: baked(assertion()), media: "image/png"}, nil, refused},
		"an SVG":                {assertionURL, page{body: svg(assertion()), media: "image/svg+xml"}, nil, refused},
		"a PNG, by a policy":    {assertionURL, page{body: baked(assertion()), media: "image/png"}, policy, passed},
		"a text, by a policy":   {assertionURL, page{body: assertion().String(), media: "text/plain"}, policy, passed},
		"a text, by an origin": {assertionURL, page{body: assertion().String(), media: "text/plain"},
			profile().with("verification", object{"allowedOrigins": "i.example"}), passed},
		"the class in a text": {classURL, page{body: class().String(), media: "text/plain"}, nil, "issuer unknown hosted_as_file"},
		"the class in a picture": {classURL, page{body: baked(assertion().with("id", classURL).with("name", "n").with("issuer", issuerURL)),
			media: "image/png"}, nil, "issuer unknown hosted_as_file"},
		"the issuer in a text": {issuerURL, page{body: profile().String(), media: "text/plain"}, nil, "issuer unknown hosted_as_file"},
		"a policy in a text":   {issuerURL, page{body: policy.String(), media: "text/plain"}, nil, "issuer unknown hosted_as_file"},
		"another policy in a text": {issuerURL, page{body: profile().with("verification", object{"allowedOrigins": "evil.example"}).String(),
			media: "text/plain"}, nil, "issuer unknown hosted_as_file"},
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			if tc.says != nil {
				pages[issuerURL] = page{body: tc.says.String()}
			}
			pages[tc.at] = tc.page
			r, _ := verify(t, pages, assertionURL, vc.Options{})
			expect(t, r, tc.want)
			if sure := r.Verdict(vc.Policy{}) == vc.Valid; sure != (tc.want == passed) {
				t.Errorf("%s: %+v", r.Verdict(vc.Policy{}), r.Checks)
			}
		})
	}
}

// TestFileNamesAnother checks that a picture may still point to an address.
func TestFileNamesAnother(t *testing.T) {
	pages := standard()
	pages["https://i.example/uploads/1.svg"] = page{media: "image/svg+xml",
		body: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org"><openbadges:assertion verify="` + assertionURL + `"><![CDATA[` +
			assertion().with("expires", "2099-01-01").String() + `]]></openbadges:assertion></svg>`}
	r, _ := verify(t, pages, "https://i.example/uploads/1.svg", vc.Options{})
	expect(t, r, "proof passed hosted_fetched", "issuer passed", "valid_until skipped not_stated")
}

// TestMarks checks that a byte order mark is ignored.
func TestMarks(t *testing.T) {
	wide := func(s string, order func(u uint16) []byte) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
			b.Write(order(u))
		}
		return b.String()
	}
	for name, mark := range map[string]func(o object) string{
		"UTF-8":          func(o object) string { return "\ufeff" + o.String() },
		"mark and space": func(o object) string { return "\n\ufeff \n" + o.String() + "\n" },
		"little endian": func(o object) string {
			return wide(o.String(), func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} })
		},
		"big endian": func(o object) string {
			return wide(o.String(), func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} })
		},
		"space only": func(o object) string { return "\r\n" + o.String() },
	} {
		t.Run(name, func(t *testing.T) {
			pages := map[string]page{assertionURL: {body: mark(assertion())}, classURL: {body: mark(class())}, issuerURL: {body: mark(profile())}}
			r, _ := verify(t, pages, assertionURL, vc.Options{})
			expect(t, r, "format passed", "proof passed hosted_fetched", "issuer passed")
			if string(r.Current.Raw) != assertion().String() {
				t.Errorf("raw: %q", r.Current.Raw)
			}
		})
	}
}
