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

// The versions in Detect and vc.Document.Version.
const (
	v05 = "0.5"
	v10 = "1.0"
	v11 = "1.1"
	v20 = "2.0"
)

// Detect returns the version of v if it is an assertion of Open Badges before 3.0:
// "0.5", "1.0", "1.1" or "2.0" (specs B2.1). ok is false for badge classes, issuers
// and later versions.
func Detect(v *vc.Value) (version string, ok bool) {
	if p, err := plainNames(asAssertion(v)); err == nil {
		v = p
	}
	return detect(v)
}

// detect is Detect for a document with plain names.
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
	for _, iri := range scope(nil).with(ctx) { // an inline context, which only 2.0 allows
		if strings.HasPrefix(iri, prefixes["obi"]) || strings.HasPrefix(iri, "obi:") {
			return v20, true
		}
	}
	return "", false
}

// contextVersion returns the version that a context URL denotes, or "". Requiring the
// word openbadge excludes URLs such as https://www.w3.org/ns/credentials/v2.
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
	case strings.Contains(u, "/v1"), strings.Contains(u, "/1."): // the drafts had the version 1.1
		return v11
	}
	return ""
}

// Parse parses an assertion of Open Badges before 3.0 without I/O: its JSON, a compact
// JWS with it, or its https address. sourceURL is the address that served b, or "";
// for version 0.5 it is the only source of the badge's address. The document's
// Credential is a view of b in the terms of Open Badges 3.0 (specs B5.6, B2.3 to B2.5)
// and unverified. Raw is a copy of b. Errors wrap vc.ErrMalformed, vc.ErrTooLarge, or
// vc.ErrUnsupported for anything else.
func Parse(b []byte, sourceURL string) (*vc.Document, error) {
	trimmed := bytes.TrimSpace(b)
	switch {
	case len(trimmed) == 0:
		return nil, fmt.Errorf("parse badge: %w: empty input", vc.ErrMalformed)
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

// original parses the badge that an evidence of a later credential names (specs B5.3,
// B5.5): a web address, or the badge itself as a data URL.
func original(address string) (*vc.Document, error) {
	rest, ok := strings.CutPrefix(address, "data:")
	if !ok {
		return parseAddress([]byte(address), address)
	}
	media, body, _ := strings.Cut(rest, ",")
	if strings.HasSuffix(media, ";base64") {
		b, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return nil, fmt.Errorf("parse badge: %w: the data URL: %v", vc.ErrMalformed, err)
		}
		return Parse(b, "")
	}
	text, err := url.PathUnescape(body)
	if err != nil {
		return nil, fmt.Errorf("parse badge: %w: the data URL: %v", vc.ErrMalformed, err)
	}
	return Parse([]byte(text), "")
}

// parseAddress parses the oldest form of baking, which is only an address (specs
// B3.1).
func parseAddress(b []byte, address string) (*vc.Document, error) {
	u, ok := parseURL(address)
	if !ok || len(address) > maxURL {
		return nil, fmt.Errorf("parse badge: %w: not a web address", vc.ErrMalformed)
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

// parseJWS parses a signed badge and does not verify the signature.
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

// document returns the document of an assertion with its unverified view.
func document(raw []byte, v *vc.Value, form vc.Form, sourceURL string) (*vc.Document, error) {
	v, err := plainNames(asAssertion(v))
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

// id returns the id of the assertion: the address of a hosted badge, the id or uid of
// a signed one (specs B1.4, B2.4).
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
