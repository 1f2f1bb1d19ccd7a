// Package ob2 reads and verifies Open Badges before 3.0: versions 0.5, 1.0,
// 1.1 and 2.0, hosted and signed (specs B1, B2). Each badge is verified by the
// rules of its version and shown as a view in the terms of Open Badges 3.0
// (specs B5.6). The view is never signed or exported as the issuer's.
//
// # Map
//
//	parse.go, member.go, moment.go, recipient.go   bytes → assertion
//	compact.go                                     plain names for members and types
//	view.go                                        assertion → view in the terms of 3.0
//	verify.go                                      the Verifier, and checks without requests
//	hosted.go, fetch.go, page.go, served.go        hosted badges: fetch and compare
//	origin.go, address.go                          may this address host the badge?
//	signed.go, revoked.go                          signed badges: keys and revocation lists
//	rules.go                                       the requirements of each version
//	endorse.go                                     endorsements
//	extension.go, definition.go, extensions.json   extensions and their schemas
//	chain.go                                       Blockcerts: recognized, not verified
//
// # Decisions
//
// A hosted badge is trusted only to name its address (specs B1.4). Everything
// that is shown and checked is what this address serves now, and the addresses
// of the badge class and the issuer.
//
// Visitors can upload pictures and texts on many websites. Therefore the
// assertion, its class and its issuer must be served as JSON. A badge baked
// into a picture, or served as a text, a web page or any other file, only
// points to an address. An issuer whose profile states startsWith or
// allowedOrigins has declared which places are its own, and may serve badges
// there in any form. An address that servers could read differently, because of
// dot segments, backslashes or control characters, plain or escaped, is always
// refused. A prefix ends at the end of a name.
//
// Members and types are read under their plain names. A document that uses
// prefixes of 2.0, full IRIs or names from inline contexts is rewritten to plain
// names first (specs B1.3). This replaces JSON-LD compaction: no signature
// depends on these names, and a full JSON-LD processor would bring remote
// contexts into a badge that needs none.
//
// If a member of assertion, badge class or issuer that 2.0 requires is missing
// or ambiguous, the format check fails. An unusual form with only one possible
// meaning causes a remark: "Hosted" for "HostedBadge", a recipient without
// hashed, seconds for a date, an issuer without an e-mail address. So does a
// missing member in a badge before 2.0, whose rules required less, and a badge
// class of 2.0 without an image, which one of the two validators accepts.
//
// Blockcerts 1 and 2 certificates are read and shown. The blockchain is not
// checked, so their proof is unknown.
//
// Endorsements are verified like badges, once the badge itself is confirmed to
// be the issuer's. Their verdicts do not affect the badge (specs B1.10). The
// endorser must serve or sign the endorsement, not the endorsed party.
//
// Extensions are validated against the schemas that their contexts name (specs
// B1.11). A violation fails the schema check, as in both validators. A context
// or schema that cannot be fetched or used leaves the schema check open and the
// badge valid, while both validators fail it: many of these addresses are dead,
// which says nothing about the badge. The well-known extensions, whose addresses
// no issuer controls, are built in (extensions.json), except two whose schemas
// are large or not JSON Schema. The contents of extensions are shown as further
// statements.
//
// One verification, with all its parts, sends a limited number of requests and
// fetches each address once.
package ob2
