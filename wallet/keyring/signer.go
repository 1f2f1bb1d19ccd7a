package keyring

import (
	"context"
	"crypto"
	"fmt"

	ariescrypto "github.com/hyperledger/aries-framework-go/pkg/crypto"
)

// A signer signs with one key through aries.
type signer struct {
	crypto ariescrypto.Crypto
	handle any // aries' handle of the key
	public crypto.PublicKey
	size   int // of a signature, in bytes
}

// Public implements vc.Signer.
func (s *signer) Public() crypto.PublicKey { return s.public }

// Sign implements vc.Signer.
func (s *signer) Sign(ctx context.Context, message []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var signature []byte
	err := guard("aries", func() (err error) {
		signature, err = s.crypto.Sign(message, s.handle)
		return err
	})
	if err == nil && len(signature) != s.size {
		err = fmt.Errorf("aries returned a signature of %d bytes", len(signature))
	}
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signature, nil
}
