// Package grammar has CockroachDB's own parser read what the PostgreSQL store
// sends. It is a module of its own: the parser is large, and nothing else
// needs it. No CockroachDB was run; this is about the grammar alone.
package grammar

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser"
)

// parse returns the parser's error, or what it panicked with, which it does at
// some statements that it knows nothing of.
func parse(sql string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	_, err = parser.ParseOne(sql)
	return err
}

func TestStatements(t *testing.T) {
	b, err := os.ReadFile("statements.sql")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for sql := range strings.SplitSeq(string(b), ";\n") {
		if sql == "" {
			continue
		}
		n++
		if err := parse(sql); err != nil {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if n < 20 {
		t.Errorf("only %d statements", n)
	}
}

// TestRefusals: the parser knows what is not portable, so that its silence
// about the others says something.
func TestRefusals(t *testing.T) {
	for _, sql := range []string{
		"LISTEN jobs",
		"NOTIFY jobs",
		"DO $$ BEGIN END $$",
		"SELECT * FROM records FOR UPDATE OF",
		"CREATE TABLE t (a int) INHERITS (u)",
	} {
		if parse(sql) == nil {
			t.Errorf("%q is accepted", sql)
		}
	}
}
