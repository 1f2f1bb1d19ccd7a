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
// rel="alternate">, or "". If it leaves the domain of the page, the node counts as
// strayed, as after a redirect.
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

// against resolves an address in a web page; "" if the result is not a web address.
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
