package server_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"backpack/server/edge"
	"backpack/ui"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
)

// sources parses the Go files in a folder of the project, except tests.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(names), err)
	}
	var out []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

func unquoted(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != gotoken.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// constants returns the values of the string constants of a type.
func constants(t *testing.T, dir, typeName string) []string {
	t.Helper()
	var out []string
	for _, f := range sources(t, dir) {
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if v.Type != nil && name(v.Type) == typeName {
				for _, e := range v.Values {
					if s, ok := unquoted(e); ok && s != "" {
						out = append(out, s)
					}
				}
			}
			return true
		})
	}
	return out
}

// none makes codes skip calls.
const none = -1

// codes returns the argument at i of every call of fn, and the Code of every composite
// literal of the type fn.
func codes(t *testing.T, dir, fn string, i int) []string {
	t.Helper()
	var out []string
	add := func(e ast.Expr) {
		if s, ok := unquoted(e); ok && s != "" {
			out = append(out, s)
		}
	}
	for _, f := range sources(t, dir) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if i != none && (name(n.Fun) == fn || qualified(n.Fun) == fn) && len(n.Args) > i {
					add(n.Args[i])
				}
			case *ast.CompositeLit:
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && name(kv.Key) == "Code" && name(n.Type) == fn {
						add(kv.Value)
					}
				}
			}
			return true
		})
	}
	return out
}

// walletErrors returns the codes of the errors in wallet and the packages below it.
func walletErrors(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "wallet", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	dirs := map[string]bool{"wallet": true}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			dirs[filepath.Join("wallet", filepath.Base(filepath.Dir(f)))] = true
		}
	}
	var out []string
	for dir := range dirs {
		out = append(out, codes(t, dir, "fail", 1)...)
		out = append(out, codes(t, dir, "fault.New", 1)...)
	}
	return out
}

// qualified returns the name of a function with that of its package.
func qualified(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		return name(s.X) + "." + s.Sel.Name
	}
	return ""
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// TestTexts checks that there is a text for every code.
func TestTexts(t *testing.T) {
	pages, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	need := func(what string, atLeast int, list []string, keys ...func(string) string) {
		t.Helper()
		if len(list) < atLeast {
			t.Errorf("%s: only %d found", what, len(list))
		}
		for _, x := range list {
			for _, key := range keys {
				if !pages.Has(key(x)) {
					t.Errorf("%s: no text %s", what, key(x))
				}
			}
		}
	}
	with := func(before, after string) func(string) string {
		return func(s string) string { return before + s + after }
	}
	need("errors of the wallet", 40, walletErrors(t), with("error.", ""))
	need("errors that are gone", 4, codes(t, "wallet", "gone", 1), with("error.", ""))
	need("errors of the server", 8, append(codes(t, "server", "Error", none), codes(t, "server", "required", 1)...), with("error.", ""))
	need("refusals of the edge", 4, []string{edge.CodeHost, edge.CodeForeign, edge.CodeOften, edge.CodeUploads}, with("error.", ""))
	need("events", 10, codes(t, "wallet", "Event", none), with("event.", ""))
	need("notices of badges", 10, event.Notices(), with("event.", ""))
	need("why a badge held once", 6, []string{inspect.WhySilent, inspect.WhyGone, inspect.WhyKey, inspect.WhyOld, inspect.WhyKept, inspect.WhyOwnWord},
		with("then.", ".title"), with("then.", ".text"))
	need("notices", 12, codes(t, "server", "notice", 1), with("notice.", ""))
	need("problems of what is brought", 20, constants(t, "vc/intake", "Problem"), with("problem.", ""), with("problem.", ".next"))
	need("problems of the wallet", 14, append(constants(t, "wallet", "Problem"), constants(t, "wallet/inspect", "Problem")...),
		with("problem.", ""), with("problem.", ".next"))
	verdicts := constants(t, "vc", "Verdict")
	need("verdicts", 7, verdicts, with("verdict.", ".title"), with("verdict.", ".text"), with("state.", ""), with("bundle.", ".title"),
		with("bundle.", ".text"), with("bundle.count.", ""))
	need("checks", 8, constants(t, "vc", "CheckID"), with("check.", ".title"), with("check.", ".passed"), with("check.", ".failed"),
		with("check.", ".unknown"), with("check.", ".skipped"))
	for _, reason := range constants(t, "vc", "Reason") {
		row := pages.Check("en", "proof", "failed", reason, "")
		if !pages.Has("reason."+reason) && !pages.Has("check.proof."+reason) && row.Text == pages.Check("en", "proof", "failed", "", "").Text &&
			!anyCheckSays(t, pages, reason) {
			t.Errorf("no text for the reason %s", reason)
		}
	}
	for _, code := range []string{"not_found", "method", "too_large", "too_slow", "other", "internal"} {
		need("errors of requests", 1, []string{code}, with("error.", ""))
	}
}

func anyCheckSays(t *testing.T, pages *ui.Renderer, reason string) bool {
	for _, id := range constants(t, "vc", "CheckID") {
		if pages.Has("check." + id + "." + reason) {
			return true
		}
	}
	return false
}

var fieldTable = regexp.MustCompile(`"([a-z_]+)": +"(name|key|email|code|files|text|badge|title|expires|max_views|passcode)?"`)

// TestFieldErrors checks that every code that a form handles occurs.
func TestFieldErrors(t *testing.T) {
	known := map[string]bool{}
	for _, c := range append(append(walletErrors(t), codes(t, "server", "Error", none)...), codes(t, "server", "required", 1)...) {
		known[c] = true
	}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			kv, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			key, ok1 := unquoted(kv.Key)
			value, ok2 := unquoted(kv.Value)
			if ok1 && ok2 && fieldTable.MatchString(strconv.Quote(key)+": "+strconv.Quote(value)) && !known[key] {
				t.Errorf("%s: nothing makes the error %s", file, key)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
