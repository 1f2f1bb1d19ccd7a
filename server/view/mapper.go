package view

import "backpack/ui"

// A Mapper turns records into the structs of pages, in one language.
type Mapper struct{ wording }

// New returns a Mapper for pages in the language lang. accept is the reader's
// Accept-Language header: texts in badges are chosen by it, then by lang.
func New(texts *ui.Renderer, lang, accept string) Mapper {
	return Mapper{wording{texts: texts, lang: lang, reads: append(languagesOf(accept), lang)}}
}
