package suite

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"backpack/vc"
	"backpack/vc/jose"
)

// JOSE returns the suite of JWT signatures with EdDSA, ES256, ES384, ES512, RS256
// and PS256 (specs A5.1). Its id is "jose".
func JOSE() vc.SigningSuite { return joseSuite{} }

var _ vc.KeyBinder = joseSuite{}

type joseSuite struct{}

func (joseSuite) IDs() []string { return []string{"jose"} }

// Verify implements vc.Suite. It only uses the key resolved for the issuer, never
// one in the header.
func (joseSuite) Verify(_ context.Context, _ *vc.Document, p *vc.Proof, key *vc.Key) error {
	if p.JOSE == nil {
		return fmt.Errorf("%w: not a JWT", vc.ErrMalformed)
	}
	return jose.VerifyJWS(p.JOSE.Alg, key.Public, p.JOSE.SigningInput, p.JOSE.Signature)
}

// SignJWT signs payload, a JSON object whose bytes are kept, as a compact JWS. The
// signer's key determines alg; header adds other members, such as kid and typ. An
// RSA key signs with RS256.
func SignJWT(ctx context.Context, payload []byte, header map[string]string, s vc.Signer) ([]byte, error) {
	alg, err := jose.AlgFor(s.Public())
	if err != nil {
		return nil, fmt.Errorf("sign JWT: %w", err)
	}
	if v, err := vc.ParseJSON(payload); err != nil {
		return nil, fmt.Errorf("sign JWT: payload: %w", err)
	} else if !v.Is(vc.Object) {
		return nil, fmt.Errorf("sign JWT: %w: the payload is not an object", vc.ErrMalformed)
	}
	if header["alg"] != "" && header["alg"] != alg {
		return nil, fmt.Errorf("sign JWT: %w: the key signs with %s, not %.20q", vc.ErrUnsupported, alg, header["alg"])
	}
	all := map[string]string{}
	maps.Copy(all, header)
	all["alg"] = alg
	head, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("sign JWT: header: %w", err)
	}
	input := vc.EncodeBase64(head) + "." + vc.EncodeBase64(payload)
	sig, err := s.Sign(ctx, []byte(input))
	if err != nil {
		return nil, fmt.Errorf("sign JWT: %w", err)
	}
	if err := jose.VerifyJWS(alg, s.Public(), []byte(input), sig); err != nil {
		return nil, fmt.Errorf("sign JWT: verify with the signer's key: %w", err)
	}
	return []byte(input + "." + vc.EncodeBase64(sig)), nil
}
