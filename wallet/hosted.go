package wallet

import (
	"context"
	"encoding/json"
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

// viewOf returns the assertion of a badge older than 3.0 with its class and
// issuer written into it, so that it can be shown when their addresses do not
// answer any more; nil for any other document. It is for showing alone: what
// is checked are always the original bytes.
func viewOf(doc *vc.Document) []byte {
	if doc == nil || !doc.Form.Legacy() || !whole(doc) {
		return nil
	}
	c := doc.Credential
	issuer := inlined(c.Issuer.Value, c.Issuer.ID, "", "")
	class := inlined(c.Subject.Achievement.Value, c.Subject.Achievement.ID, "issuer", issuer)
	return []byte(inlined(c.Value, "", "badge", class))
}

// inlined writes an object with one member replaced and, where it states no
// id, the one that it is known by. The text of everything else stays.
func inlined(v *vc.Value, id, name, with string) string {
	var members []string
	add := func(name, raw string) {
		quoted, err := json.Marshal(name)
		if err == nil { // a string always can be
			members = append(members, string(quoted)+":"+raw)
		}
	}
	for _, m := range v.Items() {
		if m.Name() != name {
			add(m.Name(), m.Raw())
		}
	}
	if name != "" {
		add(name, with)
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
