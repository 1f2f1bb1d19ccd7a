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

// fromURL dereferences a method or kid that is an https URL of a controller
// document, a single method, a JWK or a JWK Set (specs A5.8, D3.3).
func (r *Resolver) fromURL(ctx context.Context, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	base, fragment, _ := strings.Cut(q.ID, "#")
	v, err := r.fetchJSON(ctx, base, acceptKeys)
	if err != nil {
		return undereferenced(q, fragment, header, unavailable(err))
	}
	switch {
	case v.Get("keys").Is(vc.Array):
		key, err := fromJWKS(v, q, base, fragment)
		if err != nil {
			return nil, err
		}
		return key, nil
	case v.Get("kty") != nil:
		key, err := jose.ParseJWK(v)
		if err != nil {
			return nil, err
		}
		return onDomain(key, q, v.Get("iss").Str()), nil
	case holdsKey(v):
		return fromMethod(v, q)
	}
	return fromDocument(&document{id: base, value: v}, q, fragment)
}

// undereferenced returns the key of a method that leads to no document, from its
// fragment or the header. The signature can be checked, but nothing states that
// the key is the issuer's (specs A6.4).
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

// fromDocument looks up the method in the document at its address, which must be
// the document's id (specs D3.3 steps 3 and 4). If the document does not list it
// but the fragment is the key, the signature can be checked.
func fromDocument(d *document, q vc.KeyRequest, fragment string) (*vc.Key, error) {
	var key *vc.Key
	err := fmt.Errorf("%w: %s has the document of %.200q", vc.ErrNotFound, d.id, d.value.Get("id").Str())
	if d.value.Get("id").Str() == d.id {
		key, err = d.key(q.ID, q.Purpose)
	}
	if k, parseErr := ParseMultikey(fragment); parseErr == nil {
		switch {
		case errors.Is(err, vc.ErrNoKeys):
			return unconfirmed(k, q.ID, err), nil
		case errors.Is(err, vc.ErrNotFound):
			return notListed(k, q.ID, err.Error()), nil
		}
	}
	if err != nil {
		return nil, err
	}
	key.Binding = vc.BindingDocument
	bind(key, d.id, q.Issuer)
	return key, nil
}

// fromMethod reads a verification method published on its own. Its controller's
// document decides (specs A5.7).
func fromMethod(m *vc.Value, q vc.KeyRequest) (*vc.Key, error) {
	if id := m.Get("id").Str(); id != "" && id != q.ID {
		return nil, fmt.Errorf("%w: the address serves the key %.200q", vc.ErrNotFound, id)
	}
	key, err := methodKey(m)
	if err != nil {
		return nil, err
	}
	k := onDomain(key, q, controllerOf(m))
	k.Type, k.Expires, k.Revoked = typeOf(m), moment(m.Get("expires")), moment(m.Get("revoked"))
	return k, nil
}

func (r *Resolver) controllerDocument(ctx context.Context, id string) (*document, error) {
	if strings.HasPrefix(id, "did:") {
		return r.document(ctx, id)
	}
	return r.fetchDocument(ctx, id, id)
}

// onDomain returns a key served from the issuer's domain. Another tenant of the
// domain might serve it, so the issuer's document has to list it; see byIssuer
// (specs A5.7c).
func onDomain(key crypto.PublicKey, q vc.KeyRequest, controller string) *vc.Key {
	k := &vc.Key{ID: q.ID, Public: key, Controller: controller, Type: "JsonWebKey", Outcome: vc.Passed, Binding: vc.BindingDomain}
	switch {
	case controller != "" && controller != q.Issuer:
		bind(k, controller, q.Issuer)
	case authority(q.ID) == "" || authority(q.ID) != authority(q.Issuer):
		k.Outcome, k.Reason, k.Binding = vc.Failed, vc.ReasonControllerMismatch, vc.BindingNone
		k.Detail = "the key is on another domain than the issuer"
	}
	return k
}

// fromJWKS selects a key by kid: the fragment, the whole URL or, in a set of one
// key, none (specs A5.8).
func fromJWKS(set *vc.Value, q vc.KeyRequest, base, fragment string) (*vc.Key, error) {
	keys := set.Get("keys").List()
	for _, jwk := range keys {
		kid := jwk.Get("kid").Str()
		if (kid == "" || kid != fragment && kid != q.ID) && (len(keys) > 1 || fragment != "") {
			continue
		}
		key, err := jose.ParseJWK(jwk)
		if err != nil {
			return nil, err
		}
		if base == keySetOf(q.Issuer) {
			return setKey(key, jwk, q), nil
		}
		return onDomain(key, q, jwk.Get("iss").Str()), nil
	}
	return nil, fmt.Errorf("%w: the key set at %s has no key %.100q", vc.ErrNotFound, base, fragment)
}

// keySetOf returns the address of the key set of the issuer's domain
// (specs A5.7b).
func keySetOf(issuer string) string {
	if host := authority(issuer); host != "" {
		return "https://" + host + "/.well-known/jwks.json"
	}
	return ""
}

// fromKeySet looks for a kid that is not a URL, or for the key in the header, in
// the key set of the issuer's domain, then in the issuer's document (specs A5.7b,
// A5.7d). No document refers to the set, so only the document can deny a key.
func (r *Resolver) fromKeySet(ctx context.Context, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	address := keySetOf(q.Issuer)
	if address == "" {
		return headerOnly(q, header, fmt.Errorf("%w: the issuer publishes no keys", vc.ErrNotFound))
	}
	set, setErr := r.fetchJSON(ctx, address, "application/jwk-set+json, application/json")
	for _, jwk := range set.Get("keys").List() {
		key, err := jose.ParseJWK(jwk)
		if err != nil {
			continue // an unsupported key does not invalidate the set
		}
		named := q.ID != "" && jwk.Get("kid").Str() == q.ID
		if header != nil && equalKeys(key, header) || header == nil && named {
			return setKey(key, jwk, q), nil
		}
		if named {
			return notListed(header, q.ID, address+" has another key under this name than the header"), nil
		}
	}
	doc, err := r.fetchDocument(ctx, q.Issuer, q.Issuer)
	switch {
	case err == nil && !doc.listsNoKeys(q.Purpose):
		return inDocument(doc, q, header)
	case setErr != nil: // the first failure is the reason
		err = unavailable(setErr)
	case err == nil:
		err = fmt.Errorf("%w: %.200s", vc.ErrNoKeys, q.Issuer)
	default:
		err = fmt.Errorf("%w: %v", vc.ErrUnreachable, err)
	}
	return headerOnly(q, header, err)
}

// inDocument looks in the issuer's document for the key in the header, or for a
// kid that is a fragment.
func inDocument(doc *document, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	var key *vc.Key
	var err error
	switch {
	case header == nil:
		if key, err = doc.key(q.Issuer+"#"+q.ID, q.Purpose); err != nil {
			return nil, err
		}
	default:
		if key = doc.holds(header, q.Purpose); key == nil {
			return notListed(header, q.ID, "the issuer's document does not list the key in the header"), nil
		}
	}
	key.Binding = vc.BindingDocument
	bind(key, doc.id, q.Issuer)
	return key, nil
}

func setKey(key crypto.PublicKey, jwk *vc.Value, q vc.KeyRequest) *vc.Key {
	k := &vc.Key{ID: q.ID, Public: key, Controller: q.Issuer, Type: "JsonWebKey", Outcome: vc.Passed, Binding: vc.BindingKeySet}
	if iss := jwk.Get("iss").Str(); iss != "" {
		bind(k, iss, q.Issuer)
	}
	return k
}

// headerOnly returns the key in the header, which nothing confirms.
func headerOnly(q vc.KeyRequest, header crypto.PublicKey, cause error) (*vc.Key, error) {
	if header == nil {
		return nil, cause
	}
	return unconfirmed(header, q.ID, cause), nil
}
