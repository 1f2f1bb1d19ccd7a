// Package jose verifies the signatures of JSON Web Signatures (RFC 7515) and
// reads JSON Web Keys (RFC 7517), on the standard library alone: a fixed list
// of algorithms for each kind of key, chosen before any key is looked at
// (RFC 8725 3.1). aries' own JWT parser is not used: it accepts alg none and
// panics on the shape that Open Badges 3.0 uses.
package jose
