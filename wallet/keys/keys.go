// Package keys is the contract of a keyring: what a key is to the packages that
// sign with it. Package keyring implements it.
package keys

import (
	"context"

	"backpack/vc"
	"backpack/wallet/storage"
)

// A Ring makes, keeps and uses keys. No method returns a private key.
type Ring interface {
	// Create makes a key of the account ("" for the service itself) within tx,
	// so that it is created, or not, with the rest of the change.
	Create(tx storage.Tx, a storage.AccountID, kind Kind) (Info, error)
	// Signer returns a signer with the key. It must not be called within a
	// transaction.
	Signer(ctx context.Context, a storage.AccountID, id string) (vc.Signer, error)
}

// A Kind is a kind of key.
type Kind string

// The kinds of key. Learners and the service itself have Ed25519 keys.
const (
	Ed25519 Kind = "ed25519"
	P256    Kind = "p-256"
	P384    Kind = "p-384"
)

// Kinds lists the kinds of key that credentials are issued with.
func Kinds() []Kind { return []Kind{Ed25519, P256, P384} }

// An Info describes a key.
type Info struct {
	ID     string
	DID    string // its did:key
	Method string // the verification method
}
