// Package wallettest builds a Wallet for tests: on the real bbolt store in a
// temporary folder, with the real keyring, a clock that stands still until it
// is moved, a web that is a map, and a mailbox instead of a mail server.
package wallettest
