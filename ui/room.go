package ui

import (
	"strconv"
	"strings"
)

// A Room is the usage and the quota of a backpack.
type Room struct {
	Badges, MostBadges int
	Bytes, MostBytes   int64
}

// Left returns the number of badges left in the quota; it disregards their size.
func (r Room) Left() int { return max(0, r.MostBadges-r.Badges) }

// Full reports whether the quota is used up.
func (r Room) Full() bool { return r.Badges >= r.MostBadges || r.Bytes >= r.MostBytes }

// Tight reports whether the quota is nearly used up. Pages then say so before an
// import.
func (r Room) Tight() bool {
	return r.MostBadges > 0 && (r.Left() <= r.MostBadges/10 || r.Bytes >= r.MostBytes/10*9)
}

// number returns n with its groups of digits separated.
func (c *catalog) number(n int) string {
	s := strconv.Itoa(n)
	gap, _ := c.render("number.group")
	var groups []string
	for ; len(s) > 3; s = s[:len(s)-3] {
		groups = append([]string{s[len(s)-3:]}, groups...)
	}
	return strings.Join(append([]string{s}, groups...), gap)
}

// size returns a number of bytes in words, rounded up to MiB or GiB.
func (c *catalog) size(n int64) string {
	unit, of := "size.mb", int64(1<<20)
	if n >= 10<<30 {
		unit, of = "size.gb", 1<<30
	}
	s, _ := c.render(unit, "n", c.number(int((n+of-1)/of)))
	return s
}
