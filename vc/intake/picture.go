package intake

import (
	"errors"
	"fmt"

	"backpack/vc"
	"backpack/vc/bake"
)

// picture takes the badges out of a PNG or SVG; a PNG without one may still
// show a QR code.
func (o *opener) picture(p piece, k kind) {
	found, err := bake.Extract(p.b)
	switch {
	case errors.Is(err, vc.ErrNotFound) && k == kindPNG:
		o.photo(p, ImageWithoutBadge)
		return
	case err != nil:
		o.fail(p, imageProblem(err), err)
		return
	}
	for i, b := range found {
		q := p.inside(b.Text)
		if same(found, b.Keyword) > 1 {
			q = q.numbered(i, len(found))
		}
		q.image, q.warnings = alone(p.b, found, b), append(q.warnings, b.Warnings...)
		q.source = q.image
		if b.Address != "" {
			q.url = b.Address
		}
		o.baked(q, b.Address)
	}
}

// same counts the badges under one keyword.
func same(found []bake.Baked, keyword string) (n int) {
	for _, b := range found {
		if b.Keyword == keyword {
			n++
		}
	}
	return n
}

// alone returns the picture to keep with one of the badges in it: as it came,
// unless it holds others of the same kind. Who shows one badge does not mean to
// show the other.
func alone(picture []byte, found []bake.Baked, b bake.Baked) []byte {
	if same(found, b.Keyword) == 1 {
		return picture
	}
	out, err := bake.Remove(picture)
	if err == nil {
		out, err = bake.Embed(out, b.Keyword, b.Text)
	}
	if err != nil {
		return nil
	}
	return out
}

// baked reads the text in a picture: JSON, a JWS or an address (specs B3.1).
// JSON beside the address that it is hosted at may be no badge: then the address
// is the badge.
func (o *opener) baked(p piece, address string) {
	switch k := sniff(p.b); k {
	case kindJSON:
		before := len(o.items)
		o.json(p)
		if isWeb(address) && len(o.items) == before+1 && notBadge(o.items[before].Problem) {
			o.items = o.items[:before]
			p.url = ""
			o.link(p, address)
		}
	case kindText:
		o.text(p)
	default:
		o.fail(p, NotABadge, fmt.Errorf("%w: %s is baked into the picture", vc.ErrUnsupported, k))
	}
}

func notBadge(p Problem) bool {
	return p == NotABadge || p == DamagedText || p == BadgeClassOnly || p == Empty
}

func imageProblem(err error) Problem {
	switch {
	case errors.Is(err, vc.ErrNotFound):
		return ImageWithoutBadge
	case errors.Is(err, vc.ErrTooLarge):
		return TooLarge
	case errors.Is(err, vc.ErrUnsupported):
		return UnsupportedKind
	}
	return DamagedImage
}

// photo looks for a QR code in a picture and opens its text, once: a code that
// leads to another picture is not followed. none is the problem of a picture
// without a code.
func (o *opener) photo(p piece, none Problem) {
	if p.scanned {
		o.fail(p, none, fmt.Errorf("%w: a code led to another picture", vc.ErrUnsupported))
		return
	}
	text, err := ReadQR(o.ctx, p.b)
	switch {
	case errors.Is(err, vc.ErrNotFound), errors.Is(err, vc.ErrTooComplex):
		o.fail(p, none, err)
	case errors.Is(err, errUnreadable):
		o.fail(p, QRUnreadable, err)
	case err != nil:
		if !o.stopped() {
			o.fail(p, imageProblem(err), err)
		}
	default:
		o.code(p, text)
	}
}

// code opens the text of a QR code. The photo is kept as source; it is not the
// badge's picture.
func (o *opener) code(p piece, text string) {
	q := p.inside([]byte(text))
	q.scanned, q.source = true, p.b
	before := len(o.items)
	switch sniff(q.b) {
	case kindJSON:
		o.json(q)
	case kindText:
		o.text(q)
	default:
		o.fail(q, QRWithoutBadge, fmt.Errorf("%w: the code holds no text", vc.ErrUnsupported))
	}
	for i := before; i < len(o.items); i++ {
		if o.items[i].Problem == NotABadge {
			o.items[i].Problem = QRWithoutBadge
		}
	}
}
