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
//   - A document that is not there, cannot be reached, is a page for people, or
//     lists no keys proves nothing: the issuer is unknown, and so is the proof
//     when the key stands nowhere else.
//   - A document that is there and lists other keys, lists the key for another
//     purpose, or says that it was revoked or has expired, denies it. A key that
//     it lists for no purpose at all is neither allowed nor denied.
//   - A key that merely lies on the issuer's host could be another tenant's: only
//     the issuer's document makes it the issuer's. The same document may list a
//     key that another controls, such as a did:key; so it is asked.
//   - The key set at the well-known place of the issuer's domain may confirm a
//     key. Nobody named it, so what it lacks it does not deny.
//   - A key that stands only in a JWT's header, of an issuer whose id is no
//     address, fails as not confirmed: a forger could have put it there.
//   - A seal that names no key, or names it by a certificate where certificates
//     do not count, cannot be checked.
//   - The certificates in an SD-JWT VC's header count where they lead to a root
//     that the operator trusts, or where the issuer's own metadata lists the
//     same key. Else the issuer is unknown, not false: which authorities there
//     are to trust is nothing that a badge can prove or disprove.
//   - Only the https address or the DID that the issuer's id is counts as the
//     issuer. did:web:a.example, https://a.example and alsoKnownAs are not
//     taken for each other.
package did
