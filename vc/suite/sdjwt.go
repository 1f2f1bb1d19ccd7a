package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"backpack/vc"
	"backpack/vc/jose"
)

// Bind implements vc.KeyBinder.
func (joseSuite) Bind(ctx context.Context, d *vc.Document, b vc.KeyBinding, s vc.Signer) ([]byte, error) {
	if d.SD == nil || d.Credential == nil {
		return nil, fmt.Errorf("bind to a key: %w: the document is not a credential in an SD-JWT", vc.ErrUnsupported)
	}
	cnf := d.Claims.Get("cnf")
	switch jwk := cnf.Get("jwk"); {
	case cnf == nil:
		return nil, fmt.Errorf("bind to a key: %w: the issuer did not bind it to a key", vc.ErrUnsupported)
	case jwk != nil && !holdsKey(s, jwk):
		return nil, fmt.Errorf("bind to a key: %w: the issuer bound it to another key", vc.ErrMalformed)
	case b.Audience == "" || b.Nonce == "" || b.At.IsZero():
		return nil, fmt.Errorf("bind to a key: %w: audience, nonce and time are required", vc.ErrMalformed)
	}
	hash, err := d.SD.Digest(d.SD.Bound)
	if err != nil {
		return nil, err
	}
	payload, err := json.Marshal(map[string]any{"iat": b.At.Unix(), "aud": b.Audience, "nonce": b.Nonce, "sd_hash": hash})
	if err != nil {
		return nil, fmt.Errorf("bind to a key: %w", err)
	}
	kb, err := SignJWT(ctx, payload, map[string]string{"typ": "kb+jwt"}, s)
	if err != nil {
		return nil, err
	}
	return append(bytes.Clone(d.SD.Bound), kb...), nil
}

// holdsKey reports whether jwk is the signer's public key.
func holdsKey(s vc.Signer, jwk *vc.Value) bool {
	key, err := jose.ParseJWK(jwk)
	if err != nil {
		return false
	}
	a, errA := jose.Thumbprint(key)
	b, errB := jose.Thumbprint(s.Public())
	return errA == nil && errB == nil && a == b
}
