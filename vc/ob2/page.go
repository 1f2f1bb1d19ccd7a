package ob2

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxTokens is how much of a page is read for a link.
const maxTokens = 10_000

// alternate returns the address that a page names as its form in JSON, with
// <link rel="alternate">; "" where it names none. Where it leads outside of the
// page's domain, the node has strayed as after a redirect.
func alternate(page []byte, at string) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(1 << 20)
	for range maxTokens {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			if href := linked(z); href != "" {
				return against(at, href)
			}
		}
	}
	return ""
}

// linked returns the address in a tag that links to JSON.
func linked(z *html.Tokenizer) string {
	name, more := z.TagName()
	if string(name) != "link" {
		return ""
	}
	attr := map[string]string{}
	for n := 0; more && n < 20; n++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		attr[string(k)] = string(v)
	}
	media, _, _ := strings.Cut(strings.ToLower(attr["type"]), ";")
	media = strings.TrimSpace(media)
	if !slices.Contains(strings.Fields(strings.ToLower(attr["rel"])), "alternate") || media != "application/json" && media != "application/ld+json" {
		return ""
	}
	return attr["href"]
}

// against makes the address in a page absolute; "" where it is none of the web.
func against(at, href string) string {
	base, err := url.Parse(at)
	if err != nil {
		return ""
	}
	u, err := base.Parse(strings.TrimSpace(href))
	if err != nil || !hasScheme(u.String()) {
		return ""
	}
	return u.String()
}
