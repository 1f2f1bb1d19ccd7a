package vc

import (
	"strings"
	"time"
)

// ParseMoment reads an xsd:dateTime as RFC 3339 writes it: YYYY-MM-DDThh:mm:ss,
// perhaps a fraction of a second, and Z or an offset. One without a zone is
// taken as UTC and marked (specs A2.16); anything else leaves Time zero. Time
// keeps the offset that was written: the day that the issuer means is the day
// there, and midnight in Berlin is still the day before in UTC.
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

// atOffset returns t in a zone that has its offset and nothing else, whatever
// zone this machine is in.
func atOffset(t time.Time) time.Time {
	_, seconds := t.Zone()
	if seconds == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", seconds))
}

// momentShape demands what time.Parse is lenient about: two digits for an hour,
// a point before a fraction, an offset of at most a day.
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
