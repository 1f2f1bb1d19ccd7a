package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func english(t *testing.T) *catalog {
	t.Helper()
	all, err := loadCatalogs(files)
	if err != nil {
		t.Fatal(err)
	}
	return all[defaultLang]
}

// usedKeys returns the keys in templates and code, and the prefixes of keys that
// end in data.
func usedKeys(t *testing.T) (keys, prefixes map[string]bool) {
	t.Helper()
	keys, prefixes = map[string]bool{}, map[string]bool{}
	literal := regexp.MustCompile(`\bt "([a-zA-Z_.]+)"`)
	coded := regexp.MustCompile(`\bcoded "([a-zA-Z_.]+\.)"`)
	err := fs.WalkDir(files, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, name)
		for _, m := range literal.FindAllStringSubmatch(string(b), -1) {
			keys[m[1]] = true
		}
		for _, m := range coded.FindAllStringSubmatch(string(b), -1) {
			prefixes[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"month.", "date.", "problem.", "verdict.", "bundle.", "answer.", "check.", "reason.", "sure.", "table.",
		"then.", "inside.", "together.", "obstacle.",
		"statement.", "member.", "identifier.", "identity.", "resulttype.", "target.", "size.", "number."} {
		prefixes[p] = true // used by verdict.go, then.go, funcs.go and package server
	}
	return keys, prefixes
}

func TestEveryTextIsUsed(t *testing.T) {
	c := english(t)
	keys, prefixes := usedKeys(t)
	for k := range keys {
		if _, ok := c.find(k); !ok {
			t.Errorf("templates use %s, but the catalogue lacks it", k)
		}
	}
	for k := range c.texts {
		used := keys[k]
		for p := range prefixes {
			used = used || strings.HasPrefix(k, p)
		}
		if !used {
			t.Errorf("%s is unused", k)
		}
	}
}

// TestCodedTextsHaveAFallback requires a text for unknown codes of each prefix.
func TestCodedTextsHaveAFallback(t *testing.T) {
	c := english(t)
	_, prefixes := usedKeys(t)
	exempt := map[string]bool{"month.": true, "date.": true, "verdict.": true, "bundle.": true, "answer.": true, "check.": true,
		"reason.": true, "sure.": true, "table.": true, "then.": true, "inside.": true, "together.": true, "obstacle.": true,
		"statement.": true, "member.": true, "identifier.": true, "identity.": true, "resulttype.": true, "target.": true, "size.": true, "number.": true}
	for p := range prefixes {
		if _, ok := c.find(p + "other"); !ok && !exempt[p] {
			t.Errorf("%sother is missing", p)
		}
	}
	for k := range c.texts {
		code, ok := strings.CutPrefix(k, "problem.")
		if !ok || strings.HasSuffix(code, ".next") {
			continue
		}
		if _, ok := c.texts[k+".next"]; !ok {
			t.Errorf("%s: no next step", k)
		}
	}
}

// constants returns the string constants in a Go file with names that begin with
// name.
func constants(t *testing.T, file, name string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^\s+`+name+`\w*\s+\w*\s*= "([a-z_]+)"`).FindAllStringSubmatch(string(b), -1) {
		out = append(out, m[1])
	}
	if len(out) == 0 {
		t.Fatalf("%s has no constants %s…", file, name)
	}
	return out
}

// TestEveryFindingHasWords requires a text for each possible result of a check. It
// reads the names from the source, since this package does not import vc.
func TestEveryFindingHasWords(t *testing.T) {
	c := english(t)
	need := func(key string) {
		if _, ok := c.find(key); !ok {
			t.Errorf("%s is missing", key)
		}
	}
	for _, r := range constants(t, "../vc/reason.go", "Reason") {
		need("reason." + r)
	}
	for _, id := range constants(t, "../vc/report.go", "Check") {
		for _, part := range []string{"title", "passed", "failed", "unknown", "skipped"} {
			need("check." + id + "." + part)
		}
	}
	for _, id := range constants(t, "../vc/fact.go", "Fact") {
		for _, part := range []string{"title", "passed", "failed", "unknown", "skipped"} {
			need("sure." + id + "." + part)
		}
	}
	for _, how := range append(constants(t, "../vc/fact.go", "Control"), constants(t, "../vc/proof.go", "Binding")...) {
		need("sure.control.passed." + how)
	}
	for _, v := range verdicts {
		for _, key := range []string{"verdict." + v + ".title", "verdict." + v + ".text", "bundle." + v + ".title", "bundle." + v + ".text",
			"bundle.count." + v, "state." + v} {
			need(key)
		}
	}
}

// sources returns the Go files below the given directories, by path, without
// tests.
func sources(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			b, err := os.ReadFile(name)
			all[name] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestEveryErrorHasWords requires a text for each error code of wallet and server.
func TestEveryErrorHasWords(t *testing.T) {
	c := english(t)
	fail := regexp.MustCompile(`(?:\bfail\(\w+, |Error\{Kind: [\w.]+, Code: )"([a-z_]+)"`)
	for name, src := range sources(t, "../wallet", "../server") {
		for _, m := range fail.FindAllStringSubmatch(src, -1) {
			if _, ok := c.find("error." + m[1]); !ok {
				t.Errorf("%s: error.%s is missing", name, m[1])
			}
		}
	}
}

// TestEveryProblemHasWords requires a text for each problem of an import.
func TestEveryProblemHasWords(t *testing.T) {
	c := english(t)
	find := regexp.MustCompile(`\bProblem\s*= "([a-z_]+)"|intake\.Problem = "([a-z_]+)"`)
	found := 0
	for name, src := range sources(t, "../wallet", "../vc/intake") {
		for _, m := range find.FindAllStringSubmatch(src, -1) {
			found++
			if _, ok := c.find("problem." + m[1] + m[2]); !ok {
				t.Errorf("%s: problem.%s is missing", name, m[1]+m[2])
			}
		}
	}
	if found == 0 {
		t.Error("no problem found in the sources")
	}
}

func TestPlurals(t *testing.T) {
	fsys := fstest.MapFS{
		"locale/en.json": {Data: []byte(`{"n": {"one": "{n} badge", "other": "{n} badges", "=0": "none"}, "s": "hello {name}"}`)},
		"locale/pl.json": {Data: []byte(`{"n": {"one": "{n} odznaka", "few": "{n} odznaki", "many": "{n} odznak", "other": "{n} odznaki"}}`)},
	}
	all, err := loadCatalogs(fsys)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "none"}, {"en", 1, "1 badge"}, {"en", 2, "2 badges"},
		{"pl", 1, "1 odznaka"}, {"pl", 3, "3 odznaki"}, {"pl", 5, "5 odznak"}, {"pl", 22, "22 odznaki"},
	}
	for _, c := range tests {
		if got, _ := all[c.lang].render("n", "n", c.n); got != c.want {
			t.Errorf("%s %d: %q", c.lang, c.n, got)
		}
	}
	if got, _ := all["pl"].render("s", "name", "{n}"); got != "hello {n}" {
		t.Errorf("fallback: %q", got)
	}
}

func TestCatalogsThatDoNotFit(t *testing.T) {
	tests := map[string]fstest.MapFS{
		"no English":         {"locale/de.json": {Data: []byte(`{}`)}},
		"a key too many":     {"locale/en.json": {Data: []byte(`{}`)}, "locale/de.json": {Data: []byte(`{"x": "y"}`)}},
		"plural with no end": {"locale/en.json": {Data: []byte(`{"x": {"one": "y"}}`)}},
		"no language":        {"locale/en.json": {Data: []byte(`{}`)}, "locale/not a tag.json": {Data: []byte(`{}`)}},
		"no JSON":            {"locale/en.json": {Data: []byte(`{`)}},
	}
	for name, fsys := range tests {
		if _, err := loadCatalogs(fsys); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLang(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{"": "en", "en": "en", "EN-gb": "en", "tlh": "en", "../etc": "en"} {
		if got := r.Lang(asked); got != want {
			t.Errorf("%q: %s", asked, got)
		}
	}
	if got := r.Text("xx", "no.such.key"); got != "no.such.key" {
		t.Errorf("unknown key: %q", got)
	}
}
