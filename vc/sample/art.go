package sample

// The pictures are medals with one of six outlines and a glyph. A palette is the set
// of colors of a medal, from dark to light.
type palette struct{ edge, deep, main, light, paper, accent uint32 }

var (
	teal   = palette{0x0b4f4a, 0x0f766e, 0x14958a, 0x5ad1c3, 0xf3fbf8, 0xffc857}
	plum   = palette{0x4a1d5e, 0x6b2a86, 0x8e44ad, 0xc998e0, 0xfbf5fd, 0xffd166}
	blue   = palette{0x123a6b, 0x1b5299, 0x2a72c9, 0x8dbcf0, 0xf4f8fe, 0xff8a5b}
	brick  = palette{0x6e2a17, 0x99401f, 0xc65d33, 0xf0aa84, 0xfff7f1, 0xffe08a}
	slate  = palette{0x1e2b3c, 0x2f4058, 0x48607f, 0x9fb3cc, 0xf5f7fa, 0xf4b942}
	berry  = palette{0x6d1136, 0x991b4b, 0xc72c66, 0xf08fb1, 0xfff5f8, 0xffd9a0}
	red    = palette{0x6f1414, 0x9e1f1f, 0xcf3434, 0xf29a94, 0xfff6f5, 0xffffff}
	bronze = palette{0x5a3b0b, 0x865a12, 0xb88220, 0xe9c46a, 0xfffaef, 0x7a4f0c}
	green  = palette{0x1d4a23, 0x2c6b34, 0x439a4c, 0xa2d9a0, 0xf5fbf3, 0xffd54f}
	night  = palette{0x14163f, 0x23276b, 0x393fa0, 0x9ea4ec, 0xf6f6ff, 0xffe27a}
)

var middle = at(200, 200)

// An outline returns the path of a medal's edge for a radius.
type outline func(r float64) string

func roundOutline(r float64) string   { return circle(middle, r) }
func hexOutline(r float64) string     { return regular(6, middle, r*1.08, 0, r*0.16) }
func octOutline(r float64) string     { return regular(8, middle, r*1.05, 1.0/16, r*0.12) }
func waveOutline(r float64) string    { return scallop(16, middle, r, r*0.055) }
func diamondOutline(r float64) string { return regular(4, middle, r*1.2, 0, r*0.42) }

func shieldOutline(r float64) string {
	k := r / 180
	p := func(x, y float64) string { return at(200+x*k, 200+y*k).String() }
	return "M" + p(0, -182) + "Q" + p(75, -138) + " " + p(158, -140) + "Q" + p(168, -140) + " " + p(168, -128) +
		"C" + p(170, 20) + " " + p(118, 136) + " " + p(10, 186) + "Q" + p(0, 190) + " " + p(-10, 186) +
		"C" + p(-118, 136) + " " + p(-170, 20) + " " + p(-168, -128) + "Q" + p(-168, -140) + " " + p(-158, -140) +
		"Q" + p(-75, -138) + " " + p(0, -182) + "Z"
}

// medal returns a medal with the glyph.
func medal(title string, o outline, c palette, glyph ...layer) *picture {
	p := &picture{title: title, layers: []layer{
		flat(o(184), solid(c.edge)),
		fade(o(178), c.light, c.deep),
		fade(o(168), c.main, c.deep),
		flat(o(150), colour{c.edge, 0.35}),
		fade(o(146), c.deep, c.main),
	}}
	p.layers = append(p.layers, glyph...)
	return p
}

func (c palette) paperFlat(d string) layer { return flat(d, solid(c.paper)) }
func (c palette) accentFlat(d string) layer {
	return flat(d, solid(c.accent))
}
func (c palette) deepFlat(d string) layer { return flat(d, solid(c.deep)) }

// archive is the front of a reading room: gable, columns, steps.
func archive(c palette) []layer {
	out := []layer{
		c.paperFlat(closed(6, at(200, 92), at(304, 152), at(96, 152))),
		c.accentFlat(circle(at(200, 130), 11)),
		c.paperFlat(box(108, 160, 184, 16, 4)),
		c.paperFlat(box(108, 262, 184, 16, 4)), c.paperFlat(box(92, 284, 216, 20, 5)),
	}
	for x := 118.0; x <= 260; x += 47 {
		out = append(out, c.paperFlat(box(x, 180, 24, 78, 4)))
	}
	return out
}

// vase is an amphora with a band.
func vase(c palette) []layer {
	body := "M168 96L232 96Q238 96 238 104Q238 112 230 112Q222 134 236 150C276 186 268 244 224 286L176 286C132 244 124 186 164 150Q178 134 170 112Q162 " +
		"112 162 104Q162 96 168 96Z"
	return []layer{
		c.paperFlat("M160 118C112 112 104 168 144 186L152 174C128 162 130 130 164 132Z"),
		c.paperFlat("M240 118C288 112 296 168 256 186L248 174C272 162 270 130 236 132Z"),
		fade(body, c.paper, c.light),
		c.accentFlat("M139 196L261 196Q264 204 263.500 212L136.500 212Q136 204 139 196Z"),
		c.deepFlat(regular(4, at(168, 230), 10, 0, 0)), c.deepFlat(regular(4, at(200, 230), 10, 0, 0)), c.deepFlat(regular(4, at(232, 230), 10, 0, 0)),
		c.paperFlat(box(158, 290, 84, 16, 6)),
	}
}

// cityMap is a folded map with a pin.
func cityMap(c palette) []layer {
	return []layer{
		c.paperFlat(closed(5, at(98, 178), at(166, 154), at(166, 282), at(98, 306))),
		fade(closed(5, at(166, 154), at(234, 178), at(234, 306), at(166, 282)), c.light, c.light),
		c.paperFlat(closed(5, at(234, 178), at(302, 154), at(302, 282), at(234, 306))),
		c.deepFlat(bar(at(114, 262), at(150, 236), 6)), c.deepFlat(bar(at(150, 236), at(188, 262), 6)), c.deepFlat(bar(at(188, 262), at(240, 226), 6)),
		c.deepFlat(bar(at(256, 270), at(288, 232), 6)),
		flat(ellipse(at(214, 238), 24, 8), colour{c.edge, 0.4}),
		c.accentFlat("M214 238C196 204 168 186 168 148C168 120 188 100 214 100C240 100 260 120 260 148C260 186 232 204 214 238Z"),
		c.paperFlat(circle(at(214, 147), 18)),
	}
}

// bicycle is a bicycle from the side.
func bicycle(c palette) []layer {
	back, front := at(142, 236), at(262, 236)
	crank, seat, head := at(192, 236), at(170, 166), at(242, 164)
	out := []layer{c.paperFlat(ring(back, 50, 11)), c.paperFlat(ring(front, 50, 11))}
	for _, l := range [][2]point{{back, crank}, {back, seat}, {seat, crank}, {crank, head}, {at(174, 178), head}, {head, front}} {
		out = append(out, c.accentFlat(bar(l[0], l[1], 11)))
	}
	return append(out,
		c.accentFlat(bar(at(242, 164), at(236, 140), 11)), c.paperFlat(bar(at(236, 140), at(264, 132), 11)),
		c.accentFlat(bar(seat, at(164, 150), 9)), c.paperFlat(bar(at(148, 148), at(182, 148), 13)),
		c.paperFlat(circle(crank, 13)), c.deepFlat(circle(crank, 5)),
		c.paperFlat(circle(back, 7)), c.paperFlat(circle(front, 7)))
}

// photograph is a stack of two prints with a landscape.
func photograph(c palette) []layer {
	return []layer{
		flat(closed(8, at(134, 112), at(300, 96), at(316, 248), at(150, 264)), colour{c.light, 1}),
		c.paperFlat(box(92, 128, 190, 158, 10)),
		fade(box(106, 142, 162, 112, 5), 0xbfe3f2, 0xf7e6c4),
		c.accentFlat(circle(at(232, 172), 15)),
		c.deepFlat(closed(3, at(106, 254), at(106, 226), at(148, 182), at(190, 232), at(206, 254))),
		flat(closed(3, at(164, 254), at(218, 202), at(268, 240), at(268, 254)), solid(c.main)),
		c.deepFlat(bar(at(150, 271), at(224, 271), 7)),
	}
}

// microphone is a microphone on its stand, with sound to both sides.
func microphone(c palette) []layer {
	return []layer{
		c.paperFlat(box(164, 92, 72, 122, 35.9)),
		c.deepFlat(bar(at(180, 130), at(220, 130), 6)), c.deepFlat(bar(at(180, 150), at(220, 150), 6)), c.deepFlat(bar(at(180, 170), at(220, 170), 6)),
		c.accentFlat("M140 176L154 176C154 252 246 252 246 176L260 176C260 272 140 272 140 176Z"),
		c.accentFlat(box(193, 240, 14, 40, 2)), c.paperFlat(box(154, 278, 92, 17, 7)),
		c.paperFlat(bar(at(116, 132), at(116, 180), 10)), c.paperFlat(bar(at(94, 146), at(94, 166), 10)),
		c.paperFlat(bar(at(284, 132), at(284, 180), 10)), c.paperFlat(bar(at(306, 146), at(306, 166), 10)),
	}
}

// firstAid is a heart with a cross.
func firstAid(c palette) []layer {
	return []layer{
		fade("M200 306C120 252 92 212 92 170C92 134 118 110 148 110C170 110 190 122 200 142C210 122 230 110 252 110C282 110 308 134 308 170C308 212 280 "+
			"252 200 306Z", c.paper, c.light),
		flat(closed(5, at(182, 150), at(218, 150), at(218, 180), at(248, 180), at(248, 216), at(218, 216), at(218, 246), at(182, 246), at(182, 216), at(152, 216),
			at(152, 180), at(182, 180)), solid(c.main)),
	}
}

// key is a key in front of a lock plate.
func key(c palette) []layer {
	return []layer{
		fade(ring(at(200, 142), 54, 22), c.paper, c.light),
		c.paperFlat(box(188, 190, 24, 120, 6)),
		c.paperFlat(box(206, 262, 42, 18, 4)), c.paperFlat(box(206, 290, 32, 18, 4)),
		c.paperFlat(box(180, 196, 40, 12, 4)),
		flat(star(5, at(200, 142), 21, 9, 0, 1.5), solid(c.paper)),
	}
}

// sprout is a plant with two leaves in a bed.
func sprout(c palette) []layer {
	return []layer{
		c.paperFlat("M194 292C194 240 196 212 206 184L214 187C205 214 206 240 206 292Z"),
		fade("M204 196C192 144 146 116 96 122C98 176 144 212 204 196Z", c.paper, c.light),
		fade("M208 210C220 170 258 148 304 156C300 200 260 226 208 210Z", c.paper, c.light),
		c.deepFlat("M198 190C174 160 148 142 122 136L121 140C146 148 172 166 192 194Z"),
		c.deepFlat("M214 206C238 186 258 174 282 170L283 174C260 180 240 190 218 210Z"),
		c.accentFlat(circle(at(208, 118), 15)),
		c.paperFlat("M112 292Q200 262 288 292Q292 306 278 306L122 306Q108 306 112 292Z"),
	}
}

// moon is the night sky of a planetarium.
func moon(c palette) []layer {
	return []layer{
		fade("M232 98C168 96 120 142 120 202C120 262 168 306 230 302C248 301 262 296 276 287C222 280 186 246 186 196C186 152 206 118 232 98Z", c.paper, c.light),
		c.accentFlat(star(5, at(258, 168), 32, 14, 0, 2)), c.accentFlat(star(5, at(236, 236), 18, 8, 0.05, 1.5)),
		c.accentFlat(star(5, at(298, 222), 13, 6, 0.02, 1)), c.paperFlat(circle(at(222, 190), 4)),
		c.paperFlat(circle(at(282, 262), 4)), c.paperFlat(circle(at(296, 140), 4)),
	}
}
