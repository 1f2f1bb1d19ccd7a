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

// wording turns badges into what pages show, in one language.
type wording struct {
	texts *ui.Renderer
	lang  string   // of the page
	reads []string // languages for strangers' words, the preferred first
	own   string   // the language that the badge itself names
	// What a proof leaves open: see vc.Report.
	undirected bool
	named      map[string]string
}

// of returns the wording of what a report is on, which is part of what w shows:
// neither the direction of texts is shown nor what the document calls things,
// where a proof around it or its own does not cover them.
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

// languagesOf lists the languages that a browser asks for, the preferred first.
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

// words picks a text in the reader's languages, then in the badge's own, then
// in any (specs A2.15), without the HTML that programs put into it.
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

// call returns what a member or type of an extension is called: by its address
// where that has another word for it than the document.
func (w wording) call(name string) string { return cmp.Or(w.named[name], name) }

// types lists types by what they are called.
func (w wording) types(list []string) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = w.call(t)
	}
	return strings.Join(out, ", ")
}

// member labels a member of a badge in words. A name that the document chose
// freely never gets the label of a member of the standard.
func (w wording) member(name string) string {
	word, ok := w.named[name]
	if !ok {
		return w.kind("member", name)
	}
	parts := strings.Split(word, " / ") // one name for two things
	for i := range parts {
		parts[i] = readable(parts[i])
	}
	return strings.Join(parts, " / ")
}

// languageTag returns what can be a language tag; "" for anything else.
func languageTag(s string) string {
	if len(s) > 35 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return ""
	}
	return s
}

// kind returns what a word of the standard means, by the texts below a prefix,
// or the word itself made readable.
func (w wording) kind(prefix, word string) string {
	if key := prefix + "." + word; word != "" && w.texts.Has(key) {
		return w.texts.Text(w.lang, key)
	}
	return readable(word)
}

// readable makes a name of the data models readable: "fieldOfStudy" is "Field
// of study".
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
