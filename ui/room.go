package ui

import (
	"strconv"
	"strings"
)

// A Room is how much a backpack holds, and how much it may.
type Room struct {
	Badges, MostBadges int
	Bytes, MostBytes   int64
}

// Left returns how many more badges fit, as far as their number goes.
func (r Room) Left() int { return max(0, r.MostBadges-r.Badges) }

// Full reports whether nothing more fits.
func (r Room) Full() bool { return r.Badges >= r.MostBadges || r.Bytes >= r.MostBytes }

// Tight reports whether little more fits: then pages say so before anybody
// brings something.
func (r Room) Tight() bool {
	return r.MostBadges > 0 && (r.Left() <= r.MostBadges/10 || r.Bytes >= r.MostBytes/10*9)
}

// number writes a whole number with its groups apart.
func (c *catalog) number(n int) string {
	s := strconv.Itoa(n)
	gap, _ := c.render("number.group")
	var groups []string
	for ; len(s) > 3; s = s[:len(s)-3] {
		groups = append([]string{s[len(s)-3:]}, groups...)
	}
	return strings.Join(append([]string{s}, groups...), gap)
}

// size writes a number of bytes in words.
func (c *catalog) size(n int64) string {
	unit, of := "size.mb", int64(1<<20)
	if n >= 10<<30 {
		unit, of = "size.gb", 1<<30
	}
	s, _ := c.render(unit, "n", c.number(int((n+of-1)/of)))
	return s
}
