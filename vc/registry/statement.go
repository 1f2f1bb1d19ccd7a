package registry

import (
	"context"
	"crypto"
	"fmt"
	"net/url"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
)

const (
	maxStatement = 256 << 10
	maxKeys      = 20
	clockSkew    = 5 * time.Minute
)

// A statement is an entity statement with a verified signature (OpenID Federation
// 3). With iss equal to sub it is an entity's configuration.
type statement struct {
	iss, sub string
	exp      time.Time
	claims   *vc.Value
	by       crypto.PublicKey // the key that signed it
}

// errStatement is the error of an invalid statement.
var errStatement = fmt.Errorf("%w: entity statement", vc.ErrMalformed)

// configuration fetches an entity's configuration, signed with its own key.
func (w *walk) configuration(ctx context.Context, entity string) (*statement, error) {
	return w.fetch(ctx, entity+wellKnown, entity, entity, nil)
}

// statement fetches the statement about sub of the entity whose configuration is
// above.
func (w *walk) statement(ctx context.Context, above *statement, sub string) (*statement, error) {
	endpoint := above.claims.Get("metadata").Get("federation_entity").Get("federation_fetch_endpoint").Str()
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" {
		return nil, fmt.Errorf("%w: no address for fetching statements", errStatement)
	}
	join := "?"
	if u.RawQuery != "" {
		join = "&"
	}
	return w.fetch(ctx, endpoint+join+"sub="+url.QueryEscape(sub), above.iss, sub, above)
}

// fetch fetches the statement of iss about sub. A key in signer, the configuration
// of iss, must sign it; if signer is nil, a key in the statement itself.
func (w *walk) fetch(ctx context.Context, address, iss, sub string, signer *statement) (*statement, error) {
	if w.left--; w.left < 0 {
		return nil, fmt.Errorf("%w: too many requests for one issuer", vc.ErrTooLarge)
	}
	res, err := w.f.web.Fetch.Fetch(ctx, vc.FetchRequest{URL: address, Accept: "application/entity-statement+jwt", MaxBytes: maxStatement})
	switch {
	case err != nil:
		return nil, fmt.Errorf("fetch %s: %w", address, err)
	case res.Status == 404 || res.Status == 410 || res.Status == 400:
		return nil, fmt.Errorf("fetch %s: %w", address, vc.ErrNotFound)
	case !res.OK():
		return nil, fmt.Errorf("fetch %s: %w: status %d", address, vc.ErrUnreachable, res.Status)
	}
	s, err := w.read(res.Body, signer)
	if err != nil {
		return nil, err
	}
	if sameURL(s.iss) != sameURL(iss) || sameURL(s.sub) != sameURL(sub) {
		return nil, fmt.Errorf("%w by %s about %s, want one by %s about %s", errStatement, short(s.iss), short(s.sub), iss, short(sub))
	}
	return s, nil
}

// read verifies a statement (OpenID Federation 3.2).
func (w *walk) read(body []byte, signer *statement) (*statement, error) {
	j, err := vc.ParseJWS(body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errStatement, err)
	}
	claims, err := vc.ParseJSON(j.Payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errStatement, err)
	}
	if typ := j.Header.Get("typ").Str(); typ != "entity-statement+jwt" {
		return nil, fmt.Errorf("%w: typ is %q", errStatement, short(typ))
	}
	if claims.Get("crit") != nil || claims.Get("metadata_policy_crit") != nil {
		return nil, fmt.Errorf("%w: %w: critical members", errStatement, vc.ErrUnsupported)
	}
	s := &statement{iss: claims.Get("iss").Str(), sub: claims.Get("sub").Str(), claims: claims}
	if err := s.times(w.now); err != nil {
		return nil, err
	}
	keys := claims
	if signer != nil {
		keys = signer.claims
	}
	s.by, err = signedBy(j, keys.Get("jwks").Get("keys"))
	return s, err
}

func (s *statement) times(now time.Time) error {
	exp, iat := seconds(s.claims.Get("exp")), seconds(s.claims.Get("iat"))
	switch s.exp = exp; {
	case exp.IsZero() || iat.IsZero():
		return fmt.Errorf("%w: exp or iat is missing", errStatement)
	case !now.Before(exp):
		return fmt.Errorf("%w: it expired on %s", errStatement, exp.Format(time.DateOnly))
	case iat.After(now.Add(clockSkew)):
		return fmt.Errorf("%w: its iat is in the future", errStatement)
	}
	return nil
}

func seconds(v *vc.Value) time.Time {
	if !v.Is(vc.Number) {
		return time.Time{}
	}
	d, err := time.ParseDuration(v.Text() + "s")
	if err != nil || d <= 0 {
		return time.Time{}
	}
	return time.Unix(0, 0).Add(d).UTC()
}

// signedBy returns the key of a set that made the signature, the one with the
// header's kid.
func signedBy(j *vc.JWS, keys *vc.Value) (crypto.PublicKey, error) {
	kid := j.Header.Get("kid").Str()
	if kid == "" || !keys.Is(vc.Array) || len(keys.Items()) > maxKeys {
		return nil, fmt.Errorf("%w: no key to verify the signature", errStatement)
	}
	for i := range keys.Items() {
		jwk := &keys.Items()[i]
		if jwk.Get("kid").Str() != kid {
			continue
		}
		pub, err := jose.ParseJWK(jwk)
		if err == nil {
			err = jose.VerifyJWS(j.Alg, pub, j.SigningInput, j.Signature)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errStatement, err)
		}
		return pub, nil
	}
	return nil, fmt.Errorf("%w: its issuer does not list the signing key", errStatement)
}

// lists reports whether a superior's statement lists key for the subject.
func (s *statement) lists(key crypto.PublicKey) bool {
	want, err := jose.Thumbprint(key)
	keys := s.claims.Get("jwks").Get("keys")
	if err != nil || !keys.Is(vc.Array) || len(keys.Items()) > maxKeys {
		return false
	}
	for i := range keys.Items() {
		if pub, err := jose.ParseJWK(&keys.Items()[i]); err == nil {
			if got, err := jose.Thumbprint(pub); err == nil && got == want {
				return true
			}
		}
	}
	return false
}

// allows checks the superiors' constraints on the length of a chain (OpenID
// Federation 6.2). chain begins with the leaf's configuration, and each further
// statement is one level higher.
func allows(chain []*statement) error {
	for level, s := range chain {
		c := s.claims.Get("constraints")
		if c == nil || level == 0 {
			continue
		}
		for i := range c.Items() {
			switch m := &c.Items()[i]; m.Name() {
			case "max_path_length":
				if !m.Is(vc.Number) || float64(level-1) > number(m) {
					return fmt.Errorf("%w: %s does not permit a chain of this length", vc.ErrNotFound, s.iss)
				}
			case "allowed_entity_types": // concerns protocols, not identity
			default:
				return fmt.Errorf("%w: unknown constraint %q", vc.ErrNotFound, short(m.Name()))
			}
		}
	}
	return nil
}

func number(v *vc.Value) float64 {
	var f float64
	if _, err := fmt.Sscan(v.Text(), &f); err != nil {
		return -1
	}
	return f
}

// organisation returns the name and the website of the statement's subject.
func (s *statement) organisation() (name, site string) {
	m := s.claims.Get("metadata")
	entity, issuer := m.Get("federation_entity"), m.Get("openid_credential_issuer")
	for _, n := range []string{entity.Get("organization_name").Str(), m.Get("institution_additional_information").Get("legal_name").Str(), displayed(issuer)} {
		if name = line(n); name != "" {
			break
		}
	}
	for _, u := range []string{entity.Get("homepage_uri").Str(), entity.Get("organization_uri").Str()} {
		if strings.HasPrefix(u, "https://") && len(u) <= maxID {
			return name, u
		}
	}
	return name, ""
}

// displayed returns the first display name of a credential issuer.
func displayed(issuer *vc.Value) string {
	for _, d := range issuer.Get("display").List() {
		if n := d.Get("name").Str(); n != "" {
			return n
		}
	}
	return ""
}
