// Package storetest contains the conformance tests of a storage.Store: keys and
// records (records.go), lookups and due times (index.go), transactions
// (transactions.go), accounts and walks (accounts.go), size (large.go), and random
// transactions compared with a map (model.go). Every store runs all of them.
//
// After each test, walk.go reads the store through its own interface: each lookup
// finds its record, due records are in the order of Due, nothing else is found, and
// counts match lists. It also calls the method Check(context.Context) error of a store
// that has one.
package storetest
