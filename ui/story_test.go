package ui_test

import (
	"bytes"
	"testing"

	"backpack/ui"
	"backpack/ui/story"
)

func renderer(t testing.TB) *ui.Renderer {
	t.Helper()
	r, err := ui.New(ui.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStories(t *testing.T) {
	r := renderer(t)
	for _, s := range story.All(r) {
		var b bytes.Buffer
		if err := r.Render(&b, s.Page); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		t.Logf("%s: %d", s.Name, b.Len())
	}
}
