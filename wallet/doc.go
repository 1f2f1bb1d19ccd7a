// Package wallet is the product without its HTTP: accounts, badges kept, shows
// and the work behind them. Every use case is one method of Wallet; every
// method that touches a learner's things takes the AccountID.
//
// The store holds records of one shape (Record) instead of a typed interface
// for each aggregate: all that a person could read is sealed with the
// learner's own key before it reaches the store, so a store could not use
// typed fields anyway, and two stores can agree to the letter on nine
// operations. Typed access is in this package.
//
// Data takes one direction: bytes are fetched, parsed, verified, and only then
// stored. No transaction waits for a network, a signature or a passcode's hash,
// and each may be run twice. What strangers' servers may cost is bounded: how
// many addresses one leads to, how long a badge takes, how many pixels a
// picture has. Where a server stays silent, the answer is "could not be
// determined", and never hides that a badge was taken back.
//
// Kept beside a badge's bytes is what its check needs or shows and the network
// may no longer have: contexts, what its address served, and for badges older
// than Open Badges 3.0 their class and issuer. A presentation is made when it
// is asked for, not kept with the show, so that it holds what the show holds.
//
// The service can issue credentials, for its operator and for tests of
// conformance. It hands out nothing that it would not itself call well-formed
// and its own. One key of each kind issues, as a did:key. A status list is
// signed when it was changed and somebody asks for it; who has which place in
// it is known by a keyed hash of the credential's id alone. There is no way to
// take a key back.
package wallet
