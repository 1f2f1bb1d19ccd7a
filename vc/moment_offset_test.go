package vc_test

import (
	"testing"
	"time"

	"backpack/vc"
)

// TestMomentKeepsItsOffset checks that a moment's day is the day at its offset, and
// that spellings of the same moment compare equal.
func TestMomentKeepsItsOffset(t *testing.T) {
	for text, day := range map[string]string{
		"2024-05-01T00:00:00+02:00":     "2024-05-01",
		"2024-05-01T23:59:59-11:00":     "2024-05-01",
		"2024-05-01T00:00:00+14:00":     "2024-05-01",
		"2024-04-30T22:00:00Z":          "2024-04-30",
		"2024-05-01T00:00:00-00:00":     "2024-05-01",
		"2024-05-01t00:00:00.123+05:30": "2024-05-01",
		"2024-05-01T00:00:00":           "2024-05-01",
	} {
		m := vc.ParseMoment(text)
		if got := m.Time.Format(time.DateOnly); got != day {
			t.Errorf("%s is shown as %s, want %s", text, got, day)
		}
		if m.Time.Location() == time.Local {
			t.Errorf("%s depends on the local time zone", text)
		}
	}
	here, there := vc.ParseMoment("2024-05-01T00:00:00+02:00").Time, vc.ParseMoment("2024-04-30T22:00:00Z").Time
	if !here.Equal(there) || here.Compare(there) != 0 {
		t.Error("two spellings of one moment compare unequal")
	}
}
