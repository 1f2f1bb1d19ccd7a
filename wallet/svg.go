package wallet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

const maxSVGBytes = 2 << 20

// activeElements run scripts, bring in other documents or can change an
// address after it was looked at.
var activeElements = []string{"script", "foreignobject", "iframe", "object", "embed", "handler", "listener"}

// checkSVG accepts a well-formed document whose root is svg and in which
// nothing acts: no script, no event handler, no address but one within the
// document or of an embedded raster image. It is served under a policy that
// runs and loads nothing, too; but a picture also leaves in an export, where
// nobody sets a policy.
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
			if bytes.ContainsAny(t, "[") { // declarations of its own, such as entities
				return errPicture
			}
		case xml.ProcInst:
			if t.Target != "xml" {
				return errPicture
			}
		}
	}
}

// inert reports whether an element does nothing.
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

// harmless reports whether an address leads nowhere else.
func harmless(address string) bool {
	for _, p := range []string{"#", "data:image/png", "data:image/jpeg", "data:image/jpg", "data:image/gif", "data:image/webp"} {
		if strings.HasPrefix(address, p) {
			return true
		}
	}
	return address == ""
}
