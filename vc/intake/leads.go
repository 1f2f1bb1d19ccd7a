package intake

import (
	"path"
	"strings"
	"unicode"

	"backpack/vc"
)

// blanks are the characters without meaning around a text: white space, byte order
// marks and zero-width characters.
const blanks = " \t\r\n\v\f\u0085\u00a0\u2028\u2029\ufeff\u200b\u2060"

// leadsIn returns the tokens, offers and addresses in a text.
func leadsIn(s string) (out []string) {
	for _, p := range leads(s) {
		out = append(out, p.text)
	}
	return out
}

// leads returns the tokens, offers and addresses in a text without JSON. It removes
// what people and programs put around an address: brackets, quotes, Markdown and final
// punctuation.
func leads(s string) (out []part) {
	lines := strings.Split(joinBracketed(strings.ReplaceAll(withoutInvisible(s), "&amp;", "&")), "\n")
	tries := maxTries
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if more := wrappedLines(lines[i:], &tries); more > 0 { // a token that an e-mail program wrapped
			line = strings.TrimRight(line, " \t\r")
			for _, l := range lines[i+1 : i+1+more] {
				line += unquotedLine(l)
			}
			i += more
		}
		out = append(out, leadsOfLine(line)...)
	}
	return out
}

func leadsOfLine(line string) (out []part) {
	all := countLetters(line)
	for _, f := range strings.FieldsFunc(line, separator) {
		text := leadOf(f)
		if text == "" {
			continue
		}
		out = append(out, part{text: text, address: isWeb(text), alone: countLetters(f) == all})
	}
	return out
}

// leadOf returns the lead in a word, or "".
func leadOf(f string) string {
	f = strings.Trim(f, "[]{}*.,;:!?…)。、，；：！？")
	if isToken(f) || isOffer(f) && len(f) > 20 {
		return f
	}
	if i := strings.LastIndexAny(f, ":="); i >= 0 && isToken(f[i+1:]) { // "jwt:eyJ…"
		return f[i+1:]
	}
	for _, scheme := range []string{"https://", "http://"} { // "link:https://…"
		if i := strings.Index(strings.ToLower(f), scheme); i > 0 && !webLetter(f[i-1]) && !hasPrefixFold(f, "http") {
			f = f[i:]
		}
	}
	if hasPrefixFold(f, "www.") && strings.Contains(f, "/") {
		f = "https://" + f
	}
	if !isWeb(f) {
		return ""
	}
	return f
}

func webLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '/' || c == '%'
}

// countLetters returns the number of letters in s.
func countLetters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

func separator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",;\"'<>|`()“”„‟‘’‚«»‹›（）【】「」『』〈〉《》\\", r)
}

// withoutInvisible returns s without invisible characters that programs insert into addresses:
// zero-width characters, direction marks, soft hyphens.
func withoutInvisible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u00ad', r == '\ufeff', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2069':
			return -1
		case r == '\u2028' || r == '\u2029':
			return '\n'
		}
		return r
	}, s)
}

// joinBracketed joins the parts of addresses in angle brackets, where e-mail programs may
// wrap them and insert spaces (RFC 3986, appendix C).
func joinBracketed(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "<")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		inside, _, ok := strings.Cut(rest[:min(len(rest), maxAddress)], ">")
		address, _, _ := strings.Cut(strings.TrimSpace(inside), "|") // chat programs add a name
		if hasPrefixFold(address, "url:") {
			address = strings.TrimSpace(address[len("url:"):])
		}
		if !ok || !isWeb(address) || strings.Contains(inside, "<") {
			b.WriteByte('<')
			s = rest
			continue
		}
		b.WriteString(" " + joinAddress(address) + " ")
		s = rest[len(inside)+1:]
	}
}

// joinAddress joins the parts of an address. It drops words at the end that do not look
// like a part of it.
func joinAddress(address string) string {
	words := strings.Fields(address)
	out := words[0]
	for _, w := range words[1:] {
		if !strings.HasSuffix(out, "/") && !strings.ContainsAny(w, "/.?&=%-_0123456789") {
			break
		}
		out += w
	}
	return out
}

// unquotedLine returns a line without quotation marks of e-mail.
func unquotedLine(line string) string { return strings.TrimLeft(strings.TrimSpace(line), "> ") }

const (
	minWrapped = 40  // shortest line that an e-mail program wraps
	maxWrapped = 400 // lines of one token
	maxTries   = 8   // failed attempts to join a token
)

// wrappedLines returns the number of further lines that belong to the token at the end of
// the first line. A line shorter than the previous ones ends the token.
func wrappedLines(lines []string, tries *int) int {
	first := strings.TrimRight(lines[0], " \t\r")
	i := strings.LastIndexFunc(first, func(r rune) bool { return !tokenRune(r) })
	token := first[i+1:]
	if *tries == 0 || len(first) < minWrapped || !strings.HasPrefix(token, "ey") || completeToken(token) {
		return 0
	}
	n, width := 0, len(first)
	for _, l := range lines[1:min(len(lines), maxWrapped)] {
		l = unquotedLine(l)
		if l == "" || strings.ContainsFunc(l, func(r rune) bool { return !tokenRune(r) }) || strings.HasPrefix(l, "eyJ") && strings.Contains(token, "~") {
			break
		}
		if isToken(l) || strings.HasSuffix(token, "~") && len(l) < minWrapped {
			break
		}
		n, token = n+1, token+l
		if len(l) < width-2 && n > 1 || completeToken(token) {
			break
		}
		width = len(l)
	}
	if !isToken(token) {
		*tries--
		return 0
	}
	return n
}

func tokenRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' || r == '~'
}

// completeToken reports whether a token ends with a signature of a usual length, so that
// it is complete.
func completeToken(s string) bool {
	if !isJWT(s) {
		return false
	}
	sig, err := vc.DecodeBase64(s[strings.LastIndexByte(s, '.')+1:])
	if err != nil {
		return false
	}
	switch len(sig) {
	case 64, 96, 114, 132, 256, 384, 512:
		return true
	}
	return false
}

// fileEnds are the file name extensions of badges.
var fileEnds = map[string]bool{".png": true, ".svg": true, ".json": true, ".jwt": true, ".jsonld": true, ".txt": true, ".zip": true}

// addressOf returns the address that s is, apart from a missing scheme or spaces in
// its file name; otherwise "".
func addressOf(s string) string {
	if strings.ContainsAny(s, "\r\n\t<>\"") || len(s) > maxAddress {
		return ""
	}
	spaced := strings.ContainsFunc(s, unicode.IsSpace)
	switch {
	case isWeb(s) && spaced && strings.Count(s, "://") == 1 && fileEnds[strings.ToLower(path.Ext(s))]:
		return strings.ReplaceAll(s, " ", "%20")
	case !spaced && !strings.Contains(s, "://") && hostPath(s):
		return "https://" + s
	}
	return ""
}

// hostPath reports whether s is a web address without a scheme.
func hostPath(s string) bool {
	host, rest, ok := strings.Cut(s, "/")
	if !ok || rest == "" || strings.HasPrefix(s, "ey") || !strings.Contains(host, ".") || strings.HasPrefix(host, ".") {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return len(last) > 1 && !strings.ContainsFunc(host, func(r rune) bool {
		return r != '.' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) && !strings.ContainsFunc(last, func(r rune) bool { return !unicode.IsLetter(r) })
}
