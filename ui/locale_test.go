package ui

import (
	"io/fs"
	"os"
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

// usedKeys returns the keys that templates and code name, and the prefixes of
// those that data completes.
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
	for _, p := range []string{"month.", "date.", "problem.", "verdict.", "bundle.", "answer.", "check.", "reason.", "sure.", "table.", "then.", "inside.", "together.", "obstacle.",
		"statement.", "member.", "identifier.", "identity.", "resulttype.", "target.", "size.", "number."} {
		prefixes[p] = true // verdict.go, then.go, funcs.go, and who fills a BadgeView
	}
	return keys, prefixes
}

func TestEveryTextIsUsed(t *testing.T) {
	c := english(t)
	keys, prefixes := usedKeys(t)
	for k := range keys {
		if _, ok := c.find(k); !ok {
			t.Errorf("templates use %s, which the catalogue lacks", k)
		}
	}
	for k := range c.texts {
		used := keys[k]
		for p := range prefixes {
			used = used || strings.HasPrefix(k, p)
		}
		if !used {
			t.Errorf("nothing uses %s", k)
		}
	}
}

// Texts that data chooses: each prefix needs one for what nobody foresaw.
func TestCodedTextsHaveAFallback(t *testing.T) {
	c := english(t)
	_, prefixes := usedKeys(t)
	exempt := map[string]bool{"month.": true, "date.": true, "verdict.": true, "bundle.": true, "answer.": true, "check.": true, "reason.": true, "sure.": true, "table.": true, "then.": true, "inside.": true, "together.": true, "obstacle.": true,
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
			t.Errorf("%s says no next step", k)
		}
	}
}

// constants returns the string constants of a Go file whose names begin so.
func constants(t *testing.T, file, name string) []string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
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

// The catalogue has words for all that a check can find. The names are read
// from the source, for this package knows nothing of credentials.
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
		for _, key := range []string{"verdict." + v + ".title", "verdict." + v + ".text", "bundle." + v + ".title", "bundle." + v + ".text", "bundle.count." + v, "state." + v} {
			need(key)
		}
	}
}

// Every code of an error that the other parts can return has a text.
func TestEveryErrorHasWords(t *testing.T) {
	c := english(t)
	fail := regexp.MustCompile(`(?:\bfail\(\w+, |Error\{Kind: [\w.]+, Code: )"([a-z_]+)"`)
	for _, dir := range []string{"../wallet", "../wallet/keyring", "../server"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
				continue
			}
			b, err := os.ReadFile(dir + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range fail.FindAllStringSubmatch(string(b), -1) {
				if _, ok := c.find("error." + m[1]); !ok {
					t.Errorf("%s/%s: error.%s is missing", dir, e.Name(), m[1])
				}
			}
		}
	}
}

func TestEveryProblemHasWords(t *testing.T) {
	c := english(t)
	names := []string{"../wallet/inspect.go"}
	if more, _ := fs.Glob(os.DirFS(".."), "vc/intake/*.go"); len(more) > 0 {
		for _, m := range more {
			names = append(names, "../"+m)
		}
	}
	find := regexp.MustCompile(`\bProblem\s*= "([a-z_]+)"|intake\.Problem = "([a-z_]+)"`)
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for _, m := range find.FindAllStringSubmatch(string(b), -1) {
			if _, ok := c.find("problem." + m[1] + m[2]); !ok {
				t.Errorf("%s: problem.%s is missing", name, m[1]+m[2])
			}
		}
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
