package bake

import (
	"testing"

	"backpack/vc/vctest/bomb"
)

// TestThreat06PNGText checks that a text that unpacks to a gigabyte is refused without
// being unpacked.
func TestThreat06PNGText(t *testing.T) {
	p, packed := plainPNG(t), string(bomb.Zlib())
	for name, chunk := range map[string][]byte{
		"zTXt": makeChunk("zTXt", "openbadges\x00\x00"+packed),
		"iTXt": makeChunk("iTXt", "openbadgecredential\x00\x01\x00\x00\x00"+packed),
	} {
		file := insert(p, chunk)
		bomb.Contained(t, name, func() {
			if b, err := Extract(file); err == nil {
				t.Errorf("%s: %d badges", name, len(b))
			}
		})
	}
}
