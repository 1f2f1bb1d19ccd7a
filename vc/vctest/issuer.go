package vctest

import (
	"encoding/json"
	"strings"
	"testing"

	"backpack/vc"
	"backpack/vc/did"
	"backpack/vc/jose"
	"backpack/vc/ld"
	"backpack/vc/status"
	"backpack/vc/suite"
)

// An Object is a JSON object.
type Object = map[string]any

// The ways to publish an issuer's key.
const (
	DIDKey = "did:key"
	DIDWeb = "did:web"
	HTTPS  = "https"  // an address that serves a document with the key
	KeySet = "keyset" // an address; the key is in the key set of its domain
)

// An Issuer issues badges. Its documents and status lists are on its Web.
type Issuer struct {
	ID     string
	Method string // the verification method; for a key set, the kid
	Signer vc.Signer
	Web    *Web
	host   string
	suites map[string]vc.SigningSuite
}

// NewIssuer returns an issuer on the host issuer.example of web, with a key of the
// kind, published in the given way.
func NewIssuer(t testing.TB, web *Web, way, kind string) *Issuer {
	t.Helper()
	engine, err := ld.New(ld.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	i := &Issuer{Web: web, host: "issuer.example", Signer: NewSigner(t, kind, "issuer"), suites: map[string]vc.SigningSuite{}}
	for _, s := range []vc.SigningSuite{suite.EdDSA(engine), suite.EdDSAJCS(), suite.ECDSA(engine), suite.ECDSAJCS(),
		suite.SelectiveECDSA(engine, &fixedRandom{})} {
		for _, id := range s.IDs() {
			i.suites[id] = s
		}
	}
	i.publish(t, way)
	return i
}

// publish sets the issuer's id and publishes its key.
func (i *Issuer) publish(t testing.TB, way string) {
	t.Helper()
	jwk, err := jose.MarshalJWK(i.Signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	switch way {
	case DIDKey:
		if i.ID, i.Method, err = did.KeyDID(i.Signer.Public()); err != nil {
			t.Fatal(err)
		}
	case DIDWeb:
		i.ID = "did:web:" + i.host
		i.Method = i.ID + "#key-1"
		i.serve(t, "https://"+i.host+"/.well-known/did.json", i.document(jwk))
	case HTTPS:
		i.ID = "https://" + i.host + "/profile"
		i.Method = i.ID + "#key-1"
		i.serve(t, i.ID, i.document(jwk))
	case KeySet:
		i.ID, i.Method = "https://"+i.host+"/profile", "key-1"
		named := strings.Replace(string(jwk), "{", `{"kid":"key-1",`, 1)
		i.serve(t, "https://"+i.host+"/.well-known/jwks.json", Object{"keys": []any{json.RawMessage(named)}})
	default:
		t.Fatalf("unknown way to publish an issuer %q", way)
	}
}

// document returns a controller document with the key for issuing.
func (i *Issuer) document(jwk []byte) Object {
	return Object{
		"@context": []any{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"}, "id": i.ID,
		"verificationMethod": []any{Object{"id": i.Method, "type": "JsonWebKey", "controller": i.ID, "publicKeyJwk": json.RawMessage(jwk)}},
		"assertionMethod":    []any{i.Method},
	}
}

func (i *Issuer) serve(t testing.TB, address string, v any) {
	t.Helper()
	i.Web.Serve(address, "application/json", marshal(t, v))
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Issue returns a signed badge. By default the suite is eddsa-rdfc-2022, or the
// corresponding one for another kind of key.
func (i *Issuer) Issue(t testing.TB, options ...Option) []byte {
	t.Helper()
	d := &Draft{i: i, form: i.defaultForm(), signer: i.Signer, method: i.Method, badge: i.badge()}
	for _, o := range options {
		o(t, d)
	}
	signed := d.sign(t)
	for _, f := range d.after {
		signed = f(t, signed)
	}
	return signed
}

func (i *Issuer) defaultForm() string {
	alg, err := jose.AlgFor(i.Signer.Public())
	switch {
	case err == nil && alg == "EdDSA":
		return "eddsa-rdfc-2022"
	case err == nil && strings.HasPrefix(alg, "ES"):
		return "ecdsa-rdfc-2019"
	}
	return JWT
}

// badge returns a badge of data model 2.0 without a proof.
func (i *Issuer) badge() Object {
	return Object{
		"@context": []any{vc.ContextV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"},
		"id":       "https://" + i.host + "/badges/1", "type": []any{"VerifiableCredential", "OpenBadgeCredential"},
		"name": "Baker", "issuer": Object{"id": i.ID, "type": []any{"Profile"}, "name": "School of Bread"},
		"validFrom": "2026-01-01T00:00:00Z", "validUntil": "2030-01-01T00:00:00Z",
		"credentialSubject": Object{
			"id": "did:example:learner", "type": []any{"AchievementSubject"},
			"achievement": Object{"id": "https://" + i.host + "/achievements/baker", "type": []any{"Achievement"},
				"name": "Baker", "description": "Bakes bread.", "criteria": Object{"narrative": "Bake ten loaves."}},
		},
	}
}

// setIndex is the one index that is set in every status list.
const setIndex = 7

// publishList publishes a status list with setIndex set and returns its address.
func (i *Issuer) publishList(t testing.TB, kind, purpose string) string {
	t.Helper()
	address := "https://" + i.host + "/status/" + kind + "/" + purpose
	bits := make([]byte, status.MinBits/8)
	status.Set(bits, setIndex, true)
	i.Web.Serve(address, "application/vc", i.signList(t, kind, purpose, address, bits))
	return address
}

// List returns a Bitstring Status List with no index set, to replace the one of a
// badge.
func (i *Issuer) List(t testing.TB, purpose string) []byte {
	t.Helper()
	return i.signList(t, "bitstring", purpose, "https://"+i.host+"/status/bitstring/"+purpose, make([]byte, status.MinBits/8))
}

func (i *Issuer) signList(t testing.TB, kind, purpose, address string, bits []byte) []byte {
	t.Helper()
	list := Object{
		"@context": []any{vc.ContextV2}, "id": address, "issuer": i.ID, "validFrom": "2026-01-01T00:00:00Z",
		"type": []any{"VerifiableCredential", "BitstringStatusListCredential"},
		"credentialSubject": Object{"id": address + "#list", "type": "BitstringStatusList", "statusPurpose": purpose,
			"encodedList": status.Encode(bits)},
	}
	if kind == "2021" {
		list["@context"] = []any{vc.ContextV1, "https://w3id.org/vc/status-list/2021/v1", "https://w3id.org/security/data-integrity/v2"}
		list["issuanceDate"] = list["validFrom"]
		delete(list, "validFrom")
		list["type"] = []any{"VerifiableCredential", "StatusList2021Credential"}
		list["credentialSubject"] = Object{"id": address + "#list", "type": "StatusList2021", "statusPurpose": purpose,
			"encodedList": status.Encode2021(bits)}
	}
	d := &Draft{i: i, form: i.defaultForm(), signer: i.Signer, method: i.Method, badge: list}
	return d.sign(t)
}

// Suite returns a signing suite by name, or nil.
func (i *Issuer) Suite(id string) vc.SigningSuite { return i.suites[id] }
