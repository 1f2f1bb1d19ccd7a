package vc

import "strings"

// Members that hold the name of a person, as the standards and their neighbours
// call them: schema.org, Open Badges 3.0 profiles, OpenID Connect, Blockcerts.
var (
	wholeNames  = []string{"name", "fullName", "displayName"}
	givenNames  = []string{"givenName", "given_name", "firstName"}
	familyNames = []string{"familyName", "family_name", "lastName"}
)

// NameOf reads by which name the first of the objects that tells one calls a
// person: as a whole, else in its parts, else in a profile of the recipient
// inside. It is the word of whoever wrote the objects, and proves nothing.
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

// NameBeside is NameOf for what stands beside v's other members: a profile of
// the recipient, which is an extension and may have any prefix.
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

// named returns the name by which a subject calls the earner, "" for none: in
// its own members, among its identifiers, or in those of the credential.
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
