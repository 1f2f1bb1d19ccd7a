package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"

	"backpack/wallet/storage"
)

const sealVersion = 1

// seal returns version ‖ nonce ‖ ciphertext, bound to the place of k.
func seal(aead cipher.AEAD, random io.Reader, k storage.Key, plain []byte) ([]byte, error) {
	out := make([]byte, 1+aead.NonceSize(), 1+aead.NonceSize()+len(plain)+aead.Overhead())
	out[0] = sealVersion
	if _, err := io.ReadFull(random, out[1:]); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	return aead.Seal(out, out[1:], plain, place(k)), nil
}

func open(aead cipher.AEAD, k storage.Key, data []byte) ([]byte, error) {
	n := 1 + aead.NonceSize()
	if len(data) < n || data[0] != sealVersion {
		return nil, fmt.Errorf("%s: %w", k.Kind, ErrSealed)
	}
	plain, err := aead.Open(nil, data[1:n], data[n:], place(k))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", k.Kind, ErrSealed)
	}
	return plain, nil
}

// place returns the additional data that binds sealed data to its record.
func place(k storage.Key) []byte {
	return []byte(string(k.Account) + "\x00" + string(k.Kind) + "\x00" + k.ID)
}

// derive returns a 32-byte key for one use of key.
func derive(key []byte, use string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("backpack/" + use))
	return m.Sum(nil)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func encode32(b []byte) string { return base32Lower.EncodeToString(b) }
