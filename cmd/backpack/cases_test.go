package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backpack/cmd/backpack/report"
	"backpack/vc/vctest"
)

// A caseRow is the expected result of the command line for one file.
type caseRow struct {
	code int
	// says is the verdict or problem of each thing in the file, with the
	// reported origin of its picture, the signer of a collection, and the worst
	// content; the content follows in braces.
	says string
}

// needsWeb lists the cases without a web.json whose results depend on the web.
// All other cases are checked with --offline.
var needsWeb = []string{"genuine/14-", "genuine/15-", "genuine/18-", "reports/status-404-words/"}

// restOf maps a case to the case whose answers contain its class and issuer.
var restOf = map[string]string{"reports/bom-hosted/badge.json": "reports/moodle-no-contact/export-5x.json"}

// caseFiles lists the files that a person would submit, without descriptions
// and web answers.
func caseFiles(t *testing.T) []string {
	t.Helper()
	root := vctest.Case(t)
	var out []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		for _, end := range []string{"web.json", "expected.txt", "README.md"} {
			if strings.HasSuffix(name, end) {
				return nil
			}
		}
		rel, err := filepath.Rel(root, name)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// askCase runs the command on one file, as a user does.
func askCase(t *testing.T, name string) caseRow {
	t.Helper()
	s, args := setup{}, []string{"verify", "--json", vctest.Case(t, name)}
	if vctest.CaseAnswers(t, name) != nil || slices.ContainsFunc(needsWeb, func(p string) bool { return strings.HasPrefix(name, p) }) {
		files := []string{name}
		if more, ok := restOf[name]; ok {
			files = append(files, more)
		}
		web := vctest.CaseWeb(t, files...)
		for _, host := range []string{"archive.example", "issuer.example", "museum.example"} {
			web.Status("https://"+host+"/", 404, nil)
		}
		vctest.CaseLists(t, web)
		s.web = web
	} else {
		args = append(args, "--offline")
	}
	got := s.run(t, args...)
	var all []report.Result
	if err := json.Unmarshal([]byte(got.out), &all); err != nil {
		t.Fatalf("%v: %s%.500s", err, got.err, got.out)
	}
	return caseRow{got.code, tellAll(all)}
}

// tellAll joins the texts of several things, each once with its count.
func tellAll(all []report.Result) string {
	times := map[string]int{}
	for _, r := range all {
		times[tell(r)]++
	}
	var out []string
	for _, what := range slices.Sorted(maps.Keys(times)) {
		if n := times[what]; n > 1 {
			what = fmt.Sprintf("%d × %s", n, what)
		}
		out = append(out, what)
	}
	return strings.Join(out, ", ")
}

func tell(r report.Result) string {
	out := string(r.Verdict) + r.Problem
	for _, x := range []struct{ word, value string }{{"picture", r.Picture}, {"together", r.Together}, {"own", string(r.Own)}, {"inside", string(r.Inside)}} {
		if x.value != "" {
			out += " " + x.word + "=" + x.value
		}
	}
	if r.OwnWord {
		out += " by its own word"
	}
	if len(r.Contains) > 0 {
		out += " {" + tellAll(r.Contains) + "}"
	}
	return out
}

// TestCases runs the command line on every badge that was found, reported or
// forged, and compares the exit code and the verdicts with the expected ones. A
// file without a row fails.
func TestCases(t *testing.T) {
	files := caseFiles(t)
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, ok := caseRows[name]
			if got := askCase(t, name); !ok || got != want {
				t.Errorf("%q: {%d, %q}, want {%d, %q}", name, got.code, got.says, want.code, want.says)
			}
		})
	}
	for name := range caseRows {
		if !slices.Contains(files, name) {
			t.Errorf("the row %s has no file", name)
		}
	}
}

// TestThreat51RewrittenBadges checks rewritten forms of failed, expired and
// revoked badges beside the originals: none of them holds, and no format calls
// one good.
func TestThreat51RewrittenBadges(t *testing.T) {
	t.Parallel()
	for forged, original := range map[string]string{
		"A1-forged-v1-to-v2-unexpired.json":       "A1-original-expired.json",
		"A2-forged-badge-unexpired.json":          "A2-original-expired-badge.json",
		"A4-forged-failure-hidden.json":           "A4-original-failed-exam.json",
		"A6-forged-clr-swapped.json":              "A6-original-clr.json",
		"A8-forged-ed25519signature2020.json":     "A8-original-ed25519signature2020-expired.json",
		"A9-forged-badge-out-of-revoked-clr.json": "A9-original-clr-revoked-and-expired.json",
		"A10-forged-revocation-hidden.json":       "A10-original-revoked.json",
		"A19-forged-only-status-hidden.json":      "A19-original-revoked.json",
	} {
		for _, format := range report.Formats {
			got := setup{}.run(t, "verify", "--offline", "--format", format, vctest.Case(t, "forged", forged))
			if got.code != exitInvalid {
				t.Errorf("%s, as %s: exit code %d, beside %s", forged, format, got.code, original)
			}
			lacks(t, got.out, "This badge checks out")
		}
		if got := askCase(t, "forged/"+original); got.code == exitInvalid && strings.HasPrefix(got.says, "invalid") {
			t.Errorf("the original %s does not hold: %s", original, got.says)
		}
	}
}

// TestCaseCounts counts, from the rows of TestCases, the genuine badges of
// large issuers that are called genuine, and the forgeries that are refused.
func TestCaseCounts(t *testing.T) {
	for _, p := range patterns {
		genuine, doubtful := 0, 0
		for name, row := range caseRows {
			if !slices.ContainsFunc(p.cases, func(begin string) bool { return strings.HasPrefix(name, begin) }) {
				continue
			}
			switch row.code {
			case exitOK:
				genuine++
			case exitUndetermined:
				doubtful++
			default:
				t.Errorf("%s: %s is called %s", p.issuer, name, row.says)
			}
		}
		if genuine != p.genuine || doubtful != p.doubtful {
			t.Errorf("%s: %d genuine and %d in doubt, want %d and %d", p.issuer, genuine, doubtful, p.genuine, p.doubtful)
		}
	}
	all := map[string]map[int]int{}
	for name, row := range caseRows {
		folder, file, _ := strings.Cut(name, "/")
		if all[folder] == nil {
			all[folder] = map[int]int{}
		}
		all[folder][row.code]++
		if folder != "forged" {
			continue
		}
		if row.code == exitOK && !slices.Contains(signedAsIs, file) {
			t.Errorf("%s is called %s", name, row.says)
		}
	}
	want := map[string]map[int]int{
		"forged":  {exitOK: len(signedAsIs), exitInvalid: 16, exitUndetermined: 7, exitUsage: 1},
		"genuine": {exitOK: 33, exitInvalid: 3, exitUndetermined: 2, exitUsage: 1},
		"reports": {exitOK: 46, exitUndetermined: 11, exitUsage: 5},
		"wild":    {exitOK: 6, exitInvalid: 1, exitUndetermined: 4},
	}
	for folder, n := range want {
		if !maps.Equal(all[folder], n) {
			t.Errorf("%s: %v, want %v, by exit code", folder, all[folder], n)
		}
	}
}

// signedAsIs lists the forged cases that hold: only the issuer's signed data is
// reported, and a picture around it is called brought.
var signedAsIs = []string{"A4-original-failed-exam.json", "A5-baked-into-false-diploma.png", "A6-original-clr.json", "A21-archive-with-a-picture-put-in.zip",
	"B1-payloads-in-every-field.json", "B3-terminal-escapes.json"}
