package sample

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/vector"
)

// Shapes are SVG path data with the absolute commands M, L, Q, C and Z in a square of
// 400, shared by SVG and PNG. Holes have the opposite orientation.
const side = 400

type point struct{ x, y float64 }

func at(x, y float64) point { return point{x, y} }

// toward returns the point at distance d from p in the direction of q.
func (p point) toward(q point, d float64) point {
	l := math.Hypot(q.x-p.x, q.y-p.y)
	return at(p.x+(q.x-p.x)*d/l, p.y+(q.y-p.y)*d/l)
}

func (p point) String() string { return number(p.x) + " " + number(p.y) }

func number(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

// polar returns the point at an angle in turns, clockwise from the top.
func polar(c point, r, turns float64) point {
	s, k := math.Sincos(2 * math.Pi * turns)
	return at(c.x+r*s, c.y-r*k)
}

// closed returns a polygon with corners rounded by radius.
func closed(radius float64, points ...point) string {
	var b strings.Builder
	n := len(points)
	for i, p := range points {
		before, after := points[(i+n-1)%n], points[(i+1)%n]
		cmd := "L"
		if i == 0 {
			cmd = "M"
		}
		if radius == 0 {
			fmt.Fprintf(&b, "%s%v", cmd, p)
			continue
		}
		fmt.Fprintf(&b, "%s%vQ%v %v", cmd, p.toward(before, radius), p, p.toward(after, radius))
	}
	return b.String() + "Z"
}

// regular returns a regular polygon with n sides around c. One corner is at the top if
// turn is 0.
func regular(n int, c point, r, turn, radius float64) string {
	points := make([]point, n)
	for i := range points {
		points[i] = polar(c, r, turn+float64(i)/float64(n))
	}
	return closed(radius, points...)
}

// star returns a star with n rays between the radii inner and r.
func star(n int, c point, r, inner, turn, radius float64) string {
	points := make([]point, 2*n)
	for i := range points {
		d := r
		if i%2 == 1 {
			d = inner
		}
		points[i] = polar(c, d, turn+float64(i)/float64(2*n))
	}
	return closed(radius, points...)
}

// box returns a rectangle with rounded corners.
func box(x, y, w, h, radius float64) string {
	return closed(radius, at(x, y), at(x+w, y), at(x+w, y+h), at(x, y+h))
}

// arcs is the relative length of the handles for a quarter of a circle.
const arcs = 0.5523

func ellipse(c point, rx, ry float64) string {
	kx, ky := rx*arcs, ry*arcs
	return fmt.Sprintf("M%vC%v %v %vC%v %v %vC%v %v %vC%v %v %vZ",
		at(c.x, c.y-ry), at(c.x+kx, c.y-ry), at(c.x+rx, c.y-ky), at(c.x+rx, c.y),
		at(c.x+rx, c.y+ky), at(c.x+kx, c.y+ry), at(c.x, c.y+ry),
		at(c.x-kx, c.y+ry), at(c.x-rx, c.y+ky), at(c.x-rx, c.y),
		at(c.x-rx, c.y-ky), at(c.x-kx, c.y-ry), at(c.x, c.y-ry))
}

func circle(c point, r float64) string { return ellipse(c, r, r) }

// ring returns a circle with a hole. A negative rx reverses the orientation of the
// ellipse.
func ring(c point, r, width float64) string {
	return circle(c, r) + ellipse(c, width-r, r-width)
}

// bar returns a line with round ends.
func bar(a, b point, width float64) string {
	l := math.Hypot(b.x-a.x, b.y-a.y)
	dx, dy := (b.x-a.x)/l*width/2, (b.y-a.y)/l*width/2
	return closed(width*0.49, at(a.x+dy-dx, a.y-dx-dy), at(b.x+dy+dx, b.y-dx+dy), at(b.x-dy+dx, b.y+dx+dy), at(a.x-dy-dx, a.y+dx-dy))
}

// scallop returns a disc with n waves at its edge.
func scallop(n int, c point, r, depth float64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%v", polar(c, r-depth, 0))
	for i := range n {
		mid, end := (float64(i)+0.5)/float64(n), float64(i+1)/float64(n)
		fmt.Fprintf(&b, "Q%v %v", polar(c, r+depth, mid), polar(c, r-depth, end))
	}
	return b.String() + "Z"
}

// trace draws path data into z, scaled and moved.
func trace(z *vector.Rasterizer, d string, scale, dx, dy float64) {
	r := reader{s: d}
	next := func() (x, y float32) {
		return float32(r.number()*scale - dx), float32(r.number()*scale - dy)
	}
	for r.more() {
		switch r.command() {
		case 'M':
			z.MoveTo(next())
		case 'L':
			z.LineTo(next())
		case 'Q':
			bx, by := next()
			cx, cy := next()
			z.QuadTo(bx, by, cx, cy)
		case 'C':
			bx, by := next()
			cx, cy := next()
			ex, ey := next()
			z.CubeTo(bx, by, cx, cy, ex, ey)
		case 'Z':
			z.ClosePath()
		}
	}
}

// extent returns the corners of the bounding box of the points of d.
func extent(d string) (low, high point) {
	low, high = at(side, side), at(0, 0)
	r := reader{s: d}
	for r.more() {
		if c := r.s[r.i]; c >= 'A' && c <= 'Z' {
			r.i++
			continue
		}
		x, y := r.number(), r.number()
		low, high = at(min(low.x, x), min(low.y, y)), at(max(high.x, x), max(high.y, y))
	}
	return low, high
}

// A reader parses the path data of this package.
type reader struct {
	s string
	i int
}

func (r *reader) more() bool {
	for r.i < len(r.s) && r.s[r.i] == ' ' {
		r.i++
	}
	return r.i < len(r.s)
}

func (r *reader) command() byte {
	r.i++
	return r.s[r.i-1]
}

func (r *reader) number() float64 {
	r.more()
	start := r.i
	for r.i < len(r.s) && strings.IndexByte("0123456789.-", r.s[r.i]) >= 0 {
		r.i++
	}
	f, _ := strconv.ParseFloat(r.s[start:r.i], 64)
	return f
}
