package vc

import (
	"math"
	"strconv"
	"strings"
)

// number reads a number.
func (p *jsonParser) number() error {
	start := p.i
	p.accept("-")
	if p.i < len(p.s) && p.s[p.i] == '0' {
		p.i++
	} else if p.digits() == 0 {
		return p.errorf("a number must have a digit")
	}
	whole := true
	if p.accept(".") {
		if whole = false; p.digits() == 0 {
			return p.errorf("a number must have a digit after the decimal point")
		}
	}
	if p.accept("eE") {
		whole = false
		p.accept("+-")
		if p.digits() == 0 {
			return p.errorf("a number must have a digit in its exponent")
		}
	}
	text := p.s[start:p.i]
	if !exact(text, whole) {
		return p.errorf("the number %.40s has no exact representation", text)
	}
	return nil
}

// exact reports whether a double represents the number (RFC 7493 2.2): an integer
// exactly, any other number with no more digits than distinguish doubles.
func exact(text string, whole bool) bool {
	if whole && len(text) <= 15 {
		return true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || whole && math.Abs(f) > 1<<53 {
		return false
	}
	digits, exponent := decimal(text)
	if len(digits) > 15 && exponent >= len(digits) {
		again, _ := decimal(strconv.FormatFloat(f, 'e', -1, 64))
		return digits == again
	}
	return len(digits) <= 17 && (f != 0 || digits == "")
}

// decimal splits a number into its digits, without leading and trailing zeros, and
// the power of ten of the point before the first digit.
func decimal(text string) (digits string, exponent int) {
	mantissa, e, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(text, "-")), "e")
	exponent, _ = strconv.Atoi(e) // an exponent that overflows int overflows a double, too
	left, right, _ := strings.Cut(mantissa, ".")
	all := strings.TrimLeft(left+right, "0")
	exponent += len(left) - (len(left+right) - len(all))
	return strings.TrimRight(all, "0"), exponent
}

func (p *jsonParser) accept(set string) bool {
	if p.i < len(p.s) && strings.IndexByte(set, p.s[p.i]) >= 0 {
		p.i++
		return true
	}
	return false
}

func (p *jsonParser) digits() int {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i - start
}
