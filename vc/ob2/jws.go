package ob2

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"

	"backpack/vc"
)

func jwsAlg(raw []byte) (string, error) {
	head, _, _ := strings.Cut(strings.TrimSpace(string(raw)), ".")
	b, err := base64.RawURLEncoding.Strict().DecodeString(head)
	if err != nil {
		return "", fmt.Errorf("%w: the header of the JWS is not base64url", vc.ErrMalformed)
	}
	h, err := vc.ParseJSON(b)
	if err != nil {
		return "", err
	}
	if h.Get("crit") != nil {
		return "", fmt.Errorf("%w: the JWS has a crit header", vc.ErrMalformed)
	}
	return h.Get("alg").Str(), nil
}

func verifyJWS(raw []byte, key crypto.PublicKey) error {
	s := strings.TrimSpace(string(raw))
	i := strings.LastIndex(s, ".")
	sig, err := base64.RawURLEncoding.Strict().DecodeString(s[i+1:])
	if err != nil {
		return vc.ErrSignature
	}
	alg, err := jwsAlg(raw)
	if err != nil {
		return err
	}
	h := sha256.Sum256([]byte(s[:i]))
	switch k := key.(type) {
	case *rsa.PublicKey:
		if alg == "RS256" {
			if rsa.VerifyPKCS1v15(k, crypto.SHA256, h[:], sig) != nil {
				return vc.ErrSignature
			}
			return nil
		}
	case *ecdsa.PublicKey:
		if alg == "ES256" {
			if len(sig) != 64 || !ecdsa.Verify(k, h[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
				return vc.ErrSignature
			}
			return nil
		}
	}
	return fmt.Errorf("%w: the key does not fit %s", vc.ErrUnsupported, alg)
}
