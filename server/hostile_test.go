package server_test

import (
	"strings"
	"testing"

	"backpack/ui/uitest"
	"backpack/vc/vctest"
	"backpack/wallet/inspect"
)

// TestThreat10CasesOfPayloads checks badges with scripts and escapes in every place.
// None becomes a part of the page.
func TestThreat10CasesOfPayloads(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	for _, name := range []string{"B1-payloads-in-every-field.json", "B2-semicolon-formula.json", "B3-terminal-escapes.json"} {
		a := b.upload("/verify", "", inspect.Input{Name: name, Bytes: vctest.CaseFile(t, "forged", name)}).is(t, 200)
		for _, problem := range uitest.Problems([]byte(a.body)) {
			t.Errorf("%s: %s", name, problem)
		}
		for _, part := range []string{"<script>alert", "<img src=x", "<svg onload", "<iframe srcdoc", "<math>", `href="javascript:`, `href="data:`,
			`onerror="alert`} {
			if strings.Contains(a.body, part) {
				t.Errorf("%s: the page holds %s", name, part)
			}
		}
	}
}
