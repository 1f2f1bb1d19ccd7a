package sample

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
	"backpack/vc/ld"
	"backpack/vc/status"
	"backpack/vc/suite"
)

// An object is a JSON object.
type object map[string]any

const (
	contextVC2 = "https://www.w3.org/ns/credentials/v2"
	contextOB3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	contextOB2 = "https://w3id.org/openbadges/v2"

	didArchive = didIssuer + ":archive"
	didOffline = "did:web:offline." + Host
	keyEdDSA   = "#key-1"
	keyES256   = "#key-2"

	statusList   = base + "/status/1"
	revokedIndex = 2718
	otherIndex   = 1414
	expiredIndex = 3141

	disclaimer = "Made up for trying out a backpack. It proves nothing about anybody."
)

// signedOn is the creation time of all sample proofs.
var signedOn = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// An issuer holds the keys and pages of the sample issuer.
type issuer struct {
	eddsa ed25519Signer
	es256 es256Signer
	suite vc.SigningSuite
	pages map[string]page
}

func newIssuer() (*issuer, error) {
	engine, err := ld.New(ld.Limits{})
	if err != nil {
		return nil, err
	}
	i := &issuer{suite: suite.EdDSA(engine), pages: map[string]page{}}
	if i.eddsa.key, i.es256.key, err = newKeys(); err != nil {
		return nil, err
	}
	if err := i.publishKeys(); err != nil {
		return nil, err
	}
	return i, i.publishStatus(statusList, "revocation", revokedIndex)
}

// publish serves a JSON document at an address.
func (i *issuer) publish(address, contentType string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("publish %s: %w", address, err)
	}
	i.pages[address] = page{contentType: contentType, body: b}
	return nil
}

// publishKeys publishes the DID documents of the issuer and the endorser.
func (i *issuer) publishKeys() error {
	for id, address := range map[string]string{didIssuer: base + "/.well-known/did.json", didArchive: base + "/archive/did.json"} {
		var methods, names []any
		for name, key := range map[string]crypto.PublicKey{keyEdDSA: i.eddsa.Public(), keyES256: i.es256.Public()} {
			jwk, err := jose.MarshalJWK(key)
			if err != nil {
				return err
			}
			m := object{"id": id + name, "type": "JsonWebKey", "controller": id, "publicKeyJwk": json.RawMessage(jwk)}
			if name == keyEdDSA { // a fixed order, independent of the map
				methods, names = append([]any{m}, methods...), append([]any{id + name}, names...)
			} else {
				methods, names = append(methods, m), append(names, id+name)
			}
		}
		doc := object{"@context": []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"},
			"id": id, "verificationMethod": methods, "assertionMethod": names}
		if err := i.publish(address, "application/did+json", doc); err != nil {
			return err
		}
	}
	return nil
}

// publishStatus publishes a status list with one bit set.
func (i *issuer) publishStatus(address, purpose string, index int) error {
	bits := make([]byte, status.MinBits/8)
	status.Set(bits, index, true)
	list := object{
		"@context": []string{contextVC2}, "id": address, "type": []string{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer": didIssuer, "validFrom": signedOn.Format(time.RFC3339),
		"credentialSubject": object{"id": address + "#list", "type": "BitstringStatusList", "statusPurpose": purpose,
			"encodedList": status.Encode(bits)},
	}
	signed, err := i.sign(list, didIssuer)
	if err != nil {
		return err
	}
	i.pages[address] = page{contentType: "application/vc", body: signed}
	return nil
}

// sign adds an eddsa-rdfc-2022 proof by the DID who.
func (i *issuer) sign(o object, who string) ([]byte, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	signed, err := i.suite.Sign(context.Background(), b, vc.SignOptions{
		VerificationMethod: who + keyEdDSA, Purpose: vc.AssertionMethod, Created: signedOn}, i.eddsa)
	if err != nil {
		return nil, fmt.Errorf("sign %v: %w", o["id"], err)
	}
	return signed, nil
}

// signJWT returns the credential as a JWT with the claims of Open Badges 3.0.
func (i *issuer) signJWT(o object) ([]byte, error) {
	from, err := time.Parse(time.RFC3339, o["validFrom"].(string))
	if err != nil {
		return nil, err
	}
	claims := object{"iss": didIssuer, "jti": o["id"], "nbf": from.Unix()}
	for k, v := range o {
		claims[k] = v
	}
	b, err := json.Marshal(claims)
	if err != nil {
		return nil, err
	}
	return suite.SignJWT(context.Background(), b, map[string]string{"kid": didIssuer + keyES256, "typ": "JWT"}, i.es256)
}

// ed25519Signer and es256Signer sign with the two keys.
type ed25519Signer struct{ key ed25519.PrivateKey }

func (s ed25519Signer) Public() crypto.PublicKey { return s.key.Public() }

func (s ed25519Signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(s.key, message), nil
}

type es256Signer struct{ key *ecdsa.PrivateKey }

func (s es256Signer) Public() crypto.PublicKey { return s.key.Public() }

// Sign is deterministic (RFC 6979), so that the samples always have the same bytes.
func (s es256Signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	h := sha256.Sum256(message)
	der, err := s.key.Sign(nil, h[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return append(sig.R.FillBytes(make([]byte, 32)), sig.S.FillBytes(make([]byte, 32))...), nil
}
