package vc

import (
	"strings"
	"time"
)

// ParseMoment reads an xsd:dateTime as RFC 3339 writes it, with a fraction of a
// second if need be. One without a zone is taken as UTC and marked (specs
// A2.16); anything else leaves Time zero.
func ParseMoment(s string) Moment {
	m := Moment{Text: s}
	if len(s) > 40 || strings.Contains(s, ",") { // time.Parse takes a comma for a point
		return m
	}
	text := strings.ToUpper(s)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		m.Time = t.UTC()
	} else if t, err := time.Parse("2006-01-02T15:04:05.999999999", text); err == nil {
		m.Time, m.Zoneless = t, true
	}
	return m
}

func moment(v *Value) Moment {
	if v == nil {
		return Moment{}
	}
	return ParseMoment(v.Text())
}
