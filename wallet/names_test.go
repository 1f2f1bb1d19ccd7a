package wallet

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNames asserts that file names are readable in the badge's own script and
// contain only allowed characters.
func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"Reading old handwriting": "reading-old-handwriting",
		"قراءة المخطوطات القديمة (المستوى 2) 📜": "قراءة-المخطوطات-القديمة-المستوى-2",
		"古文書を読む":              "古文書を読む",
		"Чтение рукописей":    "чтение-рукописей",
		"हस्तलेख पढ़ना":       "हस्तलेख-पढ़ना",
		"Café – Élève":        "café-élève",
		"📜🏺":                  "badge",
		"../../etc/passwd":    "etc-passwd",
		"a\u202egnp.exe":      "a-gnp-exe",
		"CON":                 "con-badge",
		"a/b\\c:d*e?f\"g<h>|": "a-b-c-d-e-f-g-h",
		"":                    "badge",
	} {
		if got := slug(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"x/مخطوطات.png": "مخطوطات.png", "C:\\a b.svg": "a-b.svg", "a\u202egnp.svg": "agnp.svg", "...": "", "\u2066x\u2069.json": "x.json",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	for _, long := range []string{slug(strings.Repeat("न्", 400)), fileName(strings.Repeat("書", 400))} {
		if len(long) > 130 || !utf8.ValidString(long) {
			t.Errorf("%d bytes: %q", len(long), long)
		}
	}
}
