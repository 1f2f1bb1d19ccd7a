package ob2

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"backpack/vc"
)

// prefixes are the prefixes in the context of Open Badges 2.0.
var prefixes = map[string]string{
	"obi": "https://w3id.org/openbadges#", "schema": "http://schema.org/", "sec": "https://w3id.org/security#",
	"cred": "https://w3id.org/credentials#", "dc": "http://purl.org/dc/terms/", "extensions": "https://w3id.org/openbadges/extensions#",
}

// renamed maps the terms and types whose IRI ends in another word.
var renamed = map[string]string{
	"obi:issueDate": "issuedOn", "obi:identityHash": "identity", "obi:verify": "verification", "sec:expiration": "expires",
	"cred:claim": "claim", "cred:credential": "endorsement", "dc:relation": "related", "dc:creator": "creator", "dc:created": "created",
	"sec:owner": "owner", "sec:publicKey": "publicKey", "sec:publicKeyPem": "publicKeyPem", "schema:keywords": "tags",
	"http://purl.org/dqm-vocabulary/v1/dqm#startsWith": "startsWith", "cred:Credential": "Endorsement", "sec:Key": "CryptographicKey",
}

// A scope maps the names defined by contexts inside a document to IRIs or to other
// names. It holds at most maxNames names.
type scope map[string]string

const maxNames = 1000

// with returns the scope inside an object that has the @context.
func (s scope) with(contexts *vc.Value) scope {
	out := s
	for _, c := range contexts.List() {
		if !c.Is(vc.Object) {
			continue
		}
		if len(out) == len(s) {
			out = scope{}
			for name, iri := range s {
				out[name] = iri
			}
		}
		for _, d := range c.Items() {
			if iri := nonEmpty(d.Str(), d.Get("@id").Str()); iri != "" && len(out) < maxNames {
				out[d.Name()] = iri
			}
		}
	}
	return out
}

// expand returns the IRI of a name, or the name if it has none. It follows compact
// IRIs whose prefix is a term.
func (s scope) expand(name string) string {
	for range 6 {
		if iri := s[name]; iri != "" && iri != name {
			name = iri
			continue
		}
		prefix, rest, ok := strings.Cut(name, ":")
		base := nonEmpty(s[prefix], prefixes[prefix])
		if !ok || base == "" || strings.HasPrefix(rest, "//") {
			break
		}
		name = base + rest
	}
	return name
}

// term returns the name of an IRI in the vocabulary, or "". Any word after obi: or
// schema: is accepted, as issuers write them.
func term(iri string) string {
	if t := renamed[iri]; t != "" {
		return t
	}
	iri = strings.Replace(iri, "https://schema.org/", prefixes["schema"], 1)
	for prefix, base := range prefixes {
		rest, ok := strings.CutPrefix(iri, base)
		switch {
		case !ok || rest == "":
		case renamed[prefix+":"+rest] != "":
			return renamed[prefix+":"+rest]
		case (prefix == "obi" || prefix == "schema") && !strings.ContainsAny(rest, ":/#"):
			return rest
		}
	}
	return ""
}

// plainNames returns v with every member and type of the vocabulary under its plain
// name, whatever the document's contexts call it (specs B1.3). Extensions keep their
// names, as they have their own contexts. A document with one member under two names
// is malformed.
func plainNames(v *vc.Value) (*vc.Value, error) {
	var c compactor
	c.value(v, nil)
	if !c.changed {
		return v, nil
	}
	out, err := vc.ParseJSON(c.out.Bytes())
	if err != nil {
		return nil, fmt.Errorf("plain names: %w", err)
	}
	return out, nil
}

// A compactor rewrites a document.
type compactor struct {
	out     bytes.Buffer
	changed bool
}

func (c *compactor) value(v *vc.Value, s scope) {
	switch {
	case v.Is(vc.Array):
		c.out.WriteByte('[')
		for i, x := range v.List() {
			c.comma(i)
			c.value(x, s)
		}
		c.out.WriteByte(']')
	case v.Is(vc.Object) && !isType(v, "Extension"):
		c.object(v, s.with(v.Get("@context")))
	default:
		c.out.WriteString(v.Raw())
	}
}

func (c *compactor) object(v *vc.Value, s scope) {
	c.out.WriteByte('{')
	items := v.Items()
	for i := range items {
		m := &items[i]
		name := c.rename(m.Name(), s)
		c.comma(i)
		c.string(name)
		c.out.WriteByte(':')
		switch name {
		case "@context":
			c.out.WriteString(m.Raw())
		case "type", "@type":
			c.types(m, s)
		default:
			c.value(m, s)
		}
	}
	c.out.WriteByte('}')
}

// types writes the types of a node under their plain names.
func (c *compactor) types(m *vc.Value, s scope) {
	if !m.Is(vc.Array) {
		c.one(m, s)
		return
	}
	c.out.WriteByte('[')
	for i, x := range m.List() {
		c.comma(i)
		c.one(x, s)
	}
	c.out.WriteByte(']')
}

func (c *compactor) one(t *vc.Value, s scope) {
	if t.Is(vc.String) {
		c.string(c.rename(t.Str(), s))
	} else {
		c.out.WriteString(t.Raw())
	}
}

// rename returns the plain name of name, or name itself.
func (c *compactor) rename(name string, s scope) string {
	if strings.HasPrefix(name, "@") || s[name] == "" && !strings.Contains(name, ":") {
		return name
	}
	if t := term(s.expand(name)); t != "" && t != name {
		c.changed = true
		return t
	}
	return name
}

func (c *compactor) comma(i int) {
	if i > 0 {
		c.out.WriteByte(',')
	}
}

func (c *compactor) string(s string) {
	b, err := json.Marshal(s)
	if err != nil { // unreachable
		b = []byte(`""`)
	}
	c.out.Write(b)
}
