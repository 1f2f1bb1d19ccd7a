// Package grammar parses the statements of the PostgreSQL store with CockroachDB's
// parser. It is a separate module: the parser is large, and nothing else needs it. No
// CockroachDB runs; this checks the grammar only.
package grammar

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser"
)

// parse returns the parser's error, or its panic, which some unknown statements
// cause.
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
		t.Errorf("got only %d statements", n)
	}
}

// TestRefusals: the parser refuses statements that are not portable, so accepting the
// others proves something.
func TestRefusals(t *testing.T) {
	for _, sql := range []string{
		"LISTEN jobs",
		"NOTIFY jobs",
		"DO $$ BEGIN END $$",
		"SELECT * FROM records FOR UPDATE OF",
		"CREATE TABLE t (a int) INHERITS (u)",
	} {
		if parse(sql) == nil {
			t.Errorf("%q: got no error", sql)
		}
	}
}
