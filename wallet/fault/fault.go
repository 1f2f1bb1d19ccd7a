// Package fault is the error that the use cases of the product return: a kind,
// which decides the HTTP status, and a code, which is stable and the key of a
// message for people. It is a package of its own because every package beside
// wallet returns it.
package fault

import "fmt"

// A Kind is the kind of an error.
type Kind string

// The kinds of error.
const (
	Internal  Kind = "internal"
	BadInput  Kind = "invalid"
	Missing   Kind = "not_found"
	Conflict  Kind = "conflict"
	Forbidden Kind = "forbidden"
	Limited   Kind = "limited"  // too often, or too much
	Upstream  Kind = "upstream" // another server failed
	Busy      Kind = "busy"     // too many others at the moment
)

// An Error is an error with something safe to show.
type Error struct {
	Kind Kind
	Code string // "error.<code>" is the key of the message
	Err  error  // for the log; may be nil
}

// New returns an Error. err is its cause and may be nil.
func New(kind Kind, code string, err error) error { return &Error{Kind: kind, Code: code, Err: err} }

// Error returns the code and the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return fmt.Sprintf("%s: %v", e.Code, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
