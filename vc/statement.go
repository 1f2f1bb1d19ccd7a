package vc

// A Statement is a fact that a credential states in its issuer's own terms, outside
// the data model.
type Statement struct {
	Name  string // label, in the issuer's words
	Value string // plain text, at most about 500 bytes
}
