package vc

import "strings"

// Members that hold a person's name in schema.org, Open Badges 3.0 profiles, OpenID
// Connect and Blockcerts.
var (
	wholeNames  = []string{"name", "fullName", "displayName"}
	givenNames  = []string{"givenName", "given_name", "firstName"}
	familyNames = []string{"familyName", "family_name", "lastName"}
)

// NameOf returns the person's name from the first object that has one: a full name,
// else its parts, else the name in an embedded recipient profile. The name is the
// author's claim and proves nothing.
func NameOf(objects ...*Value) Text {
	for _, v := range objects {
		if t := nameIn(v); t.String() != "" {
			return t
		}
	}
	return nil
}

func nameIn(v *Value) Text {
	if !v.Is(Object) {
		return nil
	}
	if t := firstText(v, wholeNames); t.String() != "" {
		return t
	}
	given, family := firstText(v, givenNames), firstText(v, familyNames)
	if whole := strings.TrimSpace(given.String() + " " + family.String()); whole != "" {
		return Text{{Value: whole}}
	}
	return NameBeside(v)
}

// NameBeside returns the name in the recipient profile that is a member of v. The
// profile is an extension, so its member name may have any prefix.
func NameBeside(v *Value) Text {
	if !v.Is(Object) {
		return nil
	}
	for i := range v.Items() {
		x := &v.Items()[i]
		if name := x.Name(); strings.EqualFold(name[strings.LastIndexAny(name, ":/#")+1:], "recipientProfile") {
			return NameOf(x.List()...)
		}
	}
	return nil
}

func firstText(v *Value, names []string) Text {
	for _, name := range names {
		if t := text(v.Get(name)); strings.TrimSpace(t.String()) != "" {
			return t
		}
	}
	return nil
}

// named returns the name the credential gives its subject, from the subject's own
// members, its identifiers, or the credential's; nil if there is none.
func (s *Subject) named(credential *Value) Text {
	if t := NameOf(s.Value); t != nil {
		return t
	}
	for _, id := range s.Identifiers {
		if (id.Type == "name" || id.Type == "ext:name") && !id.Hashed && id.Hash != "" {
			return Text{{Value: id.Hash}}
		}
	}
	if t := NameOf(credential.Get("recipient").List()...); t != nil {
		return t
	}
	return NameBeside(credential)
}
