// Package suite makes and verifies proofs: the cryptosuites of Data Integrity
// (eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019,
// ecdsa-sd-2023), the older signature suites that badges still use, and the
// signatures of JWTs.
//
// The parts:
//
//	canon.go                     the signed bytes, by RDFC-1.0 or JCS
//	dataintegrity.go, sign.go    EdDSA and ECDSA: verifying and signing
//	legacy.go, bbs.go            suites that precede Data Integrity; BBS+
//	sd.go, sdsign.go, sdvalue.go selective disclosure with ecdsa-sd-2023
//	pointer.go                   JSON pointers to the parts to disclose
//	jwt.go, jwtsign.go, sdjwt.go JWTs and key bindings
//
// Decisions:
//   - The canonical bytes always come from our own engine. aries only verifies the
//     signatures of the older suites over them: its canonicaliser lets members be
//     added that no proof covers, so it is never used.
//   - In a proof set, each proof covers the document without any proof. In a chain
//     (previousProof), a proof covers the document with the proofs it names; package
//     vc checks whether those are valid.
//   - A context may have had several bodies at one URL. All of them are tried; the
//     result does not tell which one was used.
//   - A base proof of selective disclosure (ecdsa-sd-2023) contains a key that
//     reveals everything, so Verify refuses it. Its holder uses VerifyBase, and
//     shows the result of Derive.
//   - JSON pointers refer to the document as written, not as compacted by JSON-LD,
//     since that is what the person who selects a member sees. An ancestor of a
//     selected value keeps its @context in addition to the id and type that the
//     specification keeps, or its meaning would change.
//   - Members omitted by a derived proof do not make the verdict undetermined: an
//     issuer marks what must not be omitted as mandatory, and a verifier cannot tell
//     an omitted member from one that never existed.
//   - The order of labels in the CBOR is not checked; everything else in it is
//     checked strictly.
package suite
