package bake

import (
	"bytes"
	"fmt"

	"backpack/vc"
)

// The keywords under which badges are baked. In an SVG each stands for the
// element that has its role there.
const (
	OpenBadge3 = "openbadgecredential" // Open Badges 3.0 (specs A11.2)
	OpenBadge2 = "openbadges"          // Open Badges before 3.0 (specs B3.1)
	CLR2       = "clrcredential"       // CLR 2.0 (specs A11.4)
)

// preference is the order in which Extract returns what it finds: the newest
// generation first (specs A11.4).
var preference = [...]string{OpenBadge3, CLR2, OpenBadge2}

// Limits. A hostile picture costs at most about the memory of its own size and
// of the text in it.
const (
	MaxImage = 16 << 20 // bytes of a picture
	MaxSVG   = 8 << 20  // bytes of an SVG, which is slower to read
	MaxText  = 4 << 20  // bytes of a badge, after decompression (specs A11.2)
	maxSame  = 8        // different badges of one keyword
)

// A Baked is one badge inside a picture.
type Baked struct {
	Keyword string // OpenBadge3, OpenBadge2 or CLR2
	Text    []byte // a credential or assertion as JSON, a compact JWS, or for OpenBadge2 its address
	Legacy  bool   // Open Badges before 3.0
	// Address is what stands beside a JSON assertion in an SVG: the address
	// that it is hosted at (specs B3.2). Nothing vouches for it.
	Address  string
	Warnings []string // departures from the rules of baking that reading tolerated
}

// Extract returns the badges in a PNG or SVG, told apart by content, never by
// name: the newest generation first, and those of one keyword in the order in
// which they stand. The rules allow one of each keyword (specs A11.2); programs
// that bake again without looking leave two, which may be two badges. One text
// that stands twice is returned once. The texts share no memory with image.
// Errors wrap vc.ErrNotFound when there is none, vc.ErrMalformed for a damaged
// picture, vc.ErrTooLarge, and vc.ErrUnsupported for anything that is neither
// PNG nor SVG.
func Extract(image []byte) ([]Baked, error) {
	c, err := open(image)
	if err != nil {
		return nil, fmt.Errorf("take badge out of picture: %w", err)
	}
	found, err := c.extract()
	if err != nil {
		return nil, fmt.Errorf("take badge out of picture: %w", err)
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
		return nil, fmt.Errorf("take badge out of picture: %w: there is no badge in it; photo pickers, chat programs "+
			"and social networks remove it, the file as it was first downloaded has it", vc.ErrNotFound)
	}
	return out, nil
}

// Embed returns the picture with text in it under keyword, in place of what
// stood there under that keyword. White space around text is dropped; all
// other parts of the picture stay byte for byte. Text must be UTF-8 and, in an
// SVG, free of characters that XML forbids. Errors are those of Extract but
// for vc.ErrNotFound, and vc.ErrUnsupported for an unknown keyword.
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
		err = fmt.Errorf("%w: the picture would pass %d MiB", vc.ErrTooLarge, c.limit()>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("bake: %w", err)
	}
	return out, nil
}

// Remove returns the picture without any badge, all other parts byte for byte.
// A picture without one comes back as it is. Errors are those of Embed.
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

// finds are the badges of a picture by their keyword.
type finds map[string][]*Baked

// full reports whether no other text with the keyword is read: all texts
// together stay within what one may have.
func (f finds) full(keyword string) bool {
	n := 0
	for _, b := range f[keyword] {
		n += len(b.Text)
	}
	return len(f[keyword]) == maxSame || n > MaxText
}

// add appends a badge unless there is none in it or the same text is there.
func (f finds) add(keyword string, b *Baked) {
	if len(b.Text) == 0 {
		return
	}
	for _, other := range f[keyword] {
		if bytes.Equal(other.Text, b.Text) {
			other.warn("the badge stands in the picture more than once")
			return
		}
	}
	if f[keyword] = append(f[keyword], b); len(f[keyword]) > 1 {
		b.warn("the picture holds several badges of one kind")
	}
}

// A container is a picture that can hold badges.
type container interface {
	extract() (finds, error)
	embed(keyword string, text []byte) ([]byte, error)
	remove() ([]byte, error)
	limit() int // bytes of the whole picture
}

// open decides by content (specs A11.1).
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
		return nil, fmt.Errorf("%w: the picture passes %d MiB", vc.ErrTooLarge, c.limit()>>20)
	}
	return c, nil
}

func checkText(keyword string, text []byte) error {
	switch {
	case keyword != OpenBadge3 && keyword != OpenBadge2 && keyword != CLR2:
		return fmt.Errorf("%w: the keyword %.40q", vc.ErrUnsupported, keyword)
	case len(text) == 0:
		return fmt.Errorf("%w: there is nothing to bake", vc.ErrMalformed)
	case len(text) > MaxText:
		return fmt.Errorf("%w: a badge passes %d MiB", vc.ErrTooLarge, MaxText>>20)
	}
	return checkUTF8(text)
}
