package registry

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// alike maps letters, and pairs of letters, to the Latin ones that they look like
// in common typefaces. It is short: it has no letters that domain registries do
// not permit.
var alike = strings.NewReplacer(
	// Cyrillic
	"а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "ё", "e", "һ", "h", "і", "i", "ї", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m", "н", "h",
	"о", "o", "р", "p", "ԛ", "q", "ѕ", "s", "т", "t", "у", "y", "ѵ", "v", "ԝ", "w", "х", "x", "г", "r", "п", "n", "ь", "b", "З", "3", "з", "3",
	// Greek
	"α", "a", "β", "b", "ε", "e", "η", "n", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "γ", "y", "ω", "w", "σ", "o",
	// Armenian
	"ա", "w", "հ", "h", "ո", "n", "ս", "u", "օ", "o", "ց", "g", "ք", "p", "զ", "q", "լ", "l", "յ", "j",
	// Latin with marks that are easily missed
	"ı", "i", "ɩ", "i", "ɑ", "a", "ɡ", "g", "ǀ", "l", "ł", "l", "ø", "o", "đ", "d", "ħ", "h", "ŀ", "l", "ƅ", "b",
	"á", "a", "à", "a", "â", "a", "ä", "a", "ã", "a", "å", "a", "ạ", "a", "ą", "a", "ć", "c", "č", "c", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "ẹ", "e", "ę", "e", "ė", "e",
	"í", "i", "ì", "i", "î", "i", "ï", "i", "ị", "i", "ñ", "n", "ń", "n", "ṇ", "n", "ó", "o", "ò", "o", "ô", "o", "ö", "o", "õ", "o", "ọ", "o", "ő", "o", "ś", "s", "š", "s", "ş", "s", "ṣ", "s",
	"ú", "u", "ù", "u", "û", "u", "ü", "u", "ụ", "u", "ű", "u", "ý", "y", "ÿ", "y", "ž", "z", "ź", "z", "ż", "z", "ğ", "g", "ţ", "t", "ț", "t", "ṭ", "t", "ḍ", "d", "ḥ", "h", "ṃ", "m",
	// pairs and digits
	"rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "5", "s",
)

// skeleton returns the shape of a domain in ASCII form: two domains with the same
// skeleton can be mistaken for each other.
func skeleton(domain string) string {
	if domain == "" {
		return ""
	}
	return strings.ReplaceAll(alike.Replace(alike.Replace(shown(domain))), "i", "l") // twice, for pairs of replaced letters
}

// shown returns a domain in Unicode.
func shown(domain string) string {
	u, err := idna.ToUnicode(domain)
	if err != nil {
		return domain
	}
	return strings.ToLower(u)
}

// suffixes returns the domain and its parent domains with at least two labels.
func suffixes(domain string) []string {
	var out []string
	for strings.Contains(domain, ".") && len(out) < 8 {
		out = append(out, domain)
		_, domain, _ = strings.Cut(domain, ".")
	}
	return out
}

// scripts are the scripts of names that can be mistaken for each other.
var scripts = map[string]*unicode.RangeTable{
	"Latin": unicode.Latin, "Cyrillic": unicode.Cyrillic, "Greek": unicode.Greek, "Armenian": unicode.Armenian, "Hebrew": unicode.Hebrew,
	"Arabic": unicode.Arabic, "Devanagari": unicode.Devanagari, "Thai": unicode.Thai, "Georgian": unicode.Georgian, "Cherokee": unicode.Cherokee,
	"Han": unicode.Han, "Hiragana": unicode.Hiragana, "Katakana": unicode.Katakana, "Hangul": unicode.Hangul, "Bopomofo": unicode.Bopomofo,
}

// Deceptive reports whether a label of domain, in ASCII form, mixes scripts that are
// not written together, or looks Latin in another script. A domain of ASCII letters
// is never deceptive.
func Deceptive(domain string) bool {
	for _, label := range strings.Split(shown(domain), ".") {
		if ascii(label) {
			continue
		}
		found := map[string]bool{}
		for _, r := range label {
			for name, table := range scripts {
				found[name] = found[name] || unicode.Is(table, r)
			}
		}
		if latin := found["Latin"]; latin && together(found) > 1 || !latin && (together(found) > 1 || ascii(alike.Replace(label))) {
			return true
		}
	}
	return false
}

// together counts the scripts; Japanese, Korean and Chinese ones count as one, also
// with Latin.
func together(found map[string]bool) (n int) {
	east := false
	for name, ok := range found {
		switch name {
		case "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo":
			east = east || ok
		default:
			if ok {
				n++
			}
		}
	}
	if east && !found["Latin"] {
		n++
	}
	return n
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
