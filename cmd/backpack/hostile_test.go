package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"backpack/vc/vctest"
)

// steersTerminal returns the first character that controls a terminal or
// changes the direction of text, apart from the end of a line.
func steersTerminal(s string) (rune, bool) {
	for _, r := range s {
		if r != '\n' && r != '\r' && unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return r, true
		}
	}
	return 0, false
}

// escapes are texts that control terminals, one for each kind of introducer.
var escapes = []string{"\x1b[2J", "\u009b31m", "\x1b]0;title\x07", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
	"\r\n  Yes              Is the issuer known?",
	"\u202eevil", "\u2066x", "\u2028x", "\u2029x", "\x07", "\b\b\b", "\x7f", "\x1bP$q\x1b\\", "\u0090x", "\x0e", "\v", "\f", "\x00", "\u061c", "\u200f"}

// TestThreat45NothingSteersTheTerminal checks badges with control characters in
// every place and prints them in every format: none reaches the terminal.
func TestThreat45NothingSteersTheTerminal(t *testing.T) {
	text, err := json.Marshal("First aid" + strings.Join(escapes, " x "))
	if err != nil {
		t.Fatal(err)
	}
	made := strings.ReplaceAll(`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id":TEXT,"name":TEXT,
		"type":["VerifiableCredential","OpenBadgeCredential",TEXT],"issuer":{"id":TEXT,"type":["Profile"],"name":TEXT,"url":TEXT},"validFrom":TEXT,"validUntil":TEXT,
		"credentialStatus":{"type":TEXT,"id":TEXT},"credentialSchema":{"id":TEXT,"type":TEXT},TEXT:TEXT,
		"credentialSubject":{"id":TEXT,"type":["AchievementSubject"],"achievement":{"id":TEXT,
		"type":["Achievement"],"name":TEXT,"description":TEXT,"criteria":{"narrative":TEXT}}},
		"proof":{"type":TEXT,"cryptosuite":TEXT,"verificationMethod":TEXT,"proofPurpose":TEXT,"created":TEXT,"proofValue":TEXT}}`, "TEXT", string(text))
	dir := t.TempDir()
	files := []string{write(t, dir, "made.json", []byte(made)), write(t, dir, "a\x1b[2J\u202eb.json", []byte(made)), write(t, dir, "no\x1b]0;t\x07.txt",
		[]byte("none\x1b[2J"))}
	t.Run("made", func(t *testing.T) { quiet(t, files...) })
	for _, name := range []string{"B3-terminal-escapes.json", "B1-payloads-in-every-field.json"} {
		t.Run(name, func(t *testing.T) { quiet(t, vctest.Case(t, "forged", name)) })
	}
}

func quiet(t *testing.T, files ...string) {
	t.Helper()
	for _, format := range []string{"text", "table", "csv", "json"} {
		for _, width := range []int{0, 160} {
			got := setup{terminal: true, width: width}.run(t, append([]string{"verify", "--offline", "--format", format}, files...)...)
			for where, s := range map[string]string{"output": got.out, "errors": got.err} {
				if r, bad := steersTerminal(strings.ReplaceAll(strings.ReplaceAll(s, "\x1b[K", ""), "\r", "")); bad {
					t.Errorf("%s as %s: %U in %q", where, format, r, s)
				}
			}
			if got.out == "" {
				t.Errorf("%s: exit code %d: %s%s", format, got.code, got.out, got.err)
			}
			if i := strings.Index(got.out, "\n  Yes              Is the issuer known?"); i >= 0 && format == "text" {
				t.Errorf("a badge imitates our answer: %s", got.out)
			}
		}
	}
}

// TestThreat43TableOfCases prints a table of a badge with separators and
// formulas in its names: each is one cell, however a spreadsheet splits lines.
func TestThreat43TableOfCases(t *testing.T) {
	got := setup{}.run(t, "verify", "--offline", "--format", "csv", vctest.Case(t, "forged", "B2-semicolon-formula.json"))
	lines := strings.Split(strings.TrimRight(got.out, "\r\n"), "\r\n")
	if len(lines) != 2 || strings.ContainsAny(got.out, ";\t") {
		t.Fatalf("%q", got.out)
	}
	has(t, lines[1], "Good badge,'=1+cmd|' /C calc'!A0,'@SUM(1+1)")
}
