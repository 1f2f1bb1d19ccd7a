package standard_test

import (
	"reflect"
	"slices"
	"strings"

	"backpack/vc"
)

// A stripped converts a credential to values for JSON. It leaves out embedded
// documents, which have their own verdicts, and names extension members as they are
// shown.
type stripped struct {
	c     *vc.Credential
	words map[string]string
}

func (s stripped) value() any {
	out := strip(reflect.ValueOf(*s.c)).(map[string]any)
	for i := range s.c.Value.Items() {
		m := &s.c.Value.Items()[i]
		if standardMembers[m.Name()] || m.Is(vc.Null) || len(m.List()) == 0 {
			continue
		}
		name := m.Name()
		if w := s.words[name]; w != "" {
			name = w
		}
		out["shown as "+name] = s.said(m)
	}
	return out
}

// said returns what a page shows of an extension member: a list of one as its item,
// a text in any notation as text, lists and objects sorted.
func (s stripped) said(v *vc.Value) string {
	if value := v.Get("@value"); value != nil {
		return value.Text()
	}
	if !v.Is(vc.Object) && !v.Is(vc.Array) {
		return v.Text()
	}
	var parts []string
	for i := range v.Items() {
		x := &v.Items()[i]
		name := x.Name()
		if w := s.words[name]; w != "" {
			name = w
		}
		parts = append(parts, strings.TrimPrefix(name+"="+s.said(x), "="))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// standardMembers lists the members that Credential represents.
var standardMembers = map[string]bool{"@context": true, "id": true, "type": true, "proof": true, "issuer": true, "name": true, "description": true,
	"image": true, "validFrom": true, "validUntil": true, "issuanceDate": true, "expirationDate": true, "awardedDate": true, "credentialSubject": true,
	"credentialStatus": true, "credentialSchema": true, "refreshService": true, "termsOfUse": true, "evidence": true, "endorsement": true,
	"endorsementJwt": true, "relatedResource": true, "partial": true}

// strip turns structs into maps. It leaves out JSON values and documents.
func strip(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || v.Type() == reflect.TypeFor[*vc.Value]() || v.Type() == reflect.TypeFor[*vc.Document]() {
			return nil
		}
		return strip(v.Elem())
	case reflect.Slice:
		out := []any{}
		for i := range v.Len() {
			out = append(out, strip(v.Index(i)))
		}
		return out
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && !slices.Contains([]string{"Value", "Raw", "Caption", "Endorsements", "Contained", "Context"}, f.Name) {
				out[f.Name] = strip(v.Field(i))
			}
		}
		return out
	}
	return v.Interface()
}
