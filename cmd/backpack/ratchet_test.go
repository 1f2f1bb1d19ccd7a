package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A shape measures how tangled a package is.
type shape struct {
	Circle  int // files in the largest group that depend on each other in a circle
	Lines   int // of all files but tests
	Methods int // of the type that has most
}

// room is what a new package may grow to.
var room = shape{Circle: 6, Lines: 3000, Methods: 40}

// grown lists the packages that are larger. A figure here may only fall: a
// package that shrinks gets its new figure, or leaves the list.
var grown = map[string]shape{
	"backpack/cmd/backpack":     {Circle: 28, Lines: 4500, Methods: 52},
	"backpack/server":           {Circle: 3, Lines: 4250, Methods: 21},
	"backpack/ui":               {Circle: 16, Lines: 2750, Methods: 30},
	"backpack/ui/story":         {Circle: 7, Lines: 1100, Methods: 26},
	"backpack/vc":               {Circle: 53, Lines: 8450, Methods: 69},
	"backpack/vc/intake":        {Circle: 11, Lines: 3000, Methods: 43},
	"backpack/vc/ld":            {Circle: 22, Lines: 5700, Methods: 77},
	"backpack/vc/ob2":           {Circle: 17, Lines: 3250, Methods: 37},
	"backpack/vc/sample":        {Circle: 7, Lines: 1550, Methods: 61},
	"backpack/wallet":           {Circle: 41, Lines: 8900, Methods: 246},
	"backpack/wallet/storetest": {Circle: 8, Lines: 1800, Methods: 61},
}

// TestRatchet fails when a package becomes more tangled than it may be, and
// when a figure in the list may fall.
func TestRatchet(t *testing.T) {
	for path, is := range measure(t) {
		may, listed := grown[path]
		if !listed {
			may = room
		}
		for _, x := range []struct {
			what    string
			is, may int
			step    int // by how much a figure has to fall to be worth a change
		}{
			{"files in a circle", is.Circle, may.Circle, 1},
			{"lines", is.Lines, may.Lines, 250},
			{"methods on one type", is.Methods, may.Methods, 5},
		} {
			if x.is > x.may {
				t.Errorf("%s: %d %s, at most %d: move a part into a package of its own", path, x.is, x.what, x.may)
			}
			if listed && x.is <= x.may-x.step {
				t.Errorf("%s: %d %s, and the list still allows %d: lower it", path, x.is, x.what, x.may)
			}
		}
		t.Logf("%-28s circle %2d, lines %5d, methods %3d", strings.TrimPrefix(path, "backpack/"), is.Circle, is.Lines, is.Methods)
	}
}

// measure type-checks every package of the module, without its tests.
func measure(t *testing.T) map[string]shape {
	t.Helper()
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
	}
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports, own := map[string]string{}, []listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, "backpack/") {
			own = append(own, p)
		}
	}
	fset := token.NewFileSet()
	from := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	shapes := map[string]shape{}
	for _, p := range own {
		var files []*ast.File
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		shapes[p.ImportPath] = shapeOf(t, fset, from, p.ImportPath, files)
	}
	return shapes
}

// shapeOf measures one package.
func shapeOf(t *testing.T, fset *token.FileSet, from types.Importer, path string, files []*ast.File) shape {
	t.Helper()
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: from}).Check(path, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	var out shape
	fileOf := func(p token.Pos) string { return fset.File(p).Name() }
	needs := map[string][]string{}
	for id, obj := range info.Uses {
		if obj.Pkg() == pkg && fileOf(obj.Pos()) != fileOf(id.Pos()) {
			needs[fileOf(id.Pos())] = append(needs[fileOf(id.Pos())], fileOf(obj.Pos()))
		}
	}
	for _, f := range files {
		out.Lines += fset.File(f.Pos()).LineCount()
	}
	for _, name := range pkg.Scope().Names() {
		if n, ok := pkg.Scope().Lookup(name).Type().(*types.Named); ok {
			out.Methods = max(out.Methods, n.NumMethods())
		}
	}
	out.Circle = largestCircle(needs)
	return out
}

// largestCircle returns the size of the largest strongly connected part of a
// graph, by Tarjan's algorithm.
func largestCircle(needs map[string][]string) int {
	index, low, on := map[string]int{}, map[string]int{}, map[string]bool{}
	var stack []string
	most := 1
	var visit func(v string)
	visit = func(v string) {
		index[v] = len(index) + 1
		low[v] = index[v]
		stack, on[v] = append(stack, v), true
		for _, w := range needs[v] {
			if index[w] == 0 {
				visit(w)
				low[v] = min(low[v], low[w])
			} else if on[w] {
				low[v] = min(low[v], index[w])
			}
		}
		if low[v] != index[v] {
			return
		}
		for size := 1; ; size++ {
			w := stack[len(stack)-1]
			stack, on[w] = stack[:len(stack)-1], false
			if w == v {
				most = max(most, size)
				return
			}
		}
	}
	for v := range needs {
		if index[v] == 0 {
			visit(v)
		}
	}
	return most
}

// TestLargestCircle keeps the ratchet from measuring nothing.
func TestLargestCircle(t *testing.T) {
	for want, needs := range map[int]map[string][]string{
		1: {"a": {"b"}, "b": {"c"}},
		2: {"a": {"b"}, "b": {"a", "c"}, "c": {"d"}},
		4: {"a": {"b"}, "b": {"c", "a"}, "c": {"d"}, "d": {"b"}, "e": {"a"}},
	} {
		if got := largestCircle(needs); got != want {
			t.Errorf("%v: %d files in a circle, not %d", needs, got, want)
		}
	}
}
