package sample

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"strings"

	"golang.org/x/image/vector"
)

// A colour is an RGB value 0xRRGGBB with an opacity.
type colour struct {
	rgb   uint32
	alpha float64
}

func solid(rgb uint32) colour { return colour{rgb, 1} }

func (c colour) parts() [3]float64 {
	return [3]float64{float64(c.rgb >> 16), float64(c.rgb >> 8 & 255), float64(c.rgb & 255)}
}

// A layer is a shape with one color or a vertical gradient.
type layer struct {
	d        string
	from, to colour
}

func flat(d string, c colour) layer        { return layer{d, c, c} }
func fade(d string, from, to uint32) layer { return layer{d, solid(from), solid(to)} }

// A picture is a list of layers, the lowest first, and an alternative text.
type picture struct {
	title  string
	layers []layer
}

// svg returns the picture as a standalone SVG.
func (p *picture) svg() []byte {
	var b, defs strings.Builder
	for i, l := range p.layers {
		fill := fmt.Sprintf("#%06x", l.from.rgb)
		if l.from != l.to {
			fmt.Fprintf(&defs, `<linearGradient id="g%d" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#%06x"/>`+
				`<stop offset="1" stop-color="#%06x"/></linearGradient>`, i, l.from.rgb, l.to.rgb)
			fill = fmt.Sprintf("url(#g%d)", i)
		}
		opacity := ""
		if l.from.alpha < 1 {
			opacity = fmt.Sprintf(` fill-opacity="%.2f"`, l.from.alpha)
		}
		fmt.Fprintf(&b, "<path fill=\"%s\"%s d=\"%s\"/>\n", fill, opacity, l.d)
	}
	return []byte(fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n"+
		"<title>%s</title>\n<defs>%s</defs>\n%s</svg>\n",
		side, side, side, side, p.title, defs.String(), b.String()))
}

// png returns the picture with size pixels per side.
func (p *picture) png(size int) ([]byte, error) {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for _, l := range p.layers {
		l.draw(img, float64(size)/side)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw %s: %w", p.title, err)
	}
	return b.Bytes(), nil
}

// draw draws the shape onto img.
func (l layer) draw(img *image.NRGBA, scale float64) {
	low, high := extent(l.d)
	area := image.Rect(int(low.x*scale), int(low.y*scale), int(math.Ceil(high.x*scale)), int(math.Ceil(high.y*scale))).Intersect(img.Rect)
	if area.Empty() {
		return
	}
	z := vector.NewRasterizer(area.Dx(), area.Dy())
	trace(z, l.d, scale, float64(area.Min.X), float64(area.Min.Y))
	mask := image.NewAlpha(image.Rect(0, 0, area.Dx(), area.Dy()))
	z.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	for y := range area.Dy() {
		c, opacity := l.row(float64(y) / float64(area.Dy()))
		for x := range area.Dx() {
			if m := mask.Pix[y*mask.Stride+x]; m > 0 {
				over(img.Pix[img.PixOffset(area.Min.X+x, area.Min.Y+y):], c, opacity*float64(m)/255)
			}
		}
	}
}

// row returns the color at a relative height from 0 to 1.
func (l layer) row(t float64) (c [3]float64, opacity float64) {
	a, b := l.from.parts(), l.to.parts()
	for i := range c {
		c[i] = a[i] + (b[i]-a[i])*t
	}
	return c, l.from.alpha + (l.to.alpha-l.from.alpha)*t
}

// over draws color c with opacity a over one pixel.
func over(pix []byte, c [3]float64, a float64) {
	under := float64(pix[3]) / 255 * (1 - a)
	total := a + under
	a /= total
	for i := range c {
		pix[i] = byte(c[i]*a + float64(pix[i])*(1-a) + 0.5)
	}
	pix[3] = byte(total*255 + 0.5)
}
