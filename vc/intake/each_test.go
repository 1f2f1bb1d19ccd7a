package intake

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTopFolders(t *testing.T) {
	for _, tc := range []struct{ paths, want string }{
		{"", ""},
		{"a.png b.png", "|"},
		{"amina/a.png ben/b.png ben/deep/c.png", "amina|ben|ben"},
		{"all/amina/a.png all/ben/b.png all/list.txt", "amina|ben|"},
		{"amina/a.png amina/b.png", "amina|amina"},
		{"all/amina/a.png all/amina/b.png", "amina|amina"},
		{"amina/a.png b.png", "amina|"},
		{"amin/a.png amina/b.png", "amin|amina"},
		{"/a.png //b.png", "|"},
	} {
		if got := strings.Join(TopFolders(strings.Fields(tc.paths)), "|"); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.paths, got, tc.want)
		}
	}
}

// TestFolders checks the folder of each file of a collection, for several ways to pack
// it.
func TestFolders(t *testing.T) {
	inner := string(zipOf(t, file{"x/a.json", badge3}, file{"y/b.json", badge3}))
	for name, tc := range map[string]struct {
		in   []byte
		want string
	}{
		"folders":            {zipOf(t, file{"all/", ""}, file{"all/amina/a.json", badge3}, file{"all/ben/b.json", badge3}), "amina|ben"},
		"backslashes":        {zipOf(t, file{`all\amina\a.json`, badge3}, file{`all\ben\b.json`, badge3}), "amina|ben"},
		"a ZIP for each":     {zipOf(t, file{"amina.zip", inner}, file{"ben.ZIP", inner}), "amina|amina|ben|ben"},
		"a ZIP in a folder":  {zipOf(t, file{"amina/all.zip", inner}, file{"ben/b.json", badge3}), "amina|amina|ben"},
		"control characters": {zipOf(t, file{"\x1b[2Ja/a.json", badge3}, file{"b/b.json", badge3}), "[2Ja|b"},
	} {
		var got []string
		Each(t.Context(), tc.in, Options{}, func(it Item) { got = append(got, it.Folder) })
		if s := strings.Join(got, "|"); s != tc.want {
			t.Errorf("%s: %s, want %s", name, s, tc.want)
		}
	}
}

// TestEachIsOpen checks that Each and Open return the same items.
func TestEachIsOpen(t *testing.T) {
	inner := string(zipOf(t, file{"x.json", badge3}, file{"y.txt", "y"}))
	for name, in := range map[string][]byte{
		"one": []byte(badge3), "nothing": nil, "a list": []byte("[" + badge3 + "," + badge2 + "]"),
		"a ZIP":        zipOf(t, file{"a.json", badge3}, file{"b.txt", "b"}, file{"c.zip", inner}),
		"an empty ZIP": zipOf(t), "an empty inner ZIP": zipOf(t, file{"a.json", badge3}, file{"b.zip", string(zipOf(t))}),
	} {
		for _, opt := range []Options{{}, {MaxItems: 2}, {MaxBytes: 600}} {
			var each []Item
			Each(t.Context(), in, opt, func(it Item) { each = append(each, it) })
			if d := cmp.Diff(check(t, Open(t.Context(), "", in, opt)), check(t, each)); d != "" {
				t.Errorf("%s, %+v: %s", name, opt, d)
			}
		}
	}
}

// TestThreat06NestedZIPs checks that inner ZIPs share the limits of the outer one.
func TestThreat06NestedZIPs(t *testing.T) {
	bomb := string(zipOf(t, file{"a", strings.Repeat("x", 60_000)}))
	files := make([]file, 100)
	for i := range files {
		files[i] = file{fmt.Sprint(i, ".zip"), bomb}
	}
	opened := 0
	for _, it := range Open(t.Context(), "", zipOf(t, files...), Options{MaxBytes: 300_000}) {
		if it.Problem != TooLarge {
			opened++
		}
	}
	if opened == 0 || opened > 5 {
		t.Errorf("%d files of 60,000 bytes opened with a limit of 300,000", opened)
	}
	many := make([]file, 900)
	for i := range many {
		many[i].name = fmt.Sprint(i)
	}
	set := string(zipOf(t, many...))
	items := Open(t.Context(), "", zipOf(t, file{"a.zip", set}, file{"b.zip", set}, file{"c.zip", set}), Options{})
	if last := items[len(items)-1]; last.Problem != TooLarge || len(items) != 1801 {
		t.Errorf("%d items, the last: %+v", len(items), last)
	}
}
