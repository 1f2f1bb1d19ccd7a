package did

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"strings"

	"backpack/vc"
	"backpack/vc/jose"
)

const acceptKeys = "application/jwk-set+json, application/jwk+json, application/did+json, application/ld+json, application/json"

// fromURL follows a method or kid that is an https URL: a controller document,
// a method on its own, a JWK or a JWK Set (specs A5.8, D3.3).
func (r *Resolver) fromURL(ctx context.Context, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	base, fragment, _ := strings.Cut(q.ID, "#")
	v, err := r.fetchJSON(ctx, base, acceptKeys)
	if err != nil {
		return undereferenced(q, fragment, header, err)
	}
	switch {
	case v.Get("keys").Is(vc.Array):
		return r.fromJWKS(v, q, fragment)
	case v.Get("kty") != nil:
		key, err := jose.ParseJWK(v)
		return onDomain(key, q, v.Get("iss").Str()), err
	case v.Get("id").Str() == q.ID && fragment != "", v.Get("controller") != nil && v.Get("verificationMethod") == nil:
		return r.fromMethod(ctx, v, q)
	}
	if got := v.Get("id").Str(); got != base {
		return undereferenced(q, fragment, header, fmt.Errorf("%w: %s holds the document of %.200q", vc.ErrNotFound, base, got))
	}
	return fromDocument(&document{id: base, value: v}, q, fragment)
}

// undereferenced is a method that does not lead to a document. When its
// fragment or the header holds the key, the signature can be checked all the
// same, but nothing says that the key is the issuer's (specs A6.4).
func undereferenced(q vc.KeyRequest, fragment string, header crypto.PublicKey, cause error) (*vc.Key, error) {
	key := header
	if k, err := ParseMultikey(fragment); err == nil {
		key = k
	}
	if key == nil {
		return nil, cause
	}
	return unconfirmed(key, q.ID, cause), nil
}

// fromDocument looks the method up in a controller document.
func fromDocument(d *document, q vc.KeyRequest, fragment string) (*vc.Key, error) {
	key, err := d.key(q.ID, q.Purpose)
	if errors.Is(err, vc.ErrNotFound) {
		if k, parseErr := ParseMultikey(fragment); parseErr == nil {
			return &vc.Key{ID: q.ID, Public: k, Outcome: vc.Failed, Reason: vc.ReasonKeyNotListed, Detail: err.Error()}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	key.Binding = vc.BindingDocument
	bind(key, d.id, q.Issuer)
	return key, nil
}

// fromMethod is a verification method published on its own. What counts is
// its controller's document.
func (r *Resolver) fromMethod(ctx context.Context, m *vc.Value, q vc.KeyRequest) (*vc.Key, error) {
	key, err := methodKey(m)
	if err != nil {
		return nil, err
	}
	controller := m.Get("controller").Str()
	k := &vc.Key{ID: q.ID, Controller: controller, Type: typeOf(m), Public: key, Outcome: vc.Passed, Binding: vc.BindingDomain,
		Expires: vc.ParseMoment(m.Get("expires").Str()).Time, Revoked: revokedAt(m)}
	if controller != q.Issuer {
		bind(k, controller, q.Issuer)
		return k, nil
	}
	if doc, err := r.controllerDocument(ctx, controller); err == nil {
		if listed, err := doc.key(q.ID, q.Purpose); err == nil && equalKeys(listed.Public, key) {
			listed.Binding = vc.BindingDocument
			bind(listed, doc.id, q.Issuer)
			return listed, nil
		}
	}
	return onDomain(key, q, controller), nil
}

func (r *Resolver) controllerDocument(ctx context.Context, id string) (*document, error) {
	if strings.HasPrefix(id, "did:") {
		return r.document(ctx, id)
	}
	return r.fetchDocument(ctx, id, id)
}

// onDomain is a key that is served from the issuer's domain: other tenants of
// the domain might serve one too, so this binding is the weakest (specs A5.7c).
func onDomain(key crypto.PublicKey, q vc.KeyRequest, iss string) *vc.Key {
	k := &vc.Key{ID: q.ID, Public: key, Controller: iss, Outcome: vc.Passed, Binding: vc.BindingDomain}
	switch {
	case iss != "" && iss != q.Issuer:
		bind(k, iss, q.Issuer)
	case authority(q.ID) == "" || authority(q.ID) != authority(q.Issuer):
		k.Outcome, k.Reason, k.Binding = vc.Failed, vc.ReasonControllerMismatch, vc.BindingNone
		k.Detail = "the key is served from another domain than the issuer's"
	}
	return k
}

// fromJWKS picks a key of a set by kid, which may be the fragment, the whole
// URL or, in a set of one, nothing (specs A5.8).
func (r *Resolver) fromJWKS(set *vc.Value, q vc.KeyRequest, fragment string) (*vc.Key, error) {
	keys := set.Get("keys").List()
	for _, jwk := range keys {
		kid := jwk.Get("kid").Str()
		if kid != "" && (kid == fragment || kid == q.ID) || len(keys) == 1 && fragment == "" {
			key, err := jose.ParseJWK(jwk)
			return onDomain(key, q, jwk.Get("iss").Str()), err
		}
	}
	return nil, fmt.Errorf("%w: the key set at %s has no key %.100q", vc.ErrNotFound, q.ID, fragment)
}

// fromKeySet looks for a kid that is no URL, or for the key in the header, in
// the key set of the issuer's domain (specs A5.7b).
func (r *Resolver) fromKeySet(ctx context.Context, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	host := authority(q.Issuer)
	if host == "" {
		return headerOnly(q, header, fmt.Errorf("%w: the issuer has no address on the web", vc.ErrNotFound))
	}
	set, err := r.fetchJSON(ctx, "https://"+host+"/.well-known/jwks.json", "application/jwk-set+json, application/json")
	if err != nil {
		return headerOnly(q, header, err)
	}
	for _, jwk := range set.Get("keys").List() {
		key, err := jose.ParseJWK(jwk)
		if err != nil {
			continue
		}
		named := q.ID != "" && jwk.Get("kid").Str() == q.ID
		if header != nil && equalKeys(key, header) || header == nil && named {
			return setKey(key, jwk, q), nil
		}
	}
	if header == nil {
		return nil, fmt.Errorf("%w: the issuer's key set has no key %.100q", vc.ErrNotFound, q.ID)
	}
	return &vc.Key{ID: q.ID, Public: header, Outcome: vc.Failed, Reason: vc.ReasonKeyNotListed,
		Detail: "the key set of " + host + " does not list the key in the header"}, nil
}

func setKey(key crypto.PublicKey, jwk *vc.Value, q vc.KeyRequest) *vc.Key {
	k := &vc.Key{ID: q.ID, Public: key, Controller: q.Issuer, Type: "JsonWebKey", Outcome: vc.Passed, Binding: vc.BindingKeySet}
	if iss := jwk.Get("iss").Str(); iss != "" {
		bind(k, iss, q.Issuer)
	}
	return k
}

// headerOnly is a key of which only the header speaks.
func headerOnly(q vc.KeyRequest, header crypto.PublicKey, cause error) (*vc.Key, error) {
	if header == nil {
		return nil, cause
	}
	return unconfirmed(header, q.ID, cause), nil
}
