package wallet

import "fmt"

// An ErrorKind says what sort of thing went wrong.
type ErrorKind string

// The kinds of error.
const (
	Internal  ErrorKind = "internal"
	BadInput  ErrorKind = "invalid"
	Missing   ErrorKind = "not_found"
	Conflict  ErrorKind = "conflict"
	Forbidden ErrorKind = "forbidden"
	Limited   ErrorKind = "limited"  // too often or too much
	Upstream  ErrorKind = "upstream" // somebody else's server
	Busy      ErrorKind = "busy"     // too many others at the moment
)

// An Error is an error with something safe to show: Code is stable and the
// key of a message for people ("error.<code>").
type Error struct {
	Kind ErrorKind
	Code string
	Err  error // for the log; may be nil
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return fmt.Sprintf("%s: %v", e.Code, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

func fail(kind ErrorKind, code string, err error) error {
	return &Error{Kind: kind, Code: code, Err: err}
}
