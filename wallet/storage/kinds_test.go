package storage_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"backpack/wallet/storage"
)

// TestKindsListsEveryKind reads the constants from the source, so a new kind
// without an entry in Kinds fails here.
func TestKindsListsEveryKind(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "record.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []storage.Kind
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Kind" {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, storage.Kind(s))
		}
		return true
	})
	listed := storage.KindsThat(func(storage.Role) bool { return true })
	if !slices.Equal(listed, declared) || len(listed) == 0 {
		t.Errorf("Kinds lists %v; the constants are %v", listed, declared)
	}
}

// TestKindsFit checks what roles imply of each other.
func TestKindsFit(t *testing.T) {
	for _, r := range storage.Kinds {
		if !r.Personal && (r.Quota || r.Archived || r.Examined) {
			t.Errorf("%s: a kind without an account has no quota, archive or examination", r.Kind)
		}
		if err := (storage.Key{Kind: r.Kind, ID: "x"}).Check(); err != nil {
			t.Error(err)
		}
	}
}
