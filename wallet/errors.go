package wallet

import "backpack/wallet/fault"

// An Error is the error of the use cases; see package fault.
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

func fail(kind ErrorKind, code string, err error) error { return fault.New(kind, code, err) }
