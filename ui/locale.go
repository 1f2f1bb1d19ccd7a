package ui

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// A catalog holds the texts of one language. A text is a string, or an object of
// plural forms from which the placeholder {n} selects one.
type catalog struct {
	lang  string
	tag   language.Tag
	texts map[string]text
	base  *catalog // the fallback; nil for the default language
}

type text struct {
	other string
	forms map[string]string // zero, one, two, few, many and other; nil if the text does not vary
}

// UnmarshalJSON reads a string, or an object of plural forms with "other".
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &t.other)
	}
	if err := json.Unmarshal(b, &t.forms); err != nil {
		return err
	}
	if t.other = t.forms["other"]; t.other == "" {
		return fmt.Errorf("plural text without the form other")
	}
	return nil
}

// loadCatalogs reads locale/*.json. A language may lack texts, but must not have
// texts that the default language lacks.
func loadCatalogs(fsys fs.FS) (map[string]*catalog, error) {
	names, err := fs.Glob(fsys, "locale/*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]*catalog{}
	for _, name := range names {
		c, err := loadCatalog(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		all[c.lang] = c
	}
	base := all[defaultLang]
	if base == nil {
		return nil, fmt.Errorf("locale/%s.json is missing", defaultLang)
	}
	for _, c := range all {
		for key := range c.texts {
			if _, ok := base.texts[key]; !ok {
				return nil, fmt.Errorf("locale/%s.json: unknown key %s; locale/%s.json lacks it", c.lang, key, defaultLang)
			}
		}
		if c != base {
			c.base = base
		}
	}
	return all, nil
}

func loadCatalog(fsys fs.FS, name string) (*catalog, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	c := &catalog{lang: strings.TrimSuffix(path.Base(name), ".json")}
	if c.tag, err = language.Parse(c.lang); err != nil {
		return nil, err
	}
	return c, json.Unmarshal(b, &c.texts)
}

// find returns the text of key in this language or else the default one.
func (c *catalog) find(key string) (text, bool) {
	t, ok := c.texts[key]
	if !ok && c.base != nil {
		return c.base.find(key)
	}
	return t, ok
}

// render returns the text of key with its placeholders filled from args, which
// are pairs of a name and a value. The value of "n" selects the plural form.
func (c *catalog) render(key string, args ...any) (string, bool) {
	t, ok := c.find(key)
	if !ok {
		return "", false
	}
	out := t.other
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		if n, isInt := args[i+1].(int); isInt && name == "n" && t.forms != nil {
			out = t.form(c.tag, n)
		}
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(args[i+1]))
	}
	if len(pairs) == 0 {
		return out, true
	}
	return strings.NewReplacer(pairs...).Replace(out), true
}

var formNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// form returns the plural form of t for n. An exact form, such as "=0", takes
// precedence over the form of the language.
func (t text) form(tag language.Tag, n int) string {
	if s, ok := t.forms["="+strconv.Itoa(n)]; ok {
		return s
	}
	if s, ok := t.forms[formNames[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]]; ok {
		return s
	}
	return t.other
}

// Languages returns the available languages, sorted.
func (r *Renderer) Languages() []string { return slices.Sorted(maps.Keys(r.catalogs)) }

// Lang returns the available language for a requested one, such as "en-GB": the
// language itself, its base language, or English.
func (r *Renderer) Lang(asked string) string {
	asked = strings.ToLower(asked)
	if _, ok := r.catalogs[asked]; ok {
		return asked
	}
	short, _, _ := strings.Cut(asked, "-")
	if _, ok := r.catalogs[short]; ok {
		return short
	}
	return defaultLang
}

// Text returns the text of a catalogue key, with its placeholders filled from
// args: pairs of a name and a value, of which "n" selects the plural form. It
// returns the key itself if the catalogue lacks it.
func (r *Renderer) Text(lang, key string, args ...any) string {
	if s, ok := r.catalogs[r.Lang(lang)].render(key, args...); ok {
		return s
	}
	return key
}

// Has reports whether the catalogue has a text for key.
func (r *Renderer) Has(key string) bool {
	_, ok := r.catalogs[defaultLang].find(key)
	return ok
}

// ErrorText returns the text "error.<code>", or a general text for an unknown
// code.
func (r *Renderer) ErrorText(lang, code string) string {
	return r.catalogs[r.Lang(lang)].coded("error.", code)
}

// coded returns the text of prefix+code, or of prefix+"other".
func (c *catalog) coded(prefix, code string, args ...any) string {
	if s, ok := c.render(prefix+code, args...); ok {
		return s
	}
	s, _ := c.render(prefix+"other", args...)
	return s
}

// next returns the next step after a problem, or a general one.
func (c *catalog) next(problem string) string {
	if s, ok := c.render("problem." + problem + ".next"); ok {
		return s
	}
	s, _ := c.render("problem.other.next")
	return s
}
