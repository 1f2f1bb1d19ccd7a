package ob2

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"backpack/vc"
)

// The versions as Detect and vc.Document.Version name them.
const (
	v05 = "0.5"
	v10 = "1.0"
	v11 = "1.1"
	v20 = "2.0"
)

// Detect tells whether v is an assertion of Open Badges before 3.0, and of
// which version: "0.5", "1.0", "1.1" or "2.0" (specs B2.1). Badge classes,
// issuers and credentials of later versions are not.
func Detect(v *vc.Value) (version string, ok bool) {
	if p, err := plainNames(unwrapped(v)); err == nil {
		v = p
	}
	return detect(v)
}

// detect is Detect of a document with plain names.
func detect(v *vc.Value) (version string, ok bool) {
	badge, recipient := member(v, "badge"), member(v, "recipient")
	named := v.Is(vc.Object) && (isType(v, "Assertion") || badge != nil && recipient != nil)
	if !named {
		return "", false
	}
	ctx := v.Get("@context")
	switch {
	case ctx == nil && badge == nil:
		return "", false
	case ctx == nil && recipient.Is(vc.String):
		return v05, true
	case ctx == nil:
		return v10, true
	}
	for _, u := range ctx.Strs() {
		if ver := contextVersion(u); ver != "" {
			return ver, true
		}
	}
	for _, iri := range scope(nil).with(ctx) { // the context itself written out, as no version before 2.0 did
		if strings.HasPrefix(iri, prefixes["obi"]) || strings.HasPrefix(iri, "obi:") {
			return v20, true
		}
	}
	return "", false
}

// contextVersion tells which version a context URL stands for. The word
// openbadge keeps https://www.w3.org/ns/credentials/v2 and the like out.
func contextVersion(u string) string {
	u = strings.ToLower(u)
	if strings.HasPrefix(u, blockcerts) {
		return v11
	}
	if !strings.Contains(u, "openbadge") && !strings.Contains(u, "imsglobal.org/spec/ob/") || strings.Contains(u, "extension") {
		return ""
	}
	switch {
	case strings.Contains(u, "/v2"), strings.Contains(u, "/2."):
		return v20
	case strings.Contains(u, "/v1"), strings.Contains(u, "/1."): // the drafts were called 1.1
		return v11
	}
	return ""
}

// Parse reads an assertion of Open Badges before 3.0 without any I/O: its
// JSON, a compact JWS that holds it, or only the https address that it is
// hosted at. sourceURL is where b came from, or ""; version 0.5 names its
// address nowhere else. The document's Credential is the view of what b itself
// says, in the terms of Open Badges 3.0 (specs B5.6, B2.3 to B2.5); what of it
// holds only verification tells. Raw is b as received. Errors wrap
// vc.ErrMalformed, vc.ErrTooLarge, or vc.ErrUnsupported for anything else.
func Parse(b []byte, sourceURL string) (*vc.Document, error) {
	trimmed := bytes.TrimSpace(b)
	switch {
	case len(trimmed) == 0:
		return nil, fmt.Errorf("parse badge: %w: it is empty", vc.ErrMalformed)
	case trimmed[0] == '{':
		v, err := vc.ParseJSON(trimmed)
		if err != nil {
			return nil, fmt.Errorf("parse badge: %w", err)
		}
		return document(bytes.Clone(b), v, vc.Hosted, sourceURL)
	case hasScheme(string(trimmed)):
		return parseAddress(b, string(trimmed))
	}
	return parseJWS(b)
}

// original reads the badge that an evidence of a later credential names (specs
// B5.3, B5.5): an address of the web, or the badge itself in a data: address.
func original(address string) (*vc.Document, error) {
	rest, ok := strings.CutPrefix(address, "data:")
	if !ok {
		return parseAddress([]byte(address), address)
	}
	media, body, _ := strings.Cut(rest, ",")
	if strings.HasSuffix(media, ";base64") {
		b, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return nil, fmt.Errorf("parse badge: %w: the data address: %v", vc.ErrMalformed, err)
		}
		return Parse(b, "")
	}
	text, err := url.PathUnescape(body)
	if err != nil {
		return nil, fmt.Errorf("parse badge: %w: the data address: %v", vc.ErrMalformed, err)
	}
	return Parse([]byte(text), "")
}

// parseAddress reads the oldest way to bake: nothing but the address (specs B3.1).
func parseAddress(b []byte, address string) (*vc.Document, error) {
	u, ok := parseURL(address)
	if !ok || len(address) > maxURL {
		return nil, fmt.Errorf("parse badge: %w: the address is not one of the web", vc.ErrMalformed)
	}
	quoted, err := json.Marshal(u.String())
	if err != nil {
		return nil, fmt.Errorf("parse badge: %w", err)
	}
	v, err := vc.ParseJSON(quoted)
	if err != nil {
		return nil, fmt.Errorf("parse badge: %w", err)
	}
	return &vc.Document{
		Raw: bytes.Clone(b), Form: vc.Hosted, Claims: v,
		Credential: &vc.Credential{ID: v.Str(), Types: viewTypes(), Value: v},
	}, nil
}

// parseJWS reads a signed badge without judging the signature.
func parseJWS(b []byte) (*vc.Document, error) {
	if bytes.Count(b, []byte(".")) != 2 {
		return nil, fmt.Errorf("parse badge: %w: neither JSON nor a compact JWS", vc.ErrUnsupported)
	}
	j, err := vc.ParseJWS(b)
	if err != nil {
		return nil, fmt.Errorf("parse badge: %w", err)
	}
	v, err := vc.ParseJSON(j.Payload)
	if err != nil {
		return nil, fmt.Errorf("parse badge: payload of the JWS: %w", err)
	}
	return document(bytes.Clone(b), v, vc.Signed, "")
}

// document makes the document of an assertion and its view of itself alone.
func document(raw []byte, v *vc.Value, form vc.Form, sourceURL string) (*vc.Document, error) {
	v, err := plainNames(unwrapped(v))
	if err != nil {
		return nil, fmt.Errorf("parse badge: %w", err)
	}
	version, ok := detect(v)
	if !ok {
		return nil, fmt.Errorf("parse badge: %w: not an assertion of Open Badges 0.5 to 2.0", vc.ErrUnsupported)
	}
	p := parts{assertion: v, class: embedded(v, "badge"), version: version, address: sourceURL}
	p.issuer = embedded(p.class, "issuer")
	p.address = p.id(form)
	d := assertionDepartures(p.assertion, version)
	return &vc.Document{
		Raw: raw, Form: form, Claims: v, Version: version,
		Credential: p.view(), Problems: d.problems, Remarks: d.remarks,
	}, nil
}

// id returns what identifies the assertion: for hosted ones the address to
// ask, for signed ones its id or uid (specs B1.4, B2.4).
func (p *parts) id(form vc.Form) string {
	stated := member(verification(p.assertion), "url").Str()
	own := identifier(p.assertion)
	uid := member(p.assertion, "uid").Str()
	switch {
	case form == vc.Signed && own == "" && uid != "":
		return "uid:" + uid
	case form == vc.Signed:
		return own
	case p.version == v20:
		return own
	case stated != "":
		return stated
	case own != "":
		return own
	}
	return p.address
}
