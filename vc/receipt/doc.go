// Package receipt writes (receipt.go) and parses (read.go) verification receipts:
// credentials (VC Data Model 2.0) in which a service states which badges it
// checked, when, and what it found. A receipt is a statement of that service at
// that time; it is not a badge and says nothing about today. confirm.go ties its
// key to the service's website.
//
// A receipt identifies a badge by digests, id, issuer and title. It contains
// neither the badge's content nor its recipient.
//
// Decisions:
//   - The terms of a receipt are in the receipt, as the second entry of its
//     @context. So every VC 2.0 library can verify it without fetching a context,
//     and the JSON-LD engine here accepts it under the rule for any foreign
//     context: it only adds terms.
//   - A proof over RDF does not cover the names that a context defines: swapping
//     two names in a receipt and its context would leave the proof valid and
//     deceive the reader. So Parse requires exactly the context written here,
//     member for member, and no unknown member.
//   - The findings are one JSON literal (@json), not a graph. A graph of some
//     thousand blank nodes costs every verifier much work, and nobody queries it.
//     The proof covers each character of a JSON literal.
//   - The issuer is the service's did:key, which can always be checked without a
//     network. The website at the receipt's origin states whose key that is
//     (Confirm): its did:web document lists the same key.
package receipt
