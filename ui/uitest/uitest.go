// Package uitest checks rendered pages against the rules for every page: one h1,
// labelled fields, unique ids, no inline script or style.
package uitest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Problems returns the violations of a page, one line each, and none for a valid
// page.
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
		w.say("%d forms in the source, %d in the document: one is inside another", n, w.count["form"])
	}
	return w.problems
}

type walk struct {
	problems []string
	ids      map[string]int
	labels   map[string]bool // ids in for attributes of labels
	headings []string
	count    map[string]int
}

func (w *walk) say(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// collect records ids and labels before visit, since references may precede them.
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
			w.say("id %q occurs %d times", id, n)
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

// attributes checks for forbidden attributes and dangling references.
func (w *walk) attributes(n *html.Node) {
	for _, a := range n.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
			w.say("<%s> has %s", n.Data, a.Key)
		case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key):
			if strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:") ||
				strings.Contains(value, "zgotmplz") || strings.HasPrefix(value, "data:") && n.Data != "img" {
				w.say("<%s> leads to %.60s", n.Data, a.Val)
			}
			if a.Key == "src" && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "data:image/") {
				w.say("<%s> loads %.60s", n.Data, a.Val)
			}
			if id, ok := strings.CutPrefix(a.Val, "#"); ok && w.ids[id] == 0 {
				w.say("<%s> leads to #%s, which does not exist", n.Data, id)
			}
		case slices.Contains([]string{"for", "aria-describedby", "aria-labelledby", "aria-controls"}, a.Key):
			for _, id := range strings.Fields(a.Val) {
				if w.ids[id] == 0 {
					w.say("<%s %s> names %s, which does not exist", n.Data, a.Key, id)
				}
			}
		}
	}
}

// element checks the requirements of each kind of element.
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
			w.say("inline script")
		}
	case "style", "iframe", "object", "embed", "base":
		w.say("<%s> is forbidden", n.Data)
	}
}

// outline checks that the first heading is the only h1 and that no level is
// skipped.
func (w *walk) outline() {
	if w.count["h1"] != 1 {
		w.say("%d h1 headings", w.count["h1"])
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

// Attr returns the value of an attribute, or "".
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// Has reports whether n has the attribute, even if its value is empty.
func Has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// Text returns the text in n without surrounding white space.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// All returns the elements with the given name, in document order.
func All(doc *html.Node, name string) []*html.Node {
	var out []*html.Node
	for d := range doc.Descendants() {
		if d.Type == html.ElementNode && d.Data == name {
			out = append(out, d)
		}
	}
	return out
}
