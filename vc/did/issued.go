package did

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"backpack/vc"
	"backpack/vc/jose"
)

// Limits of certificates in a header.
const (
	maxCertificates     = 8
	maxCertificateBytes = 16 << 10
)

// fromIssued finds the key of an SD-JWT VC's issuer in the certificate in the
// header, the issuer's DID document, or the metadata at the issuer's address
// (specs D5.4).
func (r *Resolver) fromIssued(ctx context.Context, q vc.KeyRequest) (*vc.Key, error) {
	switch {
	case q.X5C != nil:
		return r.fromCertificate(ctx, q)
	case strings.HasPrefix(q.Issuer, "did:") && strings.HasPrefix(q.ID, "did:"):
		return r.fromDID(ctx, q, nil)
	case strings.HasPrefix(q.Issuer, "did:") && q.ID != "":
		return r.fromIssuerDID(ctx, q, nil)
	case strings.HasPrefix(q.Issuer, "did:"):
		q.ID = q.Issuer
		return r.fromDID(ctx, q, nil)
	case authority(q.Issuer) == "":
		return nil, fmt.Errorf("%w: the issuer is neither an https address nor a DID", vc.ErrMalformed)
	}
	keys, err := r.issuerKeys(ctx, q.Issuer)
	if err != nil {
		return nil, err
	}
	for _, jwk := range keys {
		if q.ID == "" && len(keys) == 1 || q.ID != "" && jwk.Get("kid").Str() == q.ID {
			key, err := jose.ParseJWK(jwk)
			if err != nil {
				return nil, err
			}
			return issuedKey(key, q), nil
		}
	}
	return nil, fmt.Errorf("%w: the issuer's metadata has no key %.100q", vc.ErrNotFound, q.ID)
}

func issuedKey(key crypto.PublicKey, q vc.KeyRequest) *vc.Key {
	return &vc.Key{ID: q.ID, Public: key, Controller: q.Issuer, Type: "JsonWebKey", Outcome: vc.Passed, Binding: vc.BindingKeySet}
}

// issuerKeys fetches the keys in an issuer's metadata, or those it refers to. The
// metadata must name the issuer exactly.
func (r *Resolver) issuerKeys(ctx context.Context, issuer string) ([]*vc.Value, error) {
	address, err := metadataOf(issuer)
	if err != nil {
		return nil, err
	}
	meta, err := r.fetchJSON(ctx, address, "application/json")
	if err != nil {
		return nil, unavailable(err)
	}
	if got := meta.Get("issuer").Str(); got != issuer {
		return nil, fmt.Errorf("%w: %s has the metadata of %.200q", vc.ErrNotFound, address, got)
	}
	set, where := meta.Get("jwks"), meta.Get("jwks_uri")
	switch {
	case (set == nil) == (where == nil):
		return nil, fmt.Errorf("%w: %s must have exactly one of jwks and jwks_uri", vc.ErrUnreachable, address)
	case where != nil:
		if set, err = r.fetchJSON(ctx, where.Str(), "application/jwk-set+json, application/json"); err != nil {
			return nil, unavailable(err)
		}
	}
	return set.Get("keys").List(), nil
}

// metadataOf returns the address of an issuer's metadata: the well-known path is
// inserted between host and path.
func metadataOf(issuer string) (string, error) {
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%w: %.200q is not an https address of an issuer", vc.ErrMalformed, issuer)
	}
	return "https://" + u.Host + "/.well-known/jwt-vc-issuer" + strings.TrimSuffix(u.EscapedPath(), "/"), nil
}

// fromCertificate returns the key of the first certificate. It is the issuer's if
// its chain leads to a root that the operator trusts and it names the issuer, or
// if the issuer's metadata lists it. Otherwise it is unconfirmed, not false: other
// operators may trust that root.
func (r *Resolver) fromCertificate(ctx context.Context, q vc.KeyRequest) (*vc.Key, error) {
	chain, err := certificates(q.X5C)
	if err != nil {
		return nil, err
	}
	key, err := certifiedKey(chain[0])
	if err != nil {
		return nil, err
	}
	k := &vc.Key{ID: q.ID, Public: key, Controller: q.Issuer, Type: "X509Certificate", Outcome: vc.Passed, Binding: vc.BindingDomain,
		Expires: chain[0].NotAfter.UTC()}
	cause := r.trusts(chain, q)
	switch {
	case cause == nil:
		return k, nil
	case authority(q.Issuer) == "" || !errors.Is(cause, errNoRoot):
		return unconfirmedCertificate(k, cause), nil
	}
	keys, err := r.issuerKeys(ctx, q.Issuer)
	if err != nil {
		return unconfirmedCertificate(k, cause), nil
	}
	for _, jwk := range keys {
		if listed, err := jose.ParseJWK(jwk); err == nil && equalKeys(listed, key) {
			return issuedKey(key, q), nil
		}
	}
	return notListed(key, q.ID, "the issuer's metadata does not list the key of the certificate"), nil
}

func unconfirmedCertificate(k *vc.Key, cause error) *vc.Key {
	k.Outcome, k.Reason, k.Detail, k.Binding = vc.Unknown, vc.ReasonNotConfirmed, cause.Error(), vc.BindingNone
	if errors.Is(cause, errOtherName) {
		k.Outcome, k.Reason = vc.Failed, vc.ReasonControllerMismatch
	}
	return k
}

// Reasons not to accept a certificate as the issuer's.
var (
	errNoRoot    = errors.New("no trusted root confirms the certificate")
	errOtherName = errors.New("the certificate names another subject")
)

// trusts returns nil if the chain leads to a trusted root and its first
// certificate names the issuer exactly, by host or address.
func (r *Resolver) trusts(chain []*x509.Certificate, q vc.KeyRequest) error {
	if r.roots == nil {
		return errNoRoot
	}
	at := q.At
	if at.IsZero() {
		at = r.now()
	}
	others := x509.NewCertPool()
	for _, c := range chain[1:] {
		others.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: r.roots, Intermediates: others, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return fmt.Errorf("%w: %v", errNoRoot, err)
	}
	if chain[0].IsCA {
		return fmt.Errorf("%w: it belongs to a certificate authority", errNoRoot)
	}
	named := slices.ContainsFunc(chain[0].URIs, func(u *url.URL) bool { return u.String() == q.Issuer })
	host := authority(q.Issuer)
	named = named || host != "" && slices.ContainsFunc(chain[0].DNSNames, func(s string) bool { return strings.EqualFold(s, host) })
	if !named {
		return fmt.Errorf("%w: %.200s, the issuer is %.200s", errOtherName, strings.Join(chain[0].DNSNames, ", "), q.Issuer)
	}
	return nil
}

// certificates parses x5c: certificates in base64, the signer's first (RFC 7515,
// 4.1.6).
func certificates(x5c *vc.Value) ([]*x509.Certificate, error) {
	if !x5c.Is(vc.Array) || len(x5c.Items()) == 0 || len(x5c.Items()) > maxCertificates {
		return nil, fmt.Errorf("%w: x5c must be a list of one to %d certificates", vc.ErrMalformed, maxCertificates)
	}
	var out []*x509.Certificate
	for _, item := range x5c.List() {
		if len(item.Str()) > maxCertificateBytes {
			return nil, fmt.Errorf("certificate: %w", vc.ErrTooLarge)
		}
		der, err := base64.StdEncoding.Strict().DecodeString(item.Str())
		if err != nil {
			return nil, fmt.Errorf("%w: a certificate in x5c is not base64", vc.ErrMalformed)
		}
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("%w: x5c: %v", vc.ErrMalformed, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// certifiedKey returns a certificate's key if its kind is supported.
func certifiedKey(c *x509.Certificate) (crypto.PublicKey, error) {
	switch k := c.PublicKey.(type) {
	case ed25519.PublicKey, *rsa.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P224() {
			return k, nil
		}
	}
	return nil, fmt.Errorf("certificate with a key of type %T: %w", c.PublicKey, vc.ErrUnsupported)
}
