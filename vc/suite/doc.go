// Package suite makes and verifies proofs: the cryptosuites of Data Integrity
// (eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019), the older
// signature suites that badges still carry, and the signatures of JWTs.
//
// The canonical bytes are always our own engine's. For JsonWebSignature2020
// aries' suite then checks the signature over them; aries' own canonicaliser
// lets members be added that no proof covers, so it is never used.
package suite
