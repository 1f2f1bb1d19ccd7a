package vc

import (
	"slices"
	"strings"
)

// spellings returns how issuers usually write an identifier before they hash
// it: as it is, and an address of e-mail in every usual case, of letters of
// ASCII alone. Mailboxes that differ in case alone have one owner.
func spellings(known string) []string {
	trimmed := strings.TrimSpace(known)
	out := []string{known, lower(known), trimmed, lower(trimmed)}
	for _, box := range mailboxes(trimmed) {
		at := strings.LastIndexByte(box, '@')
		local, domain := lower(box[:at]), lower(box[at+1:])
		for _, l := range []string{box[:at], local, upper(local), first(local), words(local)} {
			for _, d := range []string{domain, box[at+1:], first(domain), words(domain), upper(domain)} {
				out = append(out, l+"@"+d)
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == "" })
}

// mailboxes returns the addresses of one mailbox: of Google's, the one without
// the dots and the tag, which its owner may add at will, under both its names.
func mailboxes(address string) []string {
	if !isMail(address) {
		return nil
	}
	out := []string{address}
	if base, ok := google(address); ok {
		local, _, _ := strings.Cut(address, "+")
		local, _, _ = strings.Cut(local, "@")
		for _, domain := range []string{"gmail.com", "googlemail.com"} {
			out = append(out, base+"@"+domain, local+"@"+domain)
		}
	}
	return out
}

// google returns what tells one of Google's mailboxes from another.
func google(address string) (base string, ok bool) {
	local, domain, _ := strings.Cut(lower(strings.TrimSpace(address)), "@")
	if domain != "gmail.com" && domain != "googlemail.com" {
		return "", false
	}
	local, _, _ = strings.Cut(local, "+")
	return strings.ReplaceAll(local, ".", ""), local != ""
}

// sameMailbox reports whether two addresses of e-mail are one mailbox's.
func sameMailbox(a, b string) bool {
	x, ok := google(a)
	y, ok2 := google(b)
	return ok && ok2 && x == y || lower(strings.TrimSpace(a)) == lower(strings.TrimSpace(b))
}

// first and words are s with its first letter, or that of every word, as a
// capital.
func first(s string) string {
	if s == "" {
		return ""
	}
	return upper(s[:1]) + s[1:]
}

func words(s string) string {
	b := []byte(s)
	for i := range b {
		if i == 0 || strings.IndexByte(".-_+", b[i-1]) >= 0 {
			b[i] = upper(string(b[i : i+1]))[0]
		}
	}
	return string(b)
}

// upper is upper case in ASCII alone.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
