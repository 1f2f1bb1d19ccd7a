// Package cose parses COSE_Sign1 (RFC 9052), the form of vc+cose and vp+cose
// (VC-JOSE-COSE, 3.3). It opens the envelope and verifies nothing.
//
// The standard library has no CBOR, and package vc imports nothing else. So this
// package is one function, Open, of type vc.COSEOpener: a caller passes it to
// vc.ParseWith, and vc receives plain bytes, the JSON payload and the signed
// input. The signature has the form of a JWS signature, so suite.JOSE verifies it:
// one list of algorithms, and one place that matches keys to them.
//
// Open is strict: one data item, definite lengths, no label twice in one header or
// in both, no tag but that of COSE_Sign1, no detached payload, nothing critical.
// The algorithm and the types count only in the protected header.
package cose
