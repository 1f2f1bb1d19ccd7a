package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	threatFunc = regexp.MustCompile(`(?m)^func (TestThreat(\d\d)\w*)\(`)
	threatRow  = regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	threatName = regexp.MustCompile("`(TestThreat(\\d\\d)\\w*)`")
)

// threatTests returns the tests of threats in the tree, with their numbers.
func threatTests(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		body, err := os.ReadFile(name)
		for _, m := range threatFunc.FindAllStringSubmatch(string(body), -1) {
			out[m[1]], _ = strconv.Atoi(m[2])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSecurityTable checks that SECURITY.md has a row for each threat, with
// tests that exist or a reason why there is none, and that it names every such
// test. Without CI, missing and excess names are only logged.
func TestSecurityTable(t *testing.T) {
	wrong := t.Logf
	if os.Getenv("CI") != "" {
		wrong = t.Errorf
	}
	tests, named, next := threatTests(t), map[string]bool{}, 1
	for _, row := range threatRow.FindAllStringSubmatch(fromRoot(t, "SECURITY.md"), -1) {
		n, _ := strconv.Atoi(row[1])
		if n != next {
			t.Fatalf("row %d stands in place of row %d", n, next)
		}
		next++
		list := threatName.FindAllStringSubmatch(row[4], -1)
		if len(list) == 0 && !(strings.HasPrefix(row[4], "none: ") && len(row[4]) > 40) {
			t.Errorf("row %d has neither a test nor a reason: %q", n, row[4])
		}
		for _, m := range list {
			named[m[1]] = true
			if got, ok := tests[m[1]]; !ok || got != n {
				wrong("row %d names %s, which is not a test of it", n, m[1])
			}
		}
	}
	if next != 53 {
		t.Errorf("%d rows", next-1)
	}
	for name, n := range tests {
		if !named[name] {
			wrong("row %d of SECURITY.md does not name %s", n, name)
		}
	}
}
