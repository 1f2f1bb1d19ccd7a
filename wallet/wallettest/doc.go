// Package wallettest builds a Wallet for tests (env.go): on the real bbolt store in a
// temporary directory and the real keyring, with a clock that a test moves, an
// in-memory web, a mailbox instead of a mail server (world.go), and the product's
// verifier (standard.go).
package wallettest
