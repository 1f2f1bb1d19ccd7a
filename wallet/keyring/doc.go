// Package keyring stores the Ed25519 keys of learners and the service, and the ECDSA
// keys with which the service issues, in aries' local key management over the
// wallet's own store. keyring.go creates and opens keys, provider.go gives aries a
// store and a secret lock, material.go has seeds, signer.go signs, and rewrap.go
// changes the master key.
//
// aries does not return private keys, so each key begins as a seed of ours; for an
// ECDSA key it is the private number. The seed is sealed in its own record, from which
// the key can be restored without aries, and then imported. Both records are sealed
// with a key derived from the master key and bound to their place, so neither opens
// under another account or id. aries signs; every call into aries is guarded against
// a panic.
//
// The secret lock is ours: aries' local one binds a key neither to its record nor to
// its owner. To seal a key with another master key it is imported again from its
// seed, since aries offers no other way.
package keyring
