package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// longestLine is the limit for a line of Go, a template or a style sheet, in
// characters; a tab counts as one.
const longestLine = 160

// tooLong is the number of lines over the limit that each package still has.
// A number only falls; a package that is not listed has none.
var tooLong = map[string]int{
	"server/edge": 1,
	"server":      33,
	"vc/did":      2,
	"vc/jose":     1,
	"vc/registry": 3,
	"vc/standard": 2,
	"vc/status":   1,
}

// TestLines does not count data: folders named testdata, generated files, texts
// in raw strings of several lines, and one-line rows of tables in tests.
func TestLines(t *testing.T) {
	found := map[string][]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && (base == "testdata" || base == "bin" || len(base) > 2 && base[0] == '.') {
			return filepath.SkipDir
		}
		if ext := filepath.Ext(name); !d.IsDir() && (ext == ".go" || ext == ".html" || ext == ".css") {
			rel, _ := filepath.Rel(root, name)
			dir := path.Dir(filepath.ToSlash(rel))
			for _, n := range overlong(t, name) {
				found[dir] = append(found[dir], path.Base(rel)+":"+strconv.Itoa(n))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, lines := range found {
		if n := len(lines); n > tooLong[dir] {
			t.Errorf("%s has %d lines over %d characters, %d allowed: %s", dir, n, longestLine, tooLong[dir], strings.Join(lines, " "))
		}
	}
	for dir, n := range tooLong {
		if len(found[dir]) < n {
			t.Logf("%s has %d lines over %d characters: lower its %d in tooLong", dir, len(found[dir]), longestLine, n)
		}
	}
}

// overlong returns the numbers of a file's lines that are over the limit.
func overlong(t *testing.T, name string) []int {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for i, line := range strings.Split(string(src), "\n") {
		if utf8.RuneCountInString(line) > longestLine {
			out = append(out, i+1)
		}
	}
	if len(out) == 0 || filepath.Ext(name) != ".go" {
		return out
	}
	data := dataLines(t, name, src)
	return slices.DeleteFunc(out, func(n int) bool { return data == nil || data[n] })
}

// dataLines returns the lines of a Go file that are data, and nil for a
// generated file.
func dataLines(t *testing.T, name string, src []byte) map[int]bool {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(f) {
		return nil
	}
	lines := map[int]bool{}
	span := func(n ast.Node) (first, last int) { return fset.Position(n.Pos()).Line, fset.Position(n.End()).Line }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if first, last := span(n); first < last {
				for i := first; i <= last; i++ {
					lines[i] = true
				}
			}
		case *ast.CompositeLit:
			begin, end := span(n)
			for _, row := range n.Elts {
				if first, last := span(row); begin < end && first == last && strings.HasSuffix(name, "_test.go") && isRow(row) {
					lines[first] = true
				}
			}
		}
		return true
	})
	return lines
}

// isRow reports whether an element of a composite literal is a row of a table:
// a composite literal itself, with or without a key.
func isRow(e ast.Expr) bool {
	if kv, ok := e.(*ast.KeyValueExpr); ok {
		e = kv.Value
	}
	_, ok := e.(*ast.CompositeLit)
	return ok
}
