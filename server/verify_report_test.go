package server_test

import (
	"testing"

	"backpack/ui/uitest"
)

// TestVerifyReportIsSound checks the page of many items: ids are unique, and each badge
// names its file.
func TestVerifyReportIsSound(t *testing.T) {
	s := newSite(t)
	a := s.browser(t).upload("/verify", "", s.Samples...).is(t, 200)
	for _, problem := range uitest.Problems([]byte(a.body)) {
		t.Error(problem)
	}
	for _, f := range s.Samples {
		a.has(t, f.Name)
	}
}
