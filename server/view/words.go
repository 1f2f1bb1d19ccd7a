package view

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"backpack/ui"
	"backpack/vc"
	"backpack/vc/prose"
)

// wording puts badges into words, in one language.
type wording struct {
	texts *ui.Renderer
	lang  string   // of the page
	reads []string // languages for texts in badges, the preferred first
	own   string   // the language that the badge names
	// Left open by a proof: see vc.Report.
	undirected bool
	named      map[string]string
}

// of returns the wording for the document of a report, which is a part of what w
// shows. It shows neither a direction of texts nor a name that the document's
// proof, or a proof around it, leaves open.
func (w wording) of(r *vc.Report) wording {
	if r == nil {
		return w
	}
	w.undirected = w.undirected || r.Undirected
	if len(r.Words) > 0 {
		all := maps.Clone(r.Words)
		maps.Copy(all, w.named)
		w.named = all
	}
	return w
}

// languagesOf returns at most ten languages of an Accept-Language header, the
// preferred first.
func languagesOf(accept string) []string {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return nil
	}
	var out []string
	for _, t := range tags[:min(len(tags), 10)] {
		out = append(out, t.String())
	}
	return out
}

// words picks a text in the reader's languages, then in the badge's own, then in
// any (specs A2.15). HTML in it is removed.
func (w wording) words(t vc.Text) ui.Words {
	x := t.Pick(append(slices.Clone(w.reads), w.own)...)
	if x.Lang == "" {
		x.Lang = w.own
	}
	out := ui.Words{Text: prose.Text(x.Value), Lang: languageTag(x.Lang), Dir: x.Dir}
	if w.undirected {
		out.Dir = ""
	}
	return out
}

// call returns the name to show for a member or type of an extension: the word
// of its address if the document's name for it is open.
func (w wording) call(name string) string { return cmp.Or(w.named[name], name) }

// types lists types by the names to show for them.
func (w wording) types(list []string) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = w.call(t)
	}
	return strings.Join(out, ", ")
}

// member returns the label of a member. A name that the document is free to
// choose never gets the label of a member of the standard.
func (w wording) member(name string) string {
	word, ok := w.named[name]
	if !ok {
		return w.kind("member", name)
	}
	parts := strings.Split(word, " / ") // one name stands for two addresses
	for i := range parts {
		parts[i] = readable(parts[i])
	}
	return strings.Join(parts, " / ")
}

// languageTag returns s if it can be a language tag; otherwise "".
func languageTag(s string) string {
	if len(s) > 35 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return s
}

// kind returns the text for a word of the standard, from the texts below a
// prefix, or the word made readable if there is none.
func (w wording) kind(prefix, word string) string {
	if key := prefix + "." + word; word != "" && w.texts.Has(key) {
		return w.texts.Text(w.lang, key)
	}
	return readable(word)
}

// readable makes a name of the data models readable: "fieldOfStudy" becomes
// "Field of study".
func readable(name string) string {
	name = strings.TrimPrefix(name, "ext:")
	name = name[strings.LastIndexAny(name, ":#/")+1:]
	var b strings.Builder
	previous := ' '
	for _, r := range name {
		switch {
		case r == '_' || r == '-':
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(previous):
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		if b.Len() == 0 {
			r = unicode.ToUpper(r)
		}
		b.WriteRune(r)
		previous = r
	}
	return b.String()
}
