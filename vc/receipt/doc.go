// Package receipt writes and reads verification receipts: credentials (VC Data
// Model 2.0) in which the service that checked badges says what it checked,
// when, and what it found. A receipt is the word of that service at that
// moment; it is no badge and says nothing about today.
//
// What it holds of a badge is what is needed to know it again: digests, id,
// issuer and title. Neither its content nor whom it was awarded to is in it.
//
// Decisions:
//   - The terms of a receipt stand in the receipt, as the second entry of its
//     @context. Every library of VC 2.0 can so verify it without asking anybody
//     for a context, and the JSON-LD engine here takes it under the rule for
//     any stranger's context: it only adds terms.
//   - A proof over RDF does not cover the names that a context gives. Whoever
//     exchanged two names in a receipt and in its context would leave the proof
//     valid and the reader deceived. So a receipt is read only when its context
//     is the one written here, member for member, and when it has no member
//     that is not known here.
//   - What was found is one JSON literal (@json) and not a graph. A graph of
//     some thousand nameless nodes costs every verifier much work for nothing:
//     nobody queries it. A JSON literal is covered down to each character.
//   - The issuer is the service's did:key, which can be checked without a
//     network for ever. Whose key that is, the website at the origin says that
//     the receipt names (Confirm): its did:web document lists the same key.
package receipt
