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

// A part is a place in a text that may lead to a badge: a JSON object, a token, an
// offer or an address.
type part struct {
	text    string
	address bool // it is a web address
	alone   bool // its line contains nothing else
}

// lines opens each badge and address in a text of several lines: JSON Lines, lists,
// tables, a script or a letter.
func (o *opener) lines(p piece, s string) {
	if !o.parts(p, s) {
		o.fail(p, NotABadge, fmt.Errorf("%w: text without a badge or an address", vc.ErrUnsupported))
	}
}

// parts opens everything in s that may lead to a badge. It returns false if there is
// nothing.
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

// each opens the parts of a text.
func (o *opener) each(p piece, parts []part) {
	for i, part := range parts {
		if o.stopped() {
			return
		}
		q := p.inside([]byte(part.text)).numbered(i, len(parts))
		q.mentioned = q.mentioned || part.address && !part.alone
		if strings.HasPrefix(part.text, "{") {
			o.oneObject(q)
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

// oneObject opens one JSON object and does not split it into lines again.
func (o *opener) oneObject(p piece) {
	v, err := vc.ParseJSON(p.b)
	if err != nil {
		o.fail(p, problemFor(err), fmt.Errorf("read JSON: %w", err))
		return
	}
	o.value(p, v)
}

// search returns the parts of a text that may lead to a badge. If the text contains no
// badge, search removes what programs add to it: quotation marks of e-mail,
// quoted-printable encoding, escapes of HTML or of a script. broken is set if there is
// a badge that cannot be read.
//
// It returns no address inside a JSON object, as the addresses in a badge are its
// issuer's, not the text's. If there is a badge, it returns only addresses that are
// alone in their line.
func (o *opener) search(p piece, s string) (found []part, broken error) {
	var rest []part
	for i, t := range decodings(s) {
		found, fault := o.scan(p, t)
		if hasBadge(found) {
			return toOpen(found, o.opt.MaxItems), nil
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
	return toOpen(rest, o.opt.MaxItems), nil
}

// hasBadge reports whether parts include a badge itself.
func hasBadge(parts []part) bool {
	for _, p := range parts {
		if !p.address {
			return true
		}
	}
	return false
}

// toOpen returns the parts to open. If they include a badge, addresses in running text
// are left out.
func toOpen(parts []part, limit int) (out []part) {
	badge := hasBadge(parts)
	for _, p := range parts {
		if (!badge || !p.address || p.alone) && len(out) <= limit {
			out = append(out, p)
		}
	}
	return out
}

// decodings returns s, then s without the encodings that may be around it, each if it
// differs from the one before.
func decodings(s string) []string {
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

// unquoted returns a text without the quotation marks of e-mail programs.
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

// A scan searches a text for JSON objects in one pass.
type scan struct {
	o           *opener
	p           piece
	s           string
	budget      int // bytes left to read, as a text may contain many unclosed braces
	brokenUntil int // up to here only complete badges count
	parts       []part
	broken      error
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

// between searches the text between two objects.
func (sc *scan) between(from, to int) {
	if from = max(from, sc.brokenUntil); from < to {
		sc.parts = append(sc.parts, leads(sc.s[from:to])...)
	}
}

// object reads the object at i and returns the position to continue from.
func (sc *scan) object(i int) int {
	if i >= len(sc.s) || sc.budget <= 0 {
		return len(sc.s)
	}
	end, fault := objectEnd(sc.s, i, &sc.budget), error(vc.ErrMalformed)
	if end > i {
		text := plainSpaces(sc.s[i:end])
		var v *vc.Value
		if v, fault = vc.ParseJSON([]byte(text)); fault == nil {
			if sc.o.leadsToBadge(sc.p, text, v) {
				sc.parts = append(sc.parts, part{text: text})
			}
			return end // addresses inside the object do not count
		}
	}
	if end < i {
		end = len(sc.s)
	}
	sc.budget -= end - i
	if i >= sc.brokenUntil && looksLikeBadge(sc.s[i:end]) {
		sc.brokenUntil, sc.broken = end, fmt.Errorf("%w: incomplete JSON", vc.ErrMalformed)
		if !errors.Is(fault, vc.ErrMalformed) {
			sc.broken = fault
		}
	}
	return i + 1
}

// leadsToBadge reports whether the JSON is a badge or leads to one.
func (o *opener) leadsToBadge(p piece, text string, v *vc.Value) bool {
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

// objectEnd returns the index after the object that starts at i, or -1.
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

// plainSpaces returns an object with plain spaces instead of the special spaces that word
// processors and e-mail programs insert.
func plainSpaces(s string) string {
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

// looksLikeBadge reports whether invalid JSON looks like a badge.
func looksLikeBadge(s string) bool {
	for _, word := range []string{`"@context"`, `"credentialSubject"`, `"recipient"`, "VerifiableCredential"} {
		if strings.Contains(s, word) {
			return true
		}
	}
	return false
}
