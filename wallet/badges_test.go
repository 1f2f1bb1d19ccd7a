package wallet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"backpack/vc"
	"backpack/vc/sample"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// imported imports inputs and checks all of them.
func imported(t testing.TB, e *wallettest.Env, a storage.AccountID, in ...inspect.Input) *wallet.Import {
	t.Helper()
	id, err := e.StartImport(t.Context(), a, in)
	if err != nil {
		t.Fatalf("start import: %v", err)
	}
	if err := e.WorkImport(t.Context(), a, id); err != nil {
		t.Fatalf("work import: %v", err)
	}
	imp, err := e.Import(t.Context(), a, id)
	if err != nil {
		t.Fatal(err)
	}
	if !imp.Finished || imp.Done != imp.Total || imp.Total != len(imp.Items) {
		t.Fatalf("the import is at %d of %d with %d items, finished: %v", imp.Done, imp.Total, len(imp.Items), imp.Finished)
	}
	return imp
}

// kept imports inputs and keeps all of them.
func kept(t testing.TB, e *wallettest.Env, a storage.AccountID, in ...inspect.Input) []*wallet.Entry {
	t.Helper()
	imp := imported(t, e, a, in...)
	entries, err := e.Keep(t.Context(), a, imp.ID, numbers(imp))
	if err != nil {
		t.Fatalf("keep: %v", err)
	}
	return entries
}

func numbers(imp *wallet.Import) []int {
	var out []int
	for _, it := range imp.Items {
		out = append(out, it.N)
	}
	return out
}

func text(b []byte) inspect.Input { return inspect.Input{Bytes: b} }

func link(url string) inspect.Input { return inspect.Input{Bytes: []byte(url)} }

// stream checks inputs with CheckEach.
func stream(ctx context.Context, e *wallettest.Env, people []string, in ...inspect.Input) ([]*inspect.Checked, error) {
	var out []*inspect.Checked
	inputs := func(yield func(inspect.Input, error) bool) {
		for _, x := range in {
			if !yield(x, nil) {
				return
			}
		}
	}
	err := e.CheckEach(ctx, inputs, people, func(c *inspect.Checked) { out = append(out, c) })
	return out, err
}

func hexOf(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

// issuer makes an Open Badges 3.0 issuer with its pages on the Env's Web.
func issuer(t testing.TB, e *wallettest.Env) *vctest.Issuer {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
}

// online makes the Env's web forward requests for the URLs to the issuer's web.
func online(e *wallettest.Env, i *vctest.Issuer, urls ...string) {
	for _, u := range urls {
		e.Web.Answer(u, func(req vc.FetchRequest) (*vc.Resource, error) {
			return i.Web.Fetch(context.Background(), req)
		})
	}
}

// list returns the account's list of all badges.
func list(t testing.TB, e *wallettest.Env, a storage.AccountID) []*wallet.Listed {
	t.Helper()
	l, err := e.Entries(t.Context(), a, wallet.Query{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	return l.Entries
}

// count returns the number of the account's records of a kind.
func count(t testing.TB, e *wallettest.Env, a storage.AccountID, kind storage.Kind) (n int) {
	t.Helper()
	err := e.Store.View(t.Context(), func(tx storage.Tx) (err error) {
		n, _, err = tx.Count(a, kind)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func samples(t testing.TB, e *wallettest.Env) []sample.File {
	t.Helper()
	files, err := wallettest.Samples()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func sampleNamed(t testing.TB, e *wallettest.Env, name string) inspect.Input {
	t.Helper()
	for _, f := range samples(t, e) {
		if f.Name == name {
			return inspect.Input{Name: f.Name, Bytes: f.Bytes}
		}
	}
	t.Fatalf("no sample is called %q", name)
	return inspect.Input{}
}

func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, body := range files {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(body)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// eventOf returns the latest event with the code, or nil.
func eventOf(t testing.TB, e *wallettest.Env, a storage.AccountID, code string) *event.Event {
	t.Helper()
	events, err := e.Events(t.Context(), a, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range events {
		if ev.Code == code {
			return ev
		}
	}
	return nil
}

// unsigned returns a credential without its proof.
func unsigned(t testing.TB, badge []byte) []byte {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(badge, &o); err != nil {
		t.Fatal(err)
	}
	delete(o, "proof")
	out, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
