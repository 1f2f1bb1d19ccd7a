package view

import (
	"slices"
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// Limits for members that have no place of their own on a page.
const (
	maxStatements     = 200
	maxStatementDepth = 5
	maxStatementText  = 2000
)

// A teller makes at most left statements of JSON.
type teller struct {
	wording
	left int
}

func (w wording) teller() *teller { return &teller{w, maxStatements} }

// structural lists the members that mean nothing to a reader.
var structural = []string{"@context", "type", "@type", "proof"}

// rest makes statements of an object's members, except those in shown.
func (t *teller) rest(v *vc.Value, shown ...string) []ui.Statement {
	return t.members(v, 0, shown)
}

func (t *teller) members(v *vc.Value, depth int, shown []string) []ui.Statement {
	var out []ui.Statement
	items := v.Items()
	if !v.Is(vc.Object) {
		return nil
	}
	for i := range items {
		name := items[i].Name()
		if slices.Contains(structural, name) || slices.Contains(shown, name) {
			continue
		}
		if t.left--; t.left < 0 {
			return append(out, ui.Statement{Label: t.texts.Text(t.lang, "statement.cut")})
		}
		s := t.value(&items[i], depth)
		s.Label = t.member(name)
		out = append(out, s)
	}
	return out
}

// value makes a statement of a value. It has no label.
func (t *teller) value(v *vc.Value, depth int) ui.Statement {
	switch {
	case v.Is(vc.Bool):
		return ui.Statement{Value: ui.Plain(t.texts.Text(t.lang, "answer."+map[string]string{"true": "yes", "false": "no"}[v.Text()]))}
	case !v.Is(vc.Object) && !v.Is(vc.Array):
		return ui.Statement{Value: ui.Plain(clip(v.Text()))}
	case depth >= maxStatementDepth && len(t.named) > 0: // raw JSON would show names that the holder chose
		return ui.Statement{Value: ui.Plain(t.texts.Text(t.lang, "statement.cut"))}
	case depth >= maxStatementDepth:
		return ui.Statement{Value: ui.Plain(clip(v.Raw()))}
	case byLanguage(v):
		text := t.words(vc.ReadText(v))
		text.Text = clip(text.Text)
		return ui.Statement{Value: text}
	case v.Is(vc.Object):
		return ui.Statement{Parts: t.members(v, depth+1, nil)}
	}
	var out ui.Statement
	for _, x := range v.List() {
		if t.left--; t.left < 0 {
			break
		}
		out.Parts = append(out.Parts, t.value(x, depth+1))
	}
	if len(out.Parts) == 1 {
		return out.Parts[0]
	}
	return out
}

// byLanguage reports whether v is a text with its language, or in several
// languages.
func byLanguage(v *vc.Value) bool {
	switch {
	case v.Is(vc.Array):
		return len(v.Items()) > 0 && !slices.ContainsFunc(v.List(), func(x *vc.Value) bool { return x.Get("@value") == nil })
	case !v.Is(vc.Object) || len(v.Items()) == 0:
		return false
	case v.Get("@value") != nil:
		return true
	}
	for i := range v.Items() {
		x := &v.Items()[i]
		if name := x.Name(); !x.Is(vc.String) || len(name) < 2 || strings.IndexByte(name+"-", '-') > 3 || languageTag(name) == "" || name == "id" {
			return false
		}
	}
	return true
}

func clip(s string) string {
	if len(s) <= maxStatementText {
		return s
	}
	return strings.ToValidUTF8(s[:maxStatementText], "") + "…"
}

// stated appends a statement of a text unless it is empty.
func (w wording) stated(list []ui.Statement, name string, text ui.Words) []ui.Statement {
	if text.Text == "" {
		return list
	}
	return append(list, ui.Statement{Label: w.kind("member", name), Value: text})
}

// ids lists the ids inside a credential with the path to each, and the types
// that extensions add.
func (w wording) ids(v *vc.Value) []ui.Fact {
	var out []ui.Fact
	var walk func(v *vc.Value, path string, depth int)
	walk = func(v *vc.Value, path string, depth int) {
		if depth > maxStatementDepth+2 || len(out) >= 100 {
			return
		}
		if v.Is(vc.Object) {
			if id := v.Get("id").Str(); id != "" && path != "" && path != "issuer" && !strings.HasPrefix(id, "data:") {
				out = append(out, ui.Fact{Label: path, Value: id})
			}
			if types := v.Get("type").Strs(); path != "" && len(types) > 1 {
				out = append(out, ui.Fact{Label: path + " type", Value: w.types(types)})
			}
		}
		for i := range v.Items() {
			x := &v.Items()[i]
			switch name := x.Name(); {
			case name == "proof" || name == "endorsement" || name == "verifiableCredential":
			case name == "":
				walk(x, path, depth+1)
			default:
				walk(x, strings.TrimPrefix(path+"."+w.call(name), "."), depth+1)
			}
		}
	}
	walk(v, "", 0)
	return out
}
