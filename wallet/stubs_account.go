package wallet

import (
	"context"
	"encoding/json"
	"errors"
)

var errTodo = errors.New("not built yet")

// A Ceremony is a passkey ceremony under way: Options go to the browser, ID
// comes back with its answer.
type Ceremony struct {
	ID      string          `json:"id"`
	Options json.RawMessage `json:"options"`
}

// BeginSignUp begins to make an account that is entered with a passkey.
func (w *Wallet) BeginSignUp(ctx context.Context, name, lang string) (*Ceremony, error) {
	return nil, errTodo
}

// FinishSignUp makes the account when the browser's answer is right.
func (w *Wallet) FinishSignUp(ctx context.Context, ceremony string, answer []byte, label string) (s *Session, token string, err error) {
	return nil, "", errTodo
}

// BeginSignIn begins to sign in with a passkey; no name is asked for.
func (w *Wallet) BeginSignIn(ctx context.Context) (*Ceremony, error) { return nil, errTodo }

// FinishSignIn signs in when the browser's answer is right.
func (w *Wallet) FinishSignIn(ctx context.Context, ceremony string, answer []byte, label string) (s *Session, token string, err error) {
	return nil, "", errTodo
}

// Passkeys lists the account's passkeys.
func (w *Wallet) Passkeys(ctx context.Context, a AccountID) ([]*Passkey, error) { return nil, errTodo }

// BeginAddPasskey begins to add a passkey to the account.
func (w *Wallet) BeginAddPasskey(ctx context.Context, a AccountID) (*Ceremony, error) {
	return nil, errTodo
}

// FinishAddPasskey adds the passkey.
func (w *Wallet) FinishAddPasskey(ctx context.Context, a AccountID, ceremony string, answer []byte, label string) (*Passkey, error) {
	return nil, errTodo
}

// RemovePasskey removes a passkey; the last way to sign in stays.
func (w *Wallet) RemovePasskey(ctx context.Context, a AccountID, id string) error { return errTodo }
