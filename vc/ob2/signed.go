package ob2

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/jose"
)

// signed verifies a JWS: the signature with the key that the badge names, and that
// issuer and key refer to each other (specs B1.7).
func (r *run) signed(ctx context.Context, d *vc.Document) {
	r.set(vc.CheckTerms, vc.Skipped, vc.ReasonEveryByte, "")
	r.facts(d)
	p := &parts{assertion: d.Claims, version: d.Version, address: d.Credential.ID, endorsement: r.endorsement}
	class, issuer, f := r.complete(ctx, p)
	r.applyRules(p, class, issuer)
	current := *d
	current.Credential = p.view()
	r.report.Current = &current
	k := r.signingKey(ctx, p, issuer)
	r.report.Method = k.id
	r.signature(d, k)
	switch {
	case f != nil:
		r.fault(vc.CheckIssuer, f)
	case k.binding != vc.BindingNone:
		r.report.Binding = k.binding
		r.set(vc.CheckIssuer, vc.Passed, "", k.detail)
	default:
		r.fault(vc.CheckIssuer, k.link)
	}
	r.revocationList(ctx, p, f)
	r.extensions(ctx, p)
}

// signature sets the proof check.
func (r *run) signature(d *vc.Document, k *signingKey) {
	j, err := vc.ParseJWS(d.Raw)
	if err != nil {
		r.set(vc.CheckProof, vc.Failed, vc.ReasonMalformed, err.Error())
		return
	}
	r.report.Suite = j.Alg
	switch {
	case j.Alg == "none" || strings.HasPrefix(j.Alg, "HS"):
		r.set(vc.CheckProof, vc.Failed, vc.ReasonAlgForbidden, j.Alg)
	case j.Alg != "RS256" && j.Alg != "ES256":
		r.set(vc.CheckProof, vc.Unknown, vc.ReasonUnsupportedSuite, fmt.Sprintf("%.20q", j.Alg))
	case k.missing != nil:
		r.fault(vc.CheckProof, k.missing)
	default:
		r.checkSignature(j, k)
	}
}

func (r *run) checkSignature(j *vc.JWS, k *signingKey) {
	switch err := jose.VerifyJWS(j.Alg, k.public, j.SigningInput, j.Signature); {
	case err == nil:
		r.set(vc.CheckProof, vc.Passed, "", k.id)
		r.report.Sample = r.cfg.Samples != nil && r.cfg.Samples.SampleKey(k.public)
	case errors.Is(err, vc.ErrSignature):
		r.set(vc.CheckProof, vc.Failed, vc.ReasonBadSignature, err.Error())
	default:
		r.set(vc.CheckProof, vc.Failed, vc.ReasonKeyUnsuitable, err.Error())
	}
}

// A signingKey is the key that a signed badge names and its link to the issuer:
// binding and detail if it is linked, otherwise link says why not.
type signingKey struct {
	id      string
	public  crypto.PublicKey
	missing *fault // set if there is no key
	asText  bool   // served as a text, which visitors can upload on many websites
	binding vc.Binding
	detail  string
	link    *fault
}

// signingKey returns the key named by creator or verify.url, or else the first key
// that the issuer's profile names.
func (r *run) signingKey(ctx context.Context, p *parts, issuer *node) *signingKey {
	ver := verification(p.assertion)
	k := &signingKey{id: nonEmpty(reference(ver, "creator"), member(ver, "url").Str())}
	published := member(p.issuer, "publicKey").List()
	if issuer == nil { // an embedded issuer proves nothing; the signer wrote it
		published = nil
	}
	if k.id == "" && len(published) > 0 {
		k.id = nodeID(published[0])
	}
	if k.id == "" {
		k.missing = failed(vc.ReasonKeyNotFound, "the badge does not name a key")
		k.link = unknown(vc.ReasonNotRun, "")
		return k
	}
	i := slices.IndexFunc(published, func(x *vc.Value) bool { return sameID(nodeID(x), k.id) })
	if i >= 0 && present(published[i], "publicKeyPem") {
		k.readEmbedded(published[i])
	} else {
		r.fetchKey(ctx, k, p.issuerAddress())
	}
	if k.missing == nil && k.link == nil {
		k.bind(p, issuer, i >= 0, len(published) > 0)
	}
	return k
}

// bind sets the link between a usable key and the issuer.
func (k *signingKey) bind(p *parts, issuer *node, listed, publishes bool) {
	home := p.issuerAddress()
	switch {
	case issuer == nil:
		k.link = unknown(vc.ReasonNotConfirmed, "the issuer's profile could not be fetched from its own address")
	case leftDomain(issuer.id, issuer.got):
		k.link = unknown(vc.ReasonOrigin, fmt.Sprintf("%.200s redirects to another domain, %s", issuer.id, authority(issuer.got)))
	case issuer.notJSON:
		k.link = unknown(vc.ReasonNotServed, issuer.id+" serves a picture or a text, not JSON")
	case listed:
		k.binding, k.detail = vc.BindingDocument, "the issuer's profile names the key"
	case k.asText && p.version != v20 && !publishes:
		k.link = unknown(vc.ReasonNotServed, k.id+" serves the key as a text, and the issuer's profile does not name a key")
	case p.version != v20 && !publishes && authority(k.id) != "" && authority(k.id) == authority(home):
		k.binding, k.detail = vc.BindingDomain, "the key is served from the issuer's domain, "+authority(home)
	default:
		k.link = failed(vc.ReasonKeyNotListed, "the issuer's profile does not name the key "+k.id)
	}
}

// readEmbedded reads a key embedded in the issuer's own profile.
func (k *signingKey) readEmbedded(v *vc.Value) {
	var err error
	if k.public, err = parsePEM(member(v, "publicKeyPem").Str()); err != nil {
		k.missing = failed(vc.ReasonKeyUnsuitable, err.Error())
		k.link = unknown(vc.ReasonNotRun, "")
	}
}

// fetchKey fetches a CryptographicKey, which must have the issuer as its owner, or the
// bare PEM of 1.x.
func (r *run) fetchKey(ctx context.Context, k *signingKey, issuer string) {
	k.link = unknown(vc.ReasonNotRun, "")
	res, f := r.fetch(ctx, k.id, "application/ld+json, application/json, application/x-pem-file, text/plain")
	if f != nil {
		k.missing = f
		return
	}
	body := utf8Body(res)
	text := string(body)
	var link *fault
	if v, err := vc.ParseJSON(body); err == nil && v.Is(vc.Object) {
		text = member(v, "publicKeyPem").Str()
		if owner := reference(v, "owner"); !sameID(owner, issuer) {
			link = failed(vc.ReasonControllerMismatch, fmt.Sprintf("the key belongs to %.200q", owner))
		} else if id := identifier(v); id != "" && !sameID(id, k.id) {
			link = failed(vc.ReasonKeyNotListed, fmt.Sprintf("%s serves the key %.200s", k.id, id))
		}
	}
	public, err := parsePEM(text)
	switch {
	case err != nil:
		k.missing = unknown(vc.ReasonKeyNotFound, k.id+": "+err.Error())
		return
	case res.Status == 410:
		link = failed(vc.ReasonKeyRevoked, k.id+" responds with status 410")
	case link == nil && leftDomain(k.id, res.URL):
		link = unknown(vc.ReasonOrigin, k.id+" redirects to another domain, "+authority(res.URL))
	case link == nil:
		k.asText = isTextOrPicture(res) || !strings.HasPrefix(text, "-----BEGIN ")
	}
	k.public, k.link = public, link
}

// parsePEM parses a public key in PKCS #1 or PKIX form.
func parsePEM(s string) (crypto.PublicKey, error) {
	block, _ := pem.Decode([]byte(s))
	if block == nil {
		return nil, fmt.Errorf("%w: not a key in PEM form", vc.ErrMalformed)
	}
	if key, err := x509.ParsePKCS1PublicKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: the PEM block is not a public key", vc.ErrMalformed)
	}
	return key, nil
}
