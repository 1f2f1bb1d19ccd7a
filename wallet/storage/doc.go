// Package storage is the contract between the product and its stores: what a
// record is, and what a store promises.
//
//	store.go   Store and Tx, the two interfaces that a store implements; their errors
//	record.go  Key and Record, the limits of their parts
//	kinds.go   Kinds, the table of every kind and what it counts for
//	guard.go   Guard, the checks that every implementation of Tx shares
//
// Package storetest holds the tests that every store must pass. Packages bolt
// and postgres are the stores; transfer copies one into another.
//
// # Decisions
//
// A store keeps sealed bytes and never interprets them. Beside them it knows
// only what it needs to find a record: the account, the kind, an ID, a due time
// and hashes for lookups. So a store, its backups and its operator learn nothing
// about a learner's badges.
//
// One table lists the kinds. The quota and the purge read it; the tests of
// deletion, archive, copy and examination walk it. A kind without an entry fails
// a test, so no part of the product forgets a new kind.
//
// The contract is a package of its own, so that a store, a copy or a backup
// compiles without the product, and so that a feature beside package wallet can
// join one of its transactions.
package storage
