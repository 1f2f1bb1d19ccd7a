// Package status looks up whether an issuer has revoked or suspended a
// credential. Its parts:
//
//	status.go   Config, and the fetch of a list
//	bitlist.go  Bitstring Status List 1.0 (specs E1), StatusList2021 and its
//	            predecessor RevocationList2020 (specs E2)
//	entry.go    the entries in these lists; bits.go, their encoding
//	token.go    token status lists of SD-JWT VCs (specs E4.1)
//	revoked.go  1EdTech's revocation list (specs E3)
//	held.go     the cache of read lists
//
// A failed lookup is unknown, never clear and never revoked: the list is missing,
// its proof does not hold, or it does not match the entry. So an attacker between
// us and the issuer can hide a revocation only as "could not be checked".
//
// Decisions beyond the specifications:
//
//   - A list credential that states an id must state the address it was fetched
//     from: another list of the issuer, served in its place, does not count.
//   - A list of another issuer than the credential's counts, since the credential
//     refers to it, but causes a remark (specs E1.6).
//   - Only Bitstring Status Lists need the minimum of 131,072 entries: shorter
//     lists of 2021 are in use.
//   - A custom purpose that is set is unknown, as its meaning is not defined.
//   - Encoded lists are read with or without the multibase prefix: the start of a
//     gzip stream is unambiguous.
//
// A list is cached while it may be used according to its ttl, its end and its
// server, between a minute and a day; for an hour if none states anything (specs
// E1.8). All lookups share it, and concurrent ones wait for one reading, so the
// issuer cannot tell whose credential is looked up, or when. vc.WithFresh bypasses
// the cache. It also holds the answers that a reading got, for recorders of what a
// check was given.
package status
