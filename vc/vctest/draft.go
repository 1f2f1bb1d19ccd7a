package vctest

import (
	"bytes"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/suite"
)

// The forms of a badge that are JWTs. The other forms have the names of their suites.
const (
	JWT    = "vc-jwt"     // Open Badges 3.0, data model 2.0
	JWT11  = "vc-jwt-1.1" // Open Badges 3.0, data model 1.1 below vc
	JOSEVC = "vc+jwt"     // VC-JOSE-COSE
	SDJWT  = "vc+sd-jwt"  // VC-JOSE-COSE, with two selectively disclosable members
	None   = "unsigned"
)

// Forms returns the forms that an issuer with a key of the kind can make.
func Forms(kind string) []string {
	jwts := []string{JWT, JWT11, JOSEVC, SDJWT}
	switch kind {
	case Ed25519:
		return append([]string{"eddsa-rdfc-2022", "eddsa-jcs-2022"}, jwts...)
	case P256, P384:
		return append([]string{"ecdsa-rdfc-2019", "ecdsa-jcs-2019"}, jwts...)
	}
	return jwts
}

// A Draft is a badge before signing.
type Draft struct {
	i      *Issuer
	form   string
	signer vc.Signer
	method string
	badge  Object
	header map[string]string
	claims Object
	opt    vc.SignOptions
	after  []func(t testing.TB, signed []byte) []byte
}

// After adds a change to make after signing.
func (d *Draft) After(change func(t testing.TB, signed []byte) []byte) {
	d.after = append(d.after, change)
}

// sign secures the badge in its form.
func (d *Draft) sign(t testing.TB) []byte {
	t.Helper()
	switch d.form {
	case None:
		return marshal(t, d.badge)
	case JWT, JWT11, JOSEVC:
		return d.signJWT(t)
	case SDJWT:
		return d.signSDJWT(t)
	}
	s := d.i.suites[d.form]
	if s == nil {
		t.Fatalf("unknown form %q", d.form)
	}
	opt := d.opt
	opt.VerificationMethod = d.method
	if opt.Purpose == "" {
		opt.Purpose = vc.AssertionMethod
	}
	if opt.Created.IsZero() {
		opt.Created = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	signed, err := s.Sign(t.Context(), marshal(t, d.badge), opt, d.signer)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	return signed
}

func (d *Draft) signJWT(t testing.TB) []byte {
	t.Helper()
	payload, header := maps.Clone(d.badge), map[string]string{"kid": d.method, "typ": "JWT"}
	switch d.form {
	case JOSEVC:
		header["typ"] = "vc+jwt"
	case JWT:
		maps.Copy(payload, d.registered(t))
	case JWT11:
		if payload["validFrom"] != nil {
			toModel11(payload)
		}
		payload = Object{"vc": payload}
		maps.Copy(payload, d.registered(t))
	}
	for k, v := range d.claims {
		if payload[k] = v; v == nil {
			delete(payload, k)
		}
	}
	maps.Copy(header, d.header)
	signed, err := suite.SignJWT(t.Context(), marshal(t, payload), header, d.signer)
	if err != nil {
		t.Fatalf("sign: %v", err)
	}
	return signed
}

// signSDJWT makes the name and the criteria selectively disclosable if the badge has
// them.
func (d *Draft) signSDJWT(t testing.TB) []byte {
	t.Helper()
	payload, header := maps.Clone(d.badge), Object{"kid": d.method, "typ": "vc+sd-jwt", "cty": "vc"}
	maps.Copy(payload, d.claims)
	for k, v := range d.header {
		header[k] = v
	}
	hide := func(o Object, name string) Object {
		if o = maps.Clone(o); o[name] != nil {
			o[name] = SD{o[name]}
		}
		return o
	}
	payload = hide(payload, "name")
	if s, ok := payload["credentialSubject"].(Object); ok {
		if a, ok := s["achievement"].(Object); ok {
			s = maps.Clone(s)
			s["achievement"] = hide(a, "criteria")
			payload["credentialSubject"] = s
		}
	}
	i := *d.i
	i.Signer = d.signer
	return i.SDJWT(t, header, payload)
}

// registered returns the claims of Open Badges 3.0 (specs A5.4).
func (d *Draft) registered(t testing.TB) Object {
	t.Helper()
	out := Object{"iss": d.i.ID, "jti": d.badge["id"]}
	for claim, names := range map[string][]string{"nbf": {"validFrom", "issuanceDate"}, "exp": {"validUntil", "expirationDate"}} {
		for _, name := range names {
			if s, ok := d.badge[name].(string); ok {
				out[claim] = vc.ParseMoment(s).Time.Unix()
			}
		}
	}
	if s, ok := d.badge["credentialSubject"].(Object); ok && s["id"] != nil {
		out["sub"] = s["id"]
	}
	return out
}

// toModel11 converts a badge from data model 2.0 to 1.1.
func toModel11(badge Object) {
	contexts := badge["@context"].([]any)
	badge["@context"] = append([]any{vc.ContextV1}, contexts[1:]...)
	badge["issuanceDate"] = badge["validFrom"]
	delete(badge, "validFrom")
	if until := badge["validUntil"]; until != nil {
		badge["expirationDate"] = until
		delete(badge, "validUntil")
	}
}

// An Option changes what an issuer issues.
type Option func(t testing.TB, d *Draft)

// As selects the form: JWT, JWT11, JOSEVC, SDJWT, None or the name of a suite.
func As(form string) Option { return func(_ testing.TB, d *Draft) { d.form = form } }

// Model11 makes a badge of data model 1.1.
func Model11(_ testing.TB, d *Draft) {
	toModel11(d.badge)
	d.badge["@context"] = append(d.badge["@context"].([]any), "https://w3id.org/security/data-integrity/v2")
}

// With sets a member of the badge, such as "name" or "credentialSubject.id". A nil
// value removes it.
func With(path string, value any) Option {
	return func(t testing.TB, d *Draft) {
		t.Helper()
		names := strings.Split(path, ".")
		o := d.badge
		for _, name := range names[:len(names)-1] {
			next, ok := o[name].(Object)
			if !ok {
				t.Fatalf("the badge has no object %q", name)
			}
			o = next
		}
		if last := names[len(names)-1]; value == nil {
			delete(o, last)
		} else {
			o[last] = value
		}
	}
}

// WithClaim sets a claim of a JWT. A nil value removes it.
func WithClaim(name string, value any) Option {
	return func(_ testing.TB, d *Draft) {
		if d.claims == nil {
			d.claims = Object{}
		}
		d.claims[name] = value
	}
}

// WithHeader sets a member of a JWT's header.
func WithHeader(name, value string) Option {
	return func(_ testing.TB, d *Draft) {
		if d.header == nil {
			d.header = map[string]string{}
		}
		d.header[name] = value
	}
}

// Proof sets the options of the proof: its purpose, times or expiry.
func Proof(opt vc.SignOptions) Option { return func(_ testing.TB, d *Draft) { d.opt = opt } }

// Status gives the badge a status of the kind, set or clear.
func Status(kind, purpose string, set bool) Option {
	return func(t testing.TB, d *Draft) {
		t.Helper()
		index := strconv.Itoa(setIndex)
		if !set {
			index = strconv.Itoa(setIndex + 1)
		}
		switch kind {
		case "BitstringStatusListEntry":
			d.badge["credentialStatus"] = Object{"type": kind, "statusPurpose": purpose, "statusListIndex": index,
				"statusListCredential": d.i.publishList(t, "bitstring", purpose)}
		case "StatusList2021Entry":
			d.badge["@context"] = append(d.badge["@context"].([]any), "https://w3id.org/vc/status-list/2021/v1")
			address := d.i.publishList(t, "2021", purpose)
			d.badge["credentialStatus"] = Object{"id": address + "#" + index, "type": kind, "statusPurpose": purpose,
				"statusListIndex": index, "statusListCredential": address}
		case "1EdTechRevocationList":
			address := "https://" + d.i.host + "/revocations"
			revoked := []any{}
			if set {
				revoked = append(revoked, Object{"id": d.badge["id"], "revoked": true, "revocationReason": "awarded by mistake"})
			}
			d.i.serve(t, address, Object{"id": address, "issuer": d.i.ID, "revokedCredential": revoked})
			d.badge["credentialStatus"] = Object{"id": address, "type": kind}
		default:
			t.Fatalf("unknown status %q", kind)
		}
	}
}

// Expired makes a badge that has expired.
func Expired(t testing.TB, d *Draft) { With("validUntil", "2026-01-31T00:00:00Z")(t, d) }

// NotYetValid makes a badge that is not valid yet.
func NotYetValid(t testing.TB, d *Draft) { With("validFrom", "2026-03-01T00:00:00Z")(t, d) }

// Revoked makes a revoked badge.
func Revoked(t testing.TB, d *Draft) {
	Status("BitstringStatusListEntry", "revocation", true)(t, d)
}

// Suspended makes a suspended badge.
func Suspended(t testing.TB, d *Draft) {
	Status("BitstringStatusListEntry", "suspension", true)(t, d)
}

// WrongKey signs with another key than the one of the verification method.
func WrongKey(t testing.TB, d *Draft) {
	t.Helper()
	d.signer = NewSigner(t, d.i.kind(t), "somebody else")
}

// Stranger signs with another issuer's key and verification method: the proof holds,
// but is not the issuer's.
func Stranger(t testing.TB, d *Draft) {
	t.Helper()
	other := NewIssuer(t, NewWeb(), DIDKey, d.i.kind(t))
	other.Signer = NewSigner(t, d.i.kind(t), "somebody else")
	other.publish(t, DIDKey)
	d.signer, d.method = other.Signer, other.Method
}

// Tampered changes a word after signing.
func Tampered(_ testing.TB, d *Draft) {
	d.After(func(t testing.TB, signed []byte) []byte {
		t.Helper()
		return Alter(t, signed, "Bakes bread.", "Bakes cakes.")
	})
}

// Alter replaces text in a signed document; for a JWT, in its payload.
func Alter(t testing.TB, signed []byte, old, with string) []byte {
	t.Helper()
	if signed[0] == '{' {
		return replaceOnce(t, signed, old, with)
	}
	parts := strings.Split(string(signed), ".")
	payload, err := vc.DecodeBase64(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	parts[1] = vc.EncodeBase64(replaceOnce(t, payload, old, with))
	return []byte(strings.Join(parts, "."))
}

func replaceOnce(t testing.TB, b []byte, old, with string) []byte {
	t.Helper()
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("%q is not in %s", old, b)
	}
	return bytes.Replace(b, []byte(old), []byte(with), 1)
}
