package wallet

import "backpack/wallet/fault"

// An Error is an error that a use case returns; see package fault.
type Error = fault.Error

// An ErrorKind is the kind of an Error.
type ErrorKind = fault.Kind

// The kinds of error.
const (
	Internal  = fault.Internal
	BadInput  = fault.BadInput
	Missing   = fault.Missing
	Conflict  = fault.Conflict
	Forbidden = fault.Forbidden
	Limited   = fault.Limited
	Upstream  = fault.Upstream
	Busy      = fault.Busy
)

// fail returns an Error; err may be nil.
func fail(kind ErrorKind, code string, err error) error { return fault.New(kind, code, err) }
