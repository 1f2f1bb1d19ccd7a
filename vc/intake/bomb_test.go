package intake

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"backpack/vc/vctest/bomb"
)

// TestThreat06ZIPBombs checks that a file that unpacks to a gigabyte is refused in any
// packaging, without being unpacked.
func TestThreat06ZIPBombs(t *testing.T) {
	honest := bomb.ZIP(t, "a.json", bomb.Size)
	for name, x := range map[string]struct {
		in   []byte
		want string
	}{
		"honest":           {honest, "a.json: too_large"},
		"a wrong size":     {bomb.ZIP(t, "a.json", 100), "a.json: damaged_zip"},
		"in a ZIP":         {zipOf(t, file{"b.zip", string(honest)}), "b.zip: too_large"},
		"a picture":        {bomb.ZIP(t, "a.png", bomb.Size), "a.png: too_large"},
		"gzip":             {bomb.Gzip(), "unsupported_kind"},
		"a compressed SVG": {zipOf(t, file{"a.svgz", string(bomb.Gzip()[:100_000])}), "a.svgz: too_large"},
	} {
		bomb.Contained(t, name, func() {
			if d := cmp.Diff([]string{x.want}, check(t, Open(t.Context(), "", x.in, Options{}))); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		})
	}
}
