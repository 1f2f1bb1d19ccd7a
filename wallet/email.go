package wallet

import "time"

// An emailRecord is an address as it is kept: sealed, with no lookup, since
// nobody is found by an address.
type emailRecord struct {
	Address  string // as tidied by cleanAddress
	AddedAt  time.Time
	ProvedAt time.Time // zero: not yet
}

// eachEmail calls fn with the account's addresses.
func eachEmail(tx Tx, v *vault, fn func(*emailRecord, *Record) error) error {
	return nil
}
