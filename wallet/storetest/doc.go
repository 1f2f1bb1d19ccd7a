// Package storetest holds the conformance tests of a storage.Store. Every store
// runs all of them; none can be left out.
//
// After each test the store is walked through its own interface: every record
// is found by each of its lookups and, when it is due, in the order of Due;
// nothing is found that is no record; and counts agree with lists. A store
// that has a method Check(context.Context) error is asked as well.
package storetest
