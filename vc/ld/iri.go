package ld

import "strings"

// absolute reports whether s starts with a scheme, which JSON-LD calls having the form
// of an IRI. wellFormed checks the characters.
func absolute(s string) bool { return schemeEnd(s) > 0 }

// schemeEnd returns the index of the colon that ends the scheme, or -1 (RFC 3986
// §3.1).
func schemeEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return i
		default:
			return -1
		}
	}
	return -1
}

// wellFormed reports whether s is an IRI that N-Quads can hold: absolute, without the
// characters that the grammar's IRIREF excludes, and with at most one fragment.
func wellFormed(s string) bool {
	if !absolute(s) {
		return false
	}
	fragments := 0
	for i := 0; i < len(s); i++ {
		if iriStop[s[i]] {
			return false
		}
		if s[i] == '#' {
			fragments++
		}
	}
	return fragments < 2
}

// iriStop marks the bytes that an IRI must not contain.
var iriStop = func() (t [256]bool) {
	for c := range 0x21 {
		t[c] = true
	}
	for _, c := range "<>\"{}|^`\\\x7f" {
		t[c] = true
	}
	return t
}()

// keywordForm reports whether s looks like a keyword: an @ and ASCII letters.
func keywordForm(s string) bool {
	if len(s) < 2 || s[0] != '@' {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// A keyword is a keyword of JSON-LD, or notKeyword, the zero value.
type keyword uint8

const (
	notKeyword keyword = iota
	kwBase
	kwContainer
	kwContext
	kwDirection
	kwGraph
	kwID
	kwImport
	kwIncluded
	kwIndex
	kwJSON
	kwLanguage
	kwList
	kwNest
	kwNone
	kwPrefix
	kwPropagate
	kwProtected
	kwReverse
	kwSet
	kwType
	kwValue
	kwVersion
	kwVocab
)

// keywordOf returns s as a keyword, or notKeyword.
func keywordOf(s string) keyword {
	if len(s) < 3 || s[0] != '@' {
		return notKeyword
	}
	switch s {
	case "@base":
		return kwBase
	case "@container":
		return kwContainer
	case "@context":
		return kwContext
	case "@direction":
		return kwDirection
	case "@graph":
		return kwGraph
	case "@id":
		return kwID
	case "@import":
		return kwImport
	case "@included":
		return kwIncluded
	case "@index":
		return kwIndex
	case "@json":
		return kwJSON
	case "@language":
		return kwLanguage
	case "@list":
		return kwList
	case "@nest":
		return kwNest
	case "@none":
		return kwNone
	case "@prefix":
		return kwPrefix
	case "@propagate":
		return kwPropagate
	case "@protected":
		return kwProtected
	case "@reverse":
		return kwReverse
	case "@set":
		return kwSet
	case "@type":
		return kwType
	case "@value":
		return kwValue
	case "@version":
		return kwVersion
	case "@vocab":
		return kwVocab
	}
	return notKeyword
}

// languageTag reports whether s has the shape of a BCP 47 tag.
func languageTag(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) == 0 || len(part) > 8 {
			return false
		}
		for j := 0; j < len(part); j++ {
			c := part[j]
			letter := c|0x20 >= 'a' && c|0x20 <= 'z'
			if !letter && (i == 0 || c < '0' || c > '9') {
				return false
			}
		}
	}
	return true
}

// resolve resolves an IRI reference against a base (RFC 3986 §5.2). Without a base it
// returns the reference unchanged.
func resolve(base, ref string) string {
	if base == "" || absolute(ref) {
		return ref
	}
	b, r := split(base), split(ref)
	out := parts{scheme: b.scheme, query: r.query, hasQuery: r.hasQuery, fragment: r.fragment, hasFragment: r.hasFragment}
	switch {
	case r.hasAuthority:
		out.authority, out.hasAuthority, out.path = r.authority, true, removeDots(r.path)
		return out.String()
	case r.path == "":
		out.path = b.path
		if !r.hasQuery {
			out.query, out.hasQuery = b.query, b.hasQuery
		}
	case strings.HasPrefix(r.path, "/"):
		out.path = removeDots(r.path)
	case b.hasAuthority && b.path == "":
		out.path = removeDots("/" + r.path)
	default:
		out.path = removeDots(b.path[:strings.LastIndexByte(b.path, '/')+1] + r.path)
	}
	out.authority, out.hasAuthority = b.authority, b.hasAuthority
	return out.String()
}

// parts holds the five components of an IRI reference (RFC 3986 §3).
type parts struct {
	scheme, authority, path, query, fragment string
	hasAuthority, hasQuery, hasFragment      bool
}

func split(s string) (p parts) {
	if i := schemeEnd(s); i > 0 {
		p.scheme, s = s[:i], s[i+1:]
	}
	s, p.fragment, p.hasFragment = strings.Cut(s, "#")
	s, p.query, p.hasQuery = strings.Cut(s, "?")
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		p.hasAuthority = true
		end := strings.IndexByte(rest, '/')
		if end < 0 {
			end = len(rest)
		}
		p.authority, s = rest[:end], rest[end:]
	}
	p.path = s
	return p
}

func (p parts) String() string {
	var b strings.Builder
	if p.scheme != "" {
		b.WriteString(p.scheme + ":")
	}
	if p.hasAuthority {
		b.WriteString("//" + p.authority)
	}
	b.WriteString(p.path)
	if p.hasQuery {
		b.WriteString("?" + p.query)
	}
	if p.hasFragment {
		b.WriteString("#" + p.fragment)
	}
	return b.String()
}

// removeDots removes the dot segments from a path (RFC 3986 §5.2.4).
func removeDots(path string) string {
	var out []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == ".." && len(out) > 0 && (len(out) > 1 || out[0] != ""):
			out = out[:len(out)-1]
			if last {
				out = append(out, "")
			}
		case s == "." || s == "..":
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return strings.Join(out, "/")
}
