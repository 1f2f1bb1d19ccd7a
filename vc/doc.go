// Package vc reads and verifies verifiable credentials: Open Badges 3.0 and
// any other credential of the W3C data models 1.1 and 2.0. It holds the types,
// the interfaces and the verification algorithm; its sub-packages implement
// the interfaces. It imports the standard library only.
package vc
