package ob2

import (
	"strconv"
	"strings"
	"time"

	"backpack/vc"
)

// layouts are the forms of date-times in badges. Those without a time zone are read as
// UTC (specs B1.3, B2.5).
var layouts = []struct {
	layout   string
	zoneless bool
}{
	{time.RFC3339Nano, false},
	{"2006-01-02T15:04:05.999999999Z0700", false},
	{"2006-01-02T15:04Z07:00", false},
	{"2006-01-02T15:04:05.999999999", true},
	{"2006-01-02T15:04", true},
	{"2006-01-02", true},
}

// moment parses a date-time: ISO 8601, or seconds since 1970, which 1.x allows. Time
// is zero if the text has no known form.
func moment(v *vc.Value) vc.Moment {
	if !v.Is(vc.String) && !v.Is(vc.Number) {
		return vc.Moment{}
	}
	m := vc.Moment{Text: strings.TrimSpace(v.Text())}
	if unixTime.MatchString(m.Text) {
		if n, err := strconv.ParseFloat(m.Text, 64); err == nil && n > 0 {
			m.Time = unix(n)
			return m
		}
	}
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, strings.Replace(m.Text, " ", "T", 1)); err == nil {
			m.Time, m.Zoneless = atOffset(t), l.zoneless
			return m
		}
	}
	return m
}

// unix converts seconds since 1970. Values beyond the year 5138 are taken as
// milliseconds, the usual unit in JavaScript.
func unix(n float64) time.Time {
	if n >= 1e11 {
		n /= 1000
	}
	return time.Unix(int64(n), 0).UTC()
}

// atOffset returns t in a zone with only its offset, independent of the zone of this
// machine. The offset determines the day that the issuer means.
func atOffset(t time.Time) time.Time {
	_, seconds := t.Zone()
	if seconds == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", seconds))
}
