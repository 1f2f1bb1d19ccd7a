package ui

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// csvTexts provides the texts for all tests of CSV, which create many writers.
var csvTexts = sync.OnceValues(func() (*Renderer, error) { return New(Config{}) })

func csvOf(t testing.TB, rows ...TableRow) ([]byte, [][]string) {
	t.Helper()
	r, err := csvTexts()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	c, err := r.NewCSV(&b, "en")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if err := c.Add(&rows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), lines
}

func TestCSV(t *testing.T) {
	text, lines := csvOf(t, TableRow{File: `amina "1", last.png`, Applicant: "Amina Yusuf", Badge: "Repair Café\r\nHelper", Issuer: "شهادة", Domain: "example.org",
		Verdict: "expired", Word: "Expired", Facts: []FactCell{{Answer: "Yes"}, {Answer: "No"}}, Expires: time.Date(2024, 3, 14, 23, 0, 0, 0,
			time.UTC), Reason: "Its expiry date has passed."})
	want := []string{`amina "1", last.png`, "Amina Yusuf", "Repair Café Helper", "شهادة", "example.org", "Expired", "Yes", "No", "", "", "",
		"2024-03-14", "Its expiry date has passed."}
	if len(lines) != 2 || !slices.Equal(lines[1], want) {
		t.Errorf("%q", lines)
	}
	if !strings.HasPrefix(string(text), "File,Applicant,Badge,") || strings.Count(string(text), "\r\n") != 2 || strings.Count(string(text), "\n") != 2 {
		t.Errorf("%q", text)
	}
}

// TestCSVFormulas fills every cell with untrusted content with formulas.
func TestCSVFormulas(t *testing.T) {
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u202e=1",
		"＝1", "=\x00cmd|' /C calc'!A0", "|x", "%0A=1", "\x00=1", "\x1b=1"} {
		_, lines := csvOf(t, TableRow{File: s, Applicant: s, Badge: s, Issuer: s, Domain: s, Word: s, Reason: s})
		for i, cell := range lines[1] {
			if cell != "" && cell[0] != '\'' {
				t.Errorf("%q in column %d becomes %q", s, i, cell)
			}
		}
	}
	for _, s := range []string{"Baker", "A = B", "1-2", "a@b.example", "'quoted'", "Baker, A. (1-2)", "a|b", `a "b" c`} {
		if got := csvCell(s); got != s {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}

// cellsOf splits a line like a spreadsheet with the given separator.
func cellsOf(t testing.TB, line string, separator rune) []string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator, true, -1
	cells, err := r.Read()
	if err != nil {
		t.Fatalf("%q by %q: %v", line, separator, err)
	}
	return cells
}

// harmless reports whether no spreadsheet takes the cell for a formula.
func harmless(cell string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(cell, " \"\u200b\ufeff\u00a0"))
	return cell == "" || !strings.ContainsRune("=+-@|%\t\r\n＝＋－＠｜％﹦﹢﹣﹫", first)
}

// TestThreat43CSVSeparators writes texts that contain formulas for a spreadsheet
// with another separator than that of the file.
func TestThreat43CSVSeparators(t *testing.T) {
	texts := []string{"Good badge;=1+cmd|' /C calc'!A0;@SUM(1+1)", "a\t=1", "a;+1", "a; -1", "a;\"=1\"", "a\";\"=1", "a;;=1", "a;\u200b=1",
		"a;\u00a0＝1", "a\r\n=1",
		"a\n+1", "a\u2028=1", "a\x0b=1", "a,=1", "a, @x", "a|=1", "\";=1", "';=1", ";=1", "\t;\t=1", "a;＠x", "a;﹦1", "a\u0085=1", "\"=1+1\"", "'\"=1"}
	for _, text := range texts {
		_, lines := csvOf(t, TableRow{File: text, Applicant: text, Badge: text, Issuer: text, Domain: text, Word: text, Reason: text})
		if len(lines) != 2 || len(lines[1]) != 13 {
			t.Fatalf("%q: %q", text, lines)
		}
		for _, cell := range lines[1] {
			if !harmless(cell) {
				t.Errorf("%q: the cell %q", text, cell)
			}
		}
		written, _ := csvOf(t, TableRow{File: text, Badge: text})
		for line := range strings.Lines(string(written)) {
			for _, separator := range []rune{';', '\t'} {
				if cells := cellsOf(t, line, separator); len(cells) != 1 || !harmless(cells[0]) {
					t.Errorf("%q by %q: %q", text, separator, cells)
				}
			}
			for _, separator := range ",|" {
				for _, cell := range cellsOf(t, line, separator) {
					if !harmless(cell) {
						t.Errorf("%q by %q: the cell %q", text, separator, cell)
					}
				}
			}
		}
	}
}

func FuzzCSVCell(f *testing.F) {
	for _, s := range []string{"=1", " \u200b=1", "\xff=1", "a\nb", "\u2066=1", strings.Repeat("é", 2000), `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, lines := csvOf(t, TableRow{File: s})
		if len(lines) != 2 || len(lines[1]) != 13 {
			t.Fatalf("%q", lines)
		}
		cell := lines[1][0]
		if strings.Contains(cell, ";") {
			t.Errorf("%q becomes %q", s, cell)
		}
		for part := range strings.SplitSeq(cell, ",") {
			if !harmless(part) {
				t.Errorf("%q becomes %q", s, cell)
			}
		}
		if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r\n ＝＋－＠", first) {
			t.Errorf("%q becomes %q", s, cell)
		}
		if !utf8.ValidString(cell) || strings.ContainsAny(cell, "\n\r\t\x00\x1b") || utf8.RuneCountInString(cell) > maxCell+1 {
			t.Errorf("%q becomes %q", s, cell)
		}
	})
}

func TestSum(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	tally := Tally{Files: 9}
	for _, row := range []TableRow{{Verdict: "valid"}, {Verdict: "valid"}, {Verdict: "undetermined"}, {Verdict: "revoked"}, {Tone: "calm"},
		{Open: true, Tone: "warn"}} {
		tally.Add(&row)
	}
	want := "9 files, 4 badges. 2 check out. 1 could not be fully checked. 1 was taken back by its issuer. " +
		"1 file or address could not be looked at. 1 file holds no badge."
	if got := r.Sum("en", &tally); got != want {
		t.Errorf("%s", got)
	}
	if got := r.Sum("en", &Tally{}); got != "0 files, 0 badges." {
		t.Error(got)
	}
}
