// Package suite makes and verifies proofs: the cryptosuites of Data Integrity
// (eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019), the older
// signature suites that badges still carry, and the signatures of JWTs.
//
// The canonical bytes are always our own engine's. aries' suites check only the
// signatures of the older suites over them; aries' own canonicaliser lets
// members be added that no proof covers, so it is never used.
//
// A proof set is several proofs, each over the document without any. In a
// proof chain (previousProof) a proof is made over the document with those that
// it names; whether they hold too is for package vc to ask. Where a context has had several bodies under one address, all
// are tried; which of them a proof held under is not told.
package suite
