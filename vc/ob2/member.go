package ob2

import (
	"strings"

	"backpack/vc"
)

// aliases are the names that other versions use for a member, or that JSON-LD
// allows instead.
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

// member returns the member of v, which has plain names, that means name.
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

// present reports whether v says anything under name.
func present(v *vc.Value, name string) bool {
	m := member(v, name)
	return m != nil && !m.Is(vc.Null) && !(m.Is(vc.String) && strings.TrimSpace(m.Str()) == "") && !(m.Is(vc.Array) && len(m.List()) == 0)
}

// identifier returns the id of a node.
func identifier(v *vc.Value) string { return strings.TrimSpace(member(v, "id").Str()) }

// isType reports whether v has one of the types, prefixed or not (specs B1.3),
// and in whatever case: the drafts of 1.1 write them small.
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

// localName cuts off what stands before the last #, : or /.
func localName(t string) string { return t[strings.LastIndexAny(t, "#:/")+1:] }

// verification returns how the assertion says that it is to be verified.
func verification(v *vc.Value) *vc.Value { return first(member(v, "verification")) }

// The ways in which a badge can be verified.
const (
	wayHosted = "hosted"
	waySigned = "signed"
)

// wayOf returns the way that a verification object names, "" where it names
// none, and whether it does so as the standards write it. In the wild it is
// "Hosted", "hosted badge" or "SIGNED", or stands without an object around it.
func wayOf(how *vc.Value) (way string, usual bool) {
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
		if word == wayHosted || word == waySigned {
			return word, how.Is(vc.Object) && (t == word || t == "HostedBadge" || t == "SignedBadge")
		}
	}
	return "", false
}

// letter keeps letters of ASCII alone.
func letter(r rune) rune {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
		return r
	}
	return -1
}

// saysSigned reports whether the assertion says that it is a signed one.
func saysSigned(assertion *vc.Value) bool {
	way, _ := wayOf(verification(assertion))
	return way == waySigned
}

// first returns the first item of a list, or the value itself.
func first(v *vc.Value) *vc.Value {
	if l := v.List(); len(l) > 0 {
		return l[0]
	}
	return nil
}

// embedded returns the member if its node is written out in place.
func embedded(v *vc.Value, name string) *vc.Value {
	if m := first(member(v, name)); m.Is(vc.Object) {
		return m
	}
	return nil
}

// reference returns the id of the node that the member names or holds.
func reference(v *vc.Value, name string) string {
	m := first(member(v, name))
	if m.Is(vc.Object) {
		return identifier(m)
	}
	return strings.TrimSpace(m.Str())
}
