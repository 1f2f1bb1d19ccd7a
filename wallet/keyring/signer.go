package keyring

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"fmt"
	"math/big"
	"slices"

	ariescrypto "github.com/hyperledger/aries-framework-go/pkg/crypto"
)

// A signer signs with one key through aries.
type signer struct {
	crypto ariescrypto.Crypto
	handle any // aries' handle of the key
	public []byte
}

// Public implements vc.Signer.
func (s *signer) Public() crypto.PublicKey { return ed25519.PublicKey(slices.Clone(s.public)) }

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
	if err == nil && len(signature) != ed25519.SignatureSize {
		err = fmt.Errorf("a signature of %d bytes", len(signature))
	}
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signature, nil
}

// didKey returns the did:key of an Ed25519 key and its verification method:
// multicodec 0xed, as a varint, before the key, in multibase base58btc
// (did:key method 0.9, 3.1.1).
func didKey(public ed25519.PublicKey) (did, method string) {
	value := "z" + base58(append([]byte{0xed, 0x01}, public...))
	return "did:key:" + value, "did:key:" + value + "#" + value
}

const base58Symbols = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58 encodes bytes of which the first is not zero.
func base58(b []byte) string {
	var out []byte
	n, mod, radix := new(big.Int).SetBytes(b), new(big.Int), big.NewInt(58)
	for n.Sign() > 0 {
		n.DivMod(n, radix, mod)
		out = append(out, base58Symbols[mod.Int64()])
	}
	slices.Reverse(out)
	return string(out)
}
