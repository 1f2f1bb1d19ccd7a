package vc

import (
	"cmp"
	"slices"
	"strings"
)

// A Text is a human text in one or more languages (specs A2.15).
type Text []LangText

// A LangText is a text in one language. Lang is "" when not stated; Dir is "ltr",
// "rtl" or "" (specs A2.15).
type LangText struct{ Lang, Dir, Value string }

// Pick returns the text in the first available language of langs, matching exact
// tags before other regions of the language. Otherwise it returns the text without
// a language, else the first text, else the zero LangText.
func (t Text) Pick(langs ...string) LangText {
	for _, want := range langs {
		for _, same := range []func(a, b string) bool{strings.EqualFold, sameLanguage} {
			for _, x := range t {
				if want != "" && same(x.Lang, want) {
					return x
				}
			}
		}
	}
	for _, x := range t {
		if x.Lang == "" {
			return x
		}
	}
	if len(t) > 0 {
		return t[0]
	}
	return LangText{}
}

// sameLanguage reports whether two tags have the same primary language.
func sameLanguage(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return strings.EqualFold(a, b)
}

// In returns the value of Pick.
func (t Text) In(langs ...string) string { return t.Pick(langs...).Value }

// String returns In("en").
func (t Text) String() string { return t.In("en") }

// ReadText reads a string, a language map or language value objects (specs A2.15);
// nil for anything else.
func ReadText(v *Value) Text { return text(v) }

// text is ReadText. It sorts the texts, since RDF proofs do not cover their order.
func text(v *Value) Text {
	out := texts(v)
	slices.SortStableFunc(out, func(a, b LangText) int {
		return cmp.Or(strings.Compare(a.Lang, b.Lang), strings.Compare(a.Value, b.Value))
	})
	return out
}

func texts(v *Value) Text {
	switch {
	case v.Is(String):
		return Text{{Value: v.Text()}}
	case v.Is(Array):
		var out Text
		for _, x := range v.List() {
			out = append(out, texts(x)...)
		}
		return out
	case !v.Is(Object):
		return nil
	}
	if s := v.Get("@value"); s.Is(String) {
		return Text{{Lang: v.Get("@language").Str(), Dir: direction(v.Get("@direction")), Value: s.Text()}}
	}
	var out Text
	for i := range v.Items() {
		x := &v.Items()[i]
		for _, s := range x.Strs() {
			lang := x.Name()
			if strings.HasPrefix(lang, "@") {
				lang = ""
			}
			out = append(out, LangText{Lang: lang, Value: s})
		}
	}
	return out
}

func direction(v *Value) string {
	if s := v.Str(); s == "ltr" || s == "rtl" {
		return s
	}
	return ""
}
