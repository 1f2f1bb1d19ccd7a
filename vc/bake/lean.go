package bake

// chunkKinds are the kinds of chunk that draw a PNG, with the most bytes that one
// has any use for; 0 means any number. Profiles of colours are a few KiB long.
var chunkKinds = map[string]int{"IHDR": 13, "PLTE": 3 * 256, "IDAT": 0, "IEND": 0, "tRNS": 256, "gAMA": 4, "cHRM": 32, "sRGB": 1,
	"iCCP": 16 << 10, "pHYs": 9, "sBIT": 4, "bKGD": 6, "acTL": 8, "fcTL": 26, "fdAT": 0}

// several are the kinds of which a picture has more than one.
var several = map[string]bool{"IDAT": true, "fcTL": true, "fdAT": true}

// Lean returns a picture without the parts that neither draw it nor hold a
// badge, so that nobody has files of another kind kept in pictures: chunks of
// other kinds, larger or more often than they are of use, and what follows the
// end. The parts that stay are not touched. What is no PNG, or a damaged one, is
// returned as it is, and so is a PNG that has no such parts.
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

// draws reports whether a chunk is of use after those of the kinds seen.
func (c *chunk) draws(seen map[string]bool) bool {
	most, known := chunkKinds[c.kind]
	switch {
	case !known, most > 0 && len(c.data) > most, seen[c.kind] && !several[c.kind]:
		return false
	case c.kind == "IEND":
		return len(c.data) == 0
	case c.kind == "fcTL" || c.kind == "fdAT": // frames of what does not move are shown by nobody
		return seen["acTL"]
	}
	return true
}
