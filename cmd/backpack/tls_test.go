package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func dialer(addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}

// res returns the error of requesting an address.
func res(t testing.TB, c *http.Client, url string) error {
	t.Helper()
	res, err := c.Get(url)
	if err == nil {
		res.Body.Close()
	}
	return err
}

// pair writes a certificate and its key into files.
func (a *authority) pair(t testing.TB, dir string, serial int64) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, dir, "cert.pem", a.certificate(k.Public(), serial, "backpack.test")),
		write(t, dir, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestTLS: with certificate files the program speaks TLS itself. Cookies and
// headers are those of https, new files are loaded while it runs, half-replaced
// ones are not, old TLS is refused, and plain http is redirected.
func TestTLS(t *testing.T) {
	t.Parallel()
	a, dir := newAuthority(t), t.TempDir()
	addr, plain := freeAddress(t), freeAddress(t)
	cert, key := a.pair(t, dir, 1)
	s := setup{}.start(t, "--listen", addr, "--data", t.TempDir(), "--tls-cert", cert, "--tls-key", key, "--tls-http", plain, "--public-url",
		"https://backpack.test")
	c := a.client(addr)
	serial := func() int64 {
		t.Helper()
		res, err := c.Get("https://backpack.test/livez")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("certificate %d", got)
	}
	req, _ := http.NewRequest(http.MethodPost, "https://backpack.test/signup", strings.NewReader(url.Values{"name": {"Robin Example"}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	secured(t, answer)

	fresh := t.TempDir()
	newCert, newKey := a.pair(t, fresh, 2)
	replace(t, newCert, cert)
	if got := serial(); got != 1 {
		t.Errorf("half of a new pair: certificate %d", got)
	}
	replace(t, newKey, key)
	if got := serial(); got != 2 {
		t.Errorf("after both files were replaced: certificate %d", got)
	}
	os.Remove(key)
	if got := serial(); got != 2 {
		t.Errorf("after the key was removed: certificate %d", got)
	}
	refusals(t, a, addr, plain)
	if r := s.stop(); r.code != exitOK || !strings.Contains(r.err, "the new certificate is unusable") {
		t.Errorf("%d %s", r.code, r.err)
	}
}

func replace(t testing.TB, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// secured checks the headers and cookies of an answer over TLS.
func secured(t testing.TB, res *http.Response) {
	t.Helper()
	if res.Header.Get("Strict-Transport-Security") != "max-age=31536000" || len(res.Cookies()) == 0 {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	for _, c := range res.Cookies() {
		if !c.Secure || !c.HttpOnly || c.Name == "backpack" || strings.HasPrefix(c.Name, "__Host-") && (c.Path != "/" || c.Domain != "") {
			t.Errorf("cookie %s", c.Raw)
		}
	}
}

func refusals(t testing.TB, a *authority, addr, plain string) {
	t.Helper()
	for _, cfg := range []*tls.Config{{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}, {NextProtos: []string{"h2"}}} {
		cfg.InsecureSkipVerify = true
		if conn, err := tls.Dial("tcp", addr, cfg); err == nil {
			t.Errorf("%x was agreed on", conn.ConnectionState().Version)
			conn.Close()
		}
	}
	if res, err := http.Get("http://" + addr + "/livez"); err == nil && res.StatusCode == 200 {
		t.Error("plain http is answered on the port of https")
	}
	for _, x := range []struct {
		method, host, path, location string
		status                       int
	}{
		{http.MethodGet, "backpack.test", "/s/x?y=%2f", "https://backpack.test/s/x?y=%2f", 308},
		{http.MethodHead, "evil.test", "//evil.test/", "https://backpack.test//evil.test/", 308},
		{http.MethodPost, "backpack.test", "/signin", "", 400},
	} {
		req, _ := http.NewRequest(x.method, "http://"+plain+x.path, nil)
		req.Host = x.host
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != x.status || res.Header.Get("Location") != x.location || res.Header.Get("Strict-Transport-Security") != "" || len(res.Cookies()) > 0 {
			t.Errorf("%s %s: %d %v", x.method, x.path, res.StatusCode, res.Header)
		}
	}
}

// TestTLSSettings: contradictory settings are refused before anything starts.
func TestTLSSettings(t *testing.T) {
	t.Parallel()
	a, dir := newAuthority(t), t.TempDir()
	cert, key := a.pair(t, dir, 1)
	for want, args := range map[string][]string{
		"BACKPACK_TLS_KEY: is missing":                 {"--tls-cert", cert},
		"BACKPACK_TLS_CERT: is missing":                {"--tls-key", key},
		"exclude each other":                           {"--tls-cert", cert, "--tls-key", key, "--acme-domain", "a.test"},
		"there is no https":                            {"--tls-http", ":80"},
		"BACKPACK_TLS_HTTP: must be host:port":         {"--tls-http", "80", "--acme-domain", "a.test"},
		"must begin with https://":                     {"--tls-cert", cert, "--tls-key", key, "--public-url", "http://a.test"},
		"is not the host of BACKPACK_PUBLIC_URL":       {"--acme-domain", "a.test", "--public-url", "https://b.test"},
		"must be one name such as":                     {"--acme-domain", "*.a.test"},
		"BACKPACK_ACME_DIRECTORY: must be an https":    {"--acme-domain", "a.test", "--acme-directory", "http://ca.test/"},
		"the certificate: stat " + dir + "/nothing":    {"--tls-cert", filepath.Join(dir, "nothing"), "--tls-key", key},
		"the certificate: tls: failed to find any PEM": {"--tls-cert", write(t, dir, "empty", nil), "--tls-key", key},
	} {
		r := setup{}.run(t, append(on(t.TempDir()), args...)...)
		if r.code == exitOK || !strings.Contains(r.err, want) {
			t.Errorf("%v: %d %q", args, r.code, r.err)
		}
	}
}
