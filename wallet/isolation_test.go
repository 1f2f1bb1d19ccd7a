package wallet_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"backpack/wallet"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// TestThreat24Isolation requests everything of Alma's as Bela and without an
// account: each request fails as for a missing record.
func TestThreat24Isolation(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ctx, a := t.Context(), e.Learner(t, "Alma").ID
	entries, err := e.AddSamples(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	entry, picture := entries[0].ID, entries[0].Summary.Image
	s, err := e.CreateShare(ctx, a, wallet.ShareRequest{Entries: []string{entry}})
	if err != nil {
		t.Fatal(err)
	}
	imp := imported(t, e, a, text(issuer(t, e).Issue(t)), e.Samples[0])
	for name, call := range map[string]func(b storage.AccountID) error{
		"Badge":   func(b storage.AccountID) error { _, err := e.Badge(ctx, b, entry); return err },
		"Recheck": func(b storage.AccountID) error { _, err := e.Recheck(ctx, b, entry); return err },
		"Issuer": func(b storage.AccountID) error {
			_, err := e.IssuerSeen(ctx, b, wallet.IssuerRef(entries[0].Summary.IssuerID))
			return err
		},
		"SetNote":     func(b storage.AccountID) error { return e.SetNote(ctx, b, entry, "mine") },
		"Remove":      func(b storage.AccountID) error { return e.Remove(ctx, b, entry) },
		"Image":       func(b storage.AccountID) error { _, _, err := e.Image(ctx, b, picture); return err },
		"BadgeImage":  func(b storage.AccountID) error { _, _, err := e.BadgeImage(ctx, b, entry); return err },
		"Baked":       func(b storage.AccountID) error { _, _, _, err := e.Baked(ctx, b, entry); return err },
		"TakeOut":     func(b storage.AccountID) error { _, err := e.TakeOut(ctx, b, entry, 0); return err },
		"Import":      func(b storage.AccountID) error { _, err := e.Import(ctx, b, imp.ID); return err },
		"ImportImage": func(b storage.AccountID) error { _, _, err := e.ImportImage(ctx, b, imp.ID, 2); return err },
		"Keep":        func(b storage.AccountID) error { _, err := e.Keep(ctx, b, imp.ID, []int{1}); return err },
		"Share":       func(b storage.AccountID) error { _, err := e.Share(ctx, b, s.ID); return err },
		"RevokeShare": func(b storage.AccountID) error { return e.RevokeShare(ctx, b, s.ID) },
		"RemoveShare": func(b storage.AccountID) error { return e.RemoveShare(ctx, b, s.ID) },
		"Present":     func(b storage.AccountID) error { _, err := e.Present(ctx, b, s.ID); return err },
		"CreateShare": func(b storage.AccountID) error {
			_, err := e.CreateShare(ctx, b, wallet.ShareRequest{Entries: []string{entry}})
			return err
		},
	} {
		for who, b := range map[string]storage.AccountID{"Bela": e.Learner(t, "Bela").ID, "no account": "aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
			t.Run(name+" as "+who, func(t *testing.T) {
				wallettest.Refused(t, call(b), wallet.Missing, "")
			})
		}
		if err := call(""); err == nil {
			t.Errorf("%s works without an account", name)
		}
	}
	b := e.Learner(t, "Bela").ID
	if err := e.WorkImport(ctx, b, imp.ID); err != nil {
		t.Errorf("Bela works on Alma's import: %v", err)
	}
	if err := e.DropImport(ctx, b, imp.ID); err != nil {
		t.Errorf("Bela drops Alma's import: %v", err)
	}
	preview, err := e.PreviewShare(ctx, b, wallet.ShareRequest{Entries: []string{entry}})
	if err == nil && len(preview.Items) != 0 {
		t.Error("Bela previews Alma's badge")
	}
	if l := list(t, e, b); len(l) != 0 {
		t.Errorf("Bela has %d badges", len(l))
	}
	if err := e.Export(ctx, b, page, io.Discard); err != nil {
		t.Error(err)
	}
	// Everything of Alma's remains.
	if _, err := e.Keep(ctx, a, imp.ID, []int{1}); err != nil {
		t.Error(err)
	}
	if v := opened(t, e, s, wallet.OpenShareOptions{}); len(v.Items) != 1 || v.Items[0].Badge.Entry.Note != "" {
		t.Errorf("shown %+v", v.Items)
	}
}

// TestNotFound requests records that no account has.
func TestNotFound(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	ctx, a := t.Context(), e.Learner(t, "Alma").ID
	for _, id := range []string{"", "x", "é", "a/b"} {
		if _, err := e.Badge(ctx, a, id); err == nil {
			t.Errorf("badge %q", id)
		}
		if _, _, err := e.Image(ctx, a, id); err == nil {
			t.Errorf("picture %q", id)
		}
		if _, err := e.Share(ctx, a, id); err == nil {
			t.Errorf("share %q", id)
		}
	}
	entry := kept(t, e, a, text(issuer(t, e).Issue(t)))[0]
	_, _, _, err := e.Baked(ctx, a, entry.ID)
	wallettest.Refused(t, err, wallet.Missing, "") // it has no picture
}

// retrying is a Store that runs every change twice and discards the first run,
// as a store with conflicting transactions may.
type retrying struct{ storage.Store }

var errFirst = errors.New("once more")

func (s retrying) Update(ctx context.Context, fn func(tx storage.Tx) error) error {
	err := s.Store.Update(ctx, func(tx storage.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errFirst
	})
	if !errors.Is(err, errFirst) {
		return err
	}
	return s.Store.Update(ctx, fn)
}

// TestRetriedTransactions performs every operation on a store that runs changes
// twice.
func TestRetriedTransactions(t *testing.T) {
	e := wallettest.New(t, wallettest.Options{})
	cfg := e.Config
	cfg.Store = retrying{e.Store}
	w, err := wallet.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	e.Wallet = w
	a := e.Learner(t, "Alma").ID
	entries := kept(t, e, a, e.Samples...)
	if len(entries) != 10 || len(list(t, e, a)) != 10 {
		t.Fatalf("kept %d, there are %d", len(entries), len(list(t, e, a)))
	}
	if more, err := e.AddSamples(t.Context(), a); err != nil || len(more) != 0 {
		t.Errorf("samples added again: %d, %v", len(more), err)
	}
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{entries[0].ID}, Passcode: "1234"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.OpenShare(t.Context(), s.Token, wallet.OpenShareOptions{Passcode: "12345"})
	wallettest.Refused(t, err, wallet.Forbidden, "passcode_wrong")
	if v := opened(t, e, s, wallet.OpenShareOptions{Passcode: "1234"}); v.Share.Views != 1 {
		t.Errorf("%d views", v.Share.Views)
	}
	e.Clock.Advance(10 * 24 * 3600 * 1e9)
	if n, err := e.RunDue(t.Context(), 100); err != nil || n != 10 {
		t.Errorf("%d rechecks, %v", n, err)
	}
	if n, err := e.RunDue(t.Context(), 100); err != nil || n != 0 {
		t.Errorf("%d rechecks run at once again, %v\n%s", n, err, e.Logs)
	}
	if l := e.Logs.String(); l != "" {
		t.Errorf("logged:\n%s", l)
	}
}
