// Package uitest looks at rendered pages for what every page must keep to: one
// heading of the first order, labelled fields, nothing inline, unique ids.
package uitest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Problems returns what is wrong with a page, each in one line; none for a
// good page.
func Problems(page []byte) []string {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return []string{err.Error()}
	}
	w := &walk{ids: map[string]int{}, labels: map[string]bool{}}
	w.collect(doc)
	w.visit(doc, nil)
	w.outline()
	w.landmarks()
	if n := bytes.Count(page, []byte("<form")); n != w.count["form"] {
		w.say("%d forms are written, %d are left: one stands inside another", n, w.count["form"])
	}
	return w.problems
}

type walk struct {
	problems []string
	ids      map[string]int
	labels   map[string]bool // ids that a label is for
	headings []string
	count    map[string]int
}

func (w *walk) say(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// collect notes ids and labels, which may stand after what refers to them.
func (w *walk) collect(doc *html.Node) {
	w.count = map[string]int{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		w.count[n.Data]++
		if id := Attr(n, "id"); id != "" {
			w.ids[id]++
		}
		if n.Data == "label" {
			w.labels[Attr(n, "for")] = true
		}
	}
	for id, n := range w.ids {
		if n > 1 {
			w.say("id %q stands %d times", id, n)
		}
	}
}

func (w *walk) visit(n *html.Node, labelled []*html.Node) {
	if n.Type == html.ElementNode {
		w.attributes(n)
		w.element(n, labelled)
		if n.Data == "label" {
			labelled = append(labelled, n)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.visit(c, labelled)
	}
}

// attributes checks what no element may have, and that references lead somewhere.
func (w *walk) attributes(n *html.Node) {
	for _, a := range n.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			w.say("<%s> has %s", n.Data, a.Key)
		case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key):
			if strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:") || strings.Contains(value, "zgotmplz") ||
				strings.HasPrefix(value, "data:") && n.Data != "img" {
				w.say("<%s> leads to %.60s", n.Data, a.Val)
			}
			if a.Key == "src" && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "data:image/") {
				w.say("<%s> loads %.60s", n.Data, a.Val)
			}
			if id, ok := strings.CutPrefix(a.Val, "#"); ok && w.ids[id] == 0 {
				w.say("<%s> leads to #%s, which is not there", n.Data, id)
			}
		case slices.Contains([]string{"for", "aria-describedby", "aria-labelledby", "aria-controls"}, a.Key):
			for _, id := range strings.Fields(a.Val) {
				if w.ids[id] == 0 {
					w.say("<%s %s> names %s, which is not there", n.Data, a.Key, id)
				}
			}
		}
	}
}

// element checks what each kind of element must have.
func (w *walk) element(n *html.Node, labelled []*html.Node) {
	switch n.Data {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		w.headings = append(w.headings, n.Data)
		if Text(n) == "" {
			w.say("an empty <%s>", n.Data)
		}
	case "input", "select", "textarea":
		kind := Attr(n, "type")
		if kind != "hidden" && kind != "submit" && !w.labels[Attr(n, "id")] && len(labelled) == 0 && Attr(n, "aria-label") == "" {
			w.say("<%s name=%q> has no label", n.Data, Attr(n, "name"))
		}
	case "a", "button", "label", "summary", "legend", "title":
		if Text(n) == "" {
			w.say("an empty <%s %s>", n.Data, Attr(n, "href"))
		}
	case "img":
		if !Has(n, "alt") {
			w.say("an <img> has no alt")
		}
	case "script":
		if Attr(n, "src") == "" || Text(n) != "" {
			w.say("a script stands in the page")
		}
	case "style", "iframe", "object", "embed", "base":
		w.say("a <%s>", n.Data)
	}
}

// outline demands one h1, at first, and no order left out.
func (w *walk) outline() {
	if w.count["h1"] != 1 {
		w.say("%d headings of the first order", w.count["h1"])
		return
	}
	if w.headings[0] != "h1" {
		w.say("the first heading is %s", w.headings[0])
	}
	for i := 1; i < len(w.headings); i++ {
		if w.headings[i][1] > w.headings[i-1][1]+1 {
			w.say("%s follows %s", w.headings[i], w.headings[i-1])
		}
	}
}

func (w *walk) landmarks() {
	for _, name := range []string{"main", "title"} {
		if w.count[name] < 1 {
			w.say("no <%s>", name)
		}
	}
	if w.count["main"] > 1 {
		w.say("%d <main>", w.count["main"])
	}
	for _, name := range []string{"header", "footer"} {
		if w.count[name] != 1 {
			w.say("%d <%s>", w.count[name], name)
		}
	}
}

// Attr returns an attribute, or "".
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Has reports whether n has the attribute, empty or not.
func Has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// Text returns the text in n, without space around it.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// All returns the elements of that name, in order.
func All(doc *html.Node, name string) []*html.Node {
	var out []*html.Node
	for d := range doc.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			out = append(out, d)
		}
	}
	return out
}
