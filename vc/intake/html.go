package intake

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"backpack/vc"
)

// Limits for web pages.
const (
	maxTags   = 100_000
	maxScript = 1 << 20
	maxLeads  = 50
)

// badgeTypes are the media types of <link rel="alternate"> that may be a badge (specs
// A11.7), the most specific first.
var badgeTypes = []string{
	"application/vc", "application/vc+jwt", "application/vc+sd-jwt", "application/dc+sd-jwt", "application/vc+cose", "application/vp",
	"application/vc+ld+json", "application/ld+json", "application/json",
}

// A page holds the links and scripts of a web page that may lead to a badge.
type page struct {
	base      string
	canonical []string          // <link rel="canonical">, og:url
	alternate map[string]string // first address by media type
	pictures  []string          // og:image
	data      []string          // JSON-LD scripts
	issued    []string          // arguments of OpenBadges.issue
}

// html finds the badge of a web page: embedded in it, linked as another form of the
// page, derived from the page's address, or baked into its picture (specs A11.7, B6.1
// to B6.4).
func (o *opener) html(p piece) {
	pg, text := readPage(p.b), p.b
	p.b = nil
	for _, s := range pg.data {
		if found := o.tryJSONLD(p, s); found != nil {
			o.items = append(o.items, found...)
			return
		}
	}
	if len(pg.issued) > 0 {
		for i, s := range pg.issued {
			o.text(p.inside([]byte(s)).numbered(i, len(pg.issued)))
		}
		return
	}
	if to := pg.lead(p.url); to != "" {
		p.mentioned = true
		o.add(p, Item{Link: to})
		return
	}
	if o.shownIn(p, text) {
		return
	}
	o.fail(p, HTMLPage, fmt.Errorf("%w: a web page without a badge", vc.ErrUnsupported))
}

// shownIn opens the badges in the visible text of a page and, for a fragment of HTML
// that was pasted, also its links. It returns false if there are none.
func (o *opener) shownIn(p piece, b []byte) bool {
	fragment := p.url == "" && !bytes.Contains(bytes.ToLower(b[:min(len(b), 4<<10)]), []byte("<html"))
	found, broken := o.search(p, visibleText(b, fragment))
	if !fragment {
		found = slices.DeleteFunc(found, func(p part) bool { return p.address })
	}
	if len(found) == 0 && broken != nil {
		o.fail(p, DamagedText, fmt.Errorf("read a badge in a page: %w", broken))
	}
	o.each(p, found)
	return len(found) > 0 || broken != nil
}

// visibleText returns the text of a page. If links is set, it adds a line for each
// link.
func visibleText(b []byte, links bool) string {
	var out strings.Builder
	z := html.NewTokenizer(bytes.NewReader(b))
	z.SetMaxBuf(maxScript)
	raw := ""
	for range maxTags {
		t := z.Next()
		switch t {
		case html.ErrorToken:
			return out.String()
		case html.TextToken:
			if raw == "" {
				out.Write(z.Text())
			}
			continue
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		name, more := z.TagName()
		switch tag := string(name); {
		case t == html.StartTagToken && (tag == "script" || tag == "style"):
			raw = tag
		case t == html.EndTagToken && tag == raw:
			raw = ""
		case !inline[tag]:
			out.WriteByte('\n')
		case tag == "a" && links && t == html.StartTagToken:
			for more {
				var k, v []byte
				if k, v, more = z.TagAttr(); string(k) == "href" {
					out.WriteString("\n<" + string(v) + ">\n")
				}
			}
		}
	}
	return out.String()
}

// inline are the elements that do not end a word.
var inline = map[string]bool{"a": true, "b": true, "i": true, "em": true, "strong": true, "span": true, "code": true, "font": true, "u": true, "mark": true,
	"wbr": true}

// tryJSONLD opens a JSON-LD script of a page and returns its items if all are badges. Most
// such scripts are about something else.
func (o *opener) tryJSONLD(p piece, s string) []Item {
	sub := newOpener(o.ctx, o.opt)
	sub.opt.MaxItems = max(1, o.opt.MaxItems-o.count())
	sub.json(p.inside([]byte(s)))
	for _, it := range sub.items {
		if it.Problem != "" {
			return nil
		}
	}
	return sub.items
}

// lead returns the address to fetch next, or "". It is never the page's own address.
func (pg *page) lead(self string) string {
	var leads []string
	for _, t := range badgeTypes {
		leads = append(leads, pg.alternate[t])
	}
	for _, c := range append([]string{self}, pg.canonical...) { // only for known platforms
		if c = resolve(self, pg.base, c); c != "" && RewriteURL(c) != upgrade(c) {
			leads = append(leads, c)
		}
	}
	leads = append(leads, pg.pictures...)
	for _, l := range leads {
		if l = resolve(self, pg.base, l); l == "" {
			continue
		}
		if to := RewriteURL(l); to != self && to != upgrade(self) {
			return to
		}
	}
	return ""
}

// resolve makes an address in a page absolute; "" if that fails.
func resolve(self, base, ref string) string {
	u, err := url.Parse(self)
	if err != nil || ref == "" {
		return ""
	}
	for _, r := range []string{base, ref} {
		if r == "" {
			continue
		}
		if u, err = u.Parse(strings.TrimSpace(r)); err != nil {
			return ""
		}
	}
	if s := u.String(); isWeb(s) && u.Hostname() != "" {
		return s
	}
	return ""
}

func readPage(b []byte) *page {
	pg := &page{alternate: map[string]string{}}
	z := html.NewTokenizer(bytes.NewReader(b))
	z.SetMaxBuf(maxScript)
	for range maxTags {
		switch z.Next() {
		case html.ErrorToken:
			return pg // also after a text that exceeds the buffer
		case html.StartTagToken, html.SelfClosingTagToken:
			pg.tag(z)
		}
	}
	return pg
}

// tag reads a start tag and, for a script, its text.
func (pg *page) tag(z *html.Tokenizer) {
	name, more := z.TagName()
	tag := string(name)
	if tag != "link" && tag != "meta" && tag != "base" && tag != "script" {
		return
	}
	attr := map[string]string{}
	for more && len(attr) < maxLeads {
		var k, v []byte
		k, v, more = z.TagAttr()
		attr[string(k)] = string(v)
	}
	switch tag {
	case "base":
		pg.base = attr["href"]
	case "link":
		pg.link(attr)
	case "meta":
		switch name := attr["property"] + attr["name"]; {
		case name == "og:url" && len(pg.canonical) < maxLeads:
			pg.canonical = append(pg.canonical, attr["content"])
		case (name == "og:image" || name == "og:image:secure_url") && len(pg.pictures) < maxLeads:
			pg.pictures = append(pg.pictures, attr["content"])
		}
	case "script":
		if z.Next() == html.TextToken && len(pg.data) < maxLeads {
			pg.script(attr["type"], string(z.Text()))
		}
	}
}

func (pg *page) link(attr map[string]string) {
	rel := strings.Fields(strings.ToLower(attr["rel"]))
	media, _, _ := strings.Cut(strings.ToLower(attr["type"]), ";")
	media, href := strings.TrimSpace(media), attr["href"]
	switch {
	case slices.Contains(rel, "canonical") && len(pg.canonical) < maxLeads:
		pg.canonical = append(pg.canonical, href)
	case !slices.Contains(rel, "alternate") || !slices.Contains(badgeTypes, media):
	case strings.Contains(href, "/wp-json/"): // the page itself, which many sites link
	case pg.alternate[media] == "":
		pg.alternate[media] = href
	}
}

func (pg *page) script(media, text string) {
	if media == "application/ld+json" {
		pg.data = append(pg.data, text)
		return
	}
	if parts, ok := issued(text); ok && len(pg.issued) == 0 {
		pg.issued = parts[:min(len(parts), maxLeads)]
	}
}
