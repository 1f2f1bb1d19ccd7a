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

// text opens text that is not JSON: a JWT, an address, an offer, a data URL,
// lines of them, or a script that hands badges over.
func (o *opener) text(p piece) {
	s, ok := decodeText(p.b)
	s = strings.Trim(s, blanks)
	squeezed := strings.Join(strings.Fields(s), "")
	switch {
	case !ok || p.nest > maxNest:
		o.fail(p, NotABadge, fmt.Errorf("%w: no readable text", vc.ErrUnsupported))
	case s == "":
		o.fail(p, Empty, fmt.Errorf("%w: there is nothing in it", vc.ErrMalformed))
	case s[0] == '{' || s[0] == '[':
		p.b = []byte(s)
		o.json(p)
	case strings.HasPrefix(s, "data:"):
		o.dataURL(p, squeezed)
	case strings.HasPrefix(s, "VP1-"): // a credential in CBOR-LD, as QR codes hold it
		o.fail(p, ShortForm, fmt.Errorf("%w: CBOR-LD", vc.ErrUnsupported))
	case isOffer(s):
		o.offer(p, s)
	case isWeb(s) && s == squeezed:
		o.link(p, s)
	case addressOf(s) != "":
		o.link(p, addressOf(s))
	case isToken(squeezed) && !otherwise(s, squeezed): // mail programs break it into lines
		p.b = []byte(squeezed)
		o.sealed(p)
	case coseIn(squeezed) != nil:
		o.sealed(p.inside(coseIn(squeezed)))
	case jsonIn(squeezed) != nil:
		o.json(p.inside(jsonIn(squeezed)))
	default:
		o.lines(p, s)
	}
}

// sealed opens a compact JWS, an SD-JWT or COSE; a presentation's credentials
// come one by one.
func (o *opener) sealed(p piece) {
	if !o.opt.KeepPresentation {
		if inner := presentationIn(p.b); inner != nil {
			o.object(p, inner)
			return
		}
	}
	o.document(p)
}

// presentationIn returns the presentation that a token secures, or nil.
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

// coseIn returns the COSE that text in base64 of either kind holds, or nil.
func coseIn(s string) []byte {
	if len(s) < 64 || !strings.HasPrefix(s, "0oR") && !strings.HasPrefix(s, "hE") && !strings.HasPrefix(s, "hF") {
		return nil // neither d2 84 nor 84 with bytes behind it
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(s, "=")))
	if err != nil || !cose.Looks(b) {
		return nil
	}
	return b
}

// jsonIn returns the JSON object that text in base64 of either kind holds, or nil.
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

// payloadOf returns what a token says, of an SD-JWT what is disclosed.
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

// isToken reports whether s looks like a compact JWS or an SD-JWT: a JWS, then
// parts without a point, and at the end perhaps another JWS.
func isToken(s string) bool {
	head, rest, sd := strings.Cut(s, "~")
	if !sd || !isJWT(head) {
		return isJWT(s)
	}
	middle := rest[:strings.LastIndexByte(rest, '~')+1]
	return !strings.Contains(middle, ".") && !strings.ContainsAny(rest, " \t\r\n/?")
}

// isSDJWT reports whether b is text of an SD-JWT.
func isSDJWT(b []byte) bool {
	return bytes.IndexByte(b, '~') >= 0 && isToken(string(bytes.TrimSpace(b)))
}

// otherwise reports whether a text is a token with words around it rather than
// the one that it makes without its spaces.
func otherwise(s, squeezed string) bool {
	if s == squeezed || sealedWhole(squeezed) || strings.HasSuffix(squeezed, "~") {
		return false
	}
	return slices.ContainsFunc(leads(s), func(p part) bool { return sealedWhole(p.text) || strings.HasSuffix(p.text, "~") })
}

// isJWT reports whether s looks like a compact JWS: three parts, the first of
// which is JSON.
func isJWT(s string) bool {
	head, rest, ok := strings.Cut(s, ".")
	if !ok || strings.Count(rest, ".") != 1 || !strings.HasPrefix(head, "e") || strings.ContainsAny(s, " \t\r\n/?~") {
		return false
	}
	b, err := vc.DecodeBase64(head)
	return err == nil && len(b) > 1 && b[0] == '{'
}

// maxAddress is the longest web address followed.
const maxAddress = 8 << 10

func isWeb(s string) bool {
	return len(s) <= maxAddress && (hasPrefixFold(s, "https://") || hasPrefixFold(s, "http://"))
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// invitations are the schemes of exchanges that are not spoken yet (specs F).
var invitations = []string{
	"openid-credential-offer:", "openid-initiate-issuance:", "openid4vp:", "openid-vc:", "openid:", "haip:", "mdoc-openid4vp:", "dccrequest:", "interaction:", "didcomm:",
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

// link adds an address to fetch, of a badge page that of the badge itself.
func (o *opener) link(p piece, s string) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil {
		o.fail(p, NotABadge, fmt.Errorf("%w: the address cannot be read", vc.ErrMalformed))
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
	o.fail(p, NotABadge, fmt.Errorf("%w: the address only names itself", vc.ErrUnsupported))
}

// dataURL opens what is written out in an address (RFC 2397).
func (o *opener) dataURL(p piece, s string) {
	media, body, ok := strings.Cut(strings.TrimPrefix(s, "data:"), ",")
	var b []byte
	var err error
	if strings.HasSuffix(media, ";base64") {
		b, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(body, "=")) // padding may be left out
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

// headers are what tables call the column with the badge's address.
var headers = []string{
	"assertion", "assertion url", "assertion_url", "openbadgeid", "open badge id", "hostedurl", "hosted url", "badge url", "badge_url", "badge link", "url", "link", "credential", "credential url", "address",
}

// column returns the one column of a table that its first line says holds the
// addresses, or nil if the text is no such table.
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

// addressesIn returns what stands in one column, up to limit and a little more.
func addressesIn(r *csv.Reader, at, limit int) []string {
	var out []string
	for range 10 * limit { // rows, also those without an address
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

// issued returns the list that a page's script hands to a backpack:
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
