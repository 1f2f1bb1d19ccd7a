// Package jose verifies JSON Web Signatures (RFC 7515) and parses JSON Web Keys
// (RFC 7517) with the standard library alone: verify.go has the closed list of
// algorithms, each with the one kind of key that it takes (RFC 8725 3.1), jwk.go
// the keys.
//
// The list is EdDSA, ES256, ES384, ES512, RS256 and PS256. No signature is
// verified with a secret key, and no header selects a key. vc.ParseJWS parses
// compact tokens, since credentials in JWTs need it too. aries' own JWT parser is
// not used: it accepts alg none and panics on the shape that Open Badges 3.0 uses.
package jose
