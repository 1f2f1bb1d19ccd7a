package ob2

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxTokens limits the part of a web page that is searched for a link.
const maxTokens = 10_000

// alternate returns the address of the JSON form of a web page, from <link
// rel="alternate">, or "". A link to another domain is treated like a redirect
// there (see leftDomain).
func alternate(page []byte, at string) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(1 << 20)
	for range maxTokens {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			if href := jsonLink(z); href != "" {
				return resolveLink(at, href)
			}
		}
	}
	return ""
}

// jsonLink returns the address in a tag that links to JSON.
func jsonLink(z *html.Tokenizer) string {
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

// resolveLink resolves an address in a web page; "" if the result is not a web address.
func resolveLink(at, href string) string {
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
