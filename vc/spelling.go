package vc

import (
	"slices"
	"strings"
)

// spellings returns the forms in which issuers commonly hash an identifier: as
// given and, for an email address, in all common cases. Only ASCII letters change
// case. Mailboxes that differ only in case are taken to have one owner.
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

// mailboxes returns the equivalent addresses of a mailbox. For Gmail these are the
// address without dots and tag, which its owner can add freely, in both domains.
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

// google returns the part of a Gmail address that identifies the mailbox.
func google(address string) (base string, ok bool) {
	local, domain, _ := strings.Cut(lower(strings.TrimSpace(address)), "@")
	if domain != "gmail.com" && domain != "googlemail.com" {
		return "", false
	}
	local, _, _ = strings.Cut(local, "+")
	return strings.ReplaceAll(local, ".", ""), local != ""
}

// sameMailbox reports whether two email addresses belong to one mailbox.
func sameMailbox(a, b string) bool {
	x, ok := google(a)
	y, ok2 := google(b)
	return ok && ok2 && x == y || lower(strings.TrimSpace(a)) == lower(strings.TrimSpace(b))
}

// first capitalises the first letter of s, words that of every word.
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

// upper uppercases ASCII only.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
