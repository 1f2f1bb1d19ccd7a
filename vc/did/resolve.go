package did

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/hyperledger/aries-framework-go/pkg/vdr"

	"backpack/vc"
	"backpack/vc/jose"
)

// maxID is the longest name of a key, in bytes. The longest did:jwk in use, of an
// RSA key of 8192 bits, takes less than a quarter.
const maxID = 8 << 10

// A Config configures a Resolver. Fetch and Now are required.
type Config struct {
	Fetch vc.Fetcher
	Now   func() time.Time
	// Roots are the authorities whose certificates confirm the issuer of an
	// SD-JWT VC. Nil means that a certificate alone confirms nothing.
	Roots *x509.CertPool
}

// A Resolver finds keys in did:key, did:jwk and did:web, in https documents and
// key sets, and in a JWT's header. It is safe for concurrent use.
type Resolver struct {
	fetch    vc.Fetcher
	now      func() time.Time
	roots    *x509.CertPool
	registry *vdr.Registry
	derived  *lru.Cache[string, *document] // the most recently used did:key and did:jwk
}

// derivedDocuments is the number of documents to cache; a DID has at most maxID bytes.
const derivedDocuments = 2000

// New returns a Resolver.
func New(cfg Config) (*Resolver, error) {
	if cfg.Fetch == nil || cfg.Now == nil {
		return nil, errors.New("did: a resolver requires Fetch and Now")
	}
	derived, err := lru.New[string, *document](derivedDocuments)
	if err != nil {
		return nil, err
	}
	r := &Resolver{fetch: cfg.Fetch, now: cfg.Now, roots: cfg.Roots, derived: derived}
	r.registry = vdr.New(vdr.WithVDR(keyMethod{}), vdr.WithVDR(jwkMethod{}), vdr.WithVDR(webMethod{r: r}))
	return r, nil
}

// ResolveKey implements vc.KeyResolver.
func (r *Resolver) ResolveKey(ctx context.Context, q vc.KeyRequest) (*vc.Key, error) {
	key, err := r.resolve(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("key %.200q: %w", q.ID, err)
	}
	if !q.Issued {
		key = r.byIssuer(ctx, key, q)
	}
	if key.Thumbprint == "" {
		key.Thumbprint = thumbprint(key.Public)
	}
	r.checkTimes(key, q)
	return key, nil
}

// thumbprint returns the JWK thumbprint of key, "" if its kind has none.
func thumbprint(key crypto.PublicKey) string {
	s, err := jose.Thumbprint(key)
	if err != nil {
		return ""
	}
	return s
}

func (r *Resolver) resolve(ctx context.Context, q vc.KeyRequest) (*vc.Key, error) {
	if len(q.ID) > maxID {
		return nil, fmt.Errorf("%w: the name of the key exceeds %d bytes", vc.ErrMalformed, maxID)
	}
	if q.Issued {
		return r.fromIssued(ctx, q)
	}
	var header crypto.PublicKey
	if q.JWK != nil {
		k, err := jose.ParseJWK(q.JWK)
		if err != nil {
			return nil, fmt.Errorf("the key in the header: %w", err)
		}
		header = k
	}
	switch {
	case strings.HasPrefix(q.ID, "did:"):
		return sameAs(header)(r.fromDID(ctx, q, header))
	case strings.HasPrefix(q.ID, "https://"), strings.HasPrefix(q.ID, "http://"):
		return sameAs(header)(r.fromURL(ctx, q, header))
	case keyInFragment(q.ID):
		base, fragment, _ := strings.Cut(q.ID, "#")
		return undereferenced(q, fragment, header, fmt.Errorf("%w: %.100q is not an address", vc.ErrNotFound, base))
	case strings.HasPrefix(q.Issuer, "did:") && (q.ID != "" || header != nil):
		return r.fromIssuerDID(ctx, q, header)
	case strings.HasPrefix(q.ID, "#") && authority(q.Issuer) != "":
		q.ID = q.Issuer + q.ID
		return sameAs(header)(r.fromURL(ctx, q, header))
	case header != nil || q.ID != "":
		return r.fromKeySet(ctx, q, header)
	}
	if q.Certified {
		return nil, vc.ErrCertificate
	}
	return nil, vc.ErrNoKeyName
}

// keyInFragment reports whether the fragment of a method is a Multikey. The base, such
// as a URN, may lead nowhere.
func keyInFragment(id string) bool {
	base, fragment, _ := strings.Cut(id, "#")
	if base == "" || fragment == "" {
		return false
	}
	_, err := ParseMultikey(fragment)
	return err == nil
}

// sameAs requires that a key in the header equals the key of kid (specs A5.9).
func sameAs(header crypto.PublicKey) func(*vc.Key, error) (*vc.Key, error) {
	return func(k *vc.Key, err error) (*vc.Key, error) {
		if err != nil || header == nil || equalKeys(header, k.Public) {
			return k, err
		}
		return nil, fmt.Errorf("%w: kid and jwk name different keys", vc.ErrMalformed)
	}
}

func equalKeys(a, b crypto.PublicKey) bool {
	if k, ok := a.(jose.BLS12381G2); ok { // has no standard JWK form
		other, ok := b.(jose.BLS12381G2)
		return ok && bytes.Equal(k, other)
	}
	x, err := jose.Thumbprint(a)
	if err != nil {
		return false
	}
	y, err := jose.Thumbprint(b)
	return err == nil && x == y
}

// checkTimes fails a key that is revoked or expired at q.At, or now if that is
// zero (specs D3.3 step 7).
func (r *Resolver) checkTimes(k *vc.Key, q vc.KeyRequest) {
	at := q.At
	if at.IsZero() {
		at = r.now()
	}
	switch {
	case k.Outcome == vc.Failed, k.Reason == vc.ReasonNotConfirmed:
		return
	case !k.Revoked.IsZero() && !k.Revoked.After(at):
		k.Outcome, k.Reason, k.Detail = vc.Failed, vc.ReasonKeyRevoked, k.Revoked.Format(time.RFC3339)
	case !k.Expires.IsZero() && k.Expires.Before(at):
		k.Outcome, k.Reason, k.Detail = vc.Failed, vc.ReasonKeyExpired, k.Expires.Format(time.RFC3339)
	default:
		return
	}
	k.Binding = vc.BindingNone
}

// fromDID resolves a DID URL and looks up the method in its document. The issuer
// must be exactly that DID: neither a domain of the same name nor alsoKnownAs
// stands for it (specs I4).
func (r *Resolver) fromDID(ctx context.Context, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	did, fragment, _ := strings.Cut(q.ID, "#")
	did, _, _ = strings.Cut(did, "?")
	doc, err := r.document(ctx, did)
	if err != nil {
		return headerOnly(q, header, err)
	}
	id := q.ID
	if fragment == "" { // a bare DID names its only key
		if id = doc.onlyMethod(q.Purpose); id == "" {
			return nil, fmt.Errorf("%w: the verification method names no key of %s", vc.ErrMalformed, did)
		}
	}
	key, err := doc.key(id, q.Purpose)
	if err != nil {
		return nil, err
	}
	key.Binding = vc.BindingDID
	bind(key, did, q.Issuer)
	return key, nil
}

// bind fails a key whose controller is not the issuer.
func bind(k *vc.Key, controller, issuer string) {
	if k.Outcome == vc.Passed && controller != issuer {
		k.Outcome, k.Reason = vc.Failed, vc.ReasonControllerMismatch
		k.Detail = fmt.Sprintf("the key is controlled by %.200s, the issuer is %.200s", controller, issuer)
	}
	if k.Outcome != vc.Passed {
		k.Binding = vc.BindingNone
	}
}

// fromIssuerDID looks in the issuer's DID document for a relative kid, or for
// the key in the header.
func (r *Resolver) fromIssuerDID(ctx context.Context, q vc.KeyRequest, header crypto.PublicKey) (*vc.Key, error) {
	if header == nil { // a kid relative to the issuer, with # or without
		q.ID = q.Issuer + "#" + strings.TrimPrefix(q.ID, "#")
		return r.fromDID(ctx, q, nil)
	}
	doc, err := r.document(ctx, q.Issuer)
	if err != nil {
		return headerOnly(q, header, err)
	}
	key := doc.holds(header, q.Purpose)
	if key == nil {
		return notListed(header, q.ID, "the issuer's DID document does not list the key in the header"), nil
	}
	if strings.HasPrefix(q.ID, "#") && key.ID != q.Issuer+q.ID {
		return nil, fmt.Errorf("%w: kid and jwk name different keys", vc.ErrMalformed)
	}
	key.Binding = vc.BindingDID
	bind(key, q.Issuer, q.Issuer)
	return key, nil
}

// notListed returns a failed key: the document that should list it does not.
func notListed(key crypto.PublicKey, id, detail string) *vc.Key {
	return &vc.Key{ID: id, Public: key, Outcome: vc.Failed, Reason: vc.ReasonKeyNotListed, Detail: detail}
}

// unconfirmed returns a key that nothing ties to the issuer: unknown if the source
// was unavailable, failed if there is no source (specs A5.7).
func unconfirmed(key crypto.PublicKey, id string, cause error) *vc.Key {
	k := &vc.Key{ID: id, Public: key, Outcome: vc.Unknown, Detail: cause.Error()}
	switch {
	case errors.Is(cause, vc.ErrNotFound), errors.Is(cause, vc.ErrMalformed):
		k.Outcome, k.Reason = vc.Failed, vc.ReasonNotConfirmed
	case errors.Is(cause, vc.ErrNoKeys):
		k.Reason = vc.ReasonNoKeys
	case errors.Is(cause, vc.ErrForbidden), errors.Is(cause, vc.ErrUnreachable), errors.Is(cause, vc.ErrTooLarge):
		k.Reason = vc.FetchReason(cause)
	case errors.Is(cause, vc.ErrUnsupported):
		k.Reason = vc.ReasonUnsupported
	default:
		k.Reason = vc.ReasonUnreachable
	}
	return k
}

// authority returns host and port of an https URL, else "".
func authority(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(u.Host), ":443")
}
