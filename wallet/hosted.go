package wallet

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"backpack/vc"
)

// whole reports whether all that is to be shown of a document is in it: of a
// badge older than 3.0, what its class and its issuer are lies at addresses.
func whole(doc *vc.Document) bool {
	if !doc.Form.Legacy() {
		return true
	}
	c := doc.Credential
	return c != nil && c.Subject.Achievement != nil && c.Subject.Achievement.Value != nil && c.Issuer.Value != nil
}

// viewOf returns the assertion of a badge older than 3.0 with its class, its
// issuer and what others say of them written into it, so that it can be shown
// when their addresses do not answer any more; nil for any other document. It is for showing alone: what
// is checked are always the original bytes.
func viewOf(doc *vc.Document) []byte {
	if doc == nil || !doc.Form.Legacy() || !whole(doc) {
		return nil
	}
	c := doc.Credential
	a := c.Subject.Achievement
	issuer := inlined(c.Issuer.Value, c.Issuer.ID, said(nil, c.Issuer.Endorsements))
	class := inlined(a.Value, a.ID, said(map[string]string{"issuer": issuer}, a.Endorsements))
	return []byte(inlined(c.Value, "", said(map[string]string{"badge": class}, c.Endorsements)))
}

// said adds the endorsements of a node, in full as far as they are known, to
// the members that its view has. One that was never read stays as it stands.
func said(members map[string]string, endorsements []*vc.Document) map[string]string {
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

// inlined writes an object with some members replaced and, where it states no
// id, the one that it is known by. The text of everything else stays.
func inlined(v *vc.Value, id string, with map[string]string) string {
	var members []string
	add := func(name, raw string) {
		quoted, err := json.Marshal(name)
		if err == nil { // a string always can be
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

// useView puts what the view says in place of what doc itself can tell.
func useView(ctx context.Context, doc *vc.Document, b *Body) {
	if len(b.View) == 0 || whole(doc) {
		return
	}
	if view, err := reparse(ctx, b.View, b); err == nil && view.Credential != nil {
		doc.Credential = view.Credential
	}
}
