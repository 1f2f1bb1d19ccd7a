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

// maxDocument bounds a controlled identifier document.
const maxDocument = 256 << 10

const acceptDocument = "application/did+json, application/did+ld+json, application/cid, application/ld+json, application/json"

// A document is a controlled identifier document: a DID document, or an
// issuer's own page as JSON.
type document struct {
	id    string
	value *vc.Value
	made  *vc.Key // of did:key and did:jwk, whose document is made from the DID
}

// oneKey is the document of a DID that is its key: every purpose is its.
func oneKey(id, method, kind string, key crypto.PublicKey) *document {
	return &document{id: id, made: &vc.Key{ID: method, Controller: id, Type: kind, Public: key, Outcome: vc.Passed, Thumbprint: thumbprint(key)}}
}

// fetchDocument fetches the document at an address; its id must be the one
// that was asked for (specs D3.3 step 3).
func (r *Resolver) fetchDocument(ctx context.Context, address, id string) (*document, error) {
	v, err := r.fetchJSON(ctx, address, acceptDocument)
	if err != nil {
		return nil, notHad(err)
	}
	if got := v.Get("id").Str(); got != id {
		return nil, fmt.Errorf("%w: %s holds the document of %.200q", vc.ErrNotFound, address, got)
	}
	return &document{id: id, value: v}, nil
}

// notHad makes a document that is not there one that could not be had: it may
// be back tomorrow, and its absence proves nothing false.
func notHad(err error) error {
	if errors.Is(err, vc.ErrNotFound) {
		return fmt.Errorf("%w: %v", vc.ErrUnreachable, err)
	}
	return err
}

// fetchJSON fetches a JSON object. A server that says that there is nothing is
// ErrNotFound; one that answers with something else, such as a page for people,
// has given no answer: ErrUnreachable.
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
	if strayed(address, res.URL) {
		return nil, fmt.Errorf("%w: %s sends on to another domain, %.200s", vc.ErrUnreachable, address, authority(res.URL))
	}
	v, err := vc.ParseJSON(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", vc.ErrUnreachable, address, err)
	}
	if !v.Is(vc.Object) {
		return nil, fmt.Errorf("%w: %s holds no JSON object", vc.ErrUnreachable, address)
	}
	return v, nil
}

// strayed reports whether a redirect led out of the domain that was asked.
// Many websites send whoever asks on to an address in the query: such a one
// must not speak for the website. A domain may send on to its own subdomains,
// and www. to the bare domain.
func strayed(asked, got string) bool {
	a, g := authority(asked), authority(got)
	return got != "" && a != g && !strings.HasSuffix(g, "."+a) && a != "www."+g
}

// absolute makes a relative URL such as #key-1 absolute.
func (d *document) absolute(id string) string {
	if strings.HasPrefix(id, "#") {
		return d.id + id
	}
	return id
}

// key returns the method called id. It is usable though it is not listed for
// the purpose; Outcome says so (specs D3.3 steps 4 to 6).
func (d *document) key(id string, purpose vc.Purpose) (*vc.Key, error) {
	if d.made != nil {
		if id != d.made.ID {
			return nil, fmt.Errorf("%w: %s has no key %.200q", vc.ErrNotFound, d.id, id)
		}
		k := *d.made
		return &k, nil
	}
	m := d.method(id)
	if m == nil && d.silent(purpose) {
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
		Expires: over(m.Get("expires")), Revoked: over(m.Get("revoked"))}
	switch {
	case k.Controller == "" && m.Get("controller") == nil && m.Get("owner") == nil:
		k.Outcome, k.Reason, k.Detail = vc.Unknown, vc.ReasonKeyController, "the key does not say who controls it"
	case k.Controller != d.id:
		k.Outcome, k.Reason = vc.Failed, vc.ReasonControllerMismatch
		k.Detail = fmt.Sprintf("the key says that %.200q controls it", k.Controller)
	default:
		d.judge(k, id, purpose)
	}
	return k, nil
}

// controllerOf reads who controls a method; owner is what old documents call it.
func controllerOf(m *vc.Value) string {
	if c := m.Get("controller"); c != nil {
		return c.Str()
	}
	return m.Get("owner").Str()
}

// over reads when a method expires or was revoked; a moment that cannot be read
// counts as long ago.
func over(v *vc.Value) time.Time {
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

// holders are the members that may hold methods; publicKey is of old documents.
var holders = []string{"verificationMethod", "publicKey", "assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation"}

// method finds a method in verificationMethod or embedded in a relationship.
func (d *document) method(id string) *vc.Value {
	for _, name := range holders {
		for _, m := range d.value.Get(name).List() {
			if m.Is(vc.Object) && d.absolute(m.Get("id").Str()) == id {
				return m
			}
		}
	}
	return nil
}

// methodIDs lists the methods of the document, at most fifty.
func (d *document) methodIDs() []string {
	if d.made != nil {
		return []string{d.made.ID}
	}
	var out []string
	for _, name := range holders {
		for _, m := range d.value.Get(name).List() {
			if m.Is(vc.Object) && len(out) < 50 {
				out = append(out, d.absolute(m.Get("id").Str()))
			}
		}
	}
	return out
}

// holds returns the method, listed for the purpose if one is, that is this key;
// nil if none is.
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

// onlyMethod returns the one method that is listed for the purpose, or "".
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
	if d.made != nil {
		return id == d.made.ID
	}
	for _, x := range d.value.Get(string(purpose)).List() {
		if x.Is(vc.String) && d.absolute(x.Text()) == id || x.Is(vc.Object) && d.absolute(x.Get("id").Str()) == id {
			return true
		}
	}
	return false
}

// silent reports whether the document says nothing of methods: it is a profile
// only.
func (d *document) silent(purpose vc.Purpose) bool {
	if d.made != nil {
		return false
	}
	if d.value.Get(string(purpose)) != nil {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(holders, purposes), func(name string) bool { return len(d.value.Get(name).List()) > 0 })
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
	return nil, fmt.Errorf("%w: the verification method holds no key that we can read", vc.ErrUnsupported)
}

// base58Key reads a bare key whose kind the method's type tells.
func base58Key(kind, s string) (crypto.PublicKey, error) {
	b, err := vc.DecodeBase58(s)
	if err != nil {
		return nil, fmt.Errorf("publicKeyBase58: %w", err)
	}
	for i, types := range [][]string{{"Ed25519VerificationKey2018", "Ed25519VerificationKey2020"}, {"P256Key2021", "EcdsaSecp256r1VerificationKey2019"}, {"P384Key2021"}, {"EcdsaSecp256k1VerificationKey2019"}, {"Bls12381G2Key2020"}} {
		if slices.Contains(types, kind) {
			return codecs()[i].key(b)
		}
	}
	return nil, fmt.Errorf("key of type %.60q: %w", kind, vc.ErrUnsupported)
}

// multibaseKey reads a Multikey, or the bare key that some
// Ed25519VerificationKey2020 hold.
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
