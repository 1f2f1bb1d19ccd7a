package bake

import (
	"bytes"
	"fmt"

	"backpack/vc"
)

// The keywords of baked badges. In an SVG, each denotes the corresponding element.
const (
	OpenBadge3 = "openbadgecredential" // Open Badges 3.0 (specs A11.2)
	OpenBadge2 = "openbadges"          // Open Badges before 3.0 (specs B3.1)
	CLR2       = "clrcredential"       // CLR 2.0 (specs A11.4)
)

// preference is the order of the result of Extract: the newest generation first (specs
// A11.4).
var preference = [...]string{OpenBadge3, CLR2, OpenBadge2}

// Limits. The memory for a hostile picture is about its own size plus that of its
// text.
const (
	MaxImage = 16 << 20 // bytes of a picture
	MaxSVG   = 8 << 20  // bytes of an SVG, which takes longer to read
	MaxText  = 4 << 20  // bytes of a badge, after decompression (specs A11.2)
	maxSame  = 8        // different badges of one keyword
)

// A Baked is a badge in a picture.
type Baked struct {
	Keyword string // OpenBadge3, OpenBadge2 or CLR2
	Text    []byte // a credential or assertion as JSON or as a compact JWS; for OpenBadge2 also its address
	Legacy  bool   // Open Badges before 3.0
	// Address is the address next to a JSON assertion in an SVG, where it claims to be hosted
	// (specs B3.2). It is not confirmed.
	Address  string
	Warnings []string // tolerated violations of the rules of baking
}

// Extract returns the badges in a PNG or SVG, by keyword and content, not by file
// name. The newest generation comes first; badges with the same keyword are in the
// order of the file. The rules allow one badge per keyword (specs A11.2), but some
// programs add a second one, which may be a different badge. Identical texts are
// returned once. The texts do not share memory with image. Errors wrap vc.ErrNotFound
// if there is no badge, vc.ErrMalformed for a damaged picture, vc.ErrTooLarge, or
// vc.ErrUnsupported for any other format.
func Extract(image []byte) ([]Baked, error) {
	c, err := open(image)
	if err != nil {
		return nil, fmt.Errorf("extract badge from picture: %w", err)
	}
	found, err := c.extract()
	if err != nil {
		return nil, fmt.Errorf("extract badge from picture: %w", err)
	}
	var out []Baked
	for _, k := range preference {
		for _, b := range found[k] {
			b.Keyword, b.Legacy = k, k == OpenBadge2
			out = append(out, *b)
		}
	}
	if len(out) == 0 {
		// Specs A11.5.
		return nil, fmt.Errorf("extract badge from picture: %w: there is no badge in it; photo pickers, chat programs "+
			"and social networks remove it; use the file that was downloaded first", vc.ErrNotFound)
	}
	return out, nil
}

// Embed returns the picture with text under keyword, replacing any text under that
// keyword. It trims white space around text and copies all other parts of the picture
// unchanged. Text must be UTF-8 and, in an SVG, without characters that XML forbids.
// Errors are those of Extract except vc.ErrNotFound, and vc.ErrUnsupported for an
// unknown keyword.
func Embed(image []byte, keyword string, text []byte) ([]byte, error) {
	text = bytes.TrimSpace(text)
	if err := checkText(keyword, text); err != nil {
		return nil, fmt.Errorf("bake: %w", err)
	}
	c, err := open(image)
	if err != nil {
		return nil, fmt.Errorf("bake: %w", err)
	}
	out, err := c.embed(keyword, text)
	if err == nil && len(out) > c.limit() {
		err = fmt.Errorf("%w: the picture would exceed %d MiB", vc.ErrTooLarge, c.limit()>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("bake: %w", err)
	}
	return out, nil
}

// Remove returns the picture without badges and copies all other parts unchanged.
// Errors are those of Embed.
func Remove(image []byte) ([]byte, error) {
	c, err := open(image)
	if err != nil {
		return nil, fmt.Errorf("remove badge from picture: %w", err)
	}
	out, err := c.remove()
	if err != nil {
		return nil, fmt.Errorf("remove badge from picture: %w", err)
	}
	return out, nil
}

// finds holds the badges of a picture by keyword.
type finds map[string][]*Baked

// full reports whether no further text with the keyword is read, as there are too many
// or they exceed the size limit together.
func (f finds) full(keyword string) bool {
	n := 0
	for _, b := range f[keyword] {
		n += len(b.Text)
	}
	return len(f[keyword]) == maxSame || n > MaxText
}

// add appends a badge unless it is empty or has the same text as another one.
func (f finds) add(keyword string, b *Baked) {
	if len(b.Text) == 0 {
		return
	}
	for _, other := range f[keyword] {
		if bytes.Equal(other.Text, b.Text) {
			other.warn("the picture contains the badge more than once")
			return
		}
	}
	if f[keyword] = append(f[keyword], b); len(f[keyword]) > 1 {
		b.warn("the picture contains several badges of one kind")
	}
}

// A container is a picture format that can contain badges.
type container interface {
	extract() (finds, error)
	embed(keyword string, text []byte) ([]byte, error)
	remove() ([]byte, error)
	limit() int // bytes of the whole picture
}

// open returns the container of image, by its content (specs A11.1).
func open(image []byte) (container, error) {
	var c container
	switch {
	case IsPNG(image):
		c = pngImage(image)
	case IsSVG(image):
		c = svgImage(image)
	default:
		return nil, fmt.Errorf("%w: neither a PNG nor an SVG picture", vc.ErrUnsupported)
	}
	if len(image) > c.limit() {
		return nil, fmt.Errorf("%w: the picture exceeds %d MiB", vc.ErrTooLarge, c.limit()>>20)
	}
	return c, nil
}

func checkText(keyword string, text []byte) error {
	switch {
	case keyword != OpenBadge3 && keyword != OpenBadge2 && keyword != CLR2:
		return fmt.Errorf("%w: the keyword %.40q", vc.ErrUnsupported, keyword)
	case len(text) == 0:
		return fmt.Errorf("%w: the badge is empty", vc.ErrMalformed)
	case len(text) > MaxText:
		return fmt.Errorf("%w: the badge exceeds %d MiB", vc.ErrTooLarge, MaxText>>20)
	}
	return checkUTF8(text)
}
