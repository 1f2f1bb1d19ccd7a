// Package wallet is the product without its HTTP: accounts, badges kept, shows
// and the work behind them. Every use case is one method of Wallet; every
// method that touches a learner's things takes the AccountID.
//
// The store holds records of one shape (Record) instead of a typed interface
// for each aggregate: all that a person could read is sealed with the
// learner's own key before it reaches the store, so a store could not use
// typed fields anyway, and two stores can agree to the letter on nine
// operations. Typed access is in this package.
package wallet
