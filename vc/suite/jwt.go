package suite

import (
	"context"
	"encoding/json"
	"fmt"

	"backpack/vc"
	"backpack/vc/jose"
)

// JOSE returns the suite of JWT signatures: EdDSA, ES256, ES384, RS256 and
// PS256 (specs A5.1). Its id is "jose".
func JOSE() vc.Suite { return joseSuite{} }

type joseSuite struct{}

func (joseSuite) IDs() []string { return []string{"jose"} }

// Verify implements vc.Suite.
func (joseSuite) Verify(_ context.Context, _ *vc.Document, p *vc.Proof, key *vc.Key) error {
	if p.JOSE == nil {
		return fmt.Errorf("%w: not a JWT", vc.ErrMalformed)
	}
	return jose.VerifyJWS(p.JOSE.Alg, key.Public, p.JOSE.SigningInput, p.JOSE.Signature)
}

// SignJWT signs a payload, a JSON object, as a compact JWS. The header's alg
// comes from the signer's key; header adds others, such as kid and typ.
func SignJWT(ctx context.Context, payload []byte, header map[string]string, s vc.Signer) ([]byte, error) {
	alg, err := jose.AlgFor(s.Public())
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for k, v := range header {
		all[k] = v
	}
	all["alg"] = alg
	head, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	input := vc.EncodeBase64(head) + "." + vc.EncodeBase64(payload)
	sig, err := s.Sign(ctx, []byte(input))
	if err != nil {
		return nil, fmt.Errorf("sign JWT: %w", err)
	}
	return []byte(input + "." + vc.EncodeBase64(sig)), nil
}
