package inspect

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"backpack/vc"
)

// Whole reports whether a document contains everything to show. A badge older
// than Open Badges 3.0 may name its class and its issuer by their addresses.
func Whole(doc *vc.Document) bool {
	if !doc.Form.Legacy() {
		return true
	}
	c := doc.Credential
	return c != nil && c.Subject.Achievement != nil && c.Subject.Achievement.Value != nil && c.Issuer.Value != nil
}

// View returns the assertion of a badge older than Open Badges 3.0 with its
// class, its issuer and their endorsements written into it, so that it can be
// shown when their addresses stop answering. It returns nil for other
// documents. Checks always use the original bytes.
func View(doc *vc.Document) []byte {
	if doc == nil || !doc.Form.Legacy() || !Whole(doc) {
		return nil
	}
	c := doc.Credential
	a := c.Subject.Achievement
	issuer := inlined(c.Issuer.Value, c.Issuer.ID, withEndorsements(nil, c.Issuer.Endorsements))
	class := inlined(a.Value, a.ID, withEndorsements(map[string]string{"issuer": issuer}, a.Endorsements))
	return []byte(inlined(c.Value, "", withEndorsements(map[string]string{"badge": class}, c.Endorsements)))
}

// withEndorsements adds the endorsements of a node to the members of its view.
// Those that were never fetched stay as they are written.
func withEndorsements(members map[string]string, endorsements []*vc.Document) map[string]string {
	var list []string
	for _, d := range endorsements {
		c := d.Credential
		switch {
		case c == nil || c.Value == nil:
			list = append(list, d.Claims.Raw())
		case c.Issuer.Value == nil:
			list = append(list, c.Value.Raw())
		default:
			list = append(list, inlined(c.Value, "", map[string]string{"issuer": inlined(c.Issuer.Value, c.Issuer.ID, nil)}))
		}
	}
	if len(list) == 0 {
		return members
	}
	if members == nil {
		members = map[string]string{}
	}
	members["endorsement"] = "[" + strings.Join(list, ",") + "]"
	return members
}

// inlined writes an object with some members replaced and, if it states no id,
// with id added. All other text stays.
func inlined(v *vc.Value, id string, with map[string]string) string {
	var members []string
	add := func(name, raw string) {
		quoted, err := json.Marshal(name)
		if err == nil { // always, for a string
			members = append(members, string(quoted)+":"+raw)
		}
	}
	for _, m := range v.Items() {
		if with[m.Name()] == "" {
			add(m.Name(), m.Raw())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(with)) {
		add(name, with[name])
	}
	if quoted, err := json.Marshal(id); err == nil && id != "" && v.Get("id") == nil && v.Get("@id") == nil {
		add("id", string(quoted))
	}
	return "{" + strings.Join(members, ",") + "}"
}
