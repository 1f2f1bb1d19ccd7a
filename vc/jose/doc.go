// Package jose verifies the signatures of JSON Web Signatures (RFC 7515) and
// reads JSON Web Keys (RFC 7517), on the standard library alone: a closed list
// of algorithms, each with the one kind of key that it takes (RFC 8725 3.1).
//
// The list is EdDSA, ES256, ES384, ES512, RS256 and PS256. Nothing is ever
// verified with a secret key, and nothing in a header chooses a key. Compact
// tokens are taken apart by vc.ParseJWS, which credentials in JWTs need too.
// aries' own JWT parser is not used: it accepts alg none and panics on the
// shape that Open Badges 3.0 uses.
package jose
