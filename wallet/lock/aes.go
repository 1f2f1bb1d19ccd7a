package lock

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
)

// keys are the keys derived from a passphrase and a salt.
type keys struct {
	stream cipher.Stream
	mac    hash.Hash
	check  []byte // two bytes that reveal most wrong passphrases at once
}

func keysOf(passphrase string, salt []byte) (*keys, error) {
	const size = 32
	b, err := pbkdf2.Key(sha1.New, passphrase, salt, rounds, 2*size+checkSize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(b[:size])
	if err != nil {
		return nil, err
	}
	return &keys{stream: &counter{block: block}, mac: hmac.New(sha1.New, b[size:2*size]), check: b[2*size:]}, nil
}

// A counter is AES in the counter mode of AE-2: the counter begins at 1 and is
// little-endian.
type counter struct {
	block cipher.Block
	n     uint64
	pad   [aes.BlockSize]byte
	used  int // bytes of pad; 0 means that none is left
}

// XORKeyStream implements cipher.Stream.
func (c *counter) XORKeyStream(dst, src []byte) {
	for i := range src {
		if c.used == 0 {
			c.n++
			var in [aes.BlockSize]byte
			binary.LittleEndian.PutUint64(in[:], c.n)
			c.block.Encrypt(c.pad[:], in[:])
		}
		dst[i] = src[i] ^ c.pad[c.used]
		c.used = (c.used + 1) % aes.BlockSize
	}
}

// methodOf returns the compression method of the locked content.
func methodOf(extra []byte) (uint16, error) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		if id == extraAES && n == 7 {
			if extra[4] != 3 {
				return 0, fmt.Errorf("%w: AES with another key length", ErrUnsupported)
			}
			return binary.LittleEndian.Uint16(extra[5:]), nil
		}
		extra = extra[n:]
	}
	return 0, ErrUnsupported
}

// unpack decompresses the content, up to limit bytes.
func unpack(b []byte, method uint16, limit int64) ([]byte, error) {
	switch method {
	case 0:
		return b, nil
	case 8:
		out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(b)), limit+1))
		switch {
		case err != nil:
			return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
		case int64(len(out)) > limit:
			return nil, ErrTooLarge
		}
		return out, nil
	}
	return nil, fmt.Errorf("%w: unknown compression method", ErrUnsupported)
}
