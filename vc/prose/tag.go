package prose

import "strings"

// maxTag is the maximum length in bytes of a tag or a comment; a longer one is text.
const maxTag = 2_048

// A mark is a tag or a comment in a text.
type mark struct {
	start, end int
	name       string // lower case; "" for a comment
	closes     bool   // it is an end tag
	attributes string
}

// next returns the first mark in s at or after from.
func next(s string, from int) (mark, bool) {
	for {
		i := strings.IndexByte(s[from:], '<')
		if i < 0 {
			return mark{}, false
		}
		from += i
		if m, ok := markAt(s[from:min(len(s), from+maxTag)]); ok {
			m.start, m.end = from, from+m.end
			return m, true
		}
		from++
	}
}

// markAt parses the mark at the start of s.
func markAt(s string) (m mark, ok bool) {
	if strings.HasPrefix(s, "<!--") {
		i := strings.Index(s[4:], "-->")
		m.end = 4 + i + 3
		return m, i >= 0
	}
	i := 1
	if m.closes = strings.HasPrefix(s, "</"); m.closes {
		i = 2
	}
	start := i
	for i < len(s) && letterOrDigit(s[i], i == start) {
		i++
	}
	if i == start || i == len(s) || strings.IndexByte(" \t\n/>", s[i]) < 0 {
		return m, false
	}
	m.name = strings.ToLower(s[start:i])
	end := tagEnd(s, i)
	if end < 0 {
		return m, false
	}
	m.attributes, m.end = s[i:end], end+1
	return m, true
}

func letterOrDigit(c byte, first bool) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9'
}

// tagEnd returns the index of the > that ends the tag, ignoring quoted text, or -1.
func tagEnd(s string, i int) int {
	for quote := byte(0); i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		case c == '<':
			return -1
		}
	}
	return -1
}
