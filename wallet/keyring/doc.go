// Package keyring keeps the Ed25519 keys of learners and of the service, and
// the ECDSA keys that the service issues with, in aries' local key management
// over the wallet's own store.
//
// aries cannot give a private key back, so a key begins as a seed of ours, of an
// ECDSA key the number that it is: the seed is sealed into a record of its own,
// from which the key can be had again without aries, and imported. Both records
// are sealed with a key derived from the master key and bound to their place,
// so that neither opens under another account or id. Signing goes through aries' crypto; every call into aries is
// guarded against a panic.
//
// The secret lock is our own instead of aries' local one: that one binds a key
// neither to its record nor to its owner. To seal a key with another master key
// it is imported from its seed once more, since aries offers no other way.
package keyring
