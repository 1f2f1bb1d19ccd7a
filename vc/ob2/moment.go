package ob2

import (
	"strconv"
	"strings"
	"time"

	"backpack/vc"
)

// layouts are the ways in which badges write moments; those without a zone are
// taken for UTC (specs B1.3, B2.5).
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

// moment reads a date and time: ISO 8601, or seconds since 1970 as 1.x allows.
// Time stays zero when the text is none of these.
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

// unix reads a count of seconds; what would be after the year 5138 counts
// milliseconds, as programs for the web do.
func unix(n float64) time.Time {
	if n >= 1e11 {
		n /= 1000
	}
	return time.Unix(int64(n), 0).UTC()
}

// atOffset returns t in a zone that has its offset and nothing else, whatever
// zone this machine is in: that offset tells which day the issuer means.
func atOffset(t time.Time) time.Time {
	_, seconds := t.Zone()
	if seconds == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", seconds))
}
