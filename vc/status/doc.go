// Package status looks up whether an issuer has revoked or suspended a
// credential: Bitstring Status List 1.0 (specs E1), StatusList2021 and its
// forerunner RevocationList2020 (specs E2), and 1EdTech's revocation list
// (specs E3).
//
// What cannot be looked up is unknown, never clear and never revoked: a list
// that nobody serves, one whose proof does not hold, one that does not fit the
// entry. So whoever sits between us and the issuer can hide a revocation only
// behind "could not be checked".
//
// Decisions beyond the specifications:
//
//   - A list credential that states an id must state the address it was asked
//     by: an issuer's other list, served in its place, is no answer.
//   - A list by another issuer than the credential's counts, as the credential
//     itself points at it, but is remarked on (specs E1.6).
//   - The minimum of 131,072 entries is demanded of Bitstring Status Lists only:
//     shorter lists of 2021 are in use.
//   - A custom purpose that is set is unknown, as nobody says what it means.
//   - Coded lists are read with or without the multibase prefix: a gzip stream
//     begins in one way only, so nothing can be read in two ways.
//
// A list is kept for as long as it may be used, which its ttl, its end and its
// server say, at least a minute and at most a day; an hour when they say
// nothing (specs E1.8). All who look something up in it meanwhile share it, and
// all who want it at once wait for one reading, so that the issuer cannot tell
// whose credential is looked up, or when. vc.WithFresh goes past that. Kept with
// it is what its reading was told, for those who record what a check was given.
package status
