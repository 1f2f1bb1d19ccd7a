package wallet

import (
	"context"
	"encoding/json"
	"errors"
)

var errTodo = errors.New("not built yet")

// start makes or checks the service's key and the master key's sentinel.
func (w *Wallet) start(ctx context.Context) error { return nil }

// vault opens the account's key.
func (w *Wallet) vault(tx Tx, a AccountID) (*vault, error) { return nil, errTodo }

// A Ceremony is a passkey ceremony under way: Options go to the browser, ID
// comes back with its answer.
type Ceremony struct {
	ID      string          `json:"id"`
	Options json.RawMessage `json:"options"`
}

// SignUpWithKey makes an account that is entered with a backpack key. The key
// is returned once and kept only as a hash.
func (w *Wallet) SignUpWithKey(ctx context.Context, name, lang, label string) (s *Session, token, backpackKey string, err error) {
	return nil, "", "", errTodo
}

// BeginSignUp begins to make an account that is entered with a passkey.
func (w *Wallet) BeginSignUp(ctx context.Context, name, lang string) (*Ceremony, error) {
	return nil, errTodo
}

// FinishSignUp makes the account when the browser's answer is right.
func (w *Wallet) FinishSignUp(ctx context.Context, ceremony string, answer []byte, label string) (s *Session, token string, err error) {
	return nil, "", errTodo
}

// SignInWithKey signs in with a backpack key, however it was typed.
func (w *Wallet) SignInWithKey(ctx context.Context, key, label string) (s *Session, token string, err error) {
	return nil, "", errTodo
}

// BeginSignIn begins to sign in with a passkey; no name is asked for.
func (w *Wallet) BeginSignIn(ctx context.Context) (*Ceremony, error) { return nil, errTodo }

// FinishSignIn signs in when the browser's answer is right.
func (w *Wallet) FinishSignIn(ctx context.Context, ceremony string, answer []byte, label string) (s *Session, token string, err error) {
	return nil, "", errTodo
}

// Authenticate returns the session of a token, or a Forbidden error.
func (w *Wallet) Authenticate(ctx context.Context, token string) (*Session, error) {
	return nil, errTodo
}

// Sessions lists the account's sessions, the latest first.
func (w *Wallet) Sessions(ctx context.Context, a AccountID) ([]*Session, error) { return nil, errTodo }

// RevokeSession ends one of the account's sessions.
func (w *Wallet) RevokeSession(ctx context.Context, a AccountID, id string) error { return errTodo }

// Account returns the account.
func (w *Wallet) Account(ctx context.Context, a AccountID) (*Account, error) { return nil, errTodo }

// Rename changes the learner's name.
func (w *Wallet) Rename(ctx context.Context, a AccountID, name string) error { return errTodo }

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

// HasBackpackKey reports whether the account has a backpack key, and since when.
func (w *Wallet) HasBackpackKey(ctx context.Context, a AccountID) (bool, error) {
	return false, errTodo
}

// RenewBackpackKey makes a new backpack key; the old one stops working.
func (w *Wallet) RenewBackpackKey(ctx context.Context, a AccountID) (string, error) {
	return "", errTodo
}

// Emails lists the account's addresses.
func (w *Wallet) Emails(ctx context.Context, a AccountID) ([]*Email, error) { return nil, errTodo }

// AddEmail adds an address and mails a code to it that proves it.
func (w *Wallet) AddEmail(ctx context.Context, a AccountID, address string) (*Email, error) {
	return nil, errTodo
}

// ResendCode mails a new code.
func (w *Wallet) ResendCode(ctx context.Context, a AccountID, id string) error { return errTodo }

// ProveEmail proves an address with the mailed code.
func (w *Wallet) ProveEmail(ctx context.Context, a AccountID, id, code string) error { return errTodo }

// RemoveEmail removes an address; badges stay.
func (w *Wallet) RemoveEmail(ctx context.Context, a AccountID, id string) error { return errTodo }

// DeleteAccount removes every trace of the account. name must be the
// account's name, as a second thought.
func (w *Wallet) DeleteAccount(ctx context.Context, a AccountID, name string) error { return errTodo }

// recipients returns what the learner is proven to control: addresses and the holder DID.
func (w *Wallet) recipients(tx Tx, v *vault) ([]string, error) { return nil, errTodo }
