// Package vc reads and verifies verifiable credentials: Open Badges 3.0 and all
// other credentials of the W3C data models 1.1 and 2.0. It defines the types,
// the interfaces and the verification algorithm. Its sub-packages implement the
// interfaces, and vc/standard combines them. It imports the standard library only.
//
// The parts, in the order of the data flow:
//
//	json*.go, jws.go, base58.go          strict JSON, JWS and base58
//	document.go, credential.go, text.go  what parsing returns
//	parse.go, read.go, achievement.go    Parse: JSON to Document
//	jwt.go, cose.go, sdjwt*.go           the other securing forms
//	check.go, model.go, parties.go       departures from the data model
//	moment.go, identity.go, spelling.go  dates; matching a recipient
//	proof.go, status.go, schema.go,
//	fetch.go, known.go, disclosure.go    the interfaces of the sub-packages
//	verify.go                            Verifier, and the order of the checks
//	verify_proof.go, verify_chain.go,
//	verify_key.go, remember.go           proofs, proof chains, keys, the proof cache
//	verify_binding.go, _presentation.go  who presents
//	verify_contained.go, exchange.go     documents inside a CLR
//	verify_after.go, related.go,
//	verify_schema.go, verify_original.go what only a valid proof allows to fetch
//	report.go, reason.go, verdict.go,
//	fact.go, dated.go, inside.go         the results, and how to sum them up
//
// Parse turns bytes into a Document. It is strict about JSON, JWS and limits, and
// tolerant about the data model, so that learners can see the content of a broken
// badge. Verifier.Verify runs the checks of Open Badges 3.0 §9.1 and reports each
// with one of four outcomes. A Policy turns the report into one Verdict. Neither
// modifies a Document, which may be verified concurrently.
//
// Decisions that the specifications leave open:
//   - The key is resolved before the schema is checked, so a badge with a fault of
//     form still shows whether its proof is valid.
//   - A departure has one of three grades. A fault of a proof, term, issuer or
//     holder makes a badge invalid. A departure that leaves its meaning to
//     guesswork makes it irregular: it is authentic, and a failed check of form,
//     subject or schema states the fault. A departure with a clear meaning is a
//     remark, and the badge stays valid.
//   - A badge is "valid as shown" rather than valid if its holder may have left
//     out a status or an end date.
//   - While the issuer's document is unavailable, a key that is merely on the
//     issuer's host leaves the check Unknown.
//   - A JWT claim that contradicts the credential is a fault of form, except an
//     nbf up to a few minutes early, which allows for differing clocks. A missing
//     claim, which Open Badges forbids and VC-JOSE-COSE allows, is a remark: it
//     casts no doubt on anything signed.
//   - One valid proof by the issuer is enough for a proof set, but a failed proof
//     of a supported suite invalidates the set. A proof in a chain fails if any
//     proof before it fails, and is Unknown while any of them is.
//   - A date in a list of one, as a value object or without a time is accepted. It
//     makes a badge irregular where it limits validity, and is a remark elsewhere.
//     A day ends when it is over everywhere on Earth.
//   - An unsigned credential in a proved CLR of another issuer is vouched for,
//     which is neither valid nor invalid: its own issuer has said nothing.
//   - An unsigned credential of the CLR's own issuer is vouched for as well, with
//     a remark. It stays undetermined while the CLR's proof cannot be checked. No
//     unsigned credential is vouched for while a signed one that shares an id with
//     it is not valid.
//   - A credential's own schema is fetched only after the credential is proved. An
//     unavailable or unusable schema is not the badge's fault and changes no
//     verdict, since the schema of the credential's kind was applied. A violation
//     is a fault.
//   - A related resource that differs from its digest in the credential is not
//     used. The check fails but the verdict stays: the issuer's signature still
//     covers everything the credential says.
//   - A newer version from a refresh service replaces a badge unless it is not
//     valid yet or could not be checked completely. That it is revoked or expired
//     is the issuer's latest word.
//   - SD-JWT disclosures are put into the parsed payload before anything reads it.
//     If they break a rule, no reliable payload exists, so this is a parsing error
//     rather than a fault of the document.
//   - An SD-JWT of type vc+sd-jwt is W3C's form if it has @context, an SD-JWT VC
//     if it has vct instead, and faulty if it has both.
//   - A separate check reports whether the holder presents an SD-JWT. Without a key
//     binding it is Skipped, or Unknown if a challenge was set. A failed one makes
//     the badge invalid as presented; an expired one proves nothing.
//   - COSE requires a COSEOpener (see ParseWith), since the standard library lacks
//     CBOR.
//   - A bit set in a status list signed by the issuer's key counts as the issuer's
//     word, whatever the list's length and id. A bit not set in a list that is too
//     short is a remark; any other fault of a list leaves the check Unknown.
//   - No context, picture, schema or list is fetched for a proof unless its key and
//     suite are known to fit. JCS and JWT need no contexts.
//   - A proof of an unknown kind beside a valid one is a remark.
package vc
