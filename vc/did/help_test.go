package did

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/jose"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A web is a fetcher with pages in memory. A page that begins with ! is a failure.
type web map[string]string

func (w web) Fetch(ctx context.Context, req vc.FetchRequest) (*vc.Resource, error) {
	body, ok := w[req.URL]
	switch {
	case vc.Offline(ctx) || body == "!":
		return nil, fmt.Errorf("fetch: %w", vc.ErrUnreachable)
	case strings.HasPrefix(req.URL, "http://") || body == "!forbidden":
		return nil, fmt.Errorf("fetch: %w", vc.ErrForbidden)
	case !ok:
		return &vc.Resource{URL: req.URL, Status: 404}, nil
	case body == "!500":
		return &vc.Resource{URL: req.URL, Status: 500}, nil
	case int64(len(body)) > req.MaxBytes:
		return nil, fmt.Errorf("fetch: %w", vc.ErrTooLarge)
	}
	return &vc.Resource{URL: req.URL, Status: 200, Body: []byte(body)}, nil
}

func noonClock() time.Time { return noon }

func newResolver(t *testing.T, w web) *Resolver {
	t.Helper()
	r, err := New(Config{Fetch: w, Now: noonClock})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// edKey returns test key n.
func edKey(n byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(n), ed25519.SeedSize))).Public().(ed25519.PublicKey)
}

func ecKey(t *testing.T, c elliptic.Curve, n int64) *ecdsa.PublicKey {
	t.Helper()
	d := make([]byte, (c.Params().BitSize+7)/8)
	big.NewInt(n).FillBytes(d)
	k, err := ecdsa.ParseRawPrivateKey(c, d)
	if err != nil {
		t.Fatal(err)
	}
	return &k.PublicKey
}

func multikey(key crypto.PublicKey) string {
	s, err := Multikey(key)
	if err != nil {
		panic(err)
	}
	return s
}

func jwkText(key crypto.PublicKey, members string) string {
	b, err := jose.MarshalJWK(key)
	if err != nil {
		panic(err)
	}
	return strings.TrimSuffix(string(b), "}") + members + "}"
}

func parse(t *testing.T, text string) *vc.Value {
	t.Helper()
	v, err := vc.ParseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// describe formats a result in one line.
func describe(k *vc.Key, err error) string {
	if err != nil {
		for _, e := range []error{vc.ErrUnreachable, vc.ErrUnsupported, vc.ErrNotFound, vc.ErrForbidden, vc.ErrMalformed, vc.ErrTooLarge} {
			if errors.Is(err, e) {
				return "error: " + e.Error()
			}
		}
		return "unclassified error: " + err.Error()
	}
	name := "another key"
	switch p := k.Public.(type) {
	case ed25519.PublicKey:
		for n := byte('1'); n <= '9'; n++ {
			if p.Equal(edKey(n)) {
				name = "key " + string(n)
			}
		}
	case *ecdsa.PublicKey:
		name = p.Params().Name
	case *rsa.PublicKey:
		name = "RSA"
	}
	return strings.Join(strings.Fields(fmt.Sprint(name, " ", k.Outcome, " ", k.Reason, " ", k.Binding)), " ")
}

// vectors returns a directory of third-party vectors. It skips the test if it is
// missing, or fails with CI set.
func vectors(t *testing.T, folder string) string {
	t.Helper()
	root := os.Getenv("BACKPACK_VECTORS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	dir := filepath.Join(root, folder)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("the vectors %s are missing", dir)
	}
	t.Skipf("the vectors %s are missing", dir)
	return ""
}
