package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/cose"
)

// text opens text other than JSON: a JWT, an address, an offer, a data URL, several of
// them, or a script that issues badges.
func (o *opener) text(p piece) {
	s, ok := decodeText(p.b)
	s = strings.Trim(s, blanks)
	squeezed := strings.Join(strings.Fields(s), "")
	switch {
	case !ok || p.nest > maxNest:
		o.fail(p, NotABadge, fmt.Errorf("%w: not readable text", vc.ErrUnsupported))
	case s == "":
		o.fail(p, Empty, fmt.Errorf("%w: empty input", vc.ErrMalformed))
	case s[0] == '{' || s[0] == '[':
		p.b = []byte(s)
		o.json(p)
	case strings.HasPrefix(s, "data:"):
		o.dataURL(p, squeezed)
	case strings.HasPrefix(s, "VP1-"): // a credential in CBOR-LD, used in QR codes
		o.fail(p, ShortForm, fmt.Errorf("%w: CBOR-LD", vc.ErrUnsupported))
	case isOffer(s):
		o.offer(p, s)
	case isWeb(s) && s == squeezed:
		o.link(p, s)
	case addressOf(s) != "":
		o.link(p, addressOf(s))
	case isToken(squeezed) && !tokenAmongWords(s, squeezed): // e-mail programs wrap it
		p.b = []byte(squeezed)
		o.token(p)
	case coseIn(squeezed) != nil:
		o.token(p.inside(coseIn(squeezed)))
	case jsonIn(squeezed) != nil:
		o.json(p.inside(jsonIn(squeezed)))
	default:
		o.lines(p, s)
	}
}

// token opens a compact JWS, an SD-JWT or COSE. A presentation is split into its
// credentials.
func (o *opener) token(p piece) {
	if !o.opt.KeepPresentation {
		if inner := presentationIn(p.b); inner != nil {
			o.object(p, inner)
			return
		}
	}
	o.document(p)
}

// presentationIn returns the presentation in a token, or nil.
func presentationIn(b []byte) *vc.Value {
	payload := payloadOf(b)
	if vp := payload.Get("vp"); vp.Is(vc.Object) {
		payload = vp
	}
	if !hasType(payload, "VerifiablePresentation") {
		return nil
	}
	return payload
}

// coseIn returns the COSE in a base64 or base64url text, or nil.
func coseIn(s string) []byte {
	if len(s) < 64 || !strings.HasPrefix(s, "0oR") && !strings.HasPrefix(s, "hE") && !strings.HasPrefix(s, "hF") {
		return nil // starts with neither d2 84 nor 84
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "=")))
	if err != nil || !cose.Looks(b) {
		return nil
	}
	return b
}

// jsonIn returns the JSON object in a base64 or base64url text, or nil.
func jsonIn(s string) []byte {
	if len(s) < 64 || !strings.HasPrefix(s, "e") || strings.ContainsAny(s, ".~") {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "=")))
	if err != nil || b[0] != '{' {
		return nil
	}
	return b
}

// payloadOf returns the payload of a token; for an SD-JWT, its disclosed claims.
func payloadOf(b []byte) *vc.Value {
	if cose.Looks(b) {
		s, err := cose.Open(b)
		if err != nil {
			return nil
		}
		return jsonOf(s.Payload)
	}
	if bytes.IndexByte(b, '~') >= 0 {
		s, err := vc.ParseSDJWT(b)
		if err != nil {
			return nil
		}
		return s.Claims
	}
	j, err := vc.ParseJWS(b)
	if err != nil {
		return nil
	}
	return jsonOf(j.Payload)
}

func jsonOf(b []byte) *vc.Value {
	v, err := vc.ParseJSON(b)
	if err != nil {
		return nil
	}
	return v
}

// isToken reports whether s looks like a compact JWS or an SD-JWT: a JWS, parts
// without a dot, and possibly another JWS at the end.
func isToken(s string) bool {
	head, rest, sd := strings.Cut(s, "~")
	if !sd || !isJWT(head) {
		return isJWT(s)
	}
	middle := rest[:strings.LastIndexByte(rest, '~')+1]
	return !strings.Contains(middle, ".") && !strings.ContainsAny(rest, " \t\r\n/?")
}

// isSDJWT reports whether b looks like an SD-JWT.
func isSDJWT(b []byte) bool {
	return bytes.IndexByte(b, '~') >= 0 && isToken(string(bytes.TrimSpace(b)))
}

// tokenAmongWords reports whether s contains a token with words around it, so that joining
// all of it would be wrong.
func tokenAmongWords(s, squeezed string) bool {
	if s == squeezed || completeToken(squeezed) || strings.HasSuffix(squeezed, "~") {
		return false
	}
	return slices.ContainsFunc(leads(s), func(p part) bool { return completeToken(p.text) || strings.HasSuffix(p.text, "~") })
}

// isJWT reports whether s looks like a compact JWS: three parts, the first of which is
// base64url JSON.
func isJWT(s string) bool {
	head, rest, ok := strings.Cut(s, ".")
	if !ok || strings.Count(rest, ".") != 1 || !strings.HasPrefix(head, "e") || strings.ContainsAny(s, " \t\r\n/?~") {
		return false
	}
	b, err := vc.DecodeBase64(head)
	return err == nil && len(b) > 1 && b[0] == '{'
}

// maxAddress is the length limit of web addresses.
const maxAddress = 8 << 10

func isWeb(s string) bool {
	return len(s) <= maxAddress && (hasPrefixFold(s, "https://") || hasPrefixFold(s, "http://"))
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// invitations are the URL schemes of protocols that are not supported yet (specs F).
var invitations = []string{
	"openid-credential-offer:", "openid-initiate-issuance:", "openid4vp:", "openid-vc:", "openid:", "haip:", "mdoc-openid4vp:", "dccrequest:", "interaction:",
	"didcomm:",
}

func isOffer(s string) bool {
	return slices.ContainsFunc(invitations, func(scheme string) bool { return hasPrefixFold(s, scheme) })
}

func (o *opener) offer(p piece, s string) {
	if len(s) > 16<<10 {
		s = ""
	}
	o.add(p, Item{Offer: s, Problem: OfferUnsupported, Err: fmt.Errorf("%w: an invitation of another protocol", vc.ErrUnsupported)})
}

// link adds an address to fetch, rewritten if it is a badge page.
func (o *opener) link(p piece, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil {
		o.fail(p, NotABadge, fmt.Errorf("%w: the address is invalid", vc.ErrMalformed))
		return
	}
	q := u.Query()
	for _, name := range []string{"credential_offer", "credential_offer_uri", "request_uri", "iuv"} {
		if q.Has(name) {
			o.offer(p, s)
			return
		}
	}
	if to := RewriteURL(s); to != p.url {
		if p.image == nil {
			p.b = nil
		}
		o.add(p, Item{Link: to})
		return
	}
	o.fail(p, NotABadge, fmt.Errorf("%w: the address leads to itself", vc.ErrUnsupported))
}

// dataURL opens the content of a data URL (RFC 2397).
func (o *opener) dataURL(p piece, s string) {
	media, body, ok := strings.Cut(strings.TrimPrefix(s, "data:"), ",")
	var b []byte
	var err error
	if strings.HasSuffix(media, ";base64") {
		b, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(body, "=")) // padding is optional
	} else {
		body, err = url.PathUnescape(body)
		b = []byte(body)
	}
	if !ok || err != nil {
		o.fail(p, DamagedText, fmt.Errorf("%w: a data URL", vc.ErrMalformed))
		return
	}
	o.file(p.inside(b))
}

// headers are the names of the address column in tables.
var headers = []string{
	"assertion", "assertion url", "assertion_url", "openbadgeid", "open badge id", "hostedurl", "hosted url", "badge url", "badge_url", "badge link", "url",
	"link", "credential", "credential url", "address",
}

// column returns the addresses in a table whose header names an address column; nil if
// the text is not such a table.
func column(s string, limit int) []string {
	head, _, _ := strings.Cut(s, "\n")
	for _, comma := range ",;\t" {
		if !strings.ContainsRune(head, comma) || strings.Contains(head, "://") {
			continue
		}
		r := csv.NewReader(strings.NewReader(s))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = comma, -1, true, true
		row, err := r.Read()
		at := headerIn(row)
		if err != nil || at < 0 {
			return nil
		}
		return addressesIn(r, at, limit)
	}
	return nil
}

// addressesIn returns the addresses in one column, at most a few more than limit.
func addressesIn(r *csv.Reader, at, limit int) []string {
	var out []string
	for range 10 * limit { // including rows without an address
		row, err := r.Read()
		if err != nil || len(out) > limit {
			break
		}
		if at < len(row) {
			out = append(out, leadsIn(strings.Clone(row[at]))...)
		}
	}
	return out
}

func headerIn(row []string) int {
	for _, name := range headers {
		if i := slices.IndexFunc(row, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// issued returns the list in a script that issues badges to a backpack:
// OpenBadges.issue([…]) (specs B6.1).
func issued(s string) ([]string, bool) {
	for _, call := range []string{"OpenBadges.issue(", "OpenBadges.issue_no_modal("} {
		_, rest, ok := strings.Cut(s, call)
		if !ok {
			continue
		}
		list, _, ok := strings.Cut(rest, "]")
		if ok {
			return leadsIn(list), true
		}
	}
	return nil, false
}
