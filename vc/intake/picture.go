package intake

import (
	"errors"
	"fmt"

	"backpack/vc"
	"backpack/vc/bake"
)

// picture extracts the badges of a PNG or SVG. A PNG without a badge may show a QR
// code.
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
		if countKeyword(found, b.Keyword) > 1 {
			q = q.numbered(i, len(found))
		}
		q.image = withOnly(p.b, found, b)
		q.source = q.image
		if b.Address != "" {
			q.url = b.Address
		}
		o.baked(q, b.Address)
	}
}

// countKeyword returns the number of badges with one keyword.
func countKeyword(found []bake.Baked, keyword string) (n int) {
	for _, b := range found {
		if b.Keyword == keyword {
			n++
		}
	}
	return n
}

// withOnly returns the picture to keep with one of its badges: unchanged, unless it
// contains others of the same kind. A person who shows one badge need not want to show
// the other.
func withOnly(picture []byte, found []bake.Baked, b bake.Baked) []byte {
	if countKeyword(found, b.Keyword) == 1 {
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

// baked opens the text in a picture: JSON, a JWS or an address (specs B3.1). If the
// JSON is not a badge, the address next to it counts.
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
		o.fail(p, NotABadge, fmt.Errorf("%w: the picture contains %s", vc.ErrUnsupported, k))
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

// photo reads a QR code in a picture and opens its text. It does not follow a code to
// another picture. none is the Problem of a picture without a code.
func (o *opener) photo(p piece, none Problem) {
	if p.scanned {
		o.fail(p, none, fmt.Errorf("%w: a QR code leads to another picture", vc.ErrUnsupported))
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

// code opens the text of a QR code. The photo is the source of the item, not its
// image.
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
		o.fail(q, QRWithoutBadge, fmt.Errorf("%w: the QR code does not contain text", vc.ErrUnsupported))
	}
	for i := before; i < len(o.items); i++ {
		if o.items[i].Problem == NotABadge {
			o.items[i].Problem = QRWithoutBadge
		}
	}
}
