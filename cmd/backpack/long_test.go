package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// runLists are the Makefile's lists of tests.
type runLists struct {
	plain                 *regexp.Regexp
	together, long, reads []string
}

func makefileRun(t *testing.T) runLists {
	t.Helper()
	makefile := read(t, filepath.Join("..", "..", "Makefile"))
	list := func(name string) string {
		m := regexp.MustCompile(`(?m)^` + name + ` +=(.*)$`).FindStringSubmatch(makefile)
		if m == nil {
			t.Fatalf("the Makefile has no %s", name)
		}
		return strings.TrimSpace(m[1])
	}
	long, ok := strings.CutSuffix(list("LONG"), "|$(READS)")
	if !ok {
		t.Fatal("LONG does not end with READS")
	}
	return runLists{plain: regexp.MustCompile(`^(` + list("PLAIN") + `)$`), together: strings.Split(list("TOGETHER"), "|"),
		long: strings.Split(long, "|"), reads: strings.Split(list("READS"), "|")}
}

// TestDocsLong checks that no test is lost between the runs: everything that
// -short shortens or that READS skips is in a list for the run without the race
// detector, and no package outside the race detector starts a goroutine. Each
// listed name stands for exactly one test.
func TestDocsLong(t *testing.T) {
	r := makefileRun(t)
	named, short := map[string]int{}, map[string]bool{}
	eachFunc(t, func(dir, name string, fn *ast.FuncDecl) {
		test := strings.HasSuffix(name, "_test.go") && strings.HasPrefix(fn.Name.Name, "Test")
		if test {
			named[fn.Name.Name]++
		}
		switch {
		case test && slices.Contains(r.together, fn.Name.Name):
			if !r.plain.MatchString(dir) {
				t.Errorf("%s in %s is in TOGETHER, and its package is not in PLAIN", fn.Name.Name, dir)
			}
		case r.plain.MatchString(dir) && startsGoroutine(fn):
			t.Errorf("%s in %s starts a goroutine, and its package is in PLAIN", fn.Name.Name, dir)
		}
		if shortens(fn) && !r.plain.MatchString(dir) {
			if short[fn.Name.Name] = true; !slices.Contains(r.long, fn.Name.Name) {
				t.Errorf("%s in %s is shortened by -short and not in LONG", fn.Name.Name, dir)
			}
		}
	})
	for _, name := range slices.Concat(r.together, r.long, r.reads) {
		if named[name] != 1 {
			t.Errorf("the Makefile lists %s, which %d tests are called", name, named[name])
		}
	}
	for _, name := range r.long {
		if !short[name] {
			t.Errorf("LONG lists %s, which -short does not shorten", name)
		}
	}
}

func startsGoroutine(fn *ast.FuncDecl) (found bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = true
		case *ast.SelectorExpr:
			found = found || n.Sel.Name == "Go"
		}
		return !found
	})
	return found
}

func shortens(fn *ast.FuncDecl) (found bool) {
	ast.Inspect(fn, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if ok && s.Sel.Name == "Short" {
			x, ok := s.X.(*ast.Ident)
			found = found || ok && x.Name == "testing"
		}
		return !found
	})
	return found
}

// eachFunc calls fn for every function of the tree, with its folder and file.
func eachFunc(t *testing.T, fn func(dir, name string, f *ast.FuncDecl)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				fn(filepath.ToSlash(filepath.Dir(rel)), rel, f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
