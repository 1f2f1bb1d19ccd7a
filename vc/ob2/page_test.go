package ob2

import (
	"strings"
	"testing"

	"backpack/vc"
)

// TestPageAnswer checks that an address may serve a web page that links to the badge
// on the same domain.
func TestPageAnswer(t *testing.T) {
	link := func(attr string) string {
		return `<!doctype html><html><head><title>A badge</title><link ` + attr + `></head><body>…</body></html>`
	}
	json := "https://i.example/a/1.json"
	for name, tc := range map[string]struct {
		body  string
		pages map[string]page
		want  []string
	}{
		"linked": {link(`rel="alternate" type="application/ld+json" href="/a/1.json"`), serve(json, assertion()),
			[]string{"proof passed hosted_fetched", "issuer passed"}},
		"linked as JSON": {link(`REL="x Alternate" TYPE="application/json; charset=utf-8" href="1.json"`), serve(json, assertion()),
			[]string{"proof passed hosted_fetched", "issuer passed"}},
		"another kind": {link(`rel="alternate" type="application/rss+xml" href="/a/1.json"`), serve(json, assertion()), []string{"proof unknown not_a_badge"}},
		"a style":      {link(`rel="stylesheet" type="application/json" href="/a/1.json"`), serve(json, assertion()), []string{"proof unknown not_a_badge"}},
		"no address":   {link(`rel="alternate" type="application/json" href="javascript:x"`), nil, []string{"proof unknown not_a_badge"}},
		"another badge": {link(`rel="alternate" type="application/json" href="/a/1.json"`), serve(json, assertion().with("id", "https://i.example/a/2")),
			[]string{"proof unknown unreachable"}},
		"another domain": {link(`rel="alternate" type="application/json" href="https://evil.example/a"`), serve("https://evil.example/a", assertion()),
			[]string{"proof passed hosted_fetched", "issuer unknown issuer_origin"}},
		"a second page": {link(`rel="alternate" type="application/json" href="/a/1.json"`),
			map[string]page{json: {body: link(`rel="alternate" type="application/json" href="/a/1"`)}}, []string{"proof unknown not_a_badge"}},
		"a link too late": {strings.Repeat("<p>", maxTokens) + link(`rel="alternate" type="application/json" href="/a/1.json"`), serve(json, assertion()),
			[]string{"proof unknown not_a_badge"}},
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			for u, p := range tc.pages {
				pages[u] = p
			}
			pages[assertionURL] = page{body: tc.body}
			r, _ := verify(t, pages, assertionURL, vc.Options{})
			expect(t, r, tc.want...)
		})
	}
}

func FuzzPage(f *testing.F) {
	f.Add(`<link rel=alternate type=application/json href=x>`, "https://i.example/a/")
	f.Fuzz(func(t *testing.T, page, at string) {
		if to := alternate([]byte(page), at); to != "" && !hasScheme(to) {
			t.Fatalf("%q", to)
		}
	})
}
