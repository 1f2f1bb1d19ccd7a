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

// TestDocsLong: what the run with the race detector shortens or skips is in the
// Makefile's lists of what runs whole, so that nothing is left out of both. A
// name that is skipped stands for one test alone.
func TestDocsLong(t *testing.T) {
	makefile := read(t, filepath.Join("..", "..", "Makefile"))
	list := regexp.MustCompile(`(?m)^LONG +=(.*)\|\$\(READS\)\nREADS +=(.*)$`).FindStringSubmatch(makefile)
	places := regexp.MustCompile(`(?m)^LONGIN +=(.*)$`).FindStringSubmatch(makefile)
	if list == nil || places == nil {
		t.Fatal("the Makefile has no list of long tests")
	}
	long, reads := "|"+strings.TrimSpace(list[1])+"|", strings.Split(strings.TrimSpace(list[2]), "|")
	whole := func(dir string) bool { return strings.Contains(places[1]+" ", " ./"+dir+" ") }
	found, skipped := map[string]string{}, map[string]int{}
	eachTest(t, func(dir string, fn *ast.FuncDecl) {
		if slices.Contains(reads, fn.Name.Name) {
			if skipped[fn.Name.Name]++; !whole(dir) {
				t.Errorf("%s in %s is in the Makefile's READS, and its package not in LONGIN", fn.Name.Name, dir)
			}
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Short" {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "testing" {
					found[fn.Name.Name] = dir
				}
			}
			return true
		})
	})
	for name, dir := range found {
		if !strings.Contains(long, "|"+name+"|") || !whole(dir) {
			t.Errorf("%s in %s is shortened by -short and not in the Makefile's LONG and LONGIN", name, dir)
		}
	}
	for _, name := range reads {
		if skipped[name] != 1 {
			t.Errorf("the Makefile skips %s, which %d tests are called", name, skipped[name])
		}
	}
	for _, name := range strings.Split(strings.Trim(long, "|"), "|") {
		if found[name] == "" {
			t.Errorf("the Makefile lists %s, which no test that -short shortens is called", name)
		}
	}
}

// eachTest calls fn for every function of the tree's test files.
func eachTest(t *testing.T, fn func(dir string, f *ast.FuncDecl)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				fn(filepath.ToSlash(filepath.Dir(rel)), f)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
