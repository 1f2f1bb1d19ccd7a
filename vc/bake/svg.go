package bake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"backpack/vc"
)

const svgNamespace = "http://www.w3.org/2000/svg"

// Limits of an SVG's structure, so that memory stays near its size.
const (
	maxDepth    = 256
	maxElements = 200_000
	maxEquals   = 50_000 // between two tokens: bounds the attributes of one tag
	maxProlog   = 64 << 10
)

// A role is the element under which a kind of badge stands (specs A11.3, A11.4, B3.2).
type role struct{ prefix, space, local string }

var roles = map[string]role{
	OpenBadge3: {"openbadges", "https://purl.imsglobal.org/ob/v3p0", "credential"},
	CLR2:       {"clr", "https://purl.imsglobal.org/clr/v2p0", "credential"},
	OpenBadge2: {"openbadges", "http://openbadges.org", "assertion"},
}

// keywordOf returns the keyword for an element, matched by namespace and local
// name, never by prefix (specs A11.3), unless the prefix is declared nowhere:
// then it is all that there is. Scheme and a last slash do not matter: programs
// write them either way.
func keywordOf(n xml.Name) string {
	for _, k := range preference {
		if r := roles[k]; n.Local == r.local && (bare(n.Space) == bare(r.space) || n.Space == r.prefix) {
			return k
		}
	}
	return ""
}

// mayHold reports whether one of the namespaces or prefixes stands in s.
func mayHold(s []byte) bool {
	for _, r := range roles {
		if bytes.Contains(s, []byte(bare(r.space))) || bytes.Contains(s, []byte(r.prefix+":"+r.local)) {
			return true
		}
	}
	return false
}

func bare(namespace string) string {
	_, rest, ok := strings.Cut(namespace, "://")
	if !ok {
		return namespace
	}
	return strings.TrimSuffix(rest, "/")
}

// IsSVG reports whether b is an XML document whose first element is svg, which
// HTML with a drawing in it is not. It reads at most the first 64 KiB.
func IsSVG(b []byte) bool {
	head := bytes.TrimSpace(bytes.TrimPrefix(b[:min(len(b), maxProlog)], []byte("\xef\xbb\xbf")))
	if !bytes.HasPrefix(head, []byte("<")) {
		return false
	}
	d := newDecoder(&meter{r: bytes.NewReader(head)})
	for {
		t, err := d.RawToken()
		if err != nil {
			return false
		}
		if e, ok := t.(xml.StartElement); ok {
			return e.Name.Local == "svg"
		}
	}
}

// An svgImage is an SVG as received.
type svgImage []byte

func (s svgImage) limit() int { return MaxSVG }

// An element is a badge in an SVG: the bytes from start to end.
type element struct {
	keyword    string
	start, end int
	verify     string
	body       []byte
}

// A drawing is what scanning an SVG found.
type drawing struct {
	root       xml.StartElement
	start, end int // of the root's start tag
	badges     []*element
}

// newDecoder returns a strict tokenizer: entities other than XML's own five
// are errors, nothing is expanded. A declared encoding is ignored, since only
// UTF-8 (and so ASCII) passes the tokenizer anyway.
func newDecoder(m *meter) *xml.Decoder {
	d := xml.NewDecoder(m)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// A meter refuses tokens with more attributes than any drawing has: the
// tokenizer keeps those of a tag in memory.
type meter struct {
	r      *bytes.Reader
	equals int
}

var errAttributes = fmt.Errorf("%w: a tag of the SVG has too many attributes", vc.ErrTooLarge)

func (m *meter) Read(p []byte) (int, error) { return m.r.Read(p) }

func (m *meter) ReadByte() (byte, error) {
	b, err := m.r.ReadByte()
	if b == '=' {
		if m.equals++; m.equals > maxEquals {
			return 0, errAttributes
		}
	}
	return b, err
}

// A scanner walks through an SVG once.
type scanner struct {
	drawing
	s        svgImage
	depth    int
	elements int
	current  *element // the badge being read
	inside   int      // its depth
}

func (s svgImage) scan() (*drawing, error) {
	m := &meter{r: bytes.NewReader(s)}
	d, sc := newDecoder(m), &scanner{s: s}
	for {
		start := int(d.InputOffset())
		m.equals = 0
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && sc.root.Name.Local != "":
			return &sc.drawing, nil
		case errors.Is(err, vc.ErrTooLarge):
			return nil, err
		case err != nil:
			return nil, damaged(fmt.Sprintf("the SVG is damaged: %v", err))
		}
		if err := sc.token(t, start, int(d.InputOffset())); err != nil {
			return nil, err
		}
	}
}

func (sc *scanner) token(t xml.Token, start, end int) error {
	switch t := t.(type) {
	case xml.Directive:
		// Entities are declared in the internal subset; a bomb is made of them.
		if bytes.IndexByte(t, '[') >= 0 {
			return fmt.Errorf("%w: the SVG declares a document type of its own", vc.ErrUnsupported)
		}
	case xml.StartElement:
		return sc.open(t, start, end)
	case xml.EndElement:
		if sc.current != nil && sc.depth == sc.inside {
			sc.current.end, sc.current = end, nil
		}
		sc.depth--
	case xml.CharData:
		if sc.current != nil && sc.depth == sc.inside {
			if sc.current.body = append(sc.current.body, t...); len(sc.current.body) > MaxText {
				return tooLong()
			}
		}
	}
	return nil
}

func (sc *scanner) open(t xml.StartElement, start, end int) error {
	sc.depth++
	sc.elements++
	if sc.depth > maxDepth || sc.elements > maxElements {
		return fmt.Errorf("%w: the SVG has too many elements", vc.ErrTooLarge)
	}
	if sc.depth == 1 {
		if sc.root.Name.Local != "" {
			return damaged("the SVG has more than one root")
		}
		sc.root, sc.start, sc.end = t.Copy(), start, end
		if t.Name.Local != "svg" || t.Name.Space != "" && t.Name.Space != svgNamespace {
			return fmt.Errorf("%w: not an SVG picture", vc.ErrUnsupported)
		}
		return nil
	}
	if k := keywordOf(t.Name); k != "" && sc.current == nil {
		sc.current, sc.inside = &element{keyword: k, start: start, verify: verifyOf(t)}, sc.depth
		sc.badges = append(sc.badges, sc.current)
	}
	return nil
}

func verifyOf(t xml.StartElement) string {
	for _, a := range t.Attr {
		if a.Name.Space == "" && a.Name.Local == "verify" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

func (s svgImage) extract() (finds, error) {
	found := finds{}
	if !mayHold(s) {
		return found, nil // no need to read a large drawing
	}
	d, err := s.scan()
	if err != nil {
		return nil, err
	}
	for _, e := range d.badges {
		if !found.full(e.keyword) {
			found.add(e.keyword, e.baked())
		}
	}
	return found, nil
}

// baked reads attribute verify and the body (specs A11.3, B3.2): a JWS in
// verify is the whole badge; an address in it only says where the JSON in the
// body is hosted.
func (e *element) baked() *Baked {
	body := bytes.TrimSpace(e.body)
	b := &Baked{Text: body}
	switch {
	case len(body) == 0:
		b.Text = []byte(e.verify)
	case e.verify == "":
	case strings.Contains(e.verify, "://") && isJSON(body):
		b.Address = e.verify
	default:
		b.Text = []byte(e.verify)
		if e.keyword != OpenBadge2 {
			b.warn("the badge stands in the picture twice, as JSON and as a JWS; the JWS counts")
		}
	}
	if len(b.Text) > MaxText { // an attribute
		b.Text = nil
	}
	return b
}

func isJSON(text []byte) bool {
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || text[0] == '"')
}
