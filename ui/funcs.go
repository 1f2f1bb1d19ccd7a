package ui

import (
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// funcs returns the functions for templates, in the language of c.
func (r *Renderer) funcs(c *catalog) template.FuncMap {
	return template.FuncMap{
		"t": func(key string, args ...any) (string, error) {
			if s, ok := c.render(key, args...); ok {
				return s, nil
			}
			return "", fmt.Errorf("locale/%s.json: no text %q", c.lang, key)
		},
		"tablefacts": TableFacts,
		// coded is t for a key that ends in data: "error." .Code
		"coded":      c.coded,
		"next":       c.next,
		"number":     c.number,
		"size":       c.size,
		"asset":      r.assets.assetURL,
		"date":       c.date,
		"datetime":   c.datetime,
		"day":        func(t time.Time) string { return t.Format(time.DateOnly) },
		"stamp":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"left":       c.left,
		"markdown":   r.markdown.render,
		"picture":    picture,
		"link":       link,
		"initials":   initials,
		"tone":       tone,
		"qr":         QRSVG,
		"host":       host,
		"args":       args,
		"inc":        func(n int) int { return n + 1 },
		"archivecss": func() template.CSS { return template.CSS(r.assets.byName["archive.css"].Body) },
	}
}

// args returns a map of the pairs of names and values, for templates that take
// more than one value.
func args(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("args: %d values do not form pairs", len(pairs))
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// date returns the day of t in words. It keeps the offset of t, so a badge shows
// the day that its issuer wrote.
func (c *catalog) date(t time.Time) string {
	month, _ := c.render("month." + strconv.Itoa(int(t.Month())))
	s, _ := c.render("date.day", "day", t.Day(), "month", month, "year", t.Year())
	return s
}

// datetime returns the date and time of t in words, in UTC.
func (c *catalog) datetime(t time.Time) string {
	s, _ := c.render("date.moment", "date", c.date(t.UTC()), "time", t.UTC().Format("15:04"))
	return s
}

// left returns the number of days until t in words, or "" if t has passed or is
// more than 90 days away.
func (c *catalog) left(now, t time.Time) string {
	if now.IsZero() || !t.After(now) || t.Sub(now) > 90*24*time.Hour {
		return ""
	}
	s, _ := c.render("date.left", "n", int((t.Sub(now)+24*time.Hour-1)/(24*time.Hour)))
	return s
}

var dataPicture = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$`)

// picture returns the address of a picture if src is a path on this server, a
// path relative to an archive, or a data: address of a picture. It returns "" for
// anything else, so no page loads from another server.
func picture(src string) template.URL {
	switch {
	case dataPicture.MatchString(src):
		return template.URL(src)
	case strings.HasPrefix(src, "/") && !strings.HasPrefix(src, "//"), strings.HasPrefix(src, "badges/"):
		if u, err := url.Parse(src); err == nil && u.Host == "" && u.Scheme == "" && !strings.ContainsAny(src, "\\\t\r\n") {
			return template.URL(u.String())
		}
	}
	return ""
}

// link returns s as an address for href: https or http with a host and no user,
// or mailto, of at most 2,000 bytes. It returns "" for anything else.
func link(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || len(s) > 2000 {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http":
		if u.Host != "" && u.User == nil {
			return u.String()
		}
	case "mailto":
		return u.String()
	}
	return ""
}

// host returns the host of an address, or the address itself if it has none.
func host(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	return u.Host
}

// initials returns up to two letters of a title, to stand in for a picture.
func initials(title string) string {
	var out []rune
	for _, w := range strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if first, _ := utf8.DecodeRuneInString(w); len(out) < 2 {
			out = append(out, unicode.ToUpper(first))
		}
	}
	return string(out)
}
