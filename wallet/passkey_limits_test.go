package wallet_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/fxamacker/cbor/v2"

	"backpack/wallet"
	"backpack/wallet/wallettest"
)

// answerWith returns a registration answer with the public key in CBOR and an
// unsigned attestation.
func answerWith(t *testing.T, c *wallet.Ceremony, key []byte, alg int) []byte {
	t.Helper()
	o, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	client, err := json.Marshal(map[string]any{"type": "webauthn.create", "challenge": b64(o.Challenge), "origin": wallettest.PublicURL})
	if err != nil {
		t.Fatal(err)
	}
	rp := sha256.Sum256([]byte("localhost"))
	data := append(rp[:], 0x45, 0, 0, 0, 0) // present, verified, key follows; counter 0
	data = append(data, make([]byte, 16)...)
	data = append(data, 0, 4, 'i', 'd', 'i', 'd')
	data = append(data, key...)
	object, err := cbor.Marshal(map[string]any{
		"fmt": "packed", "authData": data, "attStmt": map[string]any{"alg": alg, "sig": bytes.Repeat([]byte{7}, 64)},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := json.Marshal(map[string]any{
		"id": b64([]byte("idid")), "rawId": b64([]byte("idid")), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{"clientDataJSON": b64(client), "attestationObject": b64(object)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// TestGiantKeys asserts that the largest key that fits in an answer is rejected
// fast, and that a larger answer is not parsed.
func TestGiantKeys(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	for _, size := range []int{256, 2048, 8192, 100_000, 2_000_000} {
		modulus := bytes.Repeat([]byte{0xff}, size)
		key, err := cbor.Marshal(map[int]any{1: 3, 3: -257, -1: modulus, -2: []byte{0x7f, 0xff, 0xff, 0xff}})
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.BeginSignUp(t.Context(), "Eve", "")
		if err != nil {
			t.Fatal(err)
		}
		answer := answerWith(t, c, key, -257)
		start := time.Now()
		_, _, err = e.FinishSignUp(t.Context(), c.ID, answer, "")
		wantError(t, "a giant key", err, wallet.BadInput, "passkey_refused")
		if took := time.Since(start); took > time.Minute {
			t.Errorf("a modulus of %d bytes took %v", size, took)
		}
		t.Logf("%d bytes: %v: %v", size, time.Since(start), err)
	}
}

func TestTooManyPasskeys(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ada := e.Learner(t, "Ada")
	for range 20 {
		c, err := e.BeginAddPasskey(t.Context(), ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.FinishAddPasskey(t.Context(), ada.ID, c.ID, localDevice().register(t, c), ""); err != nil {
			t.Fatal(err)
		}
	}
	_, err := e.BeginAddPasskey(t.Context(), ada.ID)
	wantError(t, "one more", err, wallet.Limited, "too_many_passkeys")
}

// TestPasskeysNeedAName asserts that the service explains that browsers accept
// no passkey for 127.0.0.1, before the browser shows its own error.
func TestPasskeysNeedAName(t *testing.T) {
	for _, public := range []string{"http://127.0.0.1:8080", "http://[::1]:8080"} {
		e := wallettest.New(t, wallettest.Options{PublicURL: public})
		_, err := e.BeginSignUp(t.Context(), "Ada", "")
		wantError(t, public, err, wallet.Conflict, "passkeys_need_a_name")
		_, err = e.BeginSignIn(t.Context())
		wantError(t, public, err, wallet.Conflict, "passkeys_need_a_name")
		e.Learner(t, "Ada") // the backpack key still works
	}
}
