package intake

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/ob2"
)

// json opens any JSON, and JSON Lines.
func (o *opener) json(p piece) {
	p.b = trimmed(p.b)
	v, err := vc.ParseJSON(p.b)
	switch {
	case err == nil:
		o.value(p, v)
	case errors.Is(err, vc.ErrMalformed) && p.nest <= maxNest && o.parts(p, string(p.b)):
	default:
		o.fail(p, problemFor(err), fmt.Errorf("parse JSON: %w", err))
	}
}

// severalLines reports whether b is JSON Lines: every line is an object or a string.
func severalLines(b []byte) bool {
	n := 0
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if first, last := line[0], line[len(line)-1]; !(first == '{' && last == '}' && strings.IndexByte("\" \t}", line[1]) >= 0 || first == '"' && last == '"' ||
			first == 'e') {
			return false
		}
		n++
	}
	return n > 1
}

// value opens parsed JSON. p.b is the text of v.
func (o *opener) value(p piece, v *vc.Value) {
	switch {
	case p.nest > maxNest:
		o.fail(p, TooLarge, fmt.Errorf("%w: too many nested lists", vc.ErrTooLarge))
	case v.Is(vc.String):
		o.text(p.inside([]byte(v.Text())))
	case v.Is(vc.Array):
		o.list(p, v.List())
	case v.Is(vc.Object):
		o.object(p, v)
	default:
		o.fail(p, NotABadge, fmt.Errorf("%w: JSON that is only %s", vc.ErrUnsupported, v.Kind()))
	}
}

// list opens each of vs. Private keys among them cause one item and are never stored
// (specs B6.5). Other data that wallets keep with badges is ignored.
func (o *opener) list(p piece, vs []*vc.Value) {
	keys := slices.ContainsFunc(vs, privateKey)
	badges := slices.DeleteFunc(slices.Clone(vs), walletData)
	switch {
	case keys && len(badges) == 0:
		o.fail(p, PrivateKeyOnly, fmt.Errorf("%w: private keys without a badge", vc.ErrUnsupported))
		return
	case len(badges) == 0:
		o.fail(p, Empty, fmt.Errorf("%w: the list contains no badge", vc.ErrMalformed))
		return
	}
	for i, v := range badges {
		if o.stopped() {
			return
		}
		q := p.inside([]byte(v.Raw())).numbered(i, len(badges))
		o.value(q, v)
	}
	if keys {
		o.fail(p, KeysLeftOut, fmt.Errorf("%w: private keys", vc.ErrUnsupported))
	}
}

// object opens a JSON object by its members (specs B6).
func (o *opener) object(p piece, v *vc.Value) {
	switch {
	case hasType(v, "VerifiablePresentation") && !o.opt.KeepPresentation:
		o.list(p, v.Get("verifiableCredential").List())
	case hasType(v, "EnvelopedVerifiablePresentation") && !o.opt.KeepPresentation:
		o.text(p.inside([]byte(v.Get("id").Str())))
	case hasType(v, "VerifiablePresentation", "VerifiableCredential", "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"), legacy(v):
		o.document(p)
	case hosted(v) != "":
		o.link(p, hosted(v))
	case v.Get("credential_issuer").Is(vc.String), v.Get("credential_offer").Is(vc.Object), v.Get("credential_offer_uri").Is(vc.String):
		o.offer(p, v.Raw())
	case v.Get("protocols").Is(vc.Object): // a VC-API interaction (specs F4)
		o.offer(p, v.Raw())
	default:
		o.wrapper(p, v)
	}
}

func legacy(v *vc.Value) bool {
	_, ok := ob2.Detect(v)
	return ok
}

// hosted returns the address that an export names for a badge: hostedUrl of the
// Mozilla displayer, openBadgeId or the id inside json of the Badgr backpack, or
// verify.url in a picture that contains only an address. The export's own data about
// the badge is for display only (specs B6.1, B6.2).
func hosted(v *vc.Value) string {
	for _, s := range []string{v.Get("hostedUrl").Str(), v.Get("openBadgeId").Str(), v.Get("json").Get("id").Str(),
		v.Get("verify").Get("url").Str(), v.Get("verification").Get("url").Str(), v.Get("assertionUrl").Str(), v.Get("assertion_url").Str()} {
		if isWeb(s) {
			return s
		}
	}
	return ""
}

// wrappers are the members that contain badges: in the APIs of Open Badges 3.0 and 2.1
// (specs A12.2, B4), Badgr and Mozilla exports (B6.1, B6.2), wallet backups (B6.5),
// and responses of exchange protocols.
var wrappers = []string{
	"credential", "compactJwsString", "compactJwsStrings", "credentials", "verifiableCredential", "verifiableCredentials",
	"verifiablePresentation", "assertions", "signedAssertions", "results", "result", "badges", "contents", "assertion", "json",
	"vc", "vp", "clr", "data", "items", "records", "wallet", "credentialRecords",
	"jwt", "vc_jwt", "jws", "token", "vp_token", "presentation", "signedCredential", "response", "value", "payload", "document",
}

func (o *opener) wrapper(p piece, v *vc.Value) {
	var inside []*vc.Value
	if jws := flattened(v); jws != "" {
		o.text(p.inside([]byte(jws)))
		return
	}
	found := false
	for _, name := range wrappers {
		if m := v.Get(name); m.Is(vc.Object) || m.Is(vc.Array) || m.Is(vc.String) && maybeBadge(m.Str()) {
			found = true
			inside = append(inside, m.List()...)
		}
	}
	class := hasType(v, "BadgeClass", "Issuer", "Profile", "Achievement") || v.Get("criteria") != nil
	if !found && !class {
		inside = badgeMembers(v)
		found = len(inside) > 0
	}
	switch {
	case found:
		before := len(o.items)
		o.list(p, inside)
		o.collapse(p, before)
	case privateKey(v):
		o.fail(p, PrivateKeyOnly, fmt.Errorf("%w: a private key without a badge", vc.ErrUnsupported))
	case class:
		o.fail(p, BadgeClassOnly, fmt.Errorf("%w: neither a credential nor an assertion", vc.ErrUnsupported))
	default:
		o.fail(p, NotABadge, fmt.Errorf("%w: JSON without a badge", vc.ErrUnsupported))
	}
}

// flattened returns the compact form of a JWS in JSON serialization with one signature
// (RFC 7515, section 7.2), or "".
func flattened(v *vc.Value) string {
	sig := v
	if list := v.Get("signatures").List(); len(list) == 1 {
		sig = list[0]
	}
	s := sig.Get("protected").Str() + "." + v.Get("payload").Str() + "." + sig.Get("signature").Str()
	if !isToken(s) {
		return ""
	}
	return s
}

// Limits on the search for badges in members of any name.
const (
	maxLevels  = 4
	maxMembers = 2_000
)

// badgeMembers returns the members of an object that are or contain badges, whatever
// their names. Addresses do not count, as the meaning of an unknown member is unknown.
func badgeMembers(v *vc.Value) (out []*vc.Value) {
	left := maxMembers
	items := v.Items()
	for i := range items {
		if holdsBadge(&items[i], items[i].Name(), maxLevels, &left) {
			out = append(out, &items[i])
		}
	}
	return out
}

// holdsBadge reports whether v, a member called name, is or contains a badge.
// Endorsements, evidence and proofs do not count.
func holdsBadge(v *vc.Value, name string, levels int, left *int) bool {
	if *left--; *left < 0 || levels == 0 || strings.HasPrefix(name, "endorsement") || name == "evidence" || name == "proof" {
		return false
	}
	switch {
	case v.Is(vc.String):
		return credentialText(v.Str())
	case v.Is(vc.Array):
		return slices.ContainsFunc(v.List(), func(e *vc.Value) bool { return holdsBadge(e, "", levels-1, left) })
	case !v.Is(vc.Object):
		return false
	case hasType(v, "VerifiablePresentation", "VerifiableCredential", "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"), legacy(v):
		return true
	}
	items := v.Items()
	return slices.ContainsFunc(items, func(m vc.Value) bool { return holdsBadge(&m, m.Name(), levels-1, left) })
}

// credentialText reports whether s is a token with a credential, or JSON of one.
func credentialText(s string) bool {
	payload := (*vc.Value)(nil)
	switch {
	case isToken(s):
		payload = payloadOf([]byte(s))
	case strings.HasPrefix(s, "{"):
		payload = jsonOf([]byte(s))
	}
	return payload.Get("vc") != nil || payload.Get("vp") != nil || payload.Get("vct") != nil ||
		hasType(payload, "VerifiableCredential", "VerifiablePresentation") || payload.Is(vc.Object) && legacy(payload)
}

// collapse replaces the items from before on by the first one if none of them is a
// badge.
func (o *opener) collapse(p piece, before int) {
	for i := before; i < len(o.items); i++ {
		if it := o.items[i]; it.Problem != NotABadge && it.Problem != TooMany {
			return
		}
	}
	if len(o.items) > before+1 {
		o.items = o.items[:before+1]
		o.items[before].Name = p.name
	}
}

// maybeBadge reports whether a string in a wrapper may be a badge.
func maybeBadge(s string) bool {
	return isToken(s) || isWeb(s) || strings.HasPrefix(s, "data:") || strings.HasPrefix(strings.TrimSpace(s), "{")
}

// secrets are the members that contain a private key (specs B6.5).
var secrets = []string{"privateKeyMultibase", "privateKeyBase58", "privateKeyJwk", "secretKeyMultibase", "secretKeyJwk", "privateKeyHex", "privateKeyPem"}

func privateKey(v *vc.Value) bool {
	for _, s := range secrets {
		if v.Get(s) != nil {
			return true
		}
	}
	return v.Get("kty") != nil && (v.Get("d") != nil || v.Get("k") != nil)
}

// walletData reports whether v is other data in a wallet: a key, a DID document or a
// profile.
func walletData(v *vc.Value) bool {
	if !v.Is(vc.Object) {
		return false
	}
	if privateKey(v) || hasType(v, "ProfileMetadata") || v.Get("publicKeyMultibase") != nil || v.Get("publicKeyBase58") != nil {
		return true
	}
	return strings.HasPrefix(v.Get("id").Str(), "did:") && v.Get("type") == nil && (v.Get("authentication") != nil || v.Get("verificationMethod") != nil)
}
