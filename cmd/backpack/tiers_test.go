package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestKeeping: which backups of a series are kept.
func TestKeeping(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	var year []time.Time
	for at := day("2025-11-27 03"); at.Before(day("2026-11-27 00")); at = at.AddDate(0, 0, 1) {
		year = append(year, at)
	}
	for _, tt := range []struct {
		keep string
		made []time.Time
		stay string
	}{
		{"2", nil, ""},
		{"2", year[:1], "2025-11-27 03"},
		{"2", year, "2026-11-25 03,2026-11-26 03"},
		{"1 newest", year, "2026-11-26 03"},
		{"1 yearly", year, "2026-11-26 03"},
		{"3 yearly", year, "2025-12-31 03,2026-11-26 03"},
		{"3 monthly", year, "2026-09-30 03,2026-10-31 03,2026-11-26 03"},
		{"3 weekly", year, "2026-11-15 03,2026-11-22 03,2026-11-26 03"},
		{"2 daily, 2 weekly, 2 monthly", year, "2026-10-31 03,2026-11-22 03,2026-11-25 03,2026-11-26 03"},
		{"2 daily", []time.Time{day("2026-11-20 01"), day("2026-11-20 23"), day("2026-11-24 05"), day("2026-11-24 06")}, "2026-11-20 23,2026-11-24 06"},
		{"2 newest, 2 daily", []time.Time{day("2026-11-20 01"), day("2026-11-20 23"), day("2026-11-24 05"), day("2026-11-24 06")},
			"2026-11-20 23,2026-11-24 05,2026-11-24 06"},
		{"2 weekly", []time.Time{day("2025-12-28 12"), day("2025-12-30 12"), day("2026-01-02 12")}, "2025-12-28 12,2026-01-02 12"}, // one week has days of two years
	} {
		k, err := parseKeeping(tt.keep)
		if err != nil {
			t.Fatalf("%s: %v", tt.keep, err)
		}
		drop := k.drop(tt.made)
		var stay []string
		for _, at := range tt.made {
			if !slices.Contains(drop, at) {
				stay = append(stay, at.Format("2006-01-02 15"))
			}
		}
		if got := strings.Join(stay, ","); got != tt.stay {
			t.Errorf("%s: %s are kept, not %s", tt.keep, got, tt.stay)
		}
		if again, err := parseKeeping(k.String()); err != nil || again != k {
			t.Errorf("%s is written %q: %v", tt.keep, k, err)
		}
	}
	for _, s := range []string{"", "0", "-1", "x", "7 hourly", "daily", "7 daily,", "7 daily, 8 daily", "0 daily", "7daily", "7 daily 4 weekly"} {
		if k, err := parseKeeping(s); err == nil {
			t.Errorf("%q is %+v", s, k)
		}
	}
}

// TestBackupIntoNewFolder: a name that ends in a separator is a folder, with a
// server and without; commands that write one file refuse it.
func TestBackupIntoNewFolder(t *testing.T) {
	s, data := withBackups(t), t.TempDir()
	server := s.start(t, on(data)...)
	to := t.TempDir() + string(filepath.Separator)
	for _, name := range []string{"beside", "a/b/alone"} {
		s.ok(t, "backup", "--data", data, "--to", to+name+"/")
		if names, err := ownBackups(to + name); err != nil || len(names) != 1 {
			t.Errorf("%s: %v, %v", name, names, err)
		}
		if name == "beside" {
			server.stop()
		}
	}
	for _, name := range []string{to, to + "new/"} {
		for what, err := range map[string]error{"a badge": writeNew(name, nil), "a report": s.program(nil, nil).write(name, nil)} {
			if err == nil || !strings.Contains(err.Error(), "is a folder; give the name of a file in it") {
				t.Errorf("%s to %s: %v", what, name, err)
			}
		}
	}
	if _, err := os.Stat(to + "new"); err == nil {
		t.Error("a file was made")
	}
}
