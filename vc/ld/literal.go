package ld

import (
	"math"
	"strconv"
	"strings"

	"backpack/vc"
)

// A literal is a value with its datatype, language and direction.
type literal struct {
	value     *vc.Value
	typ       string // datatype IRI, @json or ""
	lang, dir string
}

// literal converts l to an RDF term (JSON-LD 1.1 API §8.2.2).
func (r *run) literal(l literal) (rdfTerm, error) {
	if l.typ == "@json" {
		return rdfTerm{kind: literalTerm, value: string(JCS(nil, l.value)), tag: rdfJSON}, nil
	}
	if l.typ != "" && !wellFormed(l.typ) {
		return rdfTerm{}, r.drop("the type %q is not an IRI", l.typ)
	}
	if l.dir != "" && r.mode.strict {
		r.directed = true
		if l.lang != "" && !languageTag(l.lang) {
			return rdfTerm{}, r.drop("%q is not a language tag", l.lang)
		}
		if !r.opt.Undirected {
			return rdfTerm{kind: literalTerm, value: l.value.Text(), tag: i18nNS + strings.ToLower(l.lang) + "_" + l.dir}, nil
		}
	}
	t := rdfTerm{kind: literalTerm, value: l.value.Text(), tag: l.typ}
	switch l.value.Kind() {
	case vc.Bool:
		if t.tag == "" {
			t.tag = xsdBoolean
		}
	case vc.Number:
		return r.number(t)
	case vc.String:
		if l.lang != "" && l.typ == "" {
			if !languageTag(l.lang) {
				return rdfTerm{}, r.drop("%q is not a language tag", l.lang)
			}
			// The specification leaves the case open. jsonld.js and json-gold write lower case, so
			// proofs made with them need it.
			t.kind, t.tag = langTerm, strings.ToLower(l.lang)
		} else if t.tag == xsdString {
			t.tag = ""
		}
	}
	return t, nil
}

// number returns t with its number in canonical form: an integer if it is one and
// xsd:double is not requested, otherwise xsd:double with 15 fraction digits. A number
// with more digits than this form is a loss.
func (r *run) number(t rdfTerm) (rdfTerm, error) {
	if plainInteger(t.value) && t.tag != xsdDouble {
		if t.tag == "" {
			t.tag = xsdInteger
		}
		return t, nil
	}
	f, err := strconv.ParseFloat(t.value, 64)
	if err != nil {
		return t, r.malformed("invalid value object value", "the number %.40s", t.value)
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e21 && t.tag != xsdDouble {
		t.value = strconv.FormatFloat(f, 'f', 0, 64)
		if f == 0 {
			t.value = "0"
		}
		if t.tag == "" {
			t.tag = xsdInteger
		}
		return t, nil
	}
	t.value = canonicalDouble(f)
	if t.tag == "" {
		t.tag = xsdDouble
	}
	if back, _ := strconv.ParseFloat(t.value, 64); back != f {
		if err := r.drop("the number has more digits than a proof covers"); err != nil {
			return t, err
		}
	}
	return t, nil
}

// canonicalDouble returns the canonical form of xsd:double (JSON-LD 1.1 API §8.6).
func canonicalDouble(f float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'E', 15, 64), "E")
	mantissa = strings.TrimRight(mantissa, "0")
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	n, _ := strconv.Atoi(exponent)
	return mantissa + "E" + strconv.Itoa(n)
}

// expandValue performs Value Expansion (JSON-LD 1.1 API §5.3) for a scalar. t is the
// definition of its property, or nil.
func (r *run) expandValue(a *active, t *term, v *vc.Value) (rdfTerm, error) {
	l := plain(a, t, v)
	switch {
	case l.typ == "@id" && v.Is(vc.String):
		return r.reference(a, v.Text(), false)
	case l.typ == "@vocab" && v.Is(vc.String):
		return r.reference(a, v.Text(), true)
	case l.typ == "@id" || l.typ == "@vocab" || l.typ == "@none":
		l.typ = ""
	}
	return r.literal(l)
}

// plain returns the meaning of the scalar v as a value of t.
func plain(a *active, t *term, v *vc.Value) literal {
	l := literal{value: v}
	if t != nil {
		l.typ = t.typ
	}
	if !v.Is(vc.String) || l.typ != "" && l.typ != "@none" {
		return l
	}
	lang, dir := a.lang, a.dir
	if t != nil && t.lang != nil {
		lang = t.lang
	}
	if t != nil && t.dir != nil {
		dir = t.dir
	}
	if lang != nil {
		l.lang = *lang
	}
	if dir != nil {
		l.dir = *dir
	}
	return l
}
