package schema

import (
	"slices"
	"strings"
	"time"

	"backpack/vc"
)

const (
	contextV1 = "https://www.w3.org/2018/credentials/v1"
	contextV2 = "https://www.w3.org/ns/credentials/v2"
)

// value judges one value of a member.
func (w *walker) value(x *member, v *vc.Value) {
	switch x.kind {
	case kindClass:
		w.object(x.class, v)
	case kindClassOrURI:
		w.classOrURI(x, v)
	case kindNumber:
		w.is(v, vc.Number)
	case kindBool:
		w.is(v, vc.Bool)
	case kindDate, kindDay:
		w.moment(x, v)
	case kindWords:
		w.words(x, v)
	default:
		w.text(x, v)
	}
}

func (w *walker) is(v *vc.Value, k vc.Kind) bool {
	if v.Kind() != k {
		w.add(published, false, "%s was expected, not %s", k, v.Kind())
		return false
	}
	return true
}

// classOrURI judges an issuer: an address, or a Profile. What is neither is
// reported as a Profile that falls short.
func (w *walker) classOrURI(x *member, v *vc.Value) {
	if v.Is(vc.String) || v.Is(vc.Object) && len(v.Items()) > 0 && w.languages(x, v) {
		w.text(x, v)
		return
	}
	if v.Is(vc.Object) && len(v.Items()) == 0 { // the JSON-LD variant takes {} for a text
		w.add(extra, false, "the issuer is not named")
		return
	}
	w.object(x.class, v)
}

// text judges a text, or a map from languages to texts (specs A2.15).
func (w *walker) text(x *member, v *vc.Value) {
	if v.Is(vc.Object) && w.languages(x, v) {
		w.add(published, true, "a text was expected; texts by language are JSON-LD's form")
		return
	}
	if x.kind == kindTitle && v.Is(vc.Object) && v.Get("@value").Is(vc.String) || x.kind == kindTitle && v.Is(vc.Array) && languageValues(v) {
		w.add(published, true, "a text was expected; a language value object is the data model's form")
		return
	}
	if !w.is(v, vc.String) {
		return
	}
	if !x.fits(v.Str()) {
		w.add(published, false, "%.60q is not what %s may be", v.Str(), x.name)
	}
	if x.kind == kindURI && !hasScheme(v.Str()) {
		w.add(extra, true, "%.60q is not an absolute URI", v.Str())
	}
}

func languageValues(v *vc.Value) bool {
	return len(v.Items()) > 0 && !slices.ContainsFunc(v.List(), func(x *vc.Value) bool { return !x.Get("@value").Is(vc.String) })
}

// languages reports whether v maps languages to texts that fit the member.
func (w *walker) languages(x *member, v *vc.Value) bool {
	items := v.Items()
	for i := range items {
		if !languageKey(items[i].Name()) || !items[i].Is(vc.String) || !x.fits(items[i].Str()) {
			return false
		}
	}
	return true
}

// fits reports whether a text is one that the member may have.
func (x *member) fits(s string) bool {
	switch x.kind {
	case kindConst:
		return slices.Contains(x.words, s)
	case kindJWS:
		return compactJWS(s)
	case kindLanguage:
		return languageTag(s)
	}
	return true
}

// words judges a value out of a list of words, which ext: may extend.
func (w *walker) words(x *member, v *vc.Value) {
	if !w.is(v, vc.String) || slices.Contains(x.words, v.Str()) || x.open && extension(v.Str()) {
		return
	}
	if x.name == "identityType" && v.Str() == "email" { // specs A2.9
		w.add(extra, true, "identityType email should be emailAddress")
		return
	}
	w.add(published, false, "%.60q is none of the values that %s may have", v.Str(), x.name)
}

// moment judges a date, or a date and time with its zone (specs A2.16, A4.7).
func (w *walker) moment(x *member, v *vc.Value) {
	if !w.is(v, vc.String) {
		return
	}
	if x.kind == kindDay {
		if _, err := time.Parse(time.DateOnly, v.Str()); err != nil {
			w.add(extra, false, "%.60q is not a date", v.Str())
		}
		return
	}
	if _, err := time.Parse(time.RFC3339Nano, strings.ToUpper(v.Str())); err == nil {
		return
	}
	if _, err := time.Parse("2006-01-02T15:04:05.999999999", v.Str()); err == nil {
		w.add(extra, true, "%.60q has no time zone", v.Str())
		return
	}
	w.add(extra, false, "%.60q is not a date and time", v.Str())
}

// types judges a class's type. The JSON-LD variant lets a single text be
// anything; a wrong one is refused here all the same (specs G1.4, G1.7, G1.8).
func (w *walker) types(c *class, v *vc.Value) {
	from := published
	var list []*vc.Value
	switch {
	case v.Is(vc.Array):
		list = v.List()
	case v.Is(vc.String):
		from, list = extra, v.List()
	case v.Is(vc.Object) && w.languages(&member{}, v):
		w.add(extra, false, "the type must be a text or a list of texts")
		return
	}
	for _, group := range c.types {
		if !slices.ContainsFunc(list, func(x *vc.Value) bool { return slices.Contains(group, x.Str()) }) {
			w.add(from, false, "the type must contain %s", strings.Join(group, " or "))
		}
	}
	for _, x := range list {
		if !x.Is(vc.String) && !(x.Is(vc.Object) && w.languages(&member{}, x)) {
			w.add(published, false, "a type must be a text, not %s", x.Kind())
		}
	}
}

// context judges the order of the contexts (specs A1.1). One alone is legal
// JSON-LD; that it leaves names undefined is for other checks to say.
func (w *walker) context(x *member, v *vc.Value) {
	if v.Is(vc.String) || v.Is(vc.Object) {
		w.add(published, true, "a list of contexts was expected")
		return
	}
	if !w.is(v, vc.Array) {
		return
	}
	want := contexts[x.context]
	items := v.Items()
	if len(items) < 1+len(want) {
		w.add(published, false, "at least %d contexts were expected", 1+len(want))
	}
	for i := range items {
		w.contextAt(i, want, &items[i])
	}
}

// contexts are the contexts that must follow that of the data model.
var contexts = map[string][]string{
	"ob":  {"https://purl.imsglobal.org/spec/ob/v3p0/context 3"},
	"clr": {"https://purl.imsglobal.org/spec/clr/v2p0/context 2", "https://purl.imsglobal.org/spec/ob/v3p0/context 3"},
	"vc":  nil,
}

func (w *walker) contextAt(i int, want []string, v *vc.Value) {
	switch {
	case i > len(want):
		if !v.Is(vc.String) && !v.Is(vc.Object) {
			w.add(published, false, "a context must be an address or an object, not %s", v.Kind())
		}
	case i == 0:
		if s := v.Str(); s != contextV2 && s != contextV1 {
			w.add(published, false, "the first context must be that of the data model")
		}
	default:
		base, major, _ := strings.Cut(want[i-1], " ")
		switch s := v.Str(); {
		case versioned(s, base, major[0]):
		case s == "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld" && major == "3": // specs A1.2
			w.add(published, true, "this is the older address of the context")
		default:
			w.add(published, false, "context %d must be %s.json or one of its versions", i+1, base)
		}
	}
}

// versioned reports whether s is base, any number of "-M.d.d", and ".json".
func versioned(s, base string, major byte) bool {
	rest, ok := strings.CutPrefix(s, base)
	rest, ok2 := strings.CutSuffix(rest, ".json")
	for len(rest) >= 6 && rest[0] == '-' && rest[1] == major && rest[2] == '.' && digit(rest[3]) && rest[4] == '.' && digit(rest[5]) {
		rest = rest[6:]
	}
	return ok && ok2 && rest == ""
}
