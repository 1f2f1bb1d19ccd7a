package wallet

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"backpack/wallet/event"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

const (
	passkeyPrefix = "passkey/"
	maxPasskeys   = 20       // per account
	maxAnswer     = 16 << 10 // bytes of a browser's response; ten times the usual size without attestation
)

// A passkeyRecord is a stored passkey.
type passkeyRecord struct {
	Label      string
	AddedAt    time.Time
	UsedAt     time.Time
	Credential webauthn.Credential
}

func (p *passkeyRecord) passkey(rec *storage.Record) *Passkey {
	return &Passkey{ID: strings.TrimPrefix(rec.ID, passkeyPrefix), Label: p.Label, AddedAt: p.AddedAt, UsedAt: p.UsedAt}
}

// A passkeyUser is an account as the WebAuthn library requires it. Its user handle
// is the account's id, which is random and reveals nothing about the person.
type passkeyUser struct {
	id          storage.AccountID
	name        string
	credentials []webauthn.Credential
}

func (u *passkeyUser) WebAuthnID() []byte                         { return []byte(u.id) }
func (u *passkeyUser) WebAuthnName() string                       { return u.name }
func (u *passkeyUser) WebAuthnDisplayName() string                { return u.name }
func (u *passkeyUser) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func (w *Wallet) passkeyLookup(rawID []byte) string {
	return w.cfg.Sealer.Lookup("passkey", base64.RawURLEncoding.EncodeToString(rawID))
}

// BeginSignUp starts the ceremony that creates an account with a passkey. The
// account exists once FinishSignUp succeeds.
func (w *Wallet) BeginSignUp(ctx context.Context, name, lang string) (*Ceremony, error) {
	name, err := cleanName(name)
	if err != nil {
		return nil, err
	}
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, err
	}
	return w.beginPasskey(ctx, &passkeyUser{id: storage.AccountID(id), name: name}, ceremonySignUp, cleanLang(lang))
}

// FinishSignUp verifies the browser's response, creates the account and opens its
// first session. A response that does not verify is a BadInput error, passkey_refused.
func (w *Wallet) FinishSignUp(ctx context.Context, ceremony string, answer []byte, label string) (s *Session, token string, err error) {
	c, err := w.takeCeremony(ctx, ceremony, ceremonySignUp)
	if err != nil {
		return nil, "", err
	}
	credential, err := w.newCredential(c, answer)
	if err != nil {
		return nil, "", err
	}
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) error {
		v, err := w.createAccount(tx, c.Account, c.Name, c.Lang, w.originOf(ctx))
		if err != nil {
			return err
		}
		if _, err := w.putPasskey(tx, v, credential, label); err != nil {
			return err
		}
		s, token, err = w.openSession(tx, v, label)
		return errors.Join(err, w.events.Record(tx, v, event.Event{Code: "signed_up"}))
	})
	if err != nil {
		return nil, "", err
	}
	return s, token, nil
}

// BeginAddPasskey starts the ceremony that adds a passkey to the account. With
// maxPasskeys already, the error is Limited, too_many_passkeys.
func (w *Wallet) BeginAddPasskey(ctx context.Context, a storage.AccountID) (*Ceremony, error) {
	user, err := w.passkeyUser(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(user.credentials) >= maxPasskeys {
		return nil, fail(Limited, "too_many_passkeys", nil)
	}
	return w.beginPasskey(ctx, user, ceremonyAdd, "")
}

// FinishAddPasskey verifies the browser's response and stores the passkey.
func (w *Wallet) FinishAddPasskey(ctx context.Context, a storage.AccountID, ceremony string, answer []byte, label string) (*Passkey, error) {
	c, err := w.takeCeremony(ctx, ceremony, ceremonyAdd)
	if err != nil {
		return nil, err
	}
	if c.Account != a {
		return nil, errCeremonyGone()
	}
	credential, err := w.newCredential(c, answer)
	if err != nil {
		return nil, err
	}
	var out *Passkey
	err = w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
		if out, err = w.putPasskey(tx, v, credential, label); err != nil {
			return err
		}
		return w.events.Record(tx, v, event.Event{Code: "passkey_added", Text: out.Label})
	})
	return out, err
}

// passkeyUser loads the account with its passkeys.
func (w *Wallet) passkeyUser(ctx context.Context, a storage.AccountID) (*passkeyUser, error) {
	var user *passkeyUser
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		acc, err := w.account(tx, v)
		if err != nil {
			return err
		}
		user = &passkeyUser{id: a, name: acc.Name}
		return vault.EachWith(tx, v, storage.KindLogin, passkeyPrefix, func(p *passkeyRecord, _ *storage.Record) error {
			user.credentials = append(user.credentials, p.Credential)
			return nil
		})
	})
	return user, err
}

// newCredential verifies the browser's response to a ceremony that creates a passkey.
func (w *Wallet) newCredential(c *ceremonyRecord, answer []byte) (*webauthn.Credential, error) {
	lib, err := w.webauthn()
	if err != nil {
		return nil, err
	}
	var credential *webauthn.Credential
	err = guard(answer, func() error {
		parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
		if err != nil {
			return err
		}
		credential, err = lib.CreateCredential(&passkeyUser{id: c.Account, name: c.Name}, c.Session, parsed)
		return err
	})
	if err != nil {
		return nil, fail(BadInput, "passkey_refused", reveal(err))
	}
	credential.Attestation = webauthn.CredentialAttestation{} // neither requested nor verified
	return credential, nil
}

func (w *Wallet) putPasskey(tx storage.Tx, v *vault.Vault, c *webauthn.Credential, label string) (*Passkey, error) {
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, err
	}
	p := &passkeyRecord{Label: cleanLabel(label), AddedAt: w.now(), Credential: *c}
	rec, err := v.Record(storage.KindLogin, passkeyPrefix+id, p)
	if err != nil {
		return nil, err
	}
	rec.Lookups = []string{w.passkeyLookup(c.ID)}
	if err := tx.Create(rec); errors.Is(err, storage.ErrExists) {
		return nil, fail(Conflict, "passkey_exists", err)
	} else if err != nil {
		return nil, err
	}
	return p.passkey(rec), nil
}

// BeginSignIn starts the ceremony that signs in with a passkey. It needs no name.
func (w *Wallet) BeginSignIn(ctx context.Context) (*Ceremony, error) {
	lib, err := w.webauthn()
	if err != nil {
		return nil, err
	}
	challenge, err := w.cfg.Sealer.Bytes(32)
	if err != nil {
		return nil, err
	}
	options, session, err := lib.BeginDiscoverableLogin(webauthn.WithChallenge(challenge))
	if err != nil {
		return nil, fmt.Errorf("begin sign-in: %w", reveal(err))
	}
	return w.keepCeremony(ctx, options, &ceremonyRecord{Purpose: ceremonySignIn, Session: *session})
}

// FinishSignIn verifies the browser's response and opens a session. An unknown
// passkey and a wrong response give the same Forbidden error, passkey_refused.
func (w *Wallet) FinishSignIn(ctx context.Context, ceremony string, answer []byte, label string) (s *Session, token string, err error) {
	c, err := w.takeCeremony(ctx, ceremony, ceremonySignIn)
	if err != nil {
		return nil, "", err
	}
	user, credential, err := w.checkAnswer(ctx, c, answer)
	if err != nil {
		return nil, "", fail(Forbidden, "passkey_refused", reveal(err))
	}
	err = w.vaults.Update(ctx, user.id, func(tx storage.Tx, v *vault.Vault) error {
		rec, err := tx.Find(storage.KindLogin, w.passkeyLookup(credential.ID))
		if errors.Is(err, storage.ErrNotFound) || err == nil && rec.Account != user.id {
			return fail(Forbidden, "passkey_refused", err) // the passkey has been removed since
		}
		if err != nil {
			return err
		}
		p := new(passkeyRecord)
		if err := v.Read(rec, p); err != nil {
			return err
		}
		p.Credential, p.UsedAt = *credential, w.now()
		if err := v.Replace(tx, rec, p); err != nil {
			return err
		}
		s, token, err = w.enter(tx, v, label)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return s, token, nil
}

// checkAnswer verifies the response and returns the account and its passkey.
func (w *Wallet) checkAnswer(ctx context.Context, c *ceremonyRecord, answer []byte) (*passkeyUser, *webauthn.Credential, error) {
	lib, err := w.webauthn()
	if err != nil {
		return nil, nil, err
	}
	var user *passkeyUser
	var credential *webauthn.Credential
	find := func(_, handle []byte) (_ webauthn.User, err error) {
		user, err = w.passkeyUser(ctx, storage.AccountID(handle))
		return user, err
	}
	err = guard(answer, func() error {
		parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
		if err != nil {
			return err
		}
		_, credential, err = lib.ValidatePasskeyLogin(find, c.Session, parsed)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	// A counter that does not advance means two copies of one key. Synchronised
	// passkeys are copies by design, but their counter is always 0.
	if credential.Authenticator.CloneWarning {
		return nil, nil, errors.New("the passkey's counter did not advance; the passkey may have been copied")
	}
	return user, credential, nil
}

// Passkeys returns the account's passkeys, oldest first.
func (w *Wallet) Passkeys(ctx context.Context, a storage.AccountID) ([]*Passkey, error) {
	var out []*Passkey
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		out = nil
		return vault.EachWith(tx, v, storage.KindLogin, passkeyPrefix, func(p *passkeyRecord, rec *storage.Record) error {
			out = append(out, p.passkey(rec))
			return nil
		})
	})
	slices.SortStableFunc(out, func(a, b *Passkey) int { return a.AddedAt.Compare(b.AddedAt) })
	return out, err
}

// RemovePasskey deletes a passkey. Deleting the last way to sign in is a Conflict,
// last_sign_in.
func (w *Wallet) RemovePasskey(ctx context.Context, a storage.AccountID, id string) error {
	return w.vaults.Update(ctx, a, func(tx storage.Tx, v *vault.Vault) error {
		p, rec, err := vault.Load[passkeyRecord](tx, v, storage.KindLogin, passkeyPrefix+id)
		if err != nil {
			return gone(err, "not_found")
		}
		if err := tx.Delete(rec.Key); err != nil {
			return err
		}
		if err := w.keepWayIn(tx, v); err != nil {
			return err
		}
		return w.events.Record(tx, v, event.Event{Code: "passkey_removed", Text: p.Label})
	})
}

// keepWayIn returns the Conflict last_sign_in, which rolls the removal back, if the
// account has neither a backpack key nor a passkey left.
func (w *Wallet) keepWayIn(tx storage.Tx, v *vault.Vault) error {
	_, err := tx.Get(v.Key(storage.KindLogin, loginKeyID))
	if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	left := 0
	err = vault.EachWith(tx, v, storage.KindLogin, passkeyPrefix, func(*passkeyRecord, *storage.Record) error { left++; return nil })
	if err == nil && left == 0 {
		return fail(Conflict, "last_sign_in", nil)
	}
	return err
}

// guard rejects a response longer than maxAnswer, runs fn and returns a panic in it
// as an error: the WebAuthn library parses untrusted input.
func guard(answer []byte, fn func() error) (err error) {
	if len(answer) > maxAnswer {
		return fmt.Errorf("response of %d bytes is longer than %d", len(answer), maxAnswer)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return fn()
}

// reveal returns an error of the WebAuthn library with its details, which its Error
// method omits.
func reveal(err error) error {
	var p *protocol.Error
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %s (%s)", p.Type, p.Details, p.DevInfo)
	}
	return err
}
