package vc

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseJSON reads one JSON text strictly (RFC 8259 within RFC 7493): duplicate
// member names, invalid UTF-8, lone surrogates, a byte order mark, numbers that
// a double cannot hold and anything after the value are errors that wrap
// ErrMalformed; more than the limits above wraps ErrTooLarge. (specs D2.5)
func ParseJSON(b []byte) (*Value, error) {
	if len(b) > MaxJSONBytes {
		return nil, fmt.Errorf("%w: more than %d bytes of JSON", ErrTooLarge, MaxJSONBytes)
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%w: the text is not valid UTF-8", ErrMalformed)
	}
	p := &jsonParser{s: string(b)}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.i < len(p.s) {
		return nil, p.errorf("something follows the end of the JSON")
	}
	return &v, nil
}

// jsonParser parses s from i on. Finished children are copied from stack into
// arena chunks, so that a document costs few allocations.
type jsonParser struct {
	s     string
	i     int
	n     int
	stack []Value
	arena []Value
}

func (p *jsonParser) errorf(format string, a ...any) error {
	line := 1 + strings.Count(p.s[:min(p.i, len(p.s))], "\n")
	return fmt.Errorf("%w: line %d: %s", ErrMalformed, line, fmt.Sprintf(format, a...))
}

func (p *jsonParser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *jsonParser) value(depth int) (Value, error) {
	if p.n++; p.n > MaxJSONValues {
		return Value{}, fmt.Errorf("%w: more than %d JSON values", ErrTooLarge, MaxJSONValues)
	}
	p.space()
	if p.i >= len(p.s) {
		return Value{}, p.errorf("the JSON ends too early")
	}
	start := p.i
	v, err := p.bare(p.s[p.i], depth)
	if err != nil {
		return Value{}, err
	}
	v.raw = p.s[start:p.i]
	return v, nil
}

func (p *jsonParser) bare(c byte, depth int) (Value, error) {
	switch {
	case (c == '{' || c == '[') && depth == MaxJSONDepth:
		return Value{}, fmt.Errorf("%w: JSON nested deeper than %d", ErrTooLarge, MaxJSONDepth)
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		s, err := p.str()
		return Value{kind: String, text: s}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, w := range []string{"true", "false", "null"} {
		if strings.HasPrefix(p.s[p.i:], w) {
			p.i += len(w)
			if w == "null" {
				return Value{kind: Null, text: w}, nil
			}
			return Value{kind: Bool, text: w}, nil
		}
	}
	return Value{}, p.errorf("a value was expected, not %q", c)
}

// next skips space and consumes one of the bytes in want.
func (p *jsonParser) next(want string) (byte, error) {
	p.space()
	if p.i >= len(p.s) {
		return 0, p.errorf("the JSON ends too early")
	}
	c := p.s[p.i]
	if strings.IndexByte(want, c) < 0 {
		return 0, p.errorf("one of %q was expected, not %q", want, c)
	}
	p.i++
	return c, nil
}

// empty consumes closing if it comes next, before any item.
func (p *jsonParser) empty(closing byte) bool {
	p.space()
	if p.i < len(p.s) && p.s[p.i] == closing {
		p.i++
		return true
	}
	return false
}

func (p *jsonParser) array(depth int) (Value, error) {
	p.i++
	mark := len(p.stack)
	if p.empty(']') {
		return Value{kind: Array}, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		p.push(v)
		c, err := p.next(",]")
		if err != nil {
			return Value{}, err
		}
		if c == ']' {
			return Value{kind: Array, kids: p.take(mark)}, nil
		}
	}
}

func (p *jsonParser) object(depth int) (Value, error) {
	p.i++
	mark := len(p.stack)
	if p.empty('}') {
		return Value{kind: Object}, nil
	}
	for {
		if _, err := p.next(`"`); err != nil {
			return Value{}, err
		}
		p.i--
		name, err := p.str()
		if err != nil {
			return Value{}, err
		}
		if _, err := p.next(":"); err != nil {
			return Value{}, err
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		v.name = name
		p.push(v)
		c, err := p.next(",}")
		if err != nil {
			return Value{}, err
		}
		if c == '}' {
			break
		}
	}
	if name, dup := duplicate(p.stack[mark:]); dup {
		return Value{}, p.errorf("the member %q stands twice in one object", name)
	}
	return Value{kind: Object, kids: p.take(mark)}, nil
}

// push puts a finished child on the stack. It doubles the stack's room, where
// append alone would copy a long list four times over.
func (p *jsonParser) push(v Value) {
	if len(p.stack) == cap(p.stack) {
		p.stack = slices.Grow(p.stack, max(64, len(p.stack)))
	}
	p.stack = append(p.stack, v)
}

// take moves the finished children above mark off the stack: a long list with
// the stack's own memory, others into the arena.
func (p *jsonParser) take(mark int) []Value {
	n := len(p.stack) - mark
	if n >= 4096 {
		kids := slices.Clip(p.stack[mark:])
		p.stack = slices.Clone(p.stack[:mark])
		return kids
	}
	if len(p.arena) < n {
		p.arena = make([]Value, max(n, min(256, 1+len(p.s)/24)))
	}
	kids := p.arena[:n:n]
	p.arena = p.arena[n:]
	copy(kids, p.stack[mark:])
	p.stack = p.stack[:mark]
	return kids
}

// duplicate returns a name that two of the members share.
func duplicate(members []Value) (string, bool) {
	if len(members) <= 24 { // a map costs more than it saves
		for i := range members {
			for j := range i {
				if members[i].name == members[j].name {
					return members[i].name, true
				}
			}
		}
		return "", false
	}
	seen := make(map[string]bool, len(members))
	for i := range members {
		if seen[members[i].name] {
			return members[i].name, true
		}
		seen[members[i].name] = true
	}
	return "", false
}

// str reads a string; without escapes it shares the input's memory.
func (p *jsonParser) str() (string, error) {
	p.i++
	start := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			p.i++
			return p.s[start : p.i-1], nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", p.errorf("a control character stands in a string")
		default:
			p.i++
		}
	}
	return "", p.errorf("a string has no end")
}

func (p *jsonParser) escaped(start int) (string, error) {
	var b strings.Builder
	b.WriteString(p.s[start:p.i])
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			p.i++
			return b.String(), nil
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			b.WriteRune(r)
		case c < 0x20:
			return "", p.errorf("a control character stands in a string")
		default:
			b.WriteByte(c)
			p.i++
		}
	}
	return "", p.errorf("a string has no end")
}

// escape reads one escape sequence, a surrogate pair as one.
func (p *jsonParser) escape() (rune, error) {
	p.i++
	if p.i >= len(p.s) {
		return 0, p.errorf("a string has no end")
	}
	c := p.s[p.i]
	p.i++
	if c == 'u' {
		return p.unicode()
	}
	if k := strings.IndexByte(`"\/bfnrt`, c); k >= 0 {
		return rune("\"\\/\b\f\n\r\t"[k]), nil
	}
	return 0, p.errorf("\\%c is no escape sequence", c)
}

func (p *jsonParser) unicode() (rune, error) {
	hi, err := p.hex4()
	if err != nil || hi < 0xD800 || hi > 0xDFFF {
		return hi, err
	}
	if hi >= 0xDC00 || !strings.HasPrefix(p.s[p.i:], `\u`) {
		return 0, p.errorf("half of a surrogate pair stands alone")
	}
	p.i += 2
	lo, err := p.hex4()
	if err != nil {
		return 0, err
	}
	if lo < 0xDC00 || lo > 0xDFFF {
		return 0, p.errorf("half of a surrogate pair stands alone")
	}
	return 0x10000 + (hi-0xD800)<<10 + lo - 0xDC00, nil
}

func (p *jsonParser) hex4() (rune, error) {
	if p.i+4 > len(p.s) {
		return 0, p.errorf("a \\u escape is too short")
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 16)
	if err != nil {
		return 0, p.errorf("a \\u escape needs four hexadecimal digits")
	}
	p.i += 4
	return rune(n), nil
}

func (p *jsonParser) number() (Value, error) {
	start := p.i
	p.accept("-")
	if p.i < len(p.s) && p.s[p.i] == '0' {
		p.i++
	} else if p.digits() == 0 {
		return Value{}, p.errorf("a number needs a digit")
	}
	whole := true
	if p.accept(".") {
		if whole = false; p.digits() == 0 {
			return Value{}, p.errorf("a number needs a digit after the point")
		}
	}
	if p.accept("eE") {
		whole = false
		p.accept("+-")
		if p.digits() == 0 {
			return Value{}, p.errorf("a number needs a digit in its exponent")
		}
	}
	text := p.s[start:p.i]
	if !exact(text, whole) {
		return Value{}, p.errorf("the number %.40s cannot be kept exactly", text)
	}
	return Value{kind: Number, text: text}, nil
}

// exact reports whether a double holds the number (RFC 7493 2.2): a whole one
// without any change, another by no more digits than tell doubles apart.
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

// decimal splits a number into its digits, without zeros around them, and the
// power of ten of the point before the first one.
func decimal(text string) (digits string, exponent int) {
	mantissa, e, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(text, "-")), "e")
	exponent, _ = strconv.Atoi(e) // one too great for an int is for a double, too
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
