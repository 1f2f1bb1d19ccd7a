package wallet_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// A device is a browser with an authenticator.
type device struct {
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	cred virtualwebauthn.Credential
}

func newDevice(origin, id string, kind virtualwebauthn.KeyType) *device {
	return &device{
		rp:   virtualwebauthn.RelyingParty{ID: id, Name: "Backpack", Origin: origin},
		auth: virtualwebauthn.NewAuthenticator(), cred: virtualwebauthn.NewCredential(kind),
	}
}

func localDevice() *device {
	return newDevice(wallettest.PublicURL, "localhost", virtualwebauthn.KeyTypeEC2)
}

// register answers a ceremony that creates a passkey.
func (d *device) register(t *testing.T, c *wallet.Ceremony) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	d.auth.Options.UserHandle = []byte(o.UserID)
	return []byte(virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.cred, *o))
}

// answer answers a sign-in ceremony.
func (d *device) answer(t *testing.T, c *wallet.Ceremony) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAssertionOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.cred, *o))
}

func (d *device) signUp(t *testing.T, e *wallettest.Env, name string) *wallet.Session {
	t.Helper()
	c, err := e.BeginSignUp(t.Context(), name, "en")
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := e.FinishSignUp(t.Context(), c.ID, d.register(t, c), "Phone")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *device) signIn(t *testing.T, e *wallettest.Env) (*wallet.Session, error) {
	t.Helper()
	c, err := e.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, token, err := e.FinishSignIn(t.Context(), c.ID, d.answer(t, c), "Phone")
	if err == nil {
		_, err = e.Authenticate(t.Context(), token)
	}
	return s, err
}

func TestPasskeySignUpAndIn(t *testing.T) {
	for name, c := range map[string]struct {
		origin, id string
		kind       virtualwebauthn.KeyType
	}{
		"localhost": {wallettest.PublicURL, "localhost", virtualwebauthn.KeyTypeEC2},
		"a server":  {"https://badges.example.org", "badges.example.org", virtualwebauthn.KeyTypeEC2},
		"RSA":       {"https://badges.example.org", "badges.example.org", virtualwebauthn.KeyTypeRSA},
		"with port": {"https://badges.example.org:8443", "badges.example.org", virtualwebauthn.KeyTypeEC2},
	} {
		e := wallettest.New(t, wallettest.Options{PublicURL: c.origin})
		d := newDevice(c.origin, c.id, c.kind)
		up := d.signUp(t, e, "Ada Example")
		acc, err := e.Account(t.Context(), up.Account)
		if err != nil || acc.Name != "Ada Example" || acc.Lang != "en" {
			t.Errorf("%s: %+v, %v", name, acc, err)
		}
		e.Clock.Advance(time.Hour)
		e.Reopen(t)
		in, err := d.signIn(t, e)
		if err != nil || in.Account != up.Account || in.ID == up.ID {
			t.Fatalf("%s: %+v, %v", name, in, err)
		}
		list, err := e.Passkeys(t.Context(), up.Account)
		if err != nil || len(list) != 1 || list[0].Label != "Phone" || !list[0].UsedAt.Equal(e.Clock.Now()) {
			t.Errorf("%s: passkeys %+v, %v", name, list, err)
		}
		if has, err := e.HasBackpackKey(t.Context(), up.Account); err != nil || has {
			t.Errorf("%s: the account has a backpack key: %v", name, err)
		}
	}
}

// TestCeremonyOptions asserts that the options let browsers offer a passkey
// without a name, and that they ask for no attestation, which would identify
// device models.
func TestCeremonyOptions(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	up, err := e.BeginSignUp(t.Context(), "Ada", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"residentKey":"required"`, `"requireResidentKey":true`, `"userVerification":"preferred"`,
		`"id":"localhost"`, `"attestation":"none"`, `"timeout":300000`, `"name":"Ada"`} {
		if !strings.Contains(string(up.Options), want) {
			t.Errorf("no %s in %s", want, up.Options)
		}
	}
	in, err := e.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(in.Options), "allowCredentials") {
		t.Errorf("the options list credentials: %s", in.Options)
	}
	other, err := e.BeginSignIn(t.Context())
	if err != nil || bytes.Equal(in.Options, other.Options) || in.ID == other.ID {
		t.Errorf("two ceremonies are equal: %v", err)
	}
}

func TestCeremoniesAreUsedOnce(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	d := localDevice()
	d.signUp(t, e, "Ada")
	c, err := e.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer := d.answer(t, c)
	if _, _, err := e.FinishSignIn(t.Context(), c.ID, answer, ""); err != nil {
		t.Fatal(err)
	}
	_, _, err = e.FinishSignIn(t.Context(), c.ID, answer, "")
	wantError(t, "replay", err, wallet.Missing, "ceremony_gone")

	c, err = e.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.FinishSignIn(t.Context(), c.ID, answer, "")
	wantError(t, "an old answer to a new ceremony", err, wallet.Forbidden, "passkey_refused")
	_, _, err = e.FinishSignIn(t.Context(), c.ID, d.answer(t, c), "")
	wantError(t, "a second answer", err, wallet.Missing, "ceremony_gone")

	c, err = e.BeginSignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(5 * time.Minute)
	_, _, err = e.FinishSignIn(t.Context(), c.ID, d.answer(t, c), "")
	wantError(t, "too late", err, wallet.Missing, "ceremony_gone")
	for _, id := range []string{"", "x", c.ID + "\x00", strings.Repeat("x", 1000)} {
		_, _, err = e.FinishSignIn(t.Context(), id, answer, "")
		wantError(t, "no ceremony", err, wallet.Missing, "ceremony_gone")
	}
}

func TestCeremoniesServeOnePurpose(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada, bob := e.Learner(t, "Ada"), e.Learner(t, "Bob")
	begin := map[string]func() (*wallet.Ceremony, error){
		"sign up": func() (*wallet.Ceremony, error) { return e.BeginSignUp(t.Context(), "Eve", "") },
		"sign in": func() (*wallet.Ceremony, error) { return e.BeginSignIn(t.Context()) },
		"add":     func() (*wallet.Ceremony, error) { return e.BeginAddPasskey(t.Context(), ada.ID) },
	}
	finish := map[string]func(id string) error{
		"sign up": func(id string) error { _, _, err := e.FinishSignUp(t.Context(), id, nil, ""); return err },
		"sign in": func(id string) error { _, _, err := e.FinishSignIn(t.Context(), id, nil, ""); return err },
		"add": func(id string) error {
			_, err := e.FinishAddPasskey(t.Context(), ada.ID, id, nil, "")
			return err
		},
	}
	for begun, b := range begin {
		for finished, f := range finish {
			if begun == finished {
				continue
			}
			c, err := b()
			if err != nil {
				t.Fatal(err)
			}
			wantError(t, begun+" finished as "+finished, f(c.ID), wallet.Missing, "ceremony_gone")
		}
	}
	c, err := e.BeginAddPasskey(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.FinishAddPasskey(t.Context(), bob.ID, c.ID, localDevice().register(t, c), "")
	wantError(t, "another's ceremony", err, wallet.Missing, "ceremony_gone")
}

func TestForgedAnswers(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	d := localDevice()
	ada := d.signUp(t, e, "Ada")
	bob := localDevice()
	bob.signUp(t, e, "Bob")
	for name, forge := range map[string]func(d *device){
		"another origin":           func(d *device) { d.rp.Origin = "https://evil.example" },
		"another port":             func(d *device) { d.rp.Origin = "http://localhost:9090" },
		"another scheme":           func(d *device) { d.rp.Origin = "https://localhost:8080" },
		"another site's id":        func(d *device) { d.rp.ID = "evil.example" },
		"another key":              func(d *device) { d.cred.Key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2).Key },
		"an unknown passkey":       func(d *device) { d.cred.ID = bytes.Repeat([]byte{1}, 32) },
		"an unknown handle":        func(d *device) { d.auth.Options.UserHandle = []byte("aaaaaaaaaaaaaaaaaaaaaaaaaa") },
		"another's handle":         func(d *device) { d.auth.Options.UserHandle = bob.auth.Options.UserHandle },
		"another's passkey":        func(d *device) { d.cred = bob.cred },
		"no handle":                func(d *device) { d.auth.Options.UserHandle = nil },
		"no user present":          func(d *device) { d.auth.Options.UserNotPresent = true },
		"a handle with NUL":        func(d *device) { d.auth.Options.UserHandle = []byte("\x00meta") },
		"turned into a synced key": func(d *device) { d.auth.Options.BackupEligible = true },
	} {
		forged := *d
		forge(&forged)
		s, err := forged.signIn(t, e)
		wantError(t, name, err, wallet.Forbidden, "passkey_refused")
		if s != nil {
			t.Errorf("%s: a session was opened", name)
		}
	}
	if s, err := d.signIn(t, e); err != nil || s.Account != ada.Account {
		t.Errorf("the right answer: %v", err)
	}
}

func TestForgedRegistrations(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for name, forge := range map[string]func(d *device){
		"another origin":    func(d *device) { d.rp.Origin = "https://evil.example" },
		"another site's id": func(d *device) { d.rp.ID = "evil.example" },
		"no user present":   func(d *device) { d.auth.Options.UserNotPresent = true },
		"no id":             func(d *device) { d.cred.ID = nil },
		"a huge id":         func(d *device) { d.cred.ID = make([]byte, 2000) },
	} {
		d := localDevice()
		forge(d)
		c, err := e.BeginSignUp(t.Context(), "Ada", "")
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = e.FinishSignUp(t.Context(), c.ID, d.register(t, c), "")
		wantError(t, name, err, wallet.BadInput, "passkey_refused")
	}
}

// TestCopiedAuthenticator asserts that a signature counter that decreases is
// treated as a copied authenticator.
func TestCopiedAuthenticator(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	d := localDevice()
	d.cred.Counter = 5
	d.signUp(t, e, "Ada")
	d.cred.Counter = 9
	if _, err := d.signIn(t, e); err != nil {
		t.Fatal(err)
	}
	d.cred.Counter = 7
	_, err := d.signIn(t, e)
	wantError(t, "counter", err, wallet.Forbidden, "passkey_refused")
	d.cred.Counter = 10
	if _, err := d.signIn(t, e); err != nil {
		t.Errorf("the original: %v", err)
	}
}

func TestAddAndRemovePasskeys(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	phone, laptop := localDevice(), localDevice()
	ada := phone.signUp(t, e, "Ada")
	e.Clock.Advance(time.Minute)
	c, err := e.BeginAddPasskey(t.Context(), ada.Account)
	if err != nil || !strings.Contains(string(c.Options), "excludeCredentials") {
		t.Fatalf("%s: %v", c.Options, err)
	}
	added, err := e.FinishAddPasskey(t.Context(), ada.Account, c.ID, laptop.register(t, c), "Laptop")
	if err != nil || added.Label != "Laptop" {
		t.Fatalf("%+v: %v", added, err)
	}
	if s, err := laptop.signIn(t, e); err != nil || s.Account != ada.Account {
		t.Errorf("the second passkey: %v", err)
	}
	list, err := e.Passkeys(t.Context(), ada.Account)
	if err != nil || len(list) != 2 || list[1].ID != added.ID {
		t.Fatalf("%+v: %v", list, err)
	}
	if err := e.RemovePasskey(t.Context(), ada.Account, list[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = phone.signIn(t, e)
	wantError(t, "the removed one", err, wallet.Forbidden, "passkey_refused")
	wantError(t, "again", e.RemovePasskey(t.Context(), ada.Account, list[0].ID), wallet.Missing, "not_found")
	wantError(t, "the last one", e.RemovePasskey(t.Context(), ada.Account, added.ID), wallet.Conflict, "last_sign_in")
	if _, err := laptop.signIn(t, e); err != nil {
		t.Errorf("the last passkey is gone: %v", err)
	}
	if _, err := e.RenewBackpackKey(t.Context(), ada.Account); err != nil {
		t.Fatal(err)
	}
	if err := e.RemovePasskey(t.Context(), ada.Account, added.ID); err != nil {
		t.Errorf("with a backpack key beside it: %v", err)
	}
}

func TestOnePasskeyOneAccount(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	d := localDevice()
	d.signUp(t, e, "Ada")
	c, err := e.BeginSignUp(t.Context(), "Eve", "")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.FinishSignUp(t.Context(), c.ID, d.register(t, c), "")
	wantError(t, "the same passkey", err, wallet.Conflict, "passkey_exists")
}

// FuzzPasskeyAnswers asserts that no answer from a browser signs in without the
// challenge.
func FuzzPasskeyAnswers(f *testing.F) {
	e := wallettest.New(f, wallettest.Options{})
	ctx := context.Background()
	d := localDevice()
	c, err := e.BeginSignUp(ctx, "Ada", "")
	if err != nil {
		f.Fatal(err)
	}
	var o virtualwebauthn.AttestationOptions
	if p, err := virtualwebauthn.ParseAttestationOptions(string(c.Options)); err == nil {
		o = *p
	}
	d.auth.Options.UserHandle = []byte(o.UserID)
	registration := virtualwebauthn.CreateAttestationResponse(d.rp, d.auth, d.cred, o)
	if _, _, err := e.FinishSignUp(ctx, c.ID, []byte(registration), ""); err != nil {
		f.Fatal(err)
	}
	assertion := virtualwebauthn.CreateAssertionResponse(d.rp, d.auth, d.cred, virtualwebauthn.AssertionOptions{Challenge: []byte("stale")})
	for _, seed := range []string{registration, assertion, "", "{}", "null", "[]", `{"response":{}}`, strings.Repeat("[", 1000)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		up, err := e.BeginSignUp(ctx, "Eve", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, token, err := e.FinishSignUp(ctx, up.ID, answer, ""); err == nil || token != "" {
			t.Fatal("an account was made without the challenge")
		}
		in, err := e.BeginSignIn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, token, err := e.FinishSignIn(ctx, in.ID, answer, ""); err == nil || token != "" {
			t.Fatal("signed in without the challenge")
		}
		if !json.Valid(in.Options) {
			t.Fatal("the options are not JSON")
		}
	})
}
