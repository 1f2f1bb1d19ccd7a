package main

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A redactor removes secrets and identities from log records before they reach
// the next handler: every value under a name in hiddenNames, and any text that
// looks like a token, an e-mail address, a signed credential, a link to a
// share, or the part of an address that may contain secrets. It is the
// outermost handler, so it covers every log line, whichever code writes it.
type redactor struct{ next slog.Handler }

// hidden replaces removed text.
const hidden = "[hidden]"

// longestLogged bounds one value, in bytes; a stack trace fits.
const longestLogged = 16 << 10

// hiddenNames are names whose values are never logged, at any place in a key.
var hiddenNames = []string{"token", "secret", "password", "passcode", "passphrase", "cookie", "authorization", "csrf", "email", "session", "master"}

// Enabled implements slog.Handler.
func (r redactor) Enabled(ctx context.Context, l slog.Level) bool { return r.next.Enabled(ctx, l) }

// Handle implements slog.Handler.
func (r redactor) Handle(ctx context.Context, rec slog.Record) error {
	out := slog.NewRecord(rec.Time, rec.Level, scrub(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(redacted(a))
		return true
	})
	return r.next.Handle(ctx, out)
}

// WithAttrs implements slog.Handler.
func (r redactor) WithAttrs(list []slog.Attr) slog.Handler {
	out := make([]slog.Attr, len(list))
	for i, a := range list {
		out[i] = redacted(a)
	}
	return redactor{r.next.WithAttrs(out)}
}

// WithGroup implements slog.Handler.
func (r redactor) WithGroup(name string) slog.Handler { return redactor{r.next.WithGroup(name)} }

func redacted(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	key := strings.ToLower(a.Key)
	for _, t := range hiddenNames {
		if strings.Contains(key, t) {
			return slog.String(a.Key, hidden)
		}
	}
	switch v.Kind() {
	case slog.KindGroup:
		var inner []slog.Attr
		for _, x := range v.Group() {
			inner = append(inner, redacted(x))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(inner...)}
	case slog.KindString:
		return slog.String(a.Key, scrub(v.String()))
	case slog.KindAny: // errors, and other values with a text
		return slog.String(a.Key, scrub(fmt.Sprint(v.Any())))
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// scrubbed are the patterns to hide, in order, with their replacements.
var scrubbed = []struct {
	pattern *regexp.Regexp
	stays   string
}{
	{regexp.MustCompile(`://[^/\s"'@]+@`), "://" + hidden + "@"},                             // user and password of an address
	{regexp.MustCompile(`(https?://[^\s"'?#]+)[?#][^\s"']*`), "$1?" + hidden},                // the part after its path
	{regexp.MustCompile(`(/s/|/mail/stop/)[^\s"'/?:][^\s"'/?]*`), "$1" + hidden},             // links that grant access
	{regexp.MustCompile(`[A-Za-z0-9_-]*eyJ[A-Za-z0-9_-]+(?:[.~][A-Za-z0-9_~.-]*)?`), hidden}, // JWT and SD-JWT
	{regexp.MustCompile(`[^\s"<>=:,;()\[\]/]+@[^\s"'<>=:,;()\[\]/@]+\.[^\s"'<>=:,;()\[\]/@.]{2,}`), hidden},
}

// tokens matches text of the length of a secret.
var tokens = regexp.MustCompile(`[A-Za-z0-9_-]{20,}={0,2}`)

// keysByPeople matches a backpack key in groups, as people write it.
var keysByPeople = regexp.MustCompile(`\b[A-Za-z0-9]{4,5}(?:[- ][A-Za-z0-9]{4,5}){4,}\b`)

// scrub hides the secrets in a text.
func scrub(s string) string {
	if len(s) > longestLogged {
		s = strings.ToValidUTF8(s[:longestLogged], "") + "…"
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	for _, x := range scrubbed {
		s = x.pattern.ReplaceAllString(s, x.stays)
	}
	return keysByPeople.ReplaceAllStringFunc(tokens.ReplaceAllStringFunc(s, hideRandom), hideRandom)
}

// hideRandom hides text that looks random: letters and digits mixed, or a long
// run of letters of one case.
func hideRandom(t string) string {
	digits, lower, upper := strings.ContainsAny(t, "0123456789"), t != strings.ToUpper(t), t != strings.ToLower(t)
	if digits && (lower || upper) || len(t) >= 26 && lower != upper && !strings.ContainsAny(t, "-_ ") {
		return hidden
	}
	return t
}
