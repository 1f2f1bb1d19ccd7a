package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"backpack/ui"
	"backpack/vc"
	"backpack/vc/intake"
	"backpack/wallet/inspect"
)

// Every check, reason and problem has a text for people.
func TestEverythingHasWords(t *testing.T) {
	t.Parallel()
	texts, err := ui.New(ui.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range constants(t, "../../../vc/report.go", "CheckID") {
		for _, key := range []string{".title", ".passed", ".failed", ".unknown", ".skipped"} {
			if !texts.Has("check." + v + key) {
				t.Errorf("check.%s%s has no text", v, key)
			}
		}
	}
	for _, v := range constants(t, "../../../vc/reason.go", "Reason") {
		if !texts.Has("reason." + v) {
			t.Errorf("reason.%s has no text", v)
		}
	}
	problems := []intake.Problem{inspect.ProblemUnreachable, inspect.ProblemForbidden, inspect.ProblemAddress, inspect.ProblemInternal,
		inspect.ProblemUnreadable, inspect.ProblemTime, inspect.ProblemReceipt, inspect.ProblemReceiptForm}
	for _, p := range constants(t, "../../../vc/intake/problem.go", "Problem") {
		problems = append(problems, intake.Problem(p))
	}
	for _, p := range problems {
		if reason, next := (words{texts}).problem(string(p)); reason == "" || next == "" || !texts.Has("problem."+string(p)) {
			t.Errorf("problem.%s: %q, %q", p, reason, next)
		}
	}
	// Later additions print as words, too.
	row := words{texts}.check(vc.Check{ID: "moon_phase", Outcome: vc.Failed, Reason: "full_moon"})
	if row.Title != "moon phase" || row.Text != "full moon" {
		t.Errorf("%+v", row)
	}
}

// constants returns the string constants of a type in a file.
func constants(t *testing.T, file, typ string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		name, _ := spec.Type.(*ast.Ident)
		value, _ := spec.Values[0].(*ast.BasicLit)
		if name != nil && name.Name == typ && value != nil {
			s, _ := strconv.Unquote(value.Value)
			out = append(out, s)
		}
		return true
	})
	if len(out) < 5 {
		t.Fatalf("%s has %d constants of type %s", file, len(out), typ)
	}
	return out
}

func TestWrap(t *testing.T) {
	for _, s := range []string{"", "a", "a b c d e f", strings.Repeat("長", 30), "ab " + strings.Repeat("x", 25) + " cd", "e\u0301e\u0301e\u0301"} {
		for _, l := range wrap(s, 10) {
			if Span(l) > 10 {
				t.Errorf("%q", l)
			}
		}
		if got := strings.ReplaceAll(strings.Join(wrap(s, 10), ""), " ", ""); got != strings.ReplaceAll(s, " ", "") {
			t.Errorf("%q becomes %q", s, got)
		}
		if got := Span(fit(s, 7)); got != 7 {
			t.Errorf("%q fits %d", s, got)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, s := range []string{"Baker", "\x1b[2J\x9b31m", "a\u202eb\u2066", "\xff\xfe", strings.Repeat("é", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Plain(s, 40)
		if n := len([]rune(got)); n > 40 {
			t.Errorf("%d characters", n)
		}
		for _, r := range got {
			if r < ' ' || r >= 0x7F && r < 0xA0 || r == 0x202E || r == 0x2066 {
				t.Errorf("%U in %q", r, got)
			}
		}
	})
}
