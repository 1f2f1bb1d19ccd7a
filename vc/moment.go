package vc

import (
	"strings"
	"time"
)

// ParseMoment reads an xsd:dateTime in RFC 3339 form: YYYY-MM-DDThh:mm:ss, an
// optional fraction and Z or an offset. Without a zone, UTC is assumed and Zoneless
// set (specs A2.16). Time is zero if s has another form. Time keeps the written
// offset, which determines the issuer's day: midnight in Berlin is the previous day
// in UTC.
func ParseMoment(s string) Moment {
	m := Moment{Text: s}
	if !momentShape(s) {
		return m
	}
	text := strings.ToUpper(s)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		m.Time = atOffset(t)
	} else if t, err := time.Parse("2006-01-02T15:04:05.999999999", text); err == nil {
		m.Time, m.Zoneless = t, true
	}
	return m
}

// atOffset returns t in a fixed zone at its offset, independent of the local zone.
func atOffset(t time.Time) time.Time {
	_, seconds := t.Zone()
	if seconds == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", seconds))
}

// momentShape rejects what time.Parse tolerates: one-digit hours, a comma before
// the fraction, offsets of a day or more.
func momentShape(s string) bool {
	const shape = "0000-00-00T00:00:00"
	if len(s) < len(shape) || len(s) > 40 || strings.Contains(s, ",") {
		return false
	}
	for i := range len(shape) {
		if c := s[i]; shape[i] == '0' && (c < '0' || c > '9') {
			return false
		}
	}
	zone := s[len(shape):]
	if i := strings.LastIndexAny(zone, "+-"); i >= 0 {
		return len(zone)-i == len("+00:00") && zone[i+1:] < "24"
	}
	return true
}

func moment(v *Value) Moment {
	if v == nil {
		return Moment{}
	}
	return ParseMoment(v.Text())
}

// Offsets between UTC and the places on Earth where a day begins first and ends
// last.
const (
	dayBegins = 14 * time.Hour
	dayEnds   = (24 + 12) * time.Hour
)

// First returns the first instant of m. A day begins where it begins first on
// Earth.
func (m Moment) First() time.Time {
	if m.Day {
		return m.Time.Add(-dayBegins)
	}
	return m.Time
}

// Last returns the last instant of m. A day ends when it is over everywhere on
// Earth.
func (m Moment) Last() time.Time {
	if m.Day {
		return m.Time.Add(dayEnds)
	}
	return m.Time
}

// loose lists formats outside xsd:dateTime whose meaning is clear.
var loose = [...]string{"2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07", "2006-01-02T15:04Z07:00",
	"2006-01-02T15:04Z0700", "2006-01-02T15:04Z07"}

// ReadMoment reads a member that holds a moment. It also accepts a day, an offset
// without a colon, a space before the time and a JSON-LD value object; exact
// reports xsd:dateTime format. The Text of a member that states something is never
// empty, even if it is unreadable.
func ReadMoment(v *Value) (m Moment, exact bool) {
	if inner := v.Get("@value"); inner.Is(String) {
		m, _ = ReadMoment(inner)
		return m, false
	}
	if !v.Is(String) {
		return Moment{Text: v.Raw()}, false
	}
	m = ParseMoment(v.Text())
	switch {
	case m.Text == "":
		return Moment{Text: `""`}, false
	case !m.Time.IsZero():
		return m, true
	}
	if t, err := time.Parse(time.DateOnly, m.Text); err == nil {
		m.Time, m.Day = t, true
		return m, false
	}
	text := strings.ToUpper(strings.TrimSpace(m.Text))
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + strings.TrimLeft(text[11:], " ")
	}
	if again := ParseMoment(text); !again.Time.IsZero() {
		m.Time, m.Zoneless = again.Time, again.Zoneless
		return m, false
	}
	for _, layout := range loose {
		if t, err := time.Parse(layout, text); err == nil {
			m.Time = t.UTC()
			break
		}
	}
	return m, false
}

// earlierEnd returns the moment that ends first. An unreadable moment counts as the
// earliest, since it may be.
func earlierEnd(a, b Moment) Moment {
	switch {
	case a.IsZero():
		return b
	case b.IsZero(), a.Time.IsZero():
		return a
	case b.Time.IsZero() || b.Last().Before(a.Last()):
		return b
	}
	return a
}

// laterStart returns the moment that begins last. An unreadable moment counts as the
// latest.
func laterStart(a, b Moment) Moment {
	switch {
	case a.IsZero():
		return b
	case b.IsZero(), a.Time.IsZero():
		return a
	case b.Time.IsZero() || b.First().After(a.First()):
		return b
	}
	return a
}
