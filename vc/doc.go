// Package vc reads and verifies verifiable credentials: Open Badges 3.0 and
// any other credential of the W3C data models 1.1 and 2.0. It holds the types,
// the interfaces and the verification algorithm; its sub-packages implement
// the interfaces, and vc/standard puts them together. It imports the standard
// library only.
//
// Parse turns bytes into a Document: strictly as to JSON, JWS and limits,
// tolerantly as to the data model, since a learner should see even of a broken
// badge what it is. Verifier.Verify runs the checks of Open Badges 3.0 §9.1 and
// reports each with one of four outcomes; a Policy makes one Verdict of them.
// Neither changes a Document, which may be verified by many at the same time.
//
// Decisions that the specifications leave open:
//   - The key is looked for before the schema is checked, so that a badge with
//     a fault of form still tells whether its proof holds.
//   - There are three grades where one would do for programs. A proof, a term, an
//     issuer or a holder that fails makes a badge invalid. A departure from the
//     standard that has to be guessed at makes it irregular: it is genuine, and
//     a failed check of form, subject or schema says what is wrong. One that can be
//     read without guessing is a remark, and the badge stays valid.
//   - What holds while its holder may have left out a status or the end date is
//     valid as it is shown, not valid.
//   - While the issuer's document cannot be had, a key that merely is on the
//     issuer's host leaves the answer open.
//   - A JWT's claim that contradicts the credential is a fault of form, but for
//     nbf up to a few minutes before the date, which allows for clocks
//     that differ; one that is missing, which Open Badges forbids and
//     VC-JOSE-COSE allows, is a remark: nothing that is signed is in doubt for
//     it.
//   - Of a proof set any proof by the issuer will do, but one that is supported
//     and fails spoils the set. A link of a proof chain fails with any proof
//     before it, whoever made that, and is open while one of them is.
//   - A date in a list of one, as a value object or as a day alone is read and
//     makes a badge irregular where it decides how long it holds; elsewhere it
//     is a remark. A day ends when it is over everywhere on Earth.
//   - An unsigned credential in a proved CLR of another issuer is vouched for,
//     which is neither valid nor invalid: its own issuer said nothing.
//   - An unsigned one of the CLR's own issuer is vouched for as well, with a
//     remark; while the CLR's proof cannot be checked, it cannot be either. Nor is any
//     unsigned one vouched for while a sealed one that shares an id with it
//     does not hold.
//   - A schema of a credential's own choice is fetched only once the credential
//     is proved. That it cannot be had or used is nobody's fault and changes no
//     verdict: the schema of the credential's kind was applied. A violation is
//     a fault.
//   - What lies outside a credential and differs from the digest that the
//     credential gives is not used. The check fails, the verdict stays: what
//     the credential says is still what its issuer sealed.
//   - A newer version that a refresh brings replaces one unless it is not valid
//     yet or could not be checked in full; that it was taken back or is over is
//     the issuer's latest word.
//   - What an SD-JWT discloses is put into the parsed payload before anything
//     reads it. One whose disclosures break a rule has no payload that anybody
//     could rely on, and is an error of parsing, not a document with a fault.
//   - An SD-JWT of type vc+sd-jwt is W3C's when it has @context, an SD-JWT VC
//     when it has vct instead, and a fault when it has both.
//   - Whether the holder of an SD-JWT shows it is a check of its own. Without a
//     key binding it is skipped, and open when a challenge was asked for. One
//     that fails makes the badge invalid as it is shown; one that has expired
//     shows nothing any more.
//   - COSE is read by whoever hands a COSEOpener to ParseWith, since CBOR is
//     outside of the standard library.
//   - A bit that is set in a list that the issuer's key signed is the issuer's
//     word, whatever the list's length and id. A bit that is not set in a list
//     that is too short is a remark; any other fault of a list leaves the
//     answer open.
//   - No context, picture, schema or list is fetched for a proof whose key and
//     algorithm are not known to be worth it; JCS and JWT need no contexts.
//   - A proof of an unknown kind beside one that holds is a remark.
package vc
