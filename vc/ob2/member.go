package ob2

import (
	"strings"

	"backpack/vc"
)

// aliases maps members to their names in other versions, and to the keywords of
// JSON-LD.
var aliases = map[string][]string{
	"id":                {"@id"},
	"type":              {"@type"},
	"verification":      {"verify"},
	"verify":            {"verification"},
	"issuedOn":          {"issued_on"},
	"alignment":         {"alignments"},
	"targetName":        {"name"},
	"targetUrl":         {"url"},
	"targetDescription": {"description"},
	"email":             {"contact"},
	"telephone":         {"phone"},
	"tags":              {"tag"},
}

// member returns the member of v called name or one of its aliases. v must have plain
// names.
func member(v *vc.Value, name string) *vc.Value {
	if !v.Is(vc.Object) {
		return nil
	}
	if m := v.Get(name); m != nil {
		return m
	}
	for _, a := range aliases[name] {
		if m := v.Get(a); m != nil {
			return m
		}
	}
	return nil
}

// present reports whether v has a non-empty member called name.
func present(v *vc.Value, name string) bool {
	m := member(v, name)
	return m != nil && !m.Is(vc.Null) && !(m.Is(vc.String) && strings.TrimSpace(m.Str()) == "") && !(m.Is(vc.Array) && len(m.List()) == 0)
}

// identifier returns the id of a node.
func identifier(v *vc.Value) string { return strings.TrimSpace(member(v, "id").Str()) }

// isType reports whether v has one of the types, with or without a prefix (specs
// B1.3). Case is ignored, as drafts of 1.1 use lower case.
func isType(v *vc.Value, names ...string) bool {
	for _, t := range member(v, "type").Strs() {
		for _, n := range names {
			if strings.EqualFold(localName(t), n) {
				return true
			}
		}
	}
	return false
}

// localName returns the part of t after the last #, : or /.
func localName(t string) string { return t[strings.LastIndexAny(t, "#:/")+1:] }

// verification returns the verification object of the assertion.
func verification(v *vc.Value) *vc.Value { return first(member(v, "verification")) }

// The methods of verification.
const (
	methodHosted = "hosted"
	methodSigned = "signed"
)

// methodOf returns the method that a verification object names, or "", and whether it
// does so in the form of the standards. Real badges have "Hosted", "hosted badge",
// "SIGNED", or a text instead of the object.
func methodOf(how *vc.Value) (way string, usual bool) {
	types := how.Strs()
	if how.Is(vc.Object) {
		types = member(how, "type").Strs()
	}
	for _, t := range types {
		t = localName(strings.TrimSpace(t))
		word := strings.ToLower(strings.Map(letter, t))
		for _, end := range []string{"verification", "assertion", "badge"} {
			word = strings.TrimSuffix(word, end)
		}
		if word == methodHosted || word == methodSigned {
			return word, how.Is(vc.Object) && (t == word || t == "HostedBadge" || t == "SignedBadge")
		}
	}
	return "", false
}

// letter returns r if it is an ASCII letter, else -1.
func letter(r rune) rune {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
		return r
	}
	return -1
}

// claimsSigned reports whether the assertion claims to be signed.
func claimsSigned(assertion *vc.Value) bool {
	way, _ := methodOf(verification(assertion))
	return way == methodSigned
}

// first returns the first item of an array, or the value itself.
func first(v *vc.Value) *vc.Value {
	if l := v.List(); len(l) > 0 {
		return l[0]
	}
	return nil
}

// embedded returns the member if it is an object.
func embedded(v *vc.Value, name string) *vc.Value {
	if m := first(member(v, name)); m.Is(vc.Object) {
		return m
	}
	return nil
}

// reference returns the id of the node that the member refers to or embeds.
func reference(v *vc.Value, name string) string {
	m := first(member(v, name))
	if m.Is(vc.Object) {
		return identifier(m)
	}
	return strings.TrimSpace(m.Str())
}
