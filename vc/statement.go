package vc

// A Statement is something that a credential says in words of its issuer's own,
// for which the data model has no member.
type Statement struct {
	Name  string // what it is about, in the issuer's words
	Value string // plain text of at most about 500 bytes
}
