// Package did finds the key that a proof names, and states whether it is the
// issuer's. These are two facts: a key may be usable although nothing ties it to
// the issuer (specs A5.7 to A5.9, A6.3, A6.4, D3.3 to D3.5, D3.9). Its parts:
//
//	resolve.go   Resolver: which way a key's name leads, and key times
//	methods.go   did:key, did:jwk and did:web in aries' registry
//	document.go  controlled identifier documents and their methods
//	https.go     keys at https addresses, key sets, keys in a header
//	issued.go    keys of SD-JWT VC issuers: metadata and certificates
//	confirm.go   whether the issuer's own document lists a key
//	multikey.go  Multikey and did:key, both ways
//
// aries' registry (pkg/vdr) is the layer of DID methods: our did:key, did:jwk
// and did:web are registered in it, and another method is one more registration.
// Its document type is unused: it returns Multikey values with their prefix,
// refuses newer contexts and drops unknown members. So a method passes its
// document as strict JSON beside aries' result, and this package reads that by
// the procedure of Controlled Identifiers (specs D3.3, I4).
//
// How answers from the web are judged:
//
//   - A document that is missing, unreachable, an HTML page, or without keys
//     proves nothing: the issuer is unknown, and so is the proof if no other
//     place has the key.
//   - A document denies a key if it lists other keys, lists the key for another
//     purpose, or says that the key is revoked or expired. A key that it lists
//     for no purpose is neither allowed nor denied.
//   - A key on the issuer's host may be another tenant's: only the issuer's
//     document makes it the issuer's. That document may also list a key with
//     another controller, such as a did:key, so it is always asked.
//   - The key set at the well-known path of the issuer's domain may confirm a
//     key. No document refers to it, so it denies nothing.
//   - A key that is only in a JWT's header, with an issuer id that is not an
//     address, fails as not confirmed: a forger could have put it there.
//   - A proof without a key name, or with only a certificate where certificates
//     do not count, cannot be checked.
//   - The certificates in an SD-JWT VC's header count if they lead to a root
//     that the operator trusts, or if the issuer's metadata lists the same key.
//     Otherwise the issuer is unknown, not false: a badge cannot prove or
//     disprove which authorities to trust.
//   - The issuer is exactly the https address or DID of its id. did:web:a.example,
//     https://a.example and alsoKnownAs do not stand for each other.
package did
