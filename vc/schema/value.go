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

// value validates one value of a member.
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

// is checks the kind of a value. A text that contains the number or boolean has a
// clear meaning.
func (w *walker) is(v *vc.Value, k vc.Kind) bool {
	if v.Kind() == k {
		return true
	}
	g, reason := fault, vc.ReasonWrongType
	switch {
	case v.Is(vc.Array):
		reason = vc.ReasonOneDue
	case v.Is(vc.String) && writes(v.Str(), k):
		g = lenient
	}
	w.addReason(published, g, reason, "expected %s, not %s", k, v.Kind())
	return false
}

// writes reports whether a text contains a value of kind k, a number or boolean.
func writes(s string, k vc.Kind) bool {
	v, err := vc.ParseJSON([]byte(s))
	return err == nil && v.Is(k) && (k == vc.Number || k == vc.Bool)
}

// classOrURI validates an issuer: a URL or a Profile. Anything else is reported as
// an incomplete Profile.
func (w *walker) classOrURI(x *member, v *vc.Value) {
	if v.Is(vc.String) || v.Is(vc.Object) && len(v.Items()) > 0 && w.languages(x, v) {
		w.text(x, v)
		return
	}
	if v.Is(vc.Object) && len(v.Items()) == 0 { // the JSON-LD variant accepts {} as a text
		w.addReason(extra, fault, vc.ReasonMissingMember, "the issuer is not identified")
		return
	}
	w.object(x.class, v)
}

// text validates a text or a language map (specs A2.15).
func (w *walker) text(x *member, v *vc.Value) {
	words := x.kind == kindTitle || x.kind == kindText
	switch {
	case v.Is(vc.Object) && w.languages(x, v):
		w.add(published, hint, "expected a text; a language map is JSON-LD's form")
		return
	case words && languageValues(v):
		g := hint
		if x.kind == kindText {
			g = lenient
		}
		w.add(published, g, "expected a text; a language value object is the data model's form")
		return
	case words && (v.Is(vc.Number) || v.Is(vc.Bool)):
		w.addReason(published, lenient, vc.ReasonWrongType, "expected text, not %s", v.Kind())
		return
	case x.kind == kindConst && v.Is(vc.Array) && slices.ContainsFunc(v.Strs(), x.fits):
		w.add(published, lenient, "a type in a list, but the schema allows a single one")
		return
	}
	if !w.is(v, vc.String) {
		return
	}
	if !x.fits(v.Str()) {
		w.add(published, x.misfit(), "%.60q is not a valid %s", v.Str(), x.name)
	}
	if x.kind == kindURI && !hasScheme(v.Str()) {
		w.add(extra, hint, "%.60q is not an absolute URI", v.Str())
	}
}

// languageValues reports whether v consists of language value objects without
// further members.
func languageValues(v *vc.Value) bool {
	for x := range v.Each() {
		if !x.Get("@value").Is(vc.String) {
			return false
		}
		for i := range x.Items() {
			if name := x.Items()[i].Name(); name != "@value" && name != "@language" && name != "@direction" {
				return false
			}
		}
	}
	return v.States()
}

// languages reports whether v is a language map whose texts fit the member.
func (w *walker) languages(x *member, v *vc.Value) bool {
	items := v.Items()
	for i := range items {
		if !languageKey(items[i].Name()) || !items[i].Is(vc.String) || !x.fits(items[i].Str()) {
			return false
		}
	}
	return true
}

// fits reports whether the member allows the text.
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

// misfit returns the grade of a text the member does not allow: a type defines what
// a thing is, a language only how to read it.
func (x *member) misfit() grade {
	if x.kind == kindConst {
		return fault
	}
	return lenient
}

// words validates a value from a list of words, which may allow extensions with
// ext:.
func (w *walker) words(x *member, v *vc.Value) {
	if !w.is(v, vc.String) || slices.Contains(x.words, v.Str()) || x.open && extension(v.Str()) {
		return
	}
	if x.name == "identityType" && v.Str() == "email" { // specs A2.9
		w.add(extra, hint, "identityType email should be emailAddress")
		return
	}
	w.add(published, lenient, "%.60q is not an allowed value of %s", v.Str(), x.name)
}

// moment validates a date, or a date and time with its zone (specs A2.16, A4.7).
func (w *walker) moment(x *member, v *vc.Value) {
	if !v.Get("@value").Is(vc.String) && !w.is(v, vc.String) {
		return
	}
	if x.kind == kindDay {
		if _, err := time.Parse(time.DateOnly, v.Str()); err != nil {
			w.addReason(extra, lenient, vc.ReasonDateFormat, "%.60q is not a date", v.Str())
		}
		return
	}
	switch m, exact := vc.ReadMoment(v); {
	case v.Is(vc.Object):
		w.addReason(published, lenient, vc.ReasonDateFormat, "expected a text, not an object with one")
	case exact && m.Zoneless:
		w.add(extra, hint, "%.60q has no time zone", v.Str())
	case exact:
	case m.Time.IsZero():
		w.addReason(extra, fault, vc.ReasonDateFormat, "%.60q is not a date and time", v.Str())
	case m.Day && (x.name == "validUntil" || x.name == "expirationDate"):
		w.addReason(extra, fault, vc.ReasonDayOnly, "%.60q has no time of day", v.Str())
	case m.Day:
		w.addReason(extra, lenient, vc.ReasonDayOnly, "%.60q has no time of day", v.Str())
	default:
		w.addReason(extra, lenient, vc.ReasonDateFormat, "%.60q is not in xsd:dateTime format", v.Str())
	}
}

// types validates the type of a class. The JSON-LD variant allows any single text;
// a wrong one is refused here (specs G1.4, G1.7, G1.8).
func (w *walker) types(c *class, v *vc.Value) {
	from := published
	var list []*vc.Value
	switch {
	case v.Is(vc.Array):
		list = v.List()
	case v.Is(vc.String):
		from, list = extra, v.List()
	case v.Is(vc.Object) && w.languages(&member{}, v):
		w.addReason(extra, fault, vc.ReasonWrongType, "the type must be a text or a list of texts")
		return
	}
	for _, group := range c.types {
		if !slices.ContainsFunc(list, func(x *vc.Value) bool { return slices.Contains(group, x.Str()) }) {
			w.addReason(from, fault, vc.ReasonWrongType, "the type must contain %s", strings.Join(group, " or "))
		}
	}
	for _, x := range list {
		switch {
		case x.Is(vc.Null):
			w.addReason(published, lenient, vc.ReasonNothing, "null states nothing and should be omitted")
		case !x.Is(vc.String) && !(x.Is(vc.Object) && w.languages(&member{}, x)):
			w.addReason(published, fault, vc.ReasonWrongType, "a type must be a text, not %s", x.Kind())
		}
	}
}

// context validates the contexts and their order (specs A1.1). A single context is
// legal JSON-LD; other checks report the names it leaves undefined. After the data
// model's context, the order does not change the meaning.
func (w *walker) context(x *member, v *vc.Value) {
	if v.Is(vc.String) || v.Is(vc.Object) {
		w.add(published, hint, "expected a list of contexts")
		return
	}
	if !v.Is(vc.Array) {
		w.addReason(published, fault, vc.ReasonContextOrder, "expected a list of contexts, not %s", v.Kind())
		return
	}
	want := contexts[x.context]
	items := v.Items()
	if len(items) < 1+len(want) {
		w.addReason(published, fault, vc.ReasonContextOrder, "expected at least %d contexts", 1+len(want))
	}
	for i := range items {
		w.contextAt(i, want, items)
		w.redefines(&items[i])
	}
}

// contexts maps names in the class table to the contexts required after that of the
// data model.
var contexts = map[string][]string{
	"ob":  {"https://purl.imsglobal.org/spec/ob/v3p0/context 3"},
	"clr": {"https://purl.imsglobal.org/spec/clr/v2p0/context 2", "https://purl.imsglobal.org/spec/ob/v3p0/context 3"},
	"vc":  nil,
}

func (w *walker) contextAt(i int, want []string, items []vc.Value) {
	v := &items[i]
	switch {
	case i > len(want):
		if !v.Is(vc.String) && !v.Is(vc.Object) {
			w.addReason(published, fault, vc.ReasonContextOrder, "a context must be a URL or an object, not %s", v.Kind())
		}
	case i == 0:
		if s := v.Str(); s != contextV2 && s != contextV1 {
			w.addReason(published, fault, vc.ReasonContextOrder, "the first context must be the data model's")
		}
	case versioned(v.Str(), want[i-1]):
	case older(v.Str(), want[i-1]): // specs A1.2
		w.add(published, hint, "this is the old URL of the context")
	default:
		g := fault
		if slices.ContainsFunc(items[1:], func(x vc.Value) bool { return versioned(x.Str(), want[i-1]) || older(x.Str(), want[i-1]) }) && within(v) {
			g = lenient
		}
		base, _, _ := strings.Cut(want[i-1], " ")
		w.addReason(published, g, vc.ReasonContextOrder, "context %d must be %s.json or a version of it", i+1, base)
	}
}

// within reports whether v can be a context.
func within(v *vc.Value) bool { return v.Is(vc.String) || v.Is(vc.Object) }

// older reports whether s is the former URL of the context (specs A1.2).
func older(s, want string) bool {
	return s == "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld" && strings.HasSuffix(want, "3")
}

// vocabularies lists the base IRIs of the data models' types.
var vocabularies = []string{"https://purl.imsglobal.org/spec/", "https://www.w3.org/2018/credentials#"}

// redefines reports an inline context that redefines a type of the data models,
// since types define what a thing is.
func (w *walker) redefines(v *vc.Value) {
	if !v.Is(vc.Object) {
		return
	}
	items := v.Items()
	for i := range items {
		name, iri := items[i].Name(), items[i].Str()
		if items[i].Is(vc.Object) {
			iri = items[i].Get("@id").Str()
		}
		own := func(base string) bool { return strings.HasPrefix(iri, base) && strings.HasSuffix(iri, "#"+name) }
		if w.v.types[name] && !slices.ContainsFunc(vocabularies, own) {
			w.addReason(extra, fault, vc.ReasonRedefines, "an inline context redefines %s", name)
		}
	}
}

// versioned reports whether s is the wanted URL with any number of "-M.d.d" parts
// and ".json".
func versioned(s, want string) bool {
	base, major, _ := strings.Cut(want, " ")
	rest, ok := strings.CutPrefix(s, base)
	rest, ok2 := strings.CutSuffix(rest, ".json")
	for len(rest) >= 6 && rest[0] == '-' && rest[1] == major[0] && rest[2] == '.' && digit(rest[3]) && rest[4] == '.' && digit(rest[5]) {
		rest = rest[6:]
	}
	return ok && ok2 && rest == ""
}
