package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"backpack/cmd/backpack/report"
	"backpack/vc/vctest"
)

// applicants fills a folder with five hundred files of forty people, of every
// kind, and returns the number of each kind.
func applicants(t testing.TB) (dir string, want map[string]int) {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	good := i.Issue(t)
	kinds := []struct {
		word string
		body []byte
		ext  string
	}{
		{"Checks out", good, "json"},
		{"Does not hold", bytes.Replace(good, []byte("Baker"), []byte("Maker"), 1), "json"},
		{"Expired", i.Issue(t, vctest.Expired), "json"},
		{"No badge", []byte("\x00\x01 nothing"), "png"},
		{"Checks out", i.Issue(t, vctest.As(vctest.JWT)), "jwt"},
		{"No badge", []byte("Dear Sir or Madam"), "txt"},
	}
	dir, want = t.TempDir(), map[string]int{}
	for n := range 500 {
		k := kinds[n%len(kinds)]
		folder := filepath.Join(dir, "all", fmt.Sprintf("person-%02d", n%40))
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, folder, fmt.Sprintf("%03d.%s", n, k.ext), k.body)
		want[k.word]++
	}
	return dir, want
}

// TestVerifyApplicants checks the files of forty people at once, in every
// format, with the same result in each.
func TestVerifyApplicants(t *testing.T) {
	t.Parallel()
	dir, want := applicants(t)
	const sum = "500 files, 334 badges. 167 check out. 83 have expired. 84 do not hold. 166 files hold no badge.\n"
	file := filepath.Join(t.TempDir(), "out.csv")
	got := setup{}.run(t, "verify", "--offline", "--out", file, dir)
	if got.code != exitInvalid || got.out != "\n"+sum {
		t.Errorf("code %d: %s", got.code, got.out)
	}
	has(t, got.err, "checked 100 of 500\n", "checked 400 of 500\n")
	lacks(t, got.err, "\r", "\x1b")
	lines, err := csv.NewReader(strings.NewReader(read(t, file))).ReadAll()
	if err != nil || len(lines) != 501 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	words, people, before := map[string]int{}, map[string]bool{}, ""
	for _, l := range lines[1:] {
		words[l[5]]++
		people[l[1]] = true
		if l[0] <= before || l[0] != "all/"+l[1]+"/"+filepath.Base(l[0]) {
			t.Errorf("%s of %s comes after %s", l[0], l[1], before)
		}
		before = l[0]
	}
	if len(people) != 40 || fmt.Sprint(words) != fmt.Sprint(want) {
		t.Errorf("%d people; %v, want %v", len(people), words, want)
	}

	got = setup{}.run(t, "verify", "--offline", "--format", "json", dir)
	var all []report.Result
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 500 || got.code != exitInvalid {
		t.Fatalf("code %d, %d things, %v", got.code, len(all), err)
	}
	has(t, got.err, sum)
	if x := all[0]; x.Applicant != "person-00" || x.Name != "all/person-00/000.json" || x.SHA256 == "" || x.Verdict != "valid" {
		t.Errorf("%+v", x)
	}
}

// TestVerifyTable prints the table at several widths: no line exceeds the
// terminal's, whatever strangers wrote.
func TestVerifyTable(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	odd := filepath.Join(dir, "山田太郎-شهادة-"+strings.Repeat("x", 150))
	if err := os.Mkdir(odd, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, odd, "a.json", i.Issue(t, vctest.Expired, vctest.With("credentialSubject.achievement.name",
		"資格証明書\u202e\x1b[31m"+strings.Repeat("長", 200))))
	write(t, odd, "b.txt", []byte("hello"))
	for _, width := range []int{0, 20, 80, 119, 120, 200} {
		got := setup{width: width}.run(t, "verify", "--offline", dir)
		if got.code != exitInvalid || got.err != "" {
			t.Errorf("code %d: %s", got.code, got.err)
		}
		noRawKeys(t, got.out)
		for line := range strings.Lines(got.out) {
			if n := report.Span(strings.TrimSuffix(line, "\n")); n > max(width, 60) && width > 0 || n > 80 && width == 0 {
				if !strings.HasPrefix(line, "12 files") {
					t.Errorf("%d columns of %d: %s", n, width, line)
				}
			}
		}
		has(t, got.out, "APPLICANT", "BADGE", "ISSUER", "VERDICT", "FACTS", files[0].Title[:10], "A sample", "y--y-",
			"12 files, 11 badges. 6 are samples and prove nothing.")
		if wide := strings.Contains(got.out, "EXPIRES"); wide != (width >= 120) {
			t.Errorf("at %d columns: %v", width, wide)
		}
	}
}

// TestVerifyWhose checks which person each file belongs to, for every way to
// pack the files.
func TestVerifyWhose(t *testing.T) {
	t.Parallel()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	good := i.Issue(t, vctest.With("credentialSubject.id", "mailto:amina@example.org"))
	packed := []byte(zipped(t, "amina/a.json", good, "ben/b.json", good))
	one := []byte(zipped(t, "a.json", good, "b.json", good))
	set := vctest.NewHolder(t).Present(t, "", "", good, good)
	for name, tt := range map[string]struct {
		files map[string][]byte
		args  []string
		want  string
	}{
		"folders":            {map[string][]byte{"amina/a.json": good, "ben/x/b.json": good}, []string{"."}, "amina ben"},
		"a folder in one":    {map[string][]byte{"all/amina/a.json": good, "all/ben/b.json": good}, []string{"."}, "amina ben"},
		"named folders":      {map[string][]byte{"amina/a.json": good, "ben/x/b.json": good}, []string{"amina", "ben"}, "amina ben"},
		"a ZIP":              {map[string][]byte{"all.zip": packed}, []string{"all.zip"}, "amina ben"},
		"a ZIP for each":     {map[string][]byte{"amina.ZIP": one, "ben.zip": one}, []string{"."}, "amina amina ben ben"},
		"a ZIP in a folder":  {map[string][]byte{"amina/a.zip": packed, "ben/b.json": good}, []string{"."}, "amina amina ben"},
		"the badge's own":    {map[string][]byte{"a.json": good}, []string{"a.json"}, "amina@example.org"},
		"a set in a folder":  {map[string][]byte{"amina/set.json": set, "ben/b.json": good}, []string{"."}, "amina amina ben"},
		"a set on its own":   {map[string][]byte{"set.json": set}, []string{"set.json"}, "amina@example.org amina@example.org"},
		"a name that steers": {map[string][]byte{"=1+1/a.json": good, "b/b.json": good}, []string{"."}, "'=1+1 b"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for f, b := range tt.files {
				if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(f)), 0o700); err != nil {
					t.Fatal(err)
				}
				write(t, dir, f, b)
			}
			args := []string{"verify", "--offline", "--format", "csv"}
			for _, a := range tt.args {
				args = append(args, filepath.Join(dir, a))
			}
			got := setup{}.run(t, args...)
			lines, err := csv.NewReader(strings.NewReader(got.out)).ReadAll()
			if err != nil || got.code != exitOK {
				t.Fatalf("code %d, %v: %s", got.code, err, got.out)
			}
			var whose []string
			for _, l := range lines[1:] {
				whose = append(whose, l[1])
			}
			if s := strings.Join(whose, " "); s != tt.want {
				t.Errorf("%s, want %s", s, tt.want)
			}
		})
	}
}

func TestVerifyOut(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	badge, out := filepath.Join(dir, files[0].Name), t.TempDir()
	for name, want := range map[string]string{"a.csv": "File,Applicant,", "a.json": "[\n  {\n", "a.txt": files[0].Name + ": A sample, for trying out",
		"a": files[0].Name + ": "} {
		got := setup{}.run(t, "verify", "--offline", "--out", filepath.Join(out, name), badge)
		if text := read(t, filepath.Join(out, name)); got.code != exitUndetermined || !strings.HasPrefix(text, want) {
			t.Errorf("%s: code %d: %.80q", name, got.code, text)
		}
		has(t, got.out, "1 file, 1 badge. 1 is a sample and proves nothing.")
	}
	for _, args := range [][]string{{"--out", filepath.Join(out, "no", "such", "folder")}, {"--format", "xml"}} {
		if got := (setup{}).run(t, append([]string{"verify", "--offline", badge}, args...)...); got.code != exitUsage || got.out != "" {
			t.Errorf("%v: code %d: %s", args, got.code, got.out)
		}
	}
	if left, _ := os.ReadDir(out); len(left) != 4 {
		t.Errorf("%d files are left", len(left))
	}
}

// TestVerifyUnreadable: a file that cannot be opened does not stop the check of
// the others.
func TestVerifyUnreadable(t *testing.T) {
	t.Parallel()
	dir, files := sampleFiles(t)
	p := (setup{}).program(nil, nil)
	var names []string
	for in, err := range p.inputs([]source{{name: "gone.json", path: filepath.Join(dir, "gone.json")}, {name: "a", path: filepath.Join(dir, files[0].Name)}}) {
		names = append(names, in.Name+strconv.FormatBool(err == nil))
	}
	if s := strings.Join(names, " "); s != "gone.jsonfalse atrue" {
		t.Error(s)
	}
}

func BenchmarkVerifyFolder(b *testing.B) {
	dir, _ := applicants(b)
	for b.Loop() {
		start := time.Now()
		(setup{}).run(b, "verify", "--offline", "--format", "csv", dir)
		b.ReportMetric(500/time.Since(start).Seconds(), "files/s")
	}
}
