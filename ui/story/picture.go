package story

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
)

// A shape is the outline of a picture.
type shape int

const (
	hexagon shape = iota
	shield
	medal
	scallop
	wide
)

// picture returns a badge as a data: address: a motif on a coloured shape.
func picture(s shape, colour, motif string) string {
	var b strings.Builder
	w, h := 240, 240
	if s == wide {
		w = 360
	}
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">`, w, h)
	switch s {
	case hexagon:
		fmt.Fprintf(&b, `<path d="%s" fill="%s"/><path d="%s" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="5"/>`,
			polygon(6, 116, 30), colour, polygon(6, 98, 30))
	case shield:
		fmt.Fprintf(&b, `<path d="M120 6c30 18 62 24 94 24v78c0 60-36 104-94 126C62 212 26 168 26 108V30c32 0 64-6 94-24z" fill="%s"/>`+
			`<path d="M120 28c25 14 50 19 76 20v60c0 48-28 84-76 104-48-20-76-56-76-104V48c26-1 51-6 76-20z" `+
			`fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="5"/>`, colour)
	case medal:
		fmt.Fprintf(&b, `<path d="M76 140 52 236l40-18 28 22 28-22 40 18-24-96z" fill="%s" fill-opacity=".55"/>`+
			`<circle cx="120" cy="104" r="96" fill="%s"/>`+
			`<circle cx="120" cy="104" r="78" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="5" `+
			`stroke-dasharray="2 10" stroke-linecap="round"/>`, colour, colour)
	case scallop:
		fmt.Fprintf(&b, `<path d="%s" fill="%s"/><circle cx="120" cy="120" r="82" fill="#fff" fill-opacity=".18"/>`, scallops(12), colour)
	case wide:
		fmt.Fprintf(&b, `<rect x="6" y="40" width="348" height="160" rx="80" fill="%s"/>`+
			`<rect x="20" y="54" width="320" height="132" rx="66" fill="none" stroke="#fff" stroke-opacity=".55" stroke-width="5"/>`, colour)
	}
	y := 120
	if s == medal {
		y = 104
	}
	fmt.Fprintf(&b, `<g transform="translate(%d %d)" fill="none" stroke="#fff" stroke-width="11" `+
		`stroke-linecap="round" stroke-linejoin="round"><path d="%s"/></g></svg>`, w/2, y, motif)
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(b.String()))
}

// The motifs, centred on the origin.
const (
	saw    = "M-42 18 26-30l14 20L-28 38zM-20 32l4-6m10-4 4-6m10-4 4-6"
	flask  = "M-14-44h28M-8-44v30L-38 34a8 8 0 0 0 7 12h62a8 8 0 0 0 7-12L8-14v-30M-24 18h48"
	volume = "M0-30C-14-40-32-42-46-38v66c14-4 32-2 46 8 14-10 32-12 46-8v-66c-14-4-32-2-46 8zm0 0v66"
	code   = "m-26-26-28 28 28 28m52-56 28 28-28 28M10-40-10 44"
	heart  = "M0 40C-60 4-46-36-22-36-8-36 0-24 0-18c0-6 8-18 22-18 24 0 38 40-22 76z"
	tree   = "M0 48V0m0 0-18-16M0 10l18-16M0-46c26 0 44 20 44 40S26 24 0 24-44 14-44-6s18-40 44-40z"
	bolt   = "M8-48-30 8H0l-8 40 38-56H0z"
	person = "M0-44a20 20 0 1 0 0 40 20 20 0 0 0 0-40zM-42 46a42 42 0 0 1 84 0"
)

func polygon(n int, radius, turn float64) string {
	var b strings.Builder
	for i := range n {
		a := (turn + float64(i)*360/float64(n)) * math.Pi / 180
		fmt.Fprintf(&b, "%c%.1f %.1f", "ML"[min(i, 1)], 120+radius*math.Cos(a), 120+radius*math.Sin(a))
	}
	return b.String() + "z"
}

func scallops(n int) string {
	var b strings.Builder
	for i := range n + 1 {
		a := float64(i) * 2 * math.Pi / float64(n)
		x, y := 120+98*math.Cos(a), 120+98*math.Sin(a)
		if i == 0 {
			fmt.Fprintf(&b, "M%.1f %.1f", x, y)
			continue
		}
		fmt.Fprintf(&b, "A26 26 0 0 1 %.1f %.1f", x, y)
	}
	return b.String() + "z"
}
