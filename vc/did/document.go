package did

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
)

// maxDocument is the largest controlled identifier document, in bytes.
const maxDocument = 256 << 10

const acceptDocument = "application/did+json, application/did+ld+json, application/cid, application/ld+json, application/json"

// A document is a controlled identifier document: a DID document, or an issuer's
// profile as JSON.
type document struct {
	id      string
	value   *vc.Value
	derived *vc.Key // the only key of a did:key or did:jwk
}

// oneKey returns the document of a did:key or did:jwk, whose key serves every
// purpose.
func oneKey(id, method, kind string, key crypto.PublicKey) *document {
	k := &vc.Key{ID: method, Controller: id, Type: kind, Public: key, Outcome: vc.Passed, Thumbprint: thumbprint(key)}
	return &document{id: id, derived: k}
}

// fetchDocument fetches the document at address, which must have the given id
// (specs D3.3 step 3).
func (r *Resolver) fetchDocument(ctx context.Context, address, id string) (*document, error) {
	v, err := r.fetchJSON(ctx, address, acceptDocument)
	if err != nil {
		return nil, unavailable(err)
	}
	if got := v.Get("id").Str(); got != id {
		return nil, fmt.Errorf("%w: %s has the document of %.200q", vc.ErrNotFound, address, got)
	}
	return &document{id: id, value: v}, nil
}

// unavailable turns ErrNotFound into ErrUnreachable: a missing document may come
// back, and its absence proves nothing.
func unavailable(err error) error {
	if errors.Is(err, vc.ErrNotFound) {
		return fmt.Errorf("%w: %v", vc.ErrUnreachable, err)
	}
	return err
}

// fetchJSON fetches a JSON object. Errors wrap vc.ErrNotFound for status 404 and
// 410, and vc.ErrUnreachable for any other answer, such as an HTML page.
func (r *Resolver) fetchJSON(ctx context.Context, address, accept string) (*vc.Value, error) {
	res, err := r.fetch.Fetch(ctx, vc.FetchRequest{URL: address, Accept: accept, MaxBytes: maxDocument, Role: vc.RoleIssuer})
	if err != nil {
		return nil, err
	}
	if res.Status == 404 || res.Status == 410 {
		return nil, fmt.Errorf("%w: %s answers with status %d", vc.ErrNotFound, address, res.Status)
	}
	if !res.OK() {
		return nil, fmt.Errorf("%w: %s answers with status %d", vc.ErrUnreachable, address, res.Status)
	}
	if leftDomain(address, res.URL) {
		return nil, fmt.Errorf("%w: %s redirects to another domain, %.200s", vc.ErrUnreachable, address, authority(res.URL))
	}
	v, err := vc.ParseJSON(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", vc.ErrUnreachable, address, err)
	}
	if !v.Is(vc.Object) {
		return nil, fmt.Errorf("%w: %s is not a JSON object", vc.ErrUnreachable, address)
	}
	return v, nil
}

// leftDomain reports whether a redirect led out of the requested domain. Many
// websites redirect to an address in the query, which must not speak for them. A
// domain may redirect to its subdomains, and www. to the bare domain.
func leftDomain(asked, got string) bool {
	a, g := authority(asked), authority(got)
	return got != "" && a != g && !strings.HasSuffix(g, "."+a) && a != "www."+g
}

// absolute resolves a relative id such as #key-1.
func (d *document) absolute(id string) string {
	if strings.HasPrefix(id, "#") {
		return d.id + id
	}
	return id
}

// key returns the method id. The key is usable even if it is not listed for the
// purpose; its Outcome states that (specs D3.3 steps 4 to 6).
func (d *document) key(id string, purpose vc.Purpose) (*vc.Key, error) {
	if d.derived != nil {
		if id != d.derived.ID {
			return nil, fmt.Errorf("%w: %s has no key %.200q", vc.ErrNotFound, d.id, id)
		}
		k := *d.derived
		return &k, nil
	}
	m := d.method(id)
	if m == nil && d.listsNoKeys(purpose) {
		return nil, fmt.Errorf("%w: %.200s", vc.ErrNoKeys, d.id)
	}
	if m == nil {
		return nil, fmt.Errorf("%w: the document of %.200s lists no key %.200q", vc.ErrNotFound, d.id, id)
	}
	pub, err := methodKey(m)
	if err != nil {
		return nil, err
	}
	k := &vc.Key{ID: id, Controller: d.absolute(controllerOf(m)), Type: typeOf(m), Public: pub, Outcome: vc.Passed,
		Expires: moment(m.Get("expires")), Revoked: moment(m.Get("revoked"))}
	switch {
	case k.Controller == "" && m.Get("controller") == nil && m.Get("owner") == nil:
		k.Outcome, k.Reason, k.Detail = vc.Unknown, vc.ReasonKeyController, "the key has no controller"
	case k.Controller != d.id:
		k.Outcome, k.Reason = vc.Failed, vc.ReasonControllerMismatch
		k.Detail = fmt.Sprintf("the controller of the key is %.200q", k.Controller)
	default:
		d.judge(k, id, purpose)
	}
	return k, nil
}

// controllerOf returns the controller of a method; old documents call it owner.
func controllerOf(m *vc.Value) string {
	if c := m.Get("controller"); c != nil {
		return c.Str()
	}
	return m.Get("owner").Str()
}

// moment returns when a method expires or was revoked, zero if absent. An invalid
// time counts as long ago.
func moment(v *vc.Value) time.Time {
	if v == nil {
		return time.Time{}
	}
	if t := vc.ParseMoment(v.Str()).Time; !t.IsZero() {
		return t
	}
	return time.Unix(0, 0).UTC()
}

func typeOf(m *vc.Value) string {
	if t := m.Get("type").Strs(); len(t) > 0 {
		return t[0]
	}
	return ""
}

// methodMembers are the members that may contain methods; publicKey is from old
// documents.
var methodMembers = []string{"verificationMethod", "publicKey", "assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation"}

// method finds a method, in verificationMethod or embedded in a relationship.
func (d *document) method(id string) *vc.Value {
	for _, name := range methodMembers {
		for _, m := range d.value.Get(name).List() {
			if m.Is(vc.Object) && d.absolute(m.Get("id").Str()) == id {
				return m
			}
		}
	}
	return nil
}

// methodIDs returns the ids of the document's methods, at most 50.
func (d *document) methodIDs() []string {
	if d.derived != nil {
		return []string{d.derived.ID}
	}
	var out []string
	for _, name := range methodMembers {
		for _, m := range d.value.Get(name).List() {
			if m.Is(vc.Object) && len(out) < 50 {
				out = append(out, d.absolute(m.Get("id").Str()))
			}
		}
	}
	return out
}

// holds returns the method with the key pub, preferably one listed for the
// purpose; nil if there is none.
func (d *document) holds(pub crypto.PublicKey, purpose vc.Purpose) *vc.Key {
	var found *vc.Key
	for _, id := range d.methodIDs() {
		key, err := d.key(id, purpose)
		if err == nil && equalKeys(key.Public, pub) && (found == nil || key.Outcome == vc.Passed) {
			found = key
		}
	}
	return found
}

// onlyMethod returns the method for the purpose if exactly one is listed, else "".
func (d *document) onlyMethod(purpose vc.Purpose) string {
	var found string
	for _, id := range d.methodIDs() {
		if d.authorises(id, purpose) {
			if found != "" && found != id {
				return ""
			}
			found = id
		}
	}
	return found
}

// authorises reports whether the purpose lists the method, by name or embedded.
func (d *document) authorises(id string, purpose vc.Purpose) bool {
	if d.derived != nil {
		return id == d.derived.ID
	}
	for _, x := range d.value.Get(string(purpose)).List() {
		if x.Is(vc.String) && d.absolute(x.Text()) == id || x.Is(vc.Object) && d.absolute(x.Get("id").Str()) == id {
			return true
		}
	}
	return false
}

// listsNoKeys reports whether the document lists no methods, as a plain profile does.
func (d *document) listsNoKeys(purpose vc.Purpose) bool {
	if d.derived != nil {
		return false
	}
	if d.value.Get(string(purpose)) != nil {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(methodMembers, purposes), func(name string) bool { return len(d.value.Get(name).List()) > 0 })
}

// holdsKey reports whether an object is a verification method.
func holdsKey(v *vc.Value) bool {
	return v.Get("publicKeyMultibase") != nil || v.Get("publicKeyJwk") != nil || v.Get("publicKeyBase58") != nil
}

// methodKey reads the key material of a verification method (specs D3.4).
func methodKey(m *vc.Value) (crypto.PublicKey, error) {
	switch {
	case m.Get("publicKeyMultibase") != nil:
		return multibaseKey(typeOf(m), m.Get("publicKeyMultibase").Str())
	case m.Get("publicKeyJwk") != nil:
		return jose.ParseJWK(m.Get("publicKeyJwk"))
	case m.Get("publicKeyBase58") != nil:
		return base58Key(typeOf(m), m.Get("publicKeyBase58").Str())
	}
	return nil, fmt.Errorf("%w: the verification method has no key in a supported form", vc.ErrUnsupported)
}

// base58Key reads a bare key; the method's type states the kind.
func base58Key(kind, s string) (crypto.PublicKey, error) {
	b, err := vc.DecodeBase58(s)
	if err != nil {
		return nil, fmt.Errorf("publicKeyBase58: %w", err)
	}
	for i, types := range [][]string{
		{"Ed25519VerificationKey2018", "Ed25519VerificationKey2020"},
		{"P256Key2021", "EcdsaSecp256r1VerificationKey2019"},
		{"P384Key2021"},
		{"EcdsaSecp256k1VerificationKey2019"},
		{"Bls12381G2Key2020"},
	} {
		if slices.Contains(types, kind) {
			return codecs()[i].key(b)
		}
	}
	return nil, fmt.Errorf("key of type %.60q: %w", kind, vc.ErrUnsupported)
}

// multibaseKey reads a Multikey, or the bare key in some
// Ed25519VerificationKey2020.
func multibaseKey(kind, s string) (crypto.PublicKey, error) {
	key, err := ParseMultikey(s)
	if err == nil || !strings.HasPrefix(kind, "Ed25519") || !strings.HasPrefix(s, "z") {
		return key, err
	}
	if bare, bareErr := base58Key(kind, s[1:]); bareErr == nil {
		return bare, nil
	}
	return nil, err
}
