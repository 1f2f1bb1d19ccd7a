package ld

import (
	"math"
	"slices"
	"strconv"

	"backpack/vc"
)

// JCS appends the JSON Canonicalization Scheme form of v (RFC 8785) to dst. It omits
// the members of the root object whose names are in without. The tree comes from
// vc.ParseJSON, so every number fits a double and every string is valid UTF-8.
func JCS(dst []byte, v *vc.Value, without ...string) []byte {
	switch v.Kind() {
	case vc.Object:
		return jcsObject(dst, v, without)
	case vc.Array:
		dst = append(dst, '[')
		for i := range v.Items() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = JCS(dst, &v.Items()[i])
		}
		return append(dst, ']')
	case vc.String:
		return appendString(dst, v.Text())
	case vc.Number:
		return appendNumber(dst, v.Text())
	case vc.Bool:
		return append(dst, v.Text()...)
	}
	return append(dst, "null"...)
}

func jcsObject(dst []byte, v *vc.Value, without []string) []byte {
	var few [24]*vc.Value
	members := few[:0]
	for i := range v.Items() {
		if m := &v.Items()[i]; !slices.Contains(without, m.Name()) {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, func(a, b *vc.Value) int { return compareUTF16(a.Name(), b.Name()) })
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, m.Name()), ':')
		dst = JCS(dst, m)
	}
	return append(dst, '}')
}

// compareUTF16 compares by UTF-16 code units (RFC 8785 §3.2.3). This is the byte order
// except for characters beyond the basic multilingual plane, whose surrogates sort
// below U+E000.
func compareUTF16(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	if i == len(a) || i == len(b) {
		return len(a) - len(b)
	}
	x, y := a[i], b[i]
	const surrogates, above = 0xF0, 0xEE // lead bytes of U+10000 and of U+E000
	if x >= surrogates && y >= above && y < surrogates {
		return -1
	}
	if y >= surrogates && x >= above && x < surrogates {
		return 1
	}
	return int(x) - int(y)
}

// appendString appends s as a JSON string with the escapes of RFC 8785 §3.2.2.2.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			const hex = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, s[from:]...), '"')
}

// appendNumber appends a number in the form of ECMAScript (RFC 8785 §3.2.2.3).
func appendNumber(dst []byte, text string) []byte {
	if plainInteger(text) {
		return append(dst, text...)
	}
	f, _ := strconv.ParseFloat(text, 64)
	abs := math.Abs(f)
	if abs == 0 {
		return append(dst, '0')
	}
	if abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') { // e-07
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// plainInteger reports whether the JSON number is written as an integer, without
// fraction or exponent, and a double holds it exactly.
func plainInteger(text string) bool {
	if len(text) > 15 || text == "-0" {
		return false
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; (c < '0' || c > '9') && (i > 0 || c != '-') {
			return false
		}
	}
	return true
}
