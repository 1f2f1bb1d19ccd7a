package intake

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"backpack/vc"
)

// Limits on a picture that is searched for a QR code.
const (
	maxPixels = 25_000_000
	maxMemory = 96 << 20 // bytes of the decoded picture
	maxSide   = 1600     // pixels; larger pictures are scaled down
)

// A gray is a picture as brightness values, row by row.
type gray struct {
	pix  []byte
	w, h int
}

// A format is a picture format that is decoded.
type format struct {
	magic  string
	at     int
	config func(b []byte) (image.Config, error)
	decode func(b []byte) (image.Image, error)
	// weight returns the bytes per pixel while decoding.
	weight func(b []byte, c image.Config) int
}

// formats replaces image.Decode, whose formats depend on the packages that are linked.
var formats = []format{
	{"\x89PNG", 0,
		func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return png.Decode(bytes.NewReader(b)) },
		func(_ []byte, c image.Config) int { return bytesOf(c.ColorModel) }},
	{"\xff\xd8\xff", 0,
		func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) },
		jpegWeight},
	{"GIF8", 0,
		func(b []byte) (image.Config, error) { return gif.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return gif.Decode(bytes.NewReader(b)) },
		func([]byte, image.Config) int { return 1 }},
	{"WEBP", 8,
		func(b []byte) (image.Config, error) { return webp.DecodeConfig(bytes.NewReader(b)) },
		func(b []byte) (image.Image, error) { return webp.Decode(bytes.NewReader(b)) },
		func([]byte, image.Config) int { return 8 }},
}

func bytesOf(m color.Model) int {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	return 4
}

// jpegWeight returns more for progressive JPEG, which keeps all coefficients until its
// end.
func jpegWeight(b []byte, _ image.Config) int {
	for i := 2; i+9 < len(b) && b[i] == 0xff; {
		marker := b[i+1]
		if marker == 0xc2 {
			return 9 // assumes the usual chroma subsampling
		}
		if marker == 0xda || marker == 0xc0 {
			break
		}
		i += 2 + int(b[i+2])<<8 + int(b[i+3])
	}
	return 3
}

// decodeGray decodes a picture whose header is within the limits, and scales it down
// for the search.
func decodeGray(b []byte) (*gray, error) {
	for _, f := range formats {
		if len(b) < f.at || !bytes.HasPrefix(b[f.at:], []byte(f.magic)) {
			continue
		}
		c, err := f.config(b)
		if err != nil || c.Width <= 0 || c.Height <= 0 {
			return nil, fmt.Errorf("%w: the picture is damaged: %v", vc.ErrMalformed, err)
		}
		if n := int64(c.Width) * int64(c.Height); n > maxPixels || n*int64(f.weight(b, c)) > maxMemory {
			return nil, fmt.Errorf("%w: the picture has %d pixels", vc.ErrTooLarge, n)
		}
		m, err := f.decode(b)
		if err != nil {
			return nil, fmt.Errorf("%w: the picture is damaged: %v", vc.ErrMalformed, err)
		}
		return shrink(m), nil
	}
	return nil, fmt.Errorf("%w: not a picture format that can be searched", vc.ErrUnsupported)
}

// shrink averages blocks of pixels so that no side exceeds maxSide.
func shrink(m image.Image) *gray {
	r := m.Bounds()
	n := (max(r.Dx(), r.Dy()) + maxSide - 1) / maxSide
	g := &gray{w: max(1, r.Dx()/n), h: max(1, r.Dy()/n)}
	g.pix = make([]byte, g.w*g.h)
	row, sum := make([]byte, r.Dx()), make([]int, g.w)
	fill := rows(m)
	for y := range g.h {
		clear(sum)
		used := 0
		for k := 0; k < n && y*n+k < r.Dy(); k++ {
			fill(row, r.Min.Y+y*n+k)
			used++
			for x := range sum {
				for _, v := range row[x*n : min(x*n+n, len(row))] {
					sum[x] += int(v)
				}
			}
		}
		for x, s := range sum {
			g.pix[y*g.w+x] = byte(s / (used * min(n, len(row)-x*n)))
		}
	}
	return g
}

// rows returns a function that reads the brightness of a row. Transparent pixels are
// white.
func rows(m image.Image) func(row []byte, y int) {
	r := m.Bounds()
	switch m := m.(type) {
	case *image.YCbCr:
		return func(row []byte, y int) { copy(row, m.Y[m.YOffset(r.Min.X, y):]) }
	case *image.Gray:
		return func(row []byte, y int) { copy(row, m.Pix[m.PixOffset(r.Min.X, y):]) }
	case *image.Paletted:
		var table [256]byte
		for i, c := range m.Palette {
			table[i] = brightness(c)
		}
		return func(row []byte, y int) {
			for x := range row {
				row[x] = table[m.ColorIndexAt(r.Min.X+x, y)]
			}
		}
	case *image.RGBA:
		return func(row []byte, y int) {
			p := m.Pix[m.PixOffset(r.Min.X, y):]
			for x := range row {
				row[x] = byte((int(p[4*x])+2*int(p[4*x+1])+int(p[4*x+2]))/4 + 255 - int(p[4*x+3]))
			}
		}
	case *image.NRGBA:
		return func(row []byte, y int) {
			p := m.Pix[m.PixOffset(r.Min.X, y):]
			for x := range row {
				v := (int(p[4*x]) + 2*int(p[4*x+1]) + int(p[4*x+2])) / 4
				row[x] = byte((v*int(p[4*x+3]) + 255*(255-int(p[4*x+3]))) / 255)
			}
		}
	}
	return func(row []byte, y int) {
		for x := range row {
			row[x] = brightness(m.At(r.Min.X+x, y))
		}
	}
}

func brightness(c color.Color) byte {
	r, g, b, a := c.RGBA() // premultiplied by a
	return byte((((r + 2*g + b) / 4) + 0xffff - a) >> 8)
}

// half returns the picture at half its size, or nil if it is small.
func (g *gray) half() *gray {
	if max(g.w, g.h) < 600 {
		return nil
	}
	h := &gray{w: g.w / 2, h: g.h / 2}
	if h.w == 0 || h.h == 0 {
		return nil
	}
	h.pix = make([]byte, h.w*h.h)
	for y := range h.h {
		for x := range h.w {
			i := 2*y*g.w + 2*x
			h.pix[y*h.w+x] = byte((int(g.pix[i]) + int(g.pix[i+1]) + int(g.pix[i+g.w]) + int(g.pix[i+g.w+1])) / 4)
		}
	}
	return h
}

// blurred returns the picture with each pixel averaged with its neighbours.
func (g *gray) blurred() *gray {
	out := &gray{pix: make([]byte, len(g.pix)), w: g.w, h: g.h}
	copy(out.pix, g.pix)
	for y := 1; y < g.h-1; y++ {
		for x := 1; x < g.w-1; x++ {
			sum := 0
			for _, d := range [...]int{-g.w, 0, g.w} {
				i := y*g.w + x + d
				sum += int(g.pix[i-1]) + int(g.pix[i]) + int(g.pix[i+1])
			}
			out.pix[y*g.w+x] = byte(sum / 9)
		}
	}
	return out
}
