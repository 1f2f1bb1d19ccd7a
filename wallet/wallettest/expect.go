package wallettest

import (
	"errors"
	"testing"

	"backpack/wallet/fault"
	"backpack/wallet/inspect"
)

// Refused fails the test unless err is an Error of the kind and, if code is not
// empty, of the code.
func Refused(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	var got *fault.Error
	if !errors.As(err, &got) || got.Kind != kind || code != "" && got.Code != code {
		t.Errorf("error %v, want kind %s and code %s", err, kind, code)
	}
}

// Checked checks one input without an account. A problem ends the test.
func (e *Env) Checked(t testing.TB, b []byte) *inspect.Checked {
	t.Helper()
	got, err := e.Check(t.Context(), []inspect.Input{{Bytes: b}})
	if err != nil || len(got) != 1 || got[0].Problem != "" {
		t.Fatalf("check: %+v, %v", got, err)
	}
	return got[0]
}
