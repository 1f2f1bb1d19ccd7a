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

// json opens JSON of any kind, and lines of JSON.
func (o *opener) json(p piece) {
	p.b = bytes.TrimSpace(withoutMark(p.b))
	v, err := vc.ParseJSON(p.b)
	switch {
	case err == nil:
		o.value(p, v)
	case errors.Is(err, vc.ErrMalformed) && (severalLines(p.b) || p.b[0] == '[' && bytes.IndexByte(p.b, '{') < 0):
		o.lines(p, string(p.b))
	default:
		o.fail(p, problemFor(err), fmt.Errorf("read JSON: %w", err))
	}
}

// severalLines reports whether b is JSON Lines: every line an object or text.
func severalLines(b []byte) bool {
	n := 0
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if first, last := line[0], line[len(line)-1]; !(first == '{' && last == '}' || first == '"' && last == '"' || first == 'e') {
			return false
		}
		n++
	}
	return n > 1
}

// value opens parsed JSON; p.b is v as written.
func (o *opener) value(p piece, v *vc.Value) {
	switch {
	case p.nest > maxNest:
		o.fail(p, TooLarge, fmt.Errorf("%w: lists within lists", vc.ErrTooLarge))
	case v.Is(vc.String):
		o.text(p.inside([]byte(v.Text())))
	case v.Is(vc.Array):
		o.list(p, v.List())
	case v.Is(vc.Object):
		o.object(p, v)
	default:
		o.fail(p, NotABadge, fmt.Errorf("%w: %s alone", vc.ErrUnsupported, v.Kind()))
	}
}

// list opens each of vs. Private keys among them are told of once and never
// kept (specs B6.5); what else accompanies badges in a wallet is passed over.
func (o *opener) list(p piece, vs []*vc.Value) {
	keys := slices.ContainsFunc(vs, privateKey)
	badges := slices.DeleteFunc(slices.Clone(vs), companion)
	switch {
	case keys && len(badges) == 0:
		o.fail(p, PrivateKeyOnly, fmt.Errorf("%w: private keys and no badge", vc.ErrUnsupported))
		return
	case len(badges) == 0:
		o.fail(p, Empty, fmt.Errorf("%w: the list holds no badge", vc.ErrMalformed))
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

// object opens one JSON object by its shape (specs B6).
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

// hosted returns the address that an export names as the truth of a badge:
// Mozilla's displayer (hostedUrl), Badgr's backpack (openBadgeId, or the id
// inside json). What the export itself says of the badge is for display only
// (specs B6.1, B6.2).
func hosted(v *vc.Value) string {
	for _, s := range []string{v.Get("hostedUrl").Str(), v.Get("openBadgeId").Str(), v.Get("json").Get("id").Str()} {
		if isWeb(s) {
			return s
		}
	}
	return ""
}

// wrappers are the members under which programs keep badges: the APIs of Open
// Badges 3.0 and 2.1 (specs A12.2, B4), Badgr and Mozilla (B6.1, B6.2), wallet
// backups (B6.5), and what exchanges of credentials answer.
var wrappers = []string{
	"credential", "compactJwsString", "compactJwsStrings", "credentials", "verifiableCredential", "verifiableCredentials",
	"verifiablePresentation", "assertions", "signedAssertions", "results", "result", "badges", "contents", "assertion", "json",
	"vc", "vp", "clr", "data", "items", "records", "wallet", "credentialRecords",
}

func (o *opener) wrapper(p piece, v *vc.Value) {
	var inside []*vc.Value
	found := false
	for _, name := range wrappers {
		if m := v.Get(name); m.Is(vc.Object) || m.Is(vc.Array) || m.Is(vc.String) && sealed(m.Str()) {
			found = true
			inside = append(inside, m.List()...)
		}
	}
	switch {
	case found:
		before := len(o.items)
		o.list(p, inside)
		o.collapse(p, before)
	case privateKey(v):
		o.fail(p, PrivateKeyOnly, fmt.Errorf("%w: a private key and no badge", vc.ErrUnsupported))
	case hasType(v, "BadgeClass", "Issuer", "Profile", "Achievement") || v.Get("criteria") != nil:
		o.fail(p, BadgeClassOnly, fmt.Errorf("%w: neither a credential nor an assertion", vc.ErrUnsupported))
	default:
		o.fail(p, NotABadge, fmt.Errorf("%w: JSON that holds no badge", vc.ErrUnsupported))
	}
}

// collapse leaves one reason where none of several things was a badge.
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

// sealed reports whether text in a wrapper may be a badge.
func sealed(s string) bool { return isToken(s) || isWeb(s) || strings.HasPrefix(s, "data:") }

// secrets are the members that hold a private key (specs B6.5).
var secrets = []string{"privateKeyMultibase", "privateKeyBase58", "privateKeyJwk", "secretKeyMultibase", "secretKeyJwk", "privateKeyHex", "privateKeyPem"}

func privateKey(v *vc.Value) bool {
	for _, s := range secrets {
		if v.Get(s) != nil {
			return true
		}
	}
	return v.Get("kty") != nil && (v.Get("d") != nil || v.Get("k") != nil)
}

// companion reports whether v is what wallets keep beside badges: keys,
// DID documents, profiles.
func companion(v *vc.Value) bool {
	if !v.Is(vc.Object) {
		return false
	}
	if privateKey(v) || hasType(v, "ProfileMetadata") || v.Get("publicKeyMultibase") != nil || v.Get("publicKeyBase58") != nil {
		return true
	}
	return strings.HasPrefix(v.Get("id").Str(), "did:") && v.Get("type") == nil && (v.Get("authentication") != nil || v.Get("verificationMethod") != nil)
}
