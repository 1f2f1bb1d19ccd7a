package vc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// ParseJSON strictly reads one JSON text (RFC 8259 within RFC 7493; specs D2.5).
// Errors wrap ErrMalformed for duplicate member names, invalid UTF-8, lone
// surrogates, a byte order mark, numbers beyond a double's range or precision, and
// trailing data, and ErrTooLarge beyond the limits above.
func ParseJSON(b []byte) (*Value, error) {
	if len(b) > MaxJSONBytes {
		return nil, fmt.Errorf("%w: more than %d bytes of JSON", ErrTooLarge, MaxJSONBytes)
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%w: the text is not valid UTF-8", ErrMalformed)
	}
	p := jsonParsers.Get().(*jsonParser)
	defer p.release()
	p.s = string(b)
	if err := p.value("", 0); err != nil {
		return nil, err
	}
	if p.space(); p.i < len(p.s) {
		return nil, p.errorf("unexpected data after the JSON value")
	}
	v := p.stack[0]
	return &v, nil
}

// jsonParser parses s from offset i. Finished values are pushed on the stack. The
// children of an object or array then move from the stack to the arena, so a
// document needs few allocations.
type jsonParser struct {
	s     string
	i     int
	n     int
	stack []Value
	arena []Value
}

// jsonParsers pools idle parsers. Only the memory of their stacks is reused.
var jsonParsers = sync.Pool{New: func() any { return new(jsonParser) }}

// maxIdleStack limits the stack capacity of an idle parser, in values.
const maxIdleStack = 1024

func (p *jsonParser) release() {
	stack := p.stack[:cap(p.stack)]
	if len(stack) > maxIdleStack {
		stack = nil
	}
	clear(stack) // an idle parser keeps no document alive
	*p = jsonParser{stack: stack[:0]}
	jsonParsers.Put(p)
}

func (p *jsonParser) errorf(format string, a ...any) error {
	line := 1 + strings.Count(p.s[:min(p.i, len(p.s))], "\n")
	return fmt.Errorf("%w: line %d: %s", ErrMalformed, line, fmt.Sprintf(format, a...))
}

// space skips white space.
func (p *jsonParser) space() {
	i := p.i
	for i < len(p.s) && p.s[i] <= ' ' && (p.s[i] == ' ' || p.s[i] == '\n' || p.s[i] == '\t' || p.s[i] == '\r') {
		i++
	}
	p.i = i
}

// value reads a value and pushes it on the stack under the name.
func (p *jsonParser) value(name string, depth int) error {
	if p.n++; p.n > MaxJSONValues {
		return fmt.Errorf("%w: more than %d JSON values", ErrTooLarge, MaxJSONValues)
	}
	p.space()
	if p.i >= len(p.s) {
		return p.errorf("unexpected end of JSON")
	}
	start, c := p.i, p.s[p.i]
	switch {
	case c == '"':
		text, err := p.str()
		if err != nil {
			return err
		}
		p.push(Value{kind: String, name: name, text: text, raw: p.s[start:p.i]})
	case c == '{' || c == '[':
		return p.nested(name, c, depth)
	case c == '-' || c >= '0' && c <= '9':
		if err := p.number(); err != nil {
			return err
		}
		p.push(Value{kind: Number, name: name, text: p.s[start:p.i], raw: p.s[start:p.i]})
	default:
		return p.literal(name, c)
	}
	return nil
}

// literal reads true, false or null.
func (p *jsonParser) literal(name string, c byte) error {
	kind := Bool
	for _, w := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(p.s[p.i:], w) {
			if p.i += len(w); w == "null" {
				kind = Null
			}
			p.push(Value{kind: kind, name: name, text: w, raw: w})
			return nil
		}
	}
	return p.errorf("expected a value, not %q", c)
}

// nested reads an object or array.
func (p *jsonParser) nested(name string, open byte, depth int) (err error) {
	if depth == MaxJSONDepth {
		return fmt.Errorf("%w: JSON nested deeper than %d", ErrTooLarge, MaxJSONDepth)
	}
	start, mark, kind := p.i, len(p.stack), Array
	p.i++
	if open == '{' {
		kind, err = Object, p.members(depth+1)
	} else {
		err = p.items(depth + 1)
	}
	if err != nil {
		return err
	}
	if kind == Object {
		if double, dup := duplicate(p.stack[mark:]); dup {
			return p.errorf("duplicate member %q in an object", double)
		}
	}
	kids := p.take(mark)
	p.push(Value{kind: kind, name: name, raw: p.s[start:p.i], kids: kids})
	return nil
}

// items reads the items of an array and the closing bracket.
func (p *jsonParser) items(depth int) error {
	if p.consume(']') {
		return nil
	}
	for {
		if err := p.value("", depth); err != nil {
			return err
		}
		if p.consume(']') {
			return nil
		}
		if !p.consume(',') {
			return p.expected(",]")
		}
	}
}

// members reads the members of an object and the closing brace.
func (p *jsonParser) members(depth int) error {
	if p.consume('}') {
		return nil
	}
	for {
		if p.space(); p.i >= len(p.s) || p.s[p.i] != '"' {
			return p.expected(`"`)
		}
		name, err := p.str()
		if err != nil {
			return err
		}
		if !p.consume(':') {
			return p.expected(":")
		}
		if err := p.value(name, depth); err != nil {
			return err
		}
		if p.consume('}') {
			return nil
		}
		if !p.consume(',') {
			return p.expected(",}")
		}
	}
}

// consume skips white space, then c. It reports whether c was there.
func (p *jsonParser) consume(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] <= ' ' {
		p.space()
	}
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

// expected returns the error for an unexpected byte. want lists the allowed bytes.
func (p *jsonParser) expected(want string) error {
	if p.i >= len(p.s) {
		return p.errorf("unexpected end of JSON")
	}
	return p.errorf("expected one of %q, not %q", want, p.s[p.i])
}

// push adds a finished value to the stack. It doubles the capacity, since append
// alone would copy a long list four times.
func (p *jsonParser) push(v Value) {
	if len(p.stack) == cap(p.stack) {
		p.stack = slices.Grow(p.stack, max(64, len(p.stack)))
	}
	p.stack = append(p.stack, v)
}

// take removes the finished values above mark from the stack. A long list keeps the
// stack's own memory; others move to the arena.
func (p *jsonParser) take(mark int) []Value {
	n := len(p.stack) - mark
	if n == 0 {
		return nil
	}
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

// duplicate returns a member name that occurs more than once.
func duplicate(members []Value) (string, bool) {
	if len(members) <= 24 { // cheaper than a map
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

// str reads a string. Without escapes it shares the input's memory.
func (p *jsonParser) str() (string, error) {
	p.i++
	start, i := p.i, p.i
	for i < len(p.s) && p.s[i] != '"' && p.s[i] != '\\' && p.s[i] >= 0x20 {
		i++
	}
	p.i = i
	switch {
	case i == len(p.s):
		return "", p.errorf("a string has no closing quote")
	case p.s[i] == '"':
		p.i++
		return p.s[start:i], nil
	case p.s[i] == '\\':
		return p.escaped(start)
	}
	return "", p.errorf("a string contains a control character")
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
			return "", p.errorf("a string contains a control character")
		default:
			b.WriteByte(c)
			p.i++
		}
	}
	return "", p.errorf("a string has no closing quote")
}

// escape reads one escape sequence; a surrogate pair counts as one.
func (p *jsonParser) escape() (rune, error) {
	p.i++
	if p.i >= len(p.s) {
		return 0, p.errorf("a string has no closing quote")
	}
	c := p.s[p.i]
	p.i++
	if c == 'u' {
		return p.unicode()
	}
	if k := strings.IndexByte(`"\/bfnrt`, c); k >= 0 {
		return rune("\"\\/\b\f\n\r\t"[k]), nil
	}
	return 0, p.errorf("\\%c is not an escape sequence", c)
}

func (p *jsonParser) unicode() (rune, error) {
	hi, err := p.hex4()
	if err != nil || hi < 0xD800 || hi > 0xDFFF {
		return hi, err
	}
	if hi >= 0xDC00 || !strings.HasPrefix(p.s[p.i:], `\u`) {
		return 0, p.errorf("lone surrogate in a string")
	}
	p.i += 2
	lo, err := p.hex4()
	if err != nil {
		return 0, err
	}
	if lo < 0xDC00 || lo > 0xDFFF {
		return 0, p.errorf("lone surrogate in a string")
	}
	return 0x10000 + (hi-0xD800)<<10 + lo - 0xDC00, nil
}

func (p *jsonParser) hex4() (rune, error) {
	if p.i+4 > len(p.s) {
		return 0, p.errorf("a \\u escape is too short")
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 16)
	if err != nil {
		return 0, p.errorf("a \\u escape must have four hexadecimal digits")
	}
	p.i += 4
	return rune(n), nil
}
