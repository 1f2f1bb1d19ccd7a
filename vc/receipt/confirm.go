package receipt

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"backpack/vc"
)

const didKey = "did:key:"

// DIDDocument returns the did:web document in which the website at origin (https)
// states that key, a did:key, belongs to its service. It is served at
// /.well-known/did.json.
func DIDDocument(origin *url.URL, key string) ([]byte, error) {
	web, err := webDID(origin)
	if err != nil {
		return nil, err
	}
	multibase, ok := strings.CutPrefix(key, didKey)
	if !ok {
		return nil, fmt.Errorf("%w: %.60q is not a did:key", vc.ErrMalformed, key)
	}
	return fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"id":%q,"alsoKnownAs":[%q],`+
		`"verificationMethod":[{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}],"assertionMethod":[%q]}`,
		web, key, web+"#service", web, multibase, web+"#service"), nil
}

// webDID returns the did:web of an origin.
func webDID(origin *url.URL) (string, error) {
	if origin == nil || origin.Scheme != "https" || origin.Host == "" || strings.Trim(origin.Path, "/") != "" {
		return "", fmt.Errorf("%w: the origin is not an https address", vc.ErrUnsupported)
	}
	return "did:web:" + strings.ReplaceAll(strings.ToLower(origin.Host), ":", "%3A"), nil
}

// Confirm asks the website in a receipt whether its service owns the key that signed
// the receipt. It returns Failed if the answer does not list the key: the service
// may have a new one, or the website belongs to another party.
func Confirm(ctx context.Context, f vc.Fetcher, r *Receipt) (vc.Outcome, error) {
	origin, err := url.Parse(r.Origin)
	if err != nil {
		return vc.Unknown, fmt.Errorf("%w: the receipt has no origin", vc.ErrMalformed)
	}
	web, err := webDID(origin)
	if err != nil {
		return vc.Unknown, err
	}
	address := "https://" + origin.Host + "/.well-known/did.json"
	res, err := f.Fetch(ctx, vc.FetchRequest{URL: address, Accept: "application/did+json, application/json", MaxBytes: 256 << 10})
	if err == nil && !res.OK() {
		err = fmt.Errorf("%w: %s answers with status %d", vc.ErrUnreachable, address, res.Status)
	}
	if err != nil {
		return vc.Unknown, err
	}
	doc, err := vc.ParseJSON(res.Body)
	if err != nil || doc.Get("id").Str() != web {
		return vc.Unknown, errors.New("the document at " + address + " has another id than " + web)
	}
	if lists(doc, strings.TrimPrefix(r.Issuer, didKey)) {
		return vc.Passed, nil
	}
	return vc.Failed, nil
}

// lists reports whether a DID document lists the key for assertions.
func lists(doc *vc.Value, multibase string) bool {
	allowed := map[string]bool{}
	for _, m := range doc.Get("assertionMethod").List() {
		allowed[m.Str()] = true
	}
	for _, m := range doc.Get("verificationMethod").List() {
		if m.Get("publicKeyMultibase").Str() == multibase && multibase != "" && allowed[m.Get("id").Str()] && m.Get("revoked") == nil {
			return true
		}
	}
	return false
}
