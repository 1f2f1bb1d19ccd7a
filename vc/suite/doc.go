// Package suite makes and verifies proofs: the cryptosuites of Data Integrity
// (eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019,
// ecdsa-sd-2023), the older signature suites that badges still carry, and the
// signatures of JWTs.
//
// The canonical bytes are always our own engine's. aries' suites check only the
// signatures of the older suites over them; aries' own canonicaliser lets
// members be added that no proof covers, so it is never used.
//
// A proof set is several proofs, each over the document without any. In a
// proof chain (previousProof) a proof is made over the document with those that
// it names; whether they hold too is for package vc to ask. Where a context has
// had several bodies under one address, all are tried; which of them a proof
// held under is not told.
//
// Selective disclosure (ecdsa-sd-2023) knows two kinds of proof. A base proof
// holds a key that tells everything, so Verify refuses it; its holder has it
// verified by VerifyBase, and shows what Derive makes of it. JSON pointers
// lead through the document as it is written, not as JSON-LD would compact it:
// that is what whoever names a member looks at. Something on the way to what
// was chosen keeps an @context of its own, beside the id and types that the
// specification keeps, else it would mean something else. What a derived
// proof leaves out is not disclosed; that does not make the verdict
// undetermined, since an issuer says by its mandatory pointers what must not be
// left out, and a verifier cannot tell what was left out from what never was.
// The order of the labels is not looked at; everything else of the CBOR is as
// strict as it can be.
package suite
