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

// Limits on the structure of an SVG, so that memory stays close to its size.
const (
	maxDepth    = 256
	maxElements = 200_000
	maxEquals   = 50_000 // in one token, which limits the attributes of a tag
	maxProlog   = 64 << 10
)

// A role is the element that contains a kind of badge (specs A11.3, A11.4, B3.2).
type role struct{ prefix, space, local string }

var roles = map[string]role{
	OpenBadge3: {"openbadges", "https://purl.imsglobal.org/ob/v3p0", "credential"},
	CLR2:       {"clr", "https://purl.imsglobal.org/clr/v2p0", "credential"},
	OpenBadge2: {"openbadges", "http://openbadges.org", "assertion"},
}

// keywordOf returns the keyword of an element, or "". It compares namespace and local
// name (specs A11.3), and the prefix only if it is undeclared. Scheme and final slash
// of the namespace are ignored, as programs differ in them.
func keywordOf(n xml.Name) string {
	for _, k := range preference {
		if r := roles[k]; n.Local == r.local && (bare(n.Space) == bare(r.space) || n.Space == r.prefix) {
			return k
		}
	}
	return ""
}

// mayContainBadge reports whether s contains one of the namespaces or prefixed names.
func mayContainBadge(s []byte) bool {
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

// IsSVG reports whether b is an XML document whose first element is svg; HTML with an
// inline svg is not. It reads at most the first 64 KiB.
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

// An element is a badge in an SVG, from byte start to byte end.
type element struct {
	keyword    string
	start, end int
	verify     string
	body       []byte
}

// A drawing is the result of scanning an SVG.
type drawing struct {
	root       xml.StartElement
	start, end int // of the root's start tag
	badges     []*element
}

// newDecoder returns a strict tokenizer. Entities other than the five of XML are
// errors. A declared encoding is ignored, as the tokenizer accepts only UTF-8.
func newDecoder(m *meter) *xml.Decoder {
	d := xml.NewDecoder(m)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// A meter limits the attributes of a tag, which the tokenizer keeps in memory.
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

// A scanner scans an SVG in one pass.
type scanner struct {
	drawing
	s        svgImage
	depth    int
	elements int
	current  *element // the badge being read
	inside   int      // the depth of current
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
		// The internal subset may declare entities, which expand exponentially.
		if bytes.IndexByte(t, '[') >= 0 {
			return fmt.Errorf("%w: the SVG has a document type with an internal subset", vc.ErrUnsupported)
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
	if !mayContainBadge(s) {
		return found, nil // avoids parsing a large drawing
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

// baked returns the badge from attribute verify and the body (specs A11.3, B3.2). A
// JWS in verify is the complete badge; an address there is where the JSON in the body
// is hosted.
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
			b.warn("the picture contains the badge as JSON and as a JWS; the JWS counts")
		}
	}
	if len(b.Text) > MaxText { // the attribute is not limited otherwise
		b.Text = nil
	}
	return b
}

func isJSON(text []byte) bool {
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || text[0] == '"')
}
