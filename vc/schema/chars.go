package schema

import "strings"

func digit(c byte) bool { return c >= '0' && c <= '9' }
func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func upper(c byte) bool { return c >= 'A' && c <= 'Z' }

// all reports whether is accepts every byte of s.
func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

// languageKey reports whether s has the form of a language map key: de or de-AT.
func languageKey(s string) bool {
	return (len(s) == 2 || len(s) == 5 && s[2] == '-' && all(s[3:], upper)) && all(s[:2], lower)
}

// languageTag reports whether s is allowed by inLanguage: two to four letters, an
// optional script, and an optional country or region.
func languageTag(s string) bool {
	lang, rest, more := strings.Cut(s, "-")
	if len(lang) < 2 || len(lang) > 4 || !all(lang, lower) {
		return false
	}
	if more && len(rest) >= 4 && upper(rest[0]) && all(rest[1:4], lower) {
		if rest = rest[4:]; rest == "" {
			return true
		}
		if rest, more = strings.CutPrefix(rest, "-"); !more {
			return false
		}
	}
	return !more || len(rest) == 2 && all(rest, upper) || len(rest) == 3 && all(rest, digit)
}

// compactJWS reports whether s has the form of a compact JWS.
func compactJWS(s string) bool {
	parts := strings.Split(s, ".")
	if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
		return false
	}
	return all(parts[0], base64url) && all(parts[1], base64url) && all(parts[2], base64url)
}

func base64url(c byte) bool { return digit(c) || lower(c) || upper(c) || c == '-' || c == '_' }

// extension reports whether s contains an extension term: ext: and a token.
func extension(s string) bool {
	for {
		_, rest, ok := strings.Cut(s, "ext:")
		if !ok {
			return false
		}
		if rest != "" && (base64url(rest[0]) && rest[0] != '-' || rest[0] == '.' || rest[0] == '|') {
			return true
		}
		s = rest
	}
}

// hasScheme reports whether s starts with a URI scheme.
func hasScheme(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	return ok && scheme != "" && (lower(scheme[0]) || upper(scheme[0])) &&
		all(scheme, func(c byte) bool { return lower(c) || upper(c) || digit(c) || c == '+' || c == '-' || c == '.' })
}
