package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"backpack/ui/uitest"
	"backpack/wallet"
)

// TestThreat10CasesOfPayloads shows the badges that hold scripts and escapes in
// every place: none becomes a part of the page.
func TestThreat10CasesOfPayloads(t *testing.T) {
	root := os.Getenv("BACKPACK_CASES")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "cases")
	}
	s := newSite(t)
	b := s.browser(t)
	for _, name := range []string{"B1-payloads-in-every-field.json", "B2-semicolon-formula.json", "B3-terminal-escapes.json"} {
		file, err := os.ReadFile(filepath.Join(root, "forged", name))
		if err != nil && os.Getenv("CI") != "" {
			t.Fatal(err)
		} else if err != nil {
			t.Skipf("the cases are not here: %v", err)
		}
		a := b.upload("/verify", "", wallet.Input{Name: name, Bytes: file}).is(t, 200)
		for _, problem := range uitest.Problems([]byte(a.body)) {
			t.Errorf("%s: %s", name, problem)
		}
		for _, part := range []string{"<script>alert", "<img src=x", "<svg onload", "<iframe srcdoc", "<math>", `href="javascript:`, `href="data:`, `onerror="alert`} {
			if strings.Contains(a.body, part) {
				t.Errorf("%s: the page holds %s", name, part)
			}
		}
	}
}
