// Package issue issues credentials and publishes their status lists: for the
// operator of the service, who tests other software with them, and for tests of
// conformance. Badges of learners come from elsewhere.
//
//	service.go   Service and its dependencies; the records of the installation
//	issuer.go    Issuer: an id, a DID and keys
//	issue.go     Issue and Derive
//	allot.go     places in status lists for new credentials
//	list.go      SetStatus, and StatusList, which signs a list
//	ownlists.go  OwnLists, which answers checks from the store
//
// # Decisions
//
// A credential is verified before it is returned. The service returns none that
// it would not call well-formed and its own.
//
// The service is one Issuer, with the id "" and a did:key for each kind of key.
// An Issuer with an id of its own, such as an organisation's, has one DID for
// all its keys. Keys are made when they are first used, and cannot be withdrawn.
//
// A status list is signed when it is first requested after a change, not with
// each change. The place of a credential in a list is drawn at random, so that
// the order of places does not tell the order of credentials, and is found by a
// keyed hash of the credential's id.
//
// Each issue with a status reads and rewrites one list, a sealed record of 44 kB.
// This takes about 0.6 ms of CPU time, two thirds of it to decode JSON, as much
// as the signature and its verification; the commit to disk takes longer
// (BenchmarkIssue). Smaller records would save most of it, but would change the
// store's format. The Service remembers which list had room last, so an issue
// does not open the full ones.
package issue
