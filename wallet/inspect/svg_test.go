package inspect

import (
	"bytes"
	"testing"
)

// FuzzSVG asserts that cleaning a clean SVG changes nothing.
func FuzzSVG(f *testing.F) {
	for _, s := range []string{`<svg xmlns="http://www.w3.org/2000/svg"><!-- a --><metadata/><g a:b='1'/></svg>`,
		`<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" xmlns:i="u">` +
			`<i:a><i:b/></i:a><use x:href="#a" i:c = "d"/><style>a{}</style></svg>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, svg []byte) {
		if checkSVG(svg) != nil {
			return
		}
		once, err := cleanSVG(svg)
		if err != nil || checkSVG(once) != nil || bytes.Contains(bytes.ToLower(once), []byte("data:image")) {
			return
		}
		if twice, err := cleanSVG(once); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s\nbecomes\n%s\nand then\n%s, %v", svg, once, twice, err)
		}
	})
}
