// Package standard is the one list of what Backpack verifies: the proof
// suites, the ways to find a key, the kinds of status, the schemas and the
// badges of earlier versions. To add one, write it in its own package and add
// one line here. Nothing registers itself.
package standard
