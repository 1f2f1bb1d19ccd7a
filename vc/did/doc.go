// Package did finds the key that a proof names and says whose it is: two facts
// that stay apart. A key may be usable though nothing ties it to the issuer
// (specs A5.7 to A5.9, A6.3, A6.4, D3.3 to D3.5, D3.9).
//
// aries' registry (pkg/vdr) is the layer of DID methods: our own did:key,
// did:jwk and did:web are registered in it, and a further method is one more
// registration. Its document type is not used: it gives Multikey values back
// with their prefix, refuses newer contexts and drops what it does not know.
// So a method hands its document over as strict JSON beside aries' own result,
// and this package reads that by the procedure of Controlled Identifiers
// (specs D3.3, I4).
//
// How what the web answers is judged:
//
//   - A document that is not there, cannot be reached, or is a page for people
//     proves nothing: the issuer is unknown, and so is the proof when the key
//     stands nowhere else.
//   - A document that is there and does not list the key, lists it for another
//     purpose, or says that it was revoked or has expired, denies it.
//   - A key that stands only in a JWT's header, of an issuer who publishes no
//     keys at all, fails as not confirmed: a forger could have put it there.
//   - The certificates in an SD-JWT VC's header count where they lead to a root
//     that the operator trusts, or where the issuer's own metadata lists the
//     same key. Else the issuer is unknown, not false: which authorities there
//     are to trust is nothing that a badge can prove or disprove.
//   - Only the https address or the DID that the issuer's id is counts as the
//     issuer. did:web:a.example, https://a.example and alsoKnownAs are not
//     taken for each other.
package did
