package bake

import (
	"bytes"
	"slices"
	"strings"

	"backpack/vc"
)

// An edit replaces the bytes from start to end.
type edit struct {
	start, end int
	text       string
}

// apply returns the SVG after the edits, which must not overlap.
func (s svgImage) apply(edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.start - b.start })
	var out bytes.Buffer
	last := 0
	for _, e := range edits {
		out.Write(s[last:e.start])
		out.WriteString(e.text)
		last = e.end
	}
	out.Write(s[last:])
	return out.Bytes()
}

func (s svgImage) remove() ([]byte, error) {
	d, err := s.scan()
	if err != nil {
		return nil, err
	}
	return s.apply(d.removals(func(string) bool { return true })), nil
}

func (d *drawing) removals(drop func(keyword string) bool) []edit {
	var out []edit
	for _, e := range d.badges {
		if drop(e.keyword) {
			out = append(out, edit{start: e.start, end: e.end})
		}
	}
	return out
}

// embed inserts the badge after the root's start tag (specs A11.3).
func (s svgImage) embed(keyword string, text []byte) ([]byte, error) {
	for _, r := range string(text) {
		if !xmlChar(r) {
			return nil, damaged("the badge contains a character that XML forbids")
		}
	}
	d, err := s.scan()
	if err != nil {
		return nil, err
	}
	edits := d.removals(func(k string) bool { return k == keyword })
	r := roles[keyword]
	onRoot, onElement := "", ""
	switch d.declared(r.prefix) {
	case r.space:
	case "":
		onRoot = declaration(r)
	default: // the other generation uses the prefix; redeclare it on the element
		onElement = declaration(r)
	}
	badge := "<" + r.prefix + ":" + r.local + onElement + content(keyword, text, r)
	tag := s[d.start:d.end]
	if bytes.HasSuffix(tag, []byte("/>")) {
		edits = append(edits, edit{d.end - 2, d.end, onRoot + ">" + badge + "</" + tagName(tag) + ">"})
	} else {
		edits = append(edits, edit{d.end - 1, d.end, onRoot + ">" + badge})
	}
	return s.apply(edits), nil
}

func declaration(r role) string { return " xmlns:" + r.prefix + `="` + r.space + `"` }

// declared returns the namespace that the root declares for prefix.
func (d *drawing) declared(prefix string) string {
	for _, a := range d.root.Attr {
		if a.Name.Space == "xmlns" && a.Name.Local == prefix {
			return a.Value
		}
	}
	return ""
}

// tagName returns the name in a start tag as written.
func tagName(tag []byte) string {
	name := strings.TrimPrefix(string(tag), "<")
	return name[:strings.IndexAny(name, " \t\r\n/>")]
}

// content returns the rest of the badge's element after its name: JSON in a CDATA
// section, a JWS or an address in attribute verify. JSON of a badge before 3.0 also
// has its address in verify (specs B3.2).
func content(keyword string, text []byte, r role) string {
	if !isJSON(text) {
		return verifyAttr(string(text)) + "/>"
	}
	attr := ""
	if address := hostedAt(text); keyword == OpenBadge2 && address != "" {
		attr = verifyAttr(address)
	}
	return attr + "><![CDATA[" + cdata.Replace(string(text)) + "]]></" + r.prefix + ":" + r.local + ">"
}

// cdata escapes the end of a CDATA section, and carriage returns, which XML parsers
// turn into line feeds.
var cdata = strings.NewReplacer("]]>", "]]]]><![CDATA[>", "\r", "]]>&#13;<![CDATA[")

var attribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

func verifyAttr(s string) string { return ` verify="` + attribute.Replace(s) + `"` }

// hostedAt returns the address where an assertion claims to be hosted, or "".
func hostedAt(text []byte) string {
	v, err := vc.ParseJSON(text)
	if err != nil {
		return ""
	}
	for _, x := range []*vc.Value{v.Get("verify").Get("url"), v.Get("id"), v.Get("@id")} {
		if a := x.Str(); strings.HasPrefix(a, "https://") || strings.HasPrefix(a, "http://") {
			return strings.Map(func(r rune) rune {
				if !xmlChar(r) {
					return -1
				}
				return r
			}, a)
		}
	}
	return ""
}

// xmlChar reports whether XML 1.0 allows the character (production 2).
func xmlChar(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < 0x20, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}
