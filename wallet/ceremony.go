package wallet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"backpack/wallet/storage"
)

// ceremonyLife is the time that a browser has to answer.
const ceremonyLife = 5 * time.Minute

// The purposes of a ceremony. A ceremony is valid only for its own purpose.
const (
	ceremonySignUp = "sign up"
	ceremonySignIn = "sign in"
	ceremonyAdd    = "add"
)

// A Ceremony is a pending passkey ceremony. The browser receives Options and
// returns ID with its answer.
type Ceremony struct {
	ID      string          `json:"id"`
	Options json.RawMessage `json:"options"`
}

// A ceremonyRecord is the stored form of a ceremony. It is sealed with the
// master key, because the account may not exist yet.
type ceremonyRecord struct {
	Purpose string
	Account storage.AccountID // owner of the passkey; empty to sign in
	Name    string
	Lang    string
	Session webauthn.SessionData
}

// errCeremonyGone returns the error for a ceremony that is unknown, expired or
// for another purpose.
func errCeremonyGone() error { return fail(Missing, "ceremony_gone", nil) }

// webauthn returns the WebAuthn library, configured for this installation.
// Passkeys require a domain name (WebAuthn Level 3, 5.1.2). If the public URL
// has an IP address instead, the error is Conflict, passkeys_need_a_name.
func (w *Wallet) webauthn() (*webauthn.WebAuthn, error) {
	host := w.cfg.PublicURL.Hostname()
	if net.ParseIP(host) != nil {
		return nil, fail(Conflict, "passkeys_need_a_name", nil)
	}
	lib, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Backpack", RPOrigins: []string{w.cfg.PublicURL.Scheme + "://" + w.cfg.PublicURL.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationPreferred,
		},
		// Some password managers send extension outputs that were not requested.
		// This service reads none.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
		Timeouts: webauthn.TimeoutsConfig{
			Login: webauthn.TimeoutConfig{Timeout: ceremonyLife}, Registration: webauthn.TimeoutConfig{Timeout: ceremonyLife},
		},
	})
	if err != nil {
		return nil, fail(Conflict, "passkeys_need_a_name", err)
	}
	return lib, nil
}

// beginPasskey begins a ceremony that creates a passkey.
func (w *Wallet) beginPasskey(ctx context.Context, user *passkeyUser, purpose, lang string) (*Ceremony, error) {
	lib, err := w.webauthn()
	if err != nil {
		return nil, err
	}
	challenge, err := w.cfg.Sealer.Bytes(32)
	if err != nil {
		return nil, err
	}
	options, session, err := lib.BeginRegistration(user,
		webauthn.WithExclusions(webauthn.Credentials(user.credentials).CredentialDescriptors()),
		func(o *protocol.PublicKeyCredentialCreationOptions) error { o.Challenge = challenge; return nil })
	if err != nil {
		return nil, fmt.Errorf("begin a passkey: %w", reveal(err))
	}
	return w.keepCeremony(ctx, options, &ceremonyRecord{
		Purpose: purpose, Account: user.id, Name: user.name, Lang: lang, Session: *session,
	})
}

// keepCeremony stores a ceremony for ceremonyLife. The record belongs to the
// installation, not to an account.
func (w *Wallet) keepCeremony(ctx context.Context, options any, c *ceremonyRecord) (*Ceremony, error) {
	id, err := w.cfg.Sealer.NewID()
	if err != nil {
		return nil, err
	}
	sent, err := json.Marshal(options)
	if err != nil {
		return nil, fmt.Errorf("encode a ceremony: %w", err)
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode a ceremony: %w", err)
	}
	rec := &storage.Record{Key: storage.Key{Account: "", Kind: storage.KindChallenge, ID: passkeyPrefix + id}, Due: w.now().Add(ceremonyLife)}
	err = w.cfg.Store.Update(ctx, func(tx storage.Tx) (err error) {
		if rec.Data, err = w.cfg.Sealer.Seal(tx, rec.Key, plain); err != nil {
			return err
		}
		return tx.Create(rec)
	})
	if err != nil {
		return nil, err
	}
	return &Ceremony{ID: id, Options: sent}, nil
}

// takeCeremony returns a ceremony and deletes it, so a ceremony accepts only one
// answer. An unknown or expired ceremony, or one for another purpose, is
// Missing, ceremony_gone.
func (w *Wallet) takeCeremony(ctx context.Context, id, purpose string) (*ceremonyRecord, error) {
	k := storage.Key{Account: "", Kind: storage.KindChallenge, ID: passkeyPrefix + id}
	var rec *storage.Record
	err := w.cfg.Store.Update(ctx, func(tx storage.Tx) (err error) {
		if rec, err = tx.Get(k); err != nil {
			return err
		}
		return tx.Delete(k)
	})
	if errors.Is(err, storage.ErrNotFound) || err == nil && !rec.Due.After(w.now()) {
		return nil, errCeremonyGone()
	}
	if err != nil {
		return nil, err
	}
	plain, err := w.cfg.Sealer.Open(k, rec.Data)
	if err != nil {
		return nil, err
	}
	c := new(ceremonyRecord)
	if err := json.Unmarshal(plain, c); err != nil {
		return nil, fmt.Errorf("decode a ceremony: %w", err)
	}
	if c.Purpose != purpose {
		return nil, errCeremonyGone()
	}
	return c, nil
}
