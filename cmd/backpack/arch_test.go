package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "backpack/"

// layers maps each part of the tree to the parts it may import. The longest
// prefix wins; "x/*" is everything below x, "*" is everything.
var layers = map[string][]string{
	"vc": {}, "ui": {},
	"vc/ld": {"vc"}, "vc/did": {"vc", "vc/jose"}, "vc/jose": {"vc"}, "vc/bake": {"vc"}, "vc/cose": {"vc"}, "vc/fetch": {"vc"}, "vc/schema": {"vc"},
	"vc/status": {"vc"}, "vc/suite": {"vc", "vc/ld", "vc/jose"}, "vc/ob2": {"vc", "vc/jose", "vc/bake"},
	"vc/intake": {"vc", "vc/bake", "vc/cose", "vc/ob2"}, "vc/standard": {"vc", "vc/*"}, "vc/vctest": {"vc", "vc/*"},
	"vc/sample": {"vc", "vc/*"}, "vc/registry": {"vc", "vc/jose"}, "vc/kept": {"vc"}, "vc/receipt": {"vc"}, "vc/prose": {},
	"wallet": {"vc", "vc/intake", "vc/bake", "vc/registry", "vc/kept", "vc/receipt",
		"wallet/event", "wallet/fault", "wallet/inspect", "wallet/issue", "wallet/keys", "wallet/lock", "wallet/storage", "wallet/vault", "wallet/work"},
	"wallet/fault": {}, "wallet/lock": {}, "wallet/storage": {}, "wallet/mail": {"wallet"},
	"wallet/inspect": {"vc", "vc/intake", "vc/bake", "vc/registry", "vc/kept", "vc/receipt", "vc/prose", "wallet/fault", "wallet/lock"},
	"wallet/vault":   {"wallet/fault", "wallet/storage"},
	"wallet/keys":    {"vc", "wallet/storage"},
	"wallet/issue":   {"vc", "vc/status", "wallet/fault", "wallet/keys", "wallet/storage", "wallet/vault"},
	"wallet/work":    {"wallet/storage"},
	"wallet/event":   {"wallet/storage", "wallet/vault"},
	"wallet/keyring": {"vc", "vc/did", "wallet/keys", "wallet/storage", "wallet/vault"},
	"wallet/bolt":    {"wallet/storage"}, "wallet/postgres": {"wallet/storage"}, "wallet/storetest": {"wallet/storage"},
	"wallet/transfer":          {"wallet/storage"},
	"wallet/postgres/testdata": {"wallet/postgres", "wallet/storetest/crash"},
	"wallet/bolt/testdata":     {"wallet/bolt", "wallet/storage", "wallet/storetest/crash"},
	"wallet/wallettest":        {"vc", "vc/*", "wallet", "wallet/*"},
	"server": {"vc", "vc/receipt", "wallet", "wallet/inspect", "wallet/issue", "wallet/keys", "wallet/storage", "ui",
		"server/edge", "server/view"}, "cmd": {"*"},
	"server/edge": {},
	"server/view": {"vc", "vc/prose", "wallet", "wallet/event", "wallet/inspect", "ui"},
}

// only maps packages of other modules to the parts that may import them.
var only = map[string][]string{
	"net/http": {"vc/fetch", "cmd"}, "github.com/gofiber/fiber/v2": {"server"},
	"go.etcd.io/bbolt":                          {"wallet/bolt"},
	"filippo.io/age":                            {"wallet/transfer"},
	"github.com/jackc/pgx/v5":                   {"wallet/postgres"},
	"github.com/prometheus/client_golang":       {"cmd"},
	"github.com/hyperledger/aries-framework-go": {"vc/did", "vc/suite", "wallet/keyring"},
	"github.com/piprate/json-gold":              {}, "github.com/skip2/go-qrcode": {"ui"},
	"github.com/santhosh-tekuri/jsonschema/v6": {"vc/schema"},
	"html/template": {"ui"}, "text/template": {}, "math/rand": {"wallet/postgres", "wallet/bolt/testdata"}, "unsafe": {},
}

// calls maps functions to the parts that may use them: clocks, randomness and
// the environment are injected everywhere else.
var calls = map[string][]string{
	"time.Now": {"cmd"}, "time.Since": {"cmd"}, "time.Sleep": {}, "rand.Reader": {"cmd", "wallet/wallettest"}, "rand.Text": {"cmd"},
	"os.Getenv": {"cmd", "ui/browsertest", "vc/vctest", "wallet/postgres/pgtest"}, "http.DefaultClient": {}, "http.Get": {},
}

// Lines of a file that cause a warning, and that cause a failure.
const (
	longFile    = 400
	tooLongFile = 500
)

// TestLayers checks the tables against the imports of the tree, and that every
// entry is needed.
func TestLayers(t *testing.T) {
	used := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		dir := path.Dir(filepath.ToSlash(rel))
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			return err
		}
		layer, _ := longest(layers, dir)
		for _, im := range f.Imports {
			p, _ := strconv.Unquote(im.Path.Value)
			if sub, ok := strings.CutPrefix(p, module); ok {
				used[layer+" "+sub] = true
				if sub != layer && !allowed(layers[layer], sub) {
					t.Errorf("%s: %s may not import %s", rel, layer, sub)
				}
			} else if k, ok := longest(only, p); ok {
				part, ok := partOf(only[k], dir)
				if used[k+" "+part] = true; !ok {
					t.Errorf("%s: only %v may import %s", rel, only[k], p)
				}
			}
		}
		if n := fset.File(f.Pos()).LineCount(); n > tooLongFile {
			t.Errorf("%s has %d lines", rel, n)
		} else if n > longFile {
			t.Logf("%s has %d lines; files over %d are hard to keep in mind", rel, n, longFile)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s: no init functions", fset.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok {
					if in, ok := calls[x.Name+"."+n.Sel.Name]; ok && !below(in, dir) {
						t.Errorf("%s: %s.%s only in %v", fset.Position(n.Pos()), x.Name, n.Sel.Name, in)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []map[string][]string{layers, only} {
		for k, parts := range table {
			for _, p := range parts {
				if !strings.HasSuffix(p, "*") && !used[k+" "+p] {
					t.Errorf("the tables allow %q with %q, which nothing needs", k, p)
				}
			}
		}
	}
}

// longest returns the longest prefix of p, by path elements, that m has.
func longest(m map[string][]string, p string) (string, bool) {
	for ; p != "." && p != "/"; p = path.Dir(p) {
		if _, ok := m[p]; ok {
			return p, true
		}
	}
	return "", false
}

func allowed(patterns []string, sub string) bool {
	for _, p := range patterns {
		if below, ok := strings.CutSuffix(p, "*"); p == sub || ok && strings.HasPrefix(sub, below) {
			return true
		}
	}
	return false
}

func below(parts []string, dir string) bool {
	_, ok := partOf(parts, dir)
	return ok
}

// partOf returns the part of the tree that dir belongs to.
func partOf(parts []string, dir string) (string, bool) {
	for _, p := range parts {
		if dir == p || strings.HasPrefix(dir, p+"/") {
			return p, true
		}
	}
	return "", false
}
