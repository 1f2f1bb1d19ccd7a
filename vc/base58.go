package vc

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// base58Digits is the alphabet of base58btc, the multibase z.
const base58Digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// maxBase58 limits the input of DecodeBase58, whose cost is quadratic.
const maxBase58 = 2048

// A 64-bit word holds at most ten base58 digits.
const (
	base58Group = 10
	base58Radix = 58 * 58 * 58 * 58 * 58 * 58 * 58 * 58 * 58 * 58
)

// DecodeBase58 decodes base58btc without a multibase prefix. The encoding is
// canonical: each byte string has exactly one text. Errors wrap ErrMalformed or,
// above 2048 characters, ErrTooLarge.
func DecodeBase58(s string) ([]byte, error) {
	if len(s) > maxBase58 {
		return nil, fmt.Errorf("base58: %w", ErrTooLarge)
	}
	digits := strings.TrimLeft(s, "1")
	zeros := len(s) - len(digits) // each leading 1 is a zero byte
	var small [16]uint64
	words := small[:0] // the number, least significant word first
	for len(digits) > 0 {
		n := min(base58Group, len(digits))
		value, radix := uint64(0), uint64(1)
		for i := range n {
			d := strings.IndexByte(base58Digits, digits[i])
			if d < 0 {
				return nil, malformed("%q is not a base58 digit", digits[i])
			}
			value, radix = value*58+uint64(d), radix*58
		}
		words = multiplyAdd(words, radix, value)
		digits = digits[n:]
	}
	out := make([]byte, zeros, zeros+8*len(words))
	for _, w := range slices.Backward(words) {
		out = binary.BigEndian.AppendUint64(out, w)
	}
	first := zeros
	for first < len(out) && out[first] == 0 {
		first++
	}
	return append(out[:zeros], out[first:]...), nil
}

// multiplyAdd returns words × factor + carry.
func multiplyAdd(words []uint64, factor, carry uint64) []uint64 {
	for i, w := range words {
		high, low := bits.Mul64(w, factor)
		var c uint64
		words[i], c = bits.Add64(low, carry, 0)
		carry = high + c
	}
	if carry > 0 {
		words = append(words, carry)
	}
	return words
}

// EncodeBase58 encodes as base58btc without a multibase prefix.
func EncodeBase58(b []byte) string {
	zeros := 0
	for zeros < len(b) && b[zeros] == 0 {
		zeros++
	}
	words := make([]uint64, 0, len(b)/8+1) // the number, most significant word first
	for rest := b[zeros:]; len(rest) > 0; {
		n := (len(rest)-1)%8 + 1
		var word [8]byte
		copy(word[8-n:], rest[:n])
		words, rest = append(words, binary.BigEndian.Uint64(word[:])), rest[n:]
	}
	var out []byte // least significant digit first
	for len(words) > 0 {
		var group uint64
		for i := range words {
			words[i], group = bits.Div64(group, words[i], base58Radix)
		}
		if words[0] == 0 {
			words = words[1:]
		}
		for range base58Group {
			out = append(out, base58Digits[group%58])
			group /= 58
		}
	}
	text := strings.TrimRight(string(out), "1")
	out = append([]byte(strings.Repeat("1", zeros)), text...)
	slices.Reverse(out[zeros:])
	return string(out)
}
