package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A label is a section letter with numbers, such as A8 or A8.2. A trailing
// letter names a part of a requirement, or tells two of one number apart.
const label = `(?:[A-I]\d*(?:\.\d+)?[a-d]?|0\.\d+)`

var (
	citation = regexp.MustCompile(`[Ss]pecs (` + label + `(?:(?:, | and | to )` + label + `)*)(?:[^A-Za-z0-9]|$)`)
	listed   = regexp.MustCompile(`(?m)^\| (` + label + `)( \(open\))? \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	wrapped  = regexp.MustCompile(`\n\s*(?://|#|\*)?\s*`)
	numbered = regexp.MustCompile(`^([A-I]\d+)\.(\d+)$`)
)

// citedLabels returns the labels in a text such as "A2.3, B1.1 to B1.4". A range
// stands for all numbers between its ends.
func citedLabels(t *testing.T, text string) (labels []string) {
	t.Helper()
	text = strings.NewReplacer(" and ", ", ", " to ", ", to ").Replace(text)
	for part := range strings.SplitSeq(text, ", ") {
		to, isRange := strings.CutPrefix(part, "to ")
		if !isRange {
			labels = append(labels, part)
			continue
		}
		a, b := numbered.FindStringSubmatch(labels[len(labels)-1]), numbered.FindStringSubmatch(to)
		if a == nil || b == nil || a[1] != b[1] {
			t.Fatalf("%q has a range between two sections", text)
		}
		first, _ := strconv.Atoi(a[2])
		last, _ := strconv.Atoi(b[2])
		for n := first + 1; n <= last; n++ {
			labels = append(labels, a[1]+"."+strconv.Itoa(n))
		}
	}
	return labels
}

// citations returns the cited labels of the tree, each with a file that cites it.
func citations(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "docs" || d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !slices.Contains([]string{".go", ".txt", ".html", ".css", ".js", ".sql"}, filepath.Ext(name)) {
			return err
		}
		body, err := os.ReadFile(name)
		for _, m := range citation.FindAllStringSubmatch(wrapped.ReplaceAllString(string(body), " "), -1) {
			for _, l := range citedLabels(t, m[1]) {
				out[l] = name
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRequirements checks that docs/requirements.md lists every label that the
// code cites, once, and that the code cites every listed label that is not
// marked as open. By hand an uncited label is only logged.
func TestRequirements(t *testing.T) {
	uncited := t.Logf
	if os.Getenv("CI") != "" {
		uncited = t.Errorf
	}
	cited, rows := citations(t), map[string]bool{}
	for _, row := range listed.FindAllStringSubmatch(fromRoot(t, "docs/requirements.md"), -1) {
		if rows[row[1]] {
			t.Errorf("docs/requirements.md lists %s twice", row[1])
		}
		rows[row[1]] = true
		if row[5] != "–" && !strings.Contains(row[5], "](https://") {
			t.Errorf("%s names no section of a specification: %q", row[1], row[5])
		}
	}
	for _, l := range slices.Sorted(maps.Keys(cited)) {
		part := l
		if !rows[l] {
			part = strings.TrimRight(l, "abcd")
		}
		if cited[part] = cited[l]; !rows[part] {
			t.Errorf("%s cites %s, which docs/requirements.md does not list", cited[l], l)
		}
	}
	for _, row := range listed.FindAllStringSubmatch(fromRoot(t, "docs/requirements.md"), -1) {
		if open := row[2] != ""; open == (cited[row[1]] != "") {
			uncited("%s is cited by %q, and docs/requirements.md says open = %v", row[1], cited[row[1]], open)
		}
	}
	if len(rows) < 100 {
		t.Errorf("docs/requirements.md lists %d labels", len(rows))
	}
}
