package inspect

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"image"
	"io"
	"regexp"
	"slices"
	"strings"
)

// drawingSpaces are the namespaces of elements and attributes that draw. Drawing
// programs add others, such as the path of the file on its author's computer.
var drawingSpaces = []string{"", "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace", "xml", "xmlns"}

// maxEmbedded is how many raster images an SVG may contain.
const maxEmbedded = 8

// A cut is a part of a text to replace.
type cut struct {
	from, to int64
	with     []byte
}

// cleanSVG returns an SVG that checkSVG accepted, without comments, metadata,
// elements and attributes of drawing programs, a badge baked into it, and the
// metadata of embedded raster images. All other bytes stay.
func cleanSVG(b []byte) ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var cuts []cut
	for {
		from := d.InputOffset()
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errPicture
		}
		switch t := t.(type) {
		case xml.Comment:
			cuts = append(cuts, cut{from, d.InputOffset(), nil})
		case xml.StartElement:
			if t.Name.Local == "metadata" || !slices.Contains(drawingSpaces, t.Name.Space) {
				if err := d.Skip(); err != nil {
					return nil, errPicture
				}
				cuts = append(cuts, cut{from, d.InputOffset(), nil})
				continue
			}
			cuts = append(cuts, foreignAttributes(b[from:d.InputOffset()], from, t)...)
		}
	}
	return cleanRasters(apply(b, cuts))
}

// foreignAttributes returns cuts for the attributes of a tag that do not draw.
func foreignAttributes(tag []byte, at int64, e xml.StartElement) (out []cut) {
	raw, err := xml.NewDecoder(bytes.NewReader(tag)).RawToken()
	written, ok := raw.(xml.StartElement)
	if err != nil || !ok || len(written.Attr) != len(e.Attr) {
		return nil
	}
	for i, a := range e.Attr {
		if slices.Contains(drawingSpaces, a.Name.Space) {
			continue
		}
		name := regexp.QuoteMeta(written.Attr[i].Name.Space + ":" + written.Attr[i].Name.Local)
		for _, m := range regexp.MustCompile(`\s`+name+`\s*=\s*("[^"]*"|'[^']*')`).FindAllIndex(tag, 1) {
			out = append(out, cut{at + int64(m[0]), at + int64(m[1]), nil})
		}
	}
	slices.SortFunc(out, func(a, b cut) int { return int(a.from - b.from) })
	return out
}

func apply(b []byte, cuts []cut) []byte {
	if len(cuts) == 0 {
		return b
	}
	var out bytes.Buffer
	at := int64(0)
	for _, c := range cuts {
		out.Write(b[at:c.from])
		out.Write(c.with)
		at = c.to
	}
	out.Write(b[at:])
	return out.Bytes()
}

var raster = regexp.MustCompile(`(?i)data:image/(png|jpe?g|gif|webp)[^"')<]*`)

// cleanRasters encodes the raster images in an SVG anew.
func cleanRasters(b []byte) ([]byte, error) {
	found := raster.FindAllIndex(b, maxEmbedded+1)
	if len(found) > maxEmbedded {
		return nil, errPicture
	}
	var cuts []cut
	for _, m := range found {
		uri, err := cleanRaster(string(b[m[0]:m[1]]))
		if err != nil {
			return nil, err
		}
		cuts = append(cuts, cut{int64(m[0]), int64(m[1]), []byte(uri)})
	}
	return apply(b, cuts), nil
}

// breaks removes white space from base64 text in XML.
var breaks = strings.NewReplacer("&#10;", "", "&#xA;", "", "&#xa;", "", "&#13;", "", "&#xD;", "", "&#xd;", "", "\n", "", "\r", "", "\t", "", " ", "")

func cleanRaster(uri string) (string, error) {
	body, err := dataURI(breaks.Replace(uri))
	if err != nil {
		return "", errPicture
	}
	cfg, format, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || !affordable(cfg, format) {
		return "", errPicture
	}
	out, mediaType, err := redraw(body, format)
	if err != nil {
		return "", err
	}
	return "data:" + mediaType + ";base64," + base64.StdEncoding.EncodeToString(out), nil
}
