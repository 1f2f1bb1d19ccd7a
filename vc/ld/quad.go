package ld

import "strconv"

// A kind is the kind of an RDF term.
type kind uint8

const (
	noTerm kind = iota // the default graph, or a value that RDF cannot express
	iriTerm
	blankTerm
	literalTerm
	langTerm
)

// A rdfTerm is an IRI, a blank node or a literal. Its strings are slices of the
// document or of a context.
type rdfTerm struct {
	kind  kind
	blank int32  // number of a blank node
	value string // IRI or lexical form
	tag   string // a literal's datatype ("" for xsd:string) or its language
}

// inexpressible represents a value that RDF cannot express.
var inexpressible = rdfTerm{value: "?"}

// A quad is one statement. A graph of kind noTerm is the default graph.
type quad struct {
	s rdfTerm
	p string
	o rdfTerm
	g rdfTerm
}

const (
	rdfNS      = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdfType    = rdfNS + "type"
	rdfFirst   = rdfNS + "first"
	rdfRest    = rdfNS + "rest"
	rdfNil     = rdfNS + "nil"
	rdfJSON    = rdfNS + "JSON"
	i18nNS     = "https://www.w3.org/ns/i18n#"
	xsdNS      = "http://www.w3.org/2001/XMLSchema#"
	xsdString  = xsdNS + "string"
	xsdBoolean = xsdNS + "boolean"
	xsdInteger = xsdNS + "integer"
	xsdDouble  = xsdNS + "double"
)

// A labeller appends the label of a blank node.
type labeller func(dst []byte, blank int32) []byte

// canonicalLabel returns a labeller for labels of the form _:c14n0.
func canonicalLabel(names []int32) labeller {
	return func(dst []byte, blank int32) []byte {
		return strconv.AppendInt(append(dst, "_:c14n"...), int64(names[blank]), 10)
	}
}

// append appends the quad as one line of canonical N-Quads (RDFC-1.0 §5).
func (q *quad) append(dst []byte, label labeller) []byte {
	dst = append(q.s.append(dst, label), ' ', '<')
	dst = append(dst, q.p...)
	dst = q.o.append(append(dst, '>', ' '), label)
	if q.g.kind != noTerm {
		dst = q.g.append(append(dst, ' '), label)
	}
	return append(dst, " .\n"...)
}

func (t *rdfTerm) append(dst []byte, label labeller) []byte {
	switch t.kind {
	case iriTerm:
		return append(append(append(dst, '<'), t.value...), '>')
	case blankTerm:
		return label(dst, t.blank)
	case langTerm:
		dst = append(appendEscaped(append(dst, '"'), t.value), '"', '@')
		return append(dst, t.tag...)
	}
	dst = append(appendEscaped(append(dst, '"'), t.value), '"')
	if t.tag == "" {
		return dst
	}
	return append(append(append(dst, "^^<"...), t.tag...), '>')
}

// appendEscaped appends the text of a literal with the escapes of canonical N-Quads.
func appendEscaped(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c != 0x7f {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			const hex = "0123456789ABCDEF"
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(dst, s[from:]...)
}
