package ui

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// quiet is the width of the quiet zone in modules (ISO/IEC 18004, 5.3.8).
const quiet = 4

// maxQR is the limit of a QR code's text in bytes. With a longer text the modules
// are too small for a phone.
const maxQR = 600

// encode returns text as a QR code with medium error correction.
func encode(text string) (*qrcode.QRCode, error) {
	if len(text) > maxQR {
		return nil, fmt.Errorf("QR code: %d bytes exceed the limit of %d", len(text), maxQR)
	}
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("QR code: %w", err)
	}
	return q, nil
}

// QRPNG returns text of at most 600 bytes as a QR code, black on white with its
// quiet zone. module is the width of a module in pixels, 1 to 40.
func QRPNG(text string, module int) ([]byte, error) {
	if module < 1 || module > 40 {
		return nil, fmt.Errorf("QR code: module width of %d pixels, want 1 to 40", module)
	}
	q, err := encode(text)
	if err != nil {
		return nil, err
	}
	return q.PNG(-module)
}

// QRSVGFile returns text of at most 600 bytes as a QR code in an SVG file, black
// on white with its quiet zone. The unit of length is a module.
func QRSVGFile(text string) ([]byte, error) {
	q, err := encode(text)
	if err != nil {
		return nil, err
	}
	path, size := qrPath(q)
	n := strconv.Itoa(size)
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + n + ` ` + n + `" shape-rendering="crispEdges">` +
		`<path fill="#fff" d="M0 0h` + n + `v` + n + `H0z"/><path d="` + path + `"/></svg>`), nil
}

// QRSVG returns text as a QR code in SVG markup for a page; title is its
// accessible name. The code is black on white in the dark theme too, because many
// readers do not recognise inverted codes.
func QRSVG(text, title string) (template.HTML, error) {
	q, err := encode(text)
	if err != nil {
		return "", err
	}
	path, size := qrPath(q)
	n := strconv.Itoa(size)
	return template.HTML(`<svg class="qr" role="img" viewBox="0 0 ` + n + ` ` + n + `" shape-rendering="crispEdges">` +
		`<title>` + template.HTMLEscapeString(title) + `</title>` +
		`<path fill="#fff" d="M0 0h` + n + `v` + n + `H0z"/><path fill="#000" d="` + path + `"/></svg>`), nil
}

// qrPath returns the dark modules as one path, row by row, and the width of the
// code with its quiet zone in modules.
func qrPath(q *qrcode.QRCode) (string, int) {
	q.DisableBorder = true
	rows := q.Bitmap()
	var b strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
		}
	}
	return b.String(), len(rows) + 2*quiet
}
