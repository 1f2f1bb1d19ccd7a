package bake

// chunkKinds lists the kinds of chunk that affect the display of a PNG, with the
// maximum useful size in bytes; 0 means no limit. Color profiles have a few KiB.
var chunkKinds = map[string]int{"IHDR": 13, "PLTE": 3 * 256, "IDAT": 0, "IEND": 0, "tRNS": 256, "gAMA": 4, "cHRM": 32, "sRGB": 1,
	"iCCP": 16 << 10, "pHYs": 9, "sBIT": 4, "bKGD": 6, "acTL": 8, "fcTL": 26, "fdAT": 0}

// several lists the kinds that may occur more than once.
var several = map[string]bool{"IDAT": true, "fcTL": true, "fdAT": true}

// Lean returns a PNG without the parts that neither affect its display nor contain a
// badge, so that pictures cannot be used to store other files. It removes other kinds
// of chunk, chunks that are too large or repeated, and bytes after the end. The
// remaining parts are unchanged. Anything else than an intact PNG is returned as it
// is.
func Lean(image []byte) []byte {
	p := pngImage(image)
	out := make([]byte, 0, len(p))
	out = append(out, pngSignature...)
	seen := map[string]bool{}
	err := p.chunks(func(c *chunk) error {
		if _, badge := c.badge(); badge || c.draws(seen) {
			out = append(out, p[c.start:c.end]...)
		}
		seen[c.kind] = true
		return nil
	})
	if err != nil || len(out) == len(image) {
		return image
	}
	return out
}

// draws reports whether a chunk affects the display, given the kinds before it.
func (c *chunk) draws(seen map[string]bool) bool {
	most, known := chunkKinds[c.kind]
	switch {
	case !known, most > 0 && len(c.data) > most, seen[c.kind] && !several[c.kind]:
		return false
	case c.kind == "IEND":
		return len(c.data) == 0
	case c.kind == "fcTL" || c.kind == "fdAT": // frames without an animation are not displayed
		return seen["acTL"]
	}
	return true
}
