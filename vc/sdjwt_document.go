package vc

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// The kinds of SD-JWT that are credentials: a credential of W3C's data model, a
// presentation, or an SD-JWT VC, which has its own rules.
const (
	sdCredential   = "vc"
	sdPresentation = "vp"
	sdIssued       = "dc"
)

// StatusListToken is the type of an SD-JWT VC's Status: a position in a token
// status list (specs E4.1).
const StatusListToken = "status_list"

// sdjwt reads a credential or presentation secured as an SD-JWT. Its claims are the
// payload with disclosures applied (specs D5.4).
func (p *parser) sdjwt(b []byte, depth int) (*Document, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%w: documents nested deeper than %d", ErrTooLarge, maxNesting)
	}
	s, err := ParseSDJWT(b)
	if err != nil {
		return nil, err
	}
	kind, mixed, err := s.kind()
	if err != nil {
		return nil, err
	}
	d := &Document{Raw: bytes.Clone(bytes.TrimSpace(b)), Form: SDJWTVCDM, Claims: s.Claims, SD: s, Proofs: []Proof{s.JWS.proof(s.Claims)}}
	if wrapped := s.wrapped(); kind != sdIssued && wrapped != "" {
		d.unwrap(d.Proofs[0].JOSE)
	}
	if s.Unended {
		d.remark(ReasonMalformed, "the final ~ of the SD-JWT is missing")
	}
	if kind == sdIssued {
		d.Form = SDJWTVC
		d.readIssued()
		return d, nil
	}
	if mixed {
		d.problem(ReasonMixedModels, "both @context and vct are present, which have different rules")
	}
	if err := p.content(d, depth); err != nil {
		return nil, err
	}
	d.checkHeader(d.Proofs[0].JOSE)
	d.checkShape(d.Proofs[0].JOSE, kind)
	d.checkItself()
	if d.Presentation != nil && s.KeyBinding != nil {
		d.problem(ReasonWrongType, "a presentation carries another party's key binding")
	}
	return d, nil
}

// kind returns the kind of SD-JWT, whose rules are never mixed. vc+sd-jwt is W3C's
// type and was once that of SD-JWT VC; the payload tells them apart. mixed reports
// a payload that could be both.
func (s *SDJWT) kind() (kind string, mixed bool, err error) {
	typ := s.JWS.Header.Get("typ")
	w3c, vct := s.Claims.Get("@context") != nil, s.Claims.Get("vct") != nil
	switch mediaSubtype(typ.Str()) {
	case "dc+sd-jwt":
		return sdIssued, false, nil
	case "vp+sd-jwt", "vp+ld+json+sd-jwt":
		return sdPresentation, vct, nil
	case "vc+ld+json+sd-jwt":
		return sdCredential, vct, nil
	case "vc+sd-jwt":
		if vct && !w3c {
			return sdIssued, false, nil
		}
		return sdCredential, vct, nil
	case "", "jwt", "sd-jwt":
		if typ != nil && !typ.Is(String) {
			break
		}
		if vct && !w3c {
			return sdIssued, false, nil
		}
		return "", vct, nil
	}
	return "", false, fmt.Errorf("%w: SD-JWT of type %.40q", ErrUnsupported, typ.Text())
}

// mediaSubtype returns a typ or cty in lower case without the optional prefix.
func mediaSubtype(s string) string { return strings.TrimPrefix(strings.ToLower(s), "application/") }

// readIssued reads an SD-JWT VC. It has its own data model, of which only the
// registered claims are defined.
func (d *Document) readIssued() {
	v, j := d.Claims, d.Proofs[0].JOSE
	c := &Credential{Value: v, VCT: v.Get("vct").Str(), ID: v.Get("jti").Str(), Issuer: Profile{ID: v.Get("iss").Str()},
		Subject: Subject{ID: v.Get("sub").Str(), Value: v}}
	c.ValidFrom, c.ValidUntil, c.AwardedDate = numericMoment(j.Nbf), numericMoment(j.Exp), numericMoment(j.Iat)
	if email := v.Get("email").Str(); email != "" {
		c.Subject.Identifiers = []Identity{{Hash: email, Type: "emailAddress"}}
	}
	c.Subject.Name = NameOf(v)
	if c.VCT != "" {
		c.Types = []string{c.VCT}
		c.Name = d.titleOf(c.VCT)
	}
	if s := v.Get("status"); s != nil {
		c.Status = d.statusOf(s)
	}
	d.Credential = c
	d.checkHeader(j)
	d.checkIssued()
}

// statusOf reads status. Only the status list is a known kind.
func (d *Document) statusOf(s *Value) []Status {
	if list := s.Get(StatusListToken); list != nil {
		return []Status{{Type: StatusListToken, Value: list}}
	}
	for i := range s.Items() {
		return []Status{{Type: s.kids[i].name, Value: &s.kids[i]}}
	}
	d.problem(ReasonWrongType, "status names no known member")
	return nil
}

// alwaysShown lists claims of an SD-JWT VC that must not be selectively
// disclosable.
var alwaysShown = []string{"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"}

// checkIssued notes departures from SD-JWT VC (specs D5.4).
func (d *Document) checkIssued() {
	c, v := d.Credential, d.Claims
	switch {
	case c.VCT == "" && v.Get("vct") == nil:
		d.problem(ReasonMissingMember, "vct is missing")
	case c.VCT == "":
		d.problem(ReasonWrongType, "vct is not a text")
	}
	switch iss := v.Get("iss"); {
	case iss != nil && !issuerID(c.Issuer.ID):
		d.problem(ReasonWrongType, "iss is neither an https URL nor a DID")
	case iss == nil && d.Proofs[0].JOSE.X5C == nil:
		d.problem(ReasonMissingMember, "iss is missing")
	}
	for _, x := range d.SD.Disclosures {
		name, _, _ := strings.Cut(strings.TrimPrefix(x.Pointer, "/"), "/")
		if has(alwaysShown, name) {
			d.problem(ReasonMalformed, "%s is selectively disclosable, but must not be", name)
		}
	}
	for _, name := range []string{"status", "cnf"} {
		if x := v.Get(name); x != nil && !x.Is(Object) {
			d.problem(ReasonWrongType, "%s is not an object", name)
		}
	}
}

// issuerID reports whether s may identify the issuer of an SD-JWT VC.
func issuerID(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !absoluteID(s) || u.Fragment != "" || u.RawQuery != "" {
		return false
	}
	return strings.HasPrefix(s, "did:") || u.Scheme == "https" && u.Host != "" && u.User == nil
}

// numericMoment reads a NumericDate. An invalid one has no Time.
func numericMoment(v *Value) Moment {
	if v == nil {
		return Moment{}
	}
	t, ok := numericDate(v)
	if !ok {
		return Moment{Text: v.Raw()}
	}
	return Moment{Text: t.Format(time.RFC3339), Time: t}
}

// titleOf returns a title for a credential type: the name in the signed type
// metadata, else the last meaningful part of the type itself.
func (d *Document) titleOf(vct string) Text {
	for _, x := range d.SD.JWS.Header.Get("vctm").List() {
		b, err := DecodeBase64(x.Str())
		if err != nil {
			continue
		}
		meta, err := ParseJSON(b)
		if err == nil && meta.Get("vct").Str() == vct {
			if t := displayName(meta); t != nil {
				return t
			}
		}
	}
	return Text{{Value: plainType(vct)}}
}

// displayName returns the name in type metadata, in all its languages.
func displayName(meta *Value) Text {
	var out Text
	for _, x := range meta.Get("display").List() {
		lang := x.Get("locale").Str()
		if lang == "" {
			lang = x.Get("lang").Str()
		}
		if name := x.Get("name").Str(); name != "" {
			out = append(out, LangText{Lang: lang, Value: name})
		}
	}
	if name := meta.Get("name").Str(); name != "" {
		out = append(out, LangText{Value: name})
	}
	return out
}

// plainType turns the last meaningful path segment of a type's URL into words. A
// type that is not a URL is returned as it is.
func plainType(vct string) string {
	u, err := url.Parse(vct)
	if err != nil || u.Host == "" {
		return vct
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	for len(parts) > 1 && strings.Trim(parts[len(parts)-1], "vV0123456789.") == "" {
		parts = parts[:len(parts)-1] // a version number
	}
	words := []rune(strings.Join(strings.FieldsFunc(parts[len(parts)-1], func(r rune) bool { return r == '_' || r == '-' }), " "))
	if len(words) == 0 {
		return vct
	}
	words[0] = unicode.ToUpper(words[0])
	return string(words)
}
