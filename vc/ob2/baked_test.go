package ob2

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"backpack/vc"
	"backpack/vc/bake"
)

// TestBakedAnswer checks addresses that serve a picture with a badge baked into it
// (specs B1.12).
func TestBakedAnswer(t *testing.T) {
	var plain bytes.Buffer
	if err := png.Encode(&plain, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	baked := func(text string) string {
		return string(must(bake.Embed(plain.Bytes(), bake.OpenBadge2, []byte(text))))
	}
	for name, tc := range map[string]struct {
		body  string
		other page
		want  []string
	}{
		"the assertion":     {body: baked(assertion().String()), want: []string{"proof unknown hosted_as_file", "issuer unknown hosted_as_file"}},
		"another assertion": {body: baked(assertion().with("id", "https://evil.example/a").String()), want: []string{"proof unknown unreachable"}},
		"its address": {body: baked("https://i.example/json"), other: page{body: assertion().String()},
			want: []string{"proof passed hosted_fetched", "issuer passed"}},
		"an endless chain":  {body: baked("https://i.example/json"), other: page{body: baked("https://i.example/json")}, want: []string{"proof unknown not_a_badge"}},
		"no badge":          {body: plain.String(), want: []string{"proof unknown not_a_badge"}},
		"a damaged picture": {body: plain.String()[:20], want: []string{"proof unknown not_a_badge"}},
	} {
		t.Run(name, func(t *testing.T) {
			pages := standard()
			pages[assertionURL], pages["https://i.example/json"] = page{body: tc.body}, tc.other
			r, _ := verify(t, pages, assertionURL, vc.Options{})
			expect(t, r, tc.want...)
		})
	}
}
