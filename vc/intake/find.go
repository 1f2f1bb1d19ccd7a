package intake

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/quotedprintable"
	"strings"

	"backpack/vc"
)

// A part is a place in a text that may lead to a badge: an object of JSON, a
// token, an offer or an address.
type part struct {
	text    string
	address bool // it only says where something is
	alone   bool // nothing else is said in its line
}

// lines opens each badge and address in text of several lines: JSON lines,
// lists, tables, a script or a letter.
func (o *opener) lines(p piece, s string) {
	if !o.parts(p, s) {
		o.fail(p, NotABadge, fmt.Errorf("%w: text without a badge or an address", vc.ErrUnsupported))
	}
}

// parts opens what in s may lead to a badge, and reports whether anything does.
func (o *opener) parts(p piece, s string) bool {
	texts, listed := issued(s)
	if !listed {
		texts = column(s, o.opt.MaxItems)
		p.listed = texts != nil
	}
	if texts == nil && severalLines([]byte(s)) {
		texts = nonEmptyLines(s, o.opt.MaxItems)
	}
	if texts != nil || listed {
		found := make([]part, len(texts))
		for i, text := range texts {
			found[i] = part{text: text, alone: true}
		}
		o.each(p, found)
		return len(texts) > 0
	}
	found, broken := o.search(p, s)
	if len(found) == 0 && broken != nil {
		o.fail(p, DamagedText, fmt.Errorf("read a badge in text: %w", broken))
		return true
	}
	o.each(p, found)
	return len(found) > 0
}

// each opens parts of a text.
func (o *opener) each(p piece, parts []part) {
	for i, part := range parts {
		if o.stopped() {
			return
		}
		q := p.inside([]byte(part.text)).numbered(i, len(parts))
		q.mentioned = q.mentioned || part.address && !part.alone
		if strings.HasPrefix(part.text, "{") {
			o.line(q)
			continue
		}
		o.text(q)
	}
}

func nonEmptyLines(s string, limit int) (out []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" && len(out) <= limit {
			out = append(out, line)
		}
	}
	return out
}

// line opens one object of JSON, which is not split into lines again.
func (o *opener) line(p piece) {
	v, err := vc.ParseJSON(p.b)
	if err != nil {
		o.fail(p, problemFor(err), fmt.Errorf("read JSON: %w", err))
		return
	}
	o.value(p, v)
}

// search returns what in a text may lead to a badge. Where the text as it is
// holds none, it is looked at without what programs put around it: the marks of
// a quoted mail, the coding of a mail's body, the escapes of a page or a script.
// broken says that there is a badge which cannot be read.
//
// What stands inside a badge is its issuer's to ask for, not the text's: no
// address in an object of JSON is returned. Beside a badge only an address that
// has a line of its own is.
func (o *opener) search(p piece, s string) (found []part, broken error) {
	var rest []part
	for i, t := range writings(s) {
		found, fault := o.scan(p, t)
		if holdBadge(found) {
			return chosen(found, o.opt.MaxItems), nil
		}
		if broken == nil {
			broken = fault
		}
		if i == 0 || len(rest) == 0 {
			rest = found
		}
	}
	if broken != nil {
		return nil, broken
	}
	return chosen(rest, o.opt.MaxItems), nil
}

// holdBadge reports whether a badge itself is among parts.
func holdBadge(parts []part) bool {
	for _, p := range parts {
		if !p.address {
			return true
		}
	}
	return false
}

// chosen returns the parts to open: beside a badge no address that is only
// mentioned.
func chosen(parts []part, limit int) (out []part) {
	badge := holdBadge(parts)
	for _, p := range parts {
		if (!badge || !p.address || p.alone) && len(out) <= limit {
			out = append(out, p)
		}
	}
	return out
}

// writings returns s and what it says when it is taken out of what may be
// around it, each at most once.
func writings(s string) []string {
	out := []string{s}
	add := func(t string) {
		if t != out[len(out)-1] {
			out = append(out, t)
		}
	}
	if strings.Contains(s, ">") {
		add(unquoted(s))
	}
	last := out[len(out)-1]
	if strings.Contains(last, "=3D") || strings.Contains(last, "=\n") || strings.Contains(last, "=\r\n") {
		if b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(last))); err == nil {
			add(string(b))
		}
	}
	if strings.Contains(last, "&quot;") || strings.Contains(last, "&#34;") {
		add(html.UnescapeString(last))
	}
	if strings.Contains(last, `\"`) {
		add(strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\/`, `/`, `\n`, "\n", `\r`, "", `\t`, " ").Replace(last))
	}
	return out
}

// unquoted returns a text without the marks that mail programs put before each
// line of what is quoted.
func unquoted(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		t := strings.TrimLeft(line, " \t")
		for strings.HasPrefix(t, ">") {
			t = strings.TrimLeft(t[1:], " \t")
			line = t
		}
		b.WriteString(line)
	}
	return b.String()
}

// A scan walks through a text once for the objects in it.
type scan struct {
	o      *opener
	p      piece
	s      string
	budget int // bytes that may still be looked at: braces may open without an end
	quiet  int // up to here nothing but whole badges is looked for
	parts  []part
	broken error
}

func (o *opener) scan(p piece, s string) ([]part, error) {
	sc := &scan{o: o, p: p, s: s, budget: 12*len(s) + 1<<16}
	for at := 0; at < len(s) && len(sc.parts) <= o.opt.MaxItems; {
		next := strings.IndexByte(s[at:], '{')
		if next < 0 {
			next = len(s) - at
		}
		sc.between(at, at+next)
		at = sc.object(at + next)
	}
	return sc.parts, sc.broken
}

// between reads the text between two objects.
func (sc *scan) between(from, to int) {
	if from = max(from, sc.quiet); from < to {
		sc.parts = append(sc.parts, leads(sc.s[from:to])...)
	}
}

// object looks at the brace at i, and returns where to read on.
func (sc *scan) object(i int) int {
	if i >= len(sc.s) || sc.budget <= 0 {
		return len(sc.s)
	}
	end, fault := objectEnd(sc.s, i, &sc.budget), error(vc.ErrMalformed)
	if end > i {
		text := respaced(sc.s[i:end])
		var v *vc.Value
		if v, fault = vc.ParseJSON([]byte(text)); fault == nil {
			if sc.o.holds(sc.p, text, v) {
				sc.parts = append(sc.parts, part{text: text})
			}
			return end // nothing inside is asked
		}
	}
	if end < i {
		end = len(sc.s)
	}
	sc.budget -= end - i
	if i >= sc.quiet && likeBadge(sc.s[i:end]) {
		sc.quiet, sc.broken = end, fmt.Errorf("%w: its JSON is not whole", vc.ErrMalformed)
		if !errors.Is(fault, vc.ErrMalformed) {
			sc.broken = fault
		}
	}
	return i + 1
}

// holds reports whether JSON is a badge or leads to one.
func (o *opener) holds(p piece, text string, v *vc.Value) bool {
	sub := newOpener(o.ctx, o.opt)
	sub.value(p.inside([]byte(text)), v)
	for _, it := range sub.items {
		switch it.Problem {
		case NotABadge, BadgeClassOnly, Empty:
		default:
			return true
		}
	}
	return false
}

// objectEnd returns the index behind the object that opens at i, or -1.
func objectEnd(s string, i int, budget *int) int {
	depth, text := 0, false
	for ; i < len(s) && *budget > 0; i++ {
		*budget--
		switch c := s[i]; {
		case text && c == '\\':
			i++
		case c == '"':
			text = !text
		case text:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// respaced returns an object with plain spaces in place of those that word
// processors and mail programs set between its members.
func respaced(s string) string {
	if !strings.ContainsAny(s, "\u00a0\ufeff\u200b\u2028\u2029\u202f") {
		return s
	}
	var b bytes.Buffer
	text, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = false
		case text && r == '\\':
			escaped = true
		case r == '"':
			text = !text
		case !text && strings.ContainsRune("\u00a0\ufeff\u200b\u2028\u2029\u202f", r):
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// likeBadge reports whether JSON that cannot be read speaks of a badge.
func likeBadge(s string) bool {
	for _, word := range []string{`"@context"`, `"credentialSubject"`, `"recipient"`, "VerifiableCredential"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
