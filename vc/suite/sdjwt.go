package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
)

// A KeyBinding says for whom and when an SD-JWT is shown.
type KeyBinding struct {
	Audience string // who asked
	Nonce    string // what they sent, so that it cannot be shown to them again
	At       time.Time
}

// BindSDJWT returns an SD-JWT with a key binding by the holder (RFC 9901, 7.2):
// their signature over what is shown. One that is there is replaced. The signer
// must be the key in cnf.jwk; of a cnf that names a key otherwise, the caller
// knows that. Errors wrap vc.ErrUnsupported or vc.ErrMalformed.
func BindSDJWT(ctx context.Context, d *vc.Document, b KeyBinding, s vc.Signer) ([]byte, error) {
	if d.SD == nil || d.Credential == nil {
		return nil, fmt.Errorf("bind to a key: %w: no credential in an SD-JWT", vc.ErrUnsupported)
	}
	cnf := d.Claims.Get("cnf")
	switch jwk := cnf.Get("jwk"); {
	case cnf == nil:
		return nil, fmt.Errorf("bind to a key: %w: the issuer bound it to none", vc.ErrUnsupported)
	case jwk != nil && !Holds(s, jwk):
		return nil, fmt.Errorf("bind to a key: %w: the issuer bound it to another", vc.ErrMalformed)
	case b.Audience == "" || b.Nonce == "" || b.At.IsZero():
		return nil, fmt.Errorf("bind to a key: %w: audience, nonce and time are needed", vc.ErrMalformed)
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

// Holds reports whether a public JWK is the signer's key.
func Holds(s vc.Signer, jwk *vc.Value) bool {
	key, err := jose.ParseJWK(jwk)
	if err != nil {
		return false
	}
	a, errA := jose.Thumbprint(key)
	b, errB := jose.Thumbprint(s.Public())
	return errA == nil && errB == nil && a == b
}
