// Package did finds the key that a proof names and says whose it is: two facts
// that stay apart. A key may be usable though nothing ties it to the issuer.
//
// aries' registry (pkg/vdr) is the layer of DID methods: our own did:key,
// did:jwk and did:web are registered in it, and a further method is one more
// registration. Its document type is not used: it gives Multikey values back
// with their prefix, refuses newer contexts and drops what it does not know.
// So a method hands its document over as strict JSON beside aries' own result,
// and this package reads that by the procedure of Controlled Identifiers
// (specs D3.3, I4).
package did
