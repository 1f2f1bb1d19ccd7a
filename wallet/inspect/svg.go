package inspect

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

const maxSVGBytes = 2 << 20

// activeElements run scripts, load other documents, or can change an address
// after it was checked.
var activeElements = []string{"script", "foreignobject", "iframe", "object", "embed", "handler", "listener"}

// checkSVG accepts a well-formed document with the root svg that contains
// nothing active: no script, no event handler, and no address except within the
// document or of an embedded raster image. The policy that it is served under
// forbids all this too, but exported pictures are opened without a policy.
func checkSVG(b []byte) error {
	if len(b) > maxSVGBytes {
		return errPicture
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	for depth, roots := 0, 0; ; {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && roots == 1:
			return nil
		case err != nil:
			return errPicture
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if depth++; depth == 1 && (roots > 1 || t.Name.Local != "svg") || !inert(t) {
				return errPicture
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			if bytes.ContainsAny(t, "[") { // internal declarations, such as entities
				return errPicture
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				return errPicture
			}
		}
	}
}

// inert reports whether an element contains nothing active.
func inert(e xml.StartElement) bool {
	if slices.Contains(activeElements, strings.ToLower(e.Name.Local)) {
		return false
	}
	for _, a := range e.Attr {
		name, value := strings.ToLower(a.Name.Local), strings.ToLower(strings.TrimSpace(a.Value))
		switch {
		case strings.HasPrefix(name, "on"):
			return false
		case name == "href" || name == "src":
			if !harmless(value) {
				return false
			}
		case name == "attributename": // of an animation
			if strings.HasSuffix(value, "href") || strings.HasPrefix(value, "on") {
				return false
			}
		}
	}
	return true
}

// harmless reports whether an address stays within the document.
func harmless(address string) bool {
	for _, p := range []string{"#", "data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/gif", "data:image/webp"} {
		if strings.HasPrefix(address, p) {
			return true
		}
	}
	return address == ""
}
