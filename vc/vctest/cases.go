package vctest

import (
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Case returns the path of a case: a badge from elsewhere, or a folder of them.
// Without elem it returns the folder of all cases. The cases are not part of the
// project: they are in BACKPACK_CASES, or else in shared/cases next to the project. If
// a case is missing, the test is skipped, or fails if CI is set.
func Case(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("BACKPACK_CASES")
	if root == "" {
		root = filepath.Join(projectRoot(t), "..", "shared", "cases")
	}
	name := filepath.Join(root, filepath.FromSlash(filepath.Join(elem...)))
	if _, err := os.Stat(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("CI is set, but the case is missing: %v", err)
		}
		t.Skipf("the case is missing: %v", err)
	}
	return name
}

// projectRoot returns the folder of go.mod above the package under test.
func projectRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	t.Fatalf("no go.mod above the package: %v", err)
	return ""
}

// CaseFile returns the content of a case's file.
func CaseFile(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(Case(t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// An Answer is the response of one address.
type Answer struct {
	Address   string
	Status    int
	MediaType string
	Body      []byte
	Location  string // target of the redirect
}

// CaseAnswers returns the responses for a case from the file NAME.web.json next to it,
// or from web.json in its folder; nil if there is neither.
func CaseAnswers(t testing.TB, elem ...string) []Answer {
	t.Helper()
	file := Case(t, elem...)
	dir := file
	if info, err := os.Stat(file); err == nil && !info.IsDir() {
		dir = filepath.Dir(file)
	}
	b, err := os.ReadFile(strings.TrimSuffix(file, filepath.Ext(file)) + ".web.json")
	if err != nil {
		b, err = os.ReadFile(filepath.Join(dir, "web.json"))
	}
	if err != nil {
		return nil
	}
	pages := map[string]struct {
		S          int
		T, B, F, L string
	}{}
	if err := json.Unmarshal(b, &pages); err != nil {
		t.Fatal(err)
	}
	var out []Answer
	for address, p := range pages {
		a := Answer{Address: address, Status: cmp.Or(p.S, 200), MediaType: cmp.Or(p.T, "application/json"), Body: []byte(p.B), Location: p.L}
		if p.F != "" {
			a.Body = pictureOf(t, dir, filepath.Base(p.F))
		}
		out = append(out, a)
	}
	return out
}

// pictureOf reads a file that an answer refers to, from the case's folder or from the
// one above, which several cases share.
func pictureOf(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		b, err = os.ReadFile(filepath.Join(dir, "..", name))
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// CaseWeb returns a Web with the responses for all the named cases.
func CaseWeb(t testing.TB, files ...string) *Web {
	t.Helper()
	w := NewWeb()
	for _, file := range files {
		for _, a := range CaseAnswers(t, file) {
			switch {
			case a.Location != "":
				w.Redirect(a.Address, a.Location)
			case a.Status != 200:
				w.Status(a.Address, a.Status, a.Body)
			default:
				w.Serve(a.Address, a.MediaType, a.Body)
			}
		}
	}
	return w
}

// CaseLists serves the status lists of the genuine cases.
func CaseLists(t testing.TB, w *Web) {
	t.Helper()
	lists, err := filepath.Glob(filepath.Join(Case(t, "genuine"), "18-list-*.json"))
	if err != nil || len(lists) == 0 {
		t.Fatalf("no lists: %v", err)
	}
	for _, name := range lists {
		base := filepath.Base(name)
		at := strings.TrimSuffix(strings.TrimPrefix(base, "18-list-"), ".json")
		w.Serve("https://s.example/"+at, "application/json", CaseFile(t, "genuine", base))
	}
}
