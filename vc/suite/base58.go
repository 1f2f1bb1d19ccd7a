package suite

import (
	"fmt"

	"github.com/mr-tron/base58"

	"backpack/vc"
)

// decodeProofValue decodes a base58btc multibase value of exactly one of the
// sizes (Data Integrity 1.0, 2.4).
func decodeProofValue(s string, sizes ...int) ([]byte, error) {
	if len(s) < 2 || s[0] != 'z' || len(s) > 200 {
		return nil, fmt.Errorf("%w: proofValue is not base58btc, which begins with z", vc.ErrMalformed)
	}
	b, err := base58.FastBase58Decoding(s[1:])
	if err != nil {
		return nil, fmt.Errorf("%w: proofValue: %v", vc.ErrMalformed, err)
	}
	for _, n := range sizes {
		if len(b) == n {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: proofValue is %d bytes long", vc.ErrMalformed, len(b))
}

func encodeProofValue(sig []byte) string { return "z" + base58.FastBase58Encoding(sig) }
