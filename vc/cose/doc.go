// Package cose reads COSE_Sign1 (RFC 9052), the form that vc+cose and vp+cose
// have (VC-JOSE-COSE, 3.3). It takes the envelope apart and verifies nothing.
//
// CBOR is outside of the standard library and package vc is not. So this
// package is one function, Open, of the type vc.COSEOpener: whoever parses
// documents hands it to vc.ParseWith, and what vc gets is plain bytes, the
// JSON payload and what the signature is over. The signature itself has the
// form that JWS has, so that suite.JOSE verifies it: there is one list of
// algorithms and one place where keys are matched to them.
//
// Strict: one data item, definite lengths, no name twice in one header or in
// both, no tag but that of COSE_Sign1, no detached payload, nothing critical.
// The algorithm and the types count only where the signature covers them.
package cose
