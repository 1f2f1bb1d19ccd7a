package inspect

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
)

// Digest names the bytes of a badge or a picture, in base 32.
func Digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return digestEncoding.EncodeToString(sum[:20])
}

var digestEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func hexDigest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
