package ob2

import (
	"crypto/sha1"
	"encoding/hex"
	"strings"

	"backpack/vc"
)

// matchSHA1 compares with the sha1$ hashes that Open Badges 1.x still allowed
// (specs B1.9). A match by so weak a hash is always called weak.
func matchSHA1(s *vc.Subject, known []string) (match string, weak bool) {
	for _, id := range s.Identifiers {
		alg, sum, ok := strings.Cut(id.Hash, "$")
		if !ok || !strings.EqualFold(alg, "sha1") {
			continue
		}
		for _, k := range known {
			for _, form := range []string{k, strings.ToLower(k), strings.TrimSpace(k)} {
				h := sha1.Sum([]byte(form + id.Salt))
				if strings.EqualFold(hex.EncodeToString(h[:]), sum) {
					return k, true
				}
			}
		}
	}
	return "", false
}
