package standard_test

import (
	"encoding/json"
	"slices"
	"strings"

	"backpack/vc"
)

// The changes a rewriter can make.

// rename gives a member another name by an inline context.
func (w *rewriter) rename() {
	s := w.seat()
	if x, ok := w.word(s.name); ok {
		name := w.fresh()
		w.define(s.object, map[string]any{name: w.definition(x)})
		s.object[name] = s.object[s.name]
		delete(s.object, s.name)
	}
}

// exchange swaps the names of two members.
func (w *rewriter) exchange() {
	a, b := w.seat(), w.seat()
	x, ok1 := w.word(a.name)
	y, ok2 := w.word(b.name)
	if !ok1 || !ok2 || a.name == b.name {
		return
	}
	w.define(a.object, map[string]any{a.name: w.definition(y), b.name: w.definition(x)})
	for _, o := range []map[string]any{a.object, b.object} {
		o[a.name], o[b.name] = o[b.name], o[a.name]
		for _, n := range []string{a.name, b.name} {
			if o[n] == nil {
				delete(o, n)
			}
		}
	}
}

// absolute replaces a member's name by its IRI.
func (w *rewriter) absolute() {
	s := w.seat()
	x, ok := w.word(s.name)
	if !ok {
		return
	}
	v := s.object[s.name]
	if text, ok := v.(string); ok && x.typ != "" {
		v = map[string]any{"@value": text, "@type": x.typ}
		if x.typ == "@id" {
			v = map[string]any{"id": text}
		}
	}
	delete(s.object, s.name)
	s.object[x.iri] = v
}

// prefixed names a member by a prefix that ends anywhere in its IRI.
func (w *rewriter) prefixed() {
	s := w.seat()
	x, ok := w.word(s.name)
	if !ok || len(x.iri) < 10 {
		return
	}
	p, cut := w.fresh(), 8+w.next(len(x.iri)-9)
	name := p + ":" + x.iri[cut:]
	entries := map[string]any{p: map[string]any{"@id": x.iri[:cut], "@prefix": true}}
	if x.typ != "" && w.next(2) == 0 {
		entries[name] = w.definition(x)
	}
	w.define(w.root, entries)
	s.object[name] = s.object[s.name]
	delete(s.object, s.name)
}

// turn states a member in reverse, somewhere else in the document.
func (w *rewriter) turn() {
	s, to := w.seat(), w.object()
	x, ok := w.word(s.name)
	if !ok {
		return
	}
	if w.next(4) == 0 {
		x = word{iri: "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}
	}
	name := w.fresh()
	w.define(w.root, map[string]any{name: map[string]any{"@reverse": x.iri, "@type": "@id"}})
	if inner, ok := s.object[s.name].(map[string]any); ok && s.object["id"] != nil {
		inner[name] = s.object["id"]
		to[w.extra()] = inner
	} else {
		to[name] = s.object["id"]
	}
	delete(s.object, s.name)
}

// extra returns a new term outside any standard.
func (w *rewriter) extra() string {
	name := w.fresh()
	w.define(w.root, map[string]any{name: "https://holder.example/" + name})
	return name
}

// keyword wraps a member in a JSON-LD keyword.
func (w *rewriter) keyword() {
	s := w.seat()
	v := s.object[s.name]
	switch w.next(9) {
	case 0:
		s.object["@nest"] = map[string]any{s.name: v}
		delete(s.object, s.name)
	case 1:
		w.root["@included"] = []any{map[string]any{"id": s.object["id"], s.name: v}}
		delete(s.object, s.name)
	case 2:
		s.object[s.name] = map[string]any{"@set": []any{v}}
	case 3:
		s.object[s.name] = map[string]any{"@list": []any{v}}
	case 4:
		s.object[s.name] = []any{v}
	case 5:
		s.object["@"+s.name] = v
		delete(s.object, s.name)
	case 6:
		name := w.fresh()
		w.define(w.root, map[string]any{name: "@nest"})
		s.object[name] = map[string]any{s.name: v}
		delete(s.object, s.name)
	case 7:
		s.object["@graph"] = v
		delete(s.object, s.name)
	case 8:
		s.object["@reverse"] = map[string]any{s.name: v}
		delete(s.object, s.name)
	}
}

// move moves a member of a node to another place of the node, makes such a place,
// or splits the node in two.
func (w *rewriter) move() {
	s, to := w.seat(), w.seat()
	id, ok := s.object["id"].(string)
	if s.name == "id" || !ok {
		return
	}
	v := s.object[s.name]
	switch w.next(3) {
	case 0:
		for _, o := range w.seats() {
			if o.name == "id" && o.object["id"] == any(id) && o.path != s.path {
				o.object[s.name] = v
				delete(s.object, s.name)
				return
			}
		}
	case 1:
		if text, ok := to.object[to.name].(string); ok && text == id {
			to.object[to.name] = map[string]any{"id": id, s.name: v}
			delete(s.object, s.name)
		}
	case 2:
		to.object[w.extra()] = map[string]any{"id": id, s.name: v}
		delete(s.object, s.name)
	}
}

// swapModel names the other data model.
func (w *rewriter) swapModel() {
	list, _ := w.root["@context"].([]any)
	for i, c := range list {
		switch c {
		case vc.ContextV1:
			list[i] = vc.ContextV2
		case vc.ContextV2:
			list[i] = vc.ContextV1
		}
	}
	for _, pair := range [][2]string{{"validFrom", "issuanceDate"}, {"validUntil", "expirationDate"}} {
		if w.next(2) == 0 {
			for _, n := range pair {
				if x, ok := w.word(n); ok {
					w.define(w.root, map[string]any{n: w.definition(x)})
				}
			}
		}
	}
}

// inline replaces a context's URL by its body, with one term renamed.
func (w *rewriter) inline() {
	list, _ := w.root["@context"].([]any)
	if len(list) == 0 {
		return
	}
	i := w.next(len(list))
	url, _ := list[i].(string)
	var body any
	if w.bodies[url] == nil || json.Unmarshal(w.bodies[url], &body) != nil {
		return
	}
	s := w.seat()
	name := w.fresh()
	text, _ := json.Marshal(body)
	if w.next(2) == 0 {
		text = []byte(strings.ReplaceAll(string(text), `"`+s.name+`":`, `"`+name+`":`))
		s.object[name] = s.object[s.name]
		delete(s.object, s.name)
	}
	if w.next(2) == 0 {
		text = []byte(strings.ReplaceAll(string(text), `"@protected":true`, `"@protected":false`))
	}
	if json.Unmarshal(text, &body) == nil {
		list = slices.Clone(list)
		list[i] = body
		w.root["@context"] = list
	}
}

// alias gives a keyword another name.
func (w *rewriter) alias() {
	name := w.fresh()
	keyword, old := "@id", "id"
	if w.next(2) == 0 {
		keyword, old = "@type", "type"
	}
	o := w.object()
	if w.next(4) == 0 {
		name = w.seat().name
	}
	w.define(o, map[string]any{name: keyword})
	if o[old] != nil {
		o[name] = o[old]
		delete(o, old)
	}
}

// contain gives a member a container, and its value the matching form.
func (w *rewriter) contain() {
	s := w.seat()
	x, ok := w.word(s.name)
	if !ok {
		return
	}
	v := s.object[s.name]
	kinds := []string{"@index", "@language", "@id", "@type", "@graph", "@set", "@list"}
	x.container = kinds[w.next(len(kinds))]
	key := "k"
	if o, ok := v.(map[string]any); ok && x.container == "@id" {
		key, _ = o["id"].(string)
		delete(o, "id")
	}
	if x.container == "@language" {
		key = "@none"
	}
	if !slices.Contains([]string{"@graph", "@set", "@list"}, x.container) {
		v = map[string]any{key: v}
	}
	w.define(s.object, map[string]any{s.name: w.definition(x)})
	s.object[s.name] = v
}

// nothing adds a member that states nothing, removes a member or reverses a list.
func (w *rewriter) nothing() {
	s := w.seat()
	names := []string{"validUntil", "credentialStatus", "expirationDate", "result", "evidence", "name", "type", "id"}
	name := names[w.next(len(names))]
	switch w.next(4) {
	case 0:
		if s.object[name] == nil {
			s.object[name] = nil
		}
	case 1:
		if s.object[name] == nil {
			s.object[name] = []any{}
		}
	case 2:
		delete(s.object, s.name)
	case 3:
		if list, ok := s.object[s.name].([]any); ok {
			slices.Reverse(list)
		}
	}
}

// valueObject writes a value as a value object.
func (w *rewriter) valueObject() {
	s := w.seat()
	x, _ := w.word(s.name)
	v := map[string]any{"@value": s.object[s.name]}
	if x.typ != "" && w.next(2) == 0 {
		v["@type"] = x.typ
	}
	s.object[s.name] = v
	if w.next(2) == 0 {
		w.define(s.object, map[string]any{s.name: x.iri})
	}
}

// addContext adds an embedded context, or removes one.
func (w *rewriter) addContext() {
	list, _ := w.root["@context"].([]any)
	if w.next(3) == 0 && len(list) > 1 {
		i := w.next(len(list))
		w.root["@context"] = slices.Delete(slices.Clone(list), i, i+1)
		return
	}
	var urls []string
	for u := range w.bodies {
		urls = append(urls, u)
	}
	slices.Sort(urls)
	w.root["@context"] = slices.Insert(slices.Clone(list), w.next(len(list)+1), any(urls[w.next(len(urls))]))
}

// renameType gives a type another name.
func (w *rewriter) renameType() {
	o := w.object()
	types, _ := o["type"].([]any)
	if len(types) == 0 {
		return
	}
	i := w.next(len(types))
	old, _ := types[i].(string)
	x, ok := w.word(old)
	if !ok {
		return
	}
	types = slices.Clone(types)
	if types[i] = x.iri; w.next(2) == 0 {
		name := w.fresh()
		if w.next(3) == 0 {
			name = "OpenBadgeCredential"
		}
		w.define(o, map[string]any{name: x.iri})
		types[i] = name
	}
	o["type"] = types
}

// reroot makes an inner object the root.
func (w *rewriter) reroot() {
	s := w.seat()
	inner, ok := s.object[s.name].(map[string]any)
	if list, is := s.object[s.name].([]any); is && len(list) > 0 {
		inner, ok = list[0].(map[string]any)
	}
	x, known := w.word(s.name)
	if !ok || !known || s.path != "$" && w.next(2) == 0 {
		return
	}
	name := w.fresh()
	proof, context := w.root["proof"], w.root["@context"]
	delete(w.root, "proof")
	delete(w.root, "@context")
	delete(s.object, s.name)
	inner[name] = w.root
	if inner["@context"] == nil {
		inner["@context"] = context
	}
	inner["proof"] = proof
	w.root = inner
	w.define(inner, map[string]any{name: map[string]any{"@reverse": x.iri}})
}

// vocab sets a vocabulary, a base or another default.
func (w *rewriter) vocab() {
	s := w.seat()
	x, ok := w.word(s.name)
	if !ok {
		return
	}
	keys := []string{"@vocab", "@base", "@language", "@propagate", "@direction"}
	values := []any{x.iri[:strings.LastIndexAny(x.iri, "#/")+1], "https://holder.example/", "en", false, "rtl"}
	i := w.next(len(keys))
	w.define(s.object, map[string]any{keys[i]: values[i]})
}
