package wallet

import (
	"context"
	"io"

	"backpack/vc"
)

// StartImport takes in what a learner brings and begins to check it.
func (w *Wallet) StartImport(ctx context.Context, a AccountID, in []Input) (string, error) {
	return "", errTodo
}

// Import returns the state of an import. Its items are in the order brought.
func (w *Wallet) Import(ctx context.Context, a AccountID, id string) (*Import, error) {
	return nil, errTodo
}

// WorkImport checks items of the import until it is finished or ctx ends.
func (w *Wallet) WorkImport(ctx context.Context, a AccountID, id string) error { return errTodo }

// Keep moves the chosen items of a finished import into the backpack and ends
// the import. Duplicates and problems are passed over.
func (w *Wallet) Keep(ctx context.Context, a AccountID, id string, items []int) ([]*Entry, error) {
	return nil, errTodo
}

// DropImport forgets an import.
func (w *Wallet) DropImport(ctx context.Context, a AccountID, id string) error { return errTodo }

// AddSamples keeps the sample badges.
func (w *Wallet) AddSamples(ctx context.Context, a AccountID) ([]*Entry, error) { return nil, errTodo }

// Check has anything checked for anyone. Nothing is stored.
func (w *Wallet) Check(ctx context.Context, in []Input) ([]*Checked, error) { return nil, errTodo }

// Entries lists badges.
func (w *Wallet) Entries(ctx context.Context, a AccountID, q Query) (*Listing, error) {
	return nil, errTodo
}

// Badge returns one badge with its content.
func (w *Wallet) Badge(ctx context.Context, a AccountID, id string) (*Badge, error) {
	return nil, errTodo
}

// Image returns a picture of the account's.
func (w *Wallet) Image(ctx context.Context, a AccountID, id string) (body []byte, contentType string, err error) {
	return nil, "", errTodo
}

// Recheck checks a badge again, with fresh answers, and records a change.
func (w *Wallet) Recheck(ctx context.Context, a AccountID, id string) (*Entry, error) {
	return nil, errTodo
}

// SetNote changes the learner's note on a badge.
func (w *Wallet) SetNote(ctx context.Context, a AccountID, id, note string) error { return errTodo }

// Remove deletes a badge. Shows that contain it lose it.
func (w *Wallet) Remove(ctx context.Context, a AccountID, id string) error { return errTodo }

// Baked returns the badge's picture with the badge baked into it.
func (w *Wallet) Baked(ctx context.Context, a AccountID, id string) (body []byte, contentType, name string, err error) {
	return nil, "", "", errTodo
}

// PreviewShare returns what the person will see, with nothing stored.
func (w *Wallet) PreviewShare(ctx context.Context, a AccountID, r ShareRequest) (*SharedView, error) {
	return nil, errTodo
}

// CreateShare makes a show.
func (w *Wallet) CreateShare(ctx context.Context, a AccountID, r ShareRequest) (*Share, error) {
	return nil, errTodo
}

// Shares lists the account's shows, the latest first.
func (w *Wallet) Shares(ctx context.Context, a AccountID) ([]*Share, error) { return nil, errTodo }

// Share returns one of the account's shows.
func (w *Wallet) Share(ctx context.Context, a AccountID, id string) (*Share, error) {
	return nil, errTodo
}

// RevokeShare ends a show at once.
func (w *Wallet) RevokeShare(ctx context.Context, a AccountID, id string) error { return errTodo }

// OpenShareOptions say how a show is opened.
type OpenShareOptions struct {
	Passcode string
	Count    bool // count the view
	Fresh    bool // the person asked for a re-check
}

// OpenShare opens a show for the person who has its token. A wrong token and
// an expired, used up or revoked show give the same Missing error; a missing
// or wrong passcode a Forbidden one, code passcode_needed or passcode_wrong.
func (w *Wallet) OpenShare(ctx context.Context, token string, o OpenShareOptions) (*SharedView, error) {
	return nil, errTodo
}

// SharedImage returns the picture of the nth badge, from 0, of a show.
func (w *Wallet) SharedImage(ctx context.Context, token, passcode string, n int) (body []byte, contentType string, err error) {
	return nil, "", errTodo
}

// Events lists what happened, the latest first.
func (w *Wallet) Events(ctx context.Context, a AccountID, limit int) ([]*Event, error) {
	return nil, errTodo
}

// Export writes a ZIP of all that the learner has.
func (w *Wallet) Export(ctx context.Context, a AccountID, out io.Writer) error { return errTodo }

// RunDue does up to limit pieces of work that are due, and returns how many.
func (w *Wallet) RunDue(ctx context.Context, limit int) (int, error) { return 0, errTodo }

// Policy is the policy by which verdicts are made.
func (w *Wallet) Policy() vc.Policy { return vc.Policy{} }
