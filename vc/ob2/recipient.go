package ob2

import (
	"strings"

	"backpack/vc"
)

// identityTypes maps the types of recipients to those of 3.0 (specs B5.6).
var identityTypes = map[string]string{
	"email": "emailAddress", "id": "identifier", "url": "ext:url", "telephone": "ext:telephone",
}

// recipient returns the recipient of the assertion: an object since 1.0; an address or
// a hash, with its salt in the assertion, in 0.5 (specs B2.2, B2.3).
func recipient(a *vc.Value) []vc.Identity {
	r := first(member(a, "recipient"))
	if r.Is(vc.String) {
		return []vc.Identity{{Hashed: !strings.Contains(r.Str(), "@"), Hash: r.Str(),
			Type: "emailAddress", Salt: salt(a)}}
	}
	identity := strings.TrimSpace(first(member(r, "identity")).Str())
	if identity == "" {
		return nil
	}
	typ := "emailAddress"
	if t := localName(first(member(r, "type")).Str()); t != "" {
		typ = nonEmpty(identityTypes[strings.ToLower(t)], "ext:"+t)
	}
	hashed, _ := hashedMember(r)
	return []vc.Identity{{Hashed: hashed == "true" || hashed == "" && hashLike.MatchString(identity), Hash: identity,
		Type: typ, Salt: salt(r)}}
}

// salt returns the salt of v, a string or a number, or "".
func salt(v *vc.Value) string {
	if s := first(member(v, "salt")); s.Is(vc.String) || s.Is(vc.Number) {
		return s.Text()
	}
	return ""
}

// hashedMember returns the value of hashed as "true", "false" or "" if it is neither,
// and whether it is a JSON boolean.
func hashedMember(r *vc.Value) (says string, plain bool) {
	m := first(member(r, "hashed"))
	switch word := strings.ToLower(strings.TrimSpace(m.Text())); word {
	case "true", "false":
		return word, m.Is(vc.Bool)
	case "1", "yes":
		return "true", false
	case "0", "no":
		return "false", false
	}
	return "", false
}

// addressLike reports whether the identity of a recipient can only be plain text.
func addressLike(r *vc.Value) bool {
	identity := first(member(r, "identity")).Str()
	return mailLike.MatchString(identity) || hasScheme(identity) || isType(r, "telephone", "id")
}

// subjectID returns the recipient's id if the recipient is identified by one.
func subjectID(a *vc.Value) string {
	for _, id := range recipient(a) {
		if id.Type == "identifier" && !id.Hashed {
			return id.Hash
		}
	}
	return ""
}
