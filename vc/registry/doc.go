// Package registry tells which issuers are known, and by whom: lists of known
// DIDs as consortia publish them, lists of one's own, and OpenID Federation 1.0
// trust anchors.
//
// What is decided here:
//
//   - An entry that names an id (a DID, an https address) means exactly that id.
//     One that names a domain means every issuer whose id is of that domain: its
//     did:web and its https addresses, on that very host and no other. Who lists
//     a domain that many share lists all of them.
//   - A key that is only served from the issuer's domain (vc.BindingDomain) shows
//     the domain and not which of its tenants, so only entries for the domain, or
//     for its root address, count for it (specs A5.7).
//   - The name of an issuer is the registry's. A federation that says no name of
//     its own lends its word to what the issuer says to the federation.
//   - Logos are left out: a registry's picture would have to be fetched, redrawn
//     and kept for every viewer, and the name says the same.
//   - A list that cannot be read again stays in use, with its age. A federation's
//     statements stay in use until they expire, for they say themselves how long
//     they may.
//   - Federation: an issuer that is a DID has no address to publish at, so its
//     statement is asked of the anchor itself. Metadata policies concern what
//     protocols use and are passed over; constraints of a kind not known here and
//     critical members make a chain fail, for passing over them could be wrong.
//   - Look-alikes are found by what letters look like, not by how many differ: a
//     rule by distance would accuse honest neighbours.
package registry
