// Package vault keeps records under seal. It is what a package beside wallet
// needs to take part in a transaction and to read and write an account's
// records.
//
//	vaults.go  Vaults, which opens an account's vault in a transaction of a store
//	vault.go   Vault, which seals and opens the records of one account
//	sealer.go  Sealer, the master key: the keys of accounts, secrets, lookups
//	seal.go    the format of sealed data
//	rotate.go  Rotate, the change of the master key
//
// # Decisions
//
// Each account has a key of its own, sealed with the master key. Everything that
// a person can read is sealed with the account's key, so deleting that one
// record makes the account unreadable, in the store and in every backup that
// lacks the record.
//
// Sealed data is bound to its account, kind and ID. A record that is moved does
// not open.
//
// Secrets and lookups derive from a root in the store, not from the master key.
// Links and sessions so outlive a change of the master key.
//
// A Vault lives as long as its transaction. Cached gives other packages a place
// for what they compute once in a transaction, such as the usage of an account.
package vault
