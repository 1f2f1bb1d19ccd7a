package vc

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	utc := func(s string) time.Time {
		m, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return m.UTC()
	}
	for text, want := range map[string]time.Time{
		"2026-01-01T00:00:00Z":           utc("2026-01-01T00:00:00Z"),
		"2026-01-01t00:00:00z":           utc("2026-01-01T00:00:00Z"),
		"2026-01-01T00:00:00.5Z":         utc("2026-01-01T00:00:00.5Z"),
		"2026-01-01T00:00:00.123456789Z": utc("2026-01-01T00:00:00.123456789Z"),
		"2026-01-01T00:00:00+02:00":      utc("2025-12-31T22:00:00Z"),
		"2026-01-01T00:00:00.25-23:59":   utc("2026-01-01T23:59:00.25Z"),
		"2024-02-29T00:00:00Z":           utc("2024-02-29T00:00:00Z"),
	} {
		if m := ParseMoment(text); !m.Time.Equal(want) || m.Zoneless || m.Text != text {
			t.Errorf("%s: %+v", text, m)
		}
	}
	if m := ParseMoment("2026-01-01T00:00:00.5"); !m.Zoneless || !m.Time.Equal(utc("2026-01-01T00:00:00.5Z")) {
		t.Errorf("without a zone: %+v", m)
	}
	for _, text := range []string{"", "2026", "2026-01-01", "2026-01-01 00:00:00Z", "2026-1-1T00:00:00Z", "2026-01-01T0:00:00Z",
		"2026-01-01T00:00Z", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+2:00", "2026-01-01T00:00:00+0200",
		"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:99", "2026-01-01T00:00:00ZZ", " 2026-01-01T00:00:00Z",
		"2026-01-01T00:00:00 Z", "20260101T000000Z", "１026-01-01T00:00:00Z", "1767225600"} {
		if m := ParseMoment(text); !m.Time.IsZero() || m.Text != text {
			t.Errorf("%q: %+v", text, m)
		}
	}
}

// FuzzParseMoment checks that an accepted moment has the one allowed form and keeps
// its meaning when formatted again.
func FuzzParseMoment(f *testing.F) {
	for _, s := range []string{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+02:00", "2026-01-01t00:00:00", "2026-01-01T00:00:00,5Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := ParseMoment(s)
		if m.Text != s || m.Zoneless && m.Time.IsZero() {
			t.Fatalf("%+v", m)
		}
		if m.Time.IsZero() {
			return
		}
		if len(s) < 19 || s[4] != '-' || s[10] != 'T' && s[10] != 't' || s[13] != ':' {
			t.Fatalf("%q is accepted", s)
		}
		if again := ParseMoment(m.Time.Format(time.RFC3339Nano)); !again.Time.Equal(m.Time) {
			t.Fatalf("%q is %s, then %s", s, m.Time, again.Time)
		}
	})
}
