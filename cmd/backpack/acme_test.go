package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

// An authority signs certificates for clients that answer its challenge (RFC
// 8555). It does not verify the signatures of requests.
type authority struct {
	t         testing.TB
	challenge string // tls-alpn-01 or http-01
	tlsAt     string // address for tls-alpn-01
	httpAt    string // address for http-01
	key       *ecdsa.PrivateKey
	root      *x509.Certificate
	url       string

	mu     sync.Mutex
	thumb  string
	domain string
	valid  bool
	chain  []byte
	orders int
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.root, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// certificate signs a certificate for the names, as PEM.
func (a *authority) certificate(public crypto.PublicKey, serial int64, names ...string) []byte {
	a.t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: names, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(80 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.root, public, a.key)
	if err != nil {
		a.t.Error(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// client returns a client that trusts the authority and finds every host at
// addr.
func (a *authority) client(addr string) *http.Client {
	pool := x509.NewCertPool()
	pool.AddCert(a.root)
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: dialer(addr), TLSClientConfig: &tls.Config{RootCAs: pool},
		DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// serve answers ACME.
func (a *authority) serve() {
	mux := http.NewServeMux()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Replay-Nonce", fmt.Sprint("n", time.Now().UnixNano()))
		a.mu.Lock()
		defer a.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	a.t.Cleanup(srv.Close)
	a.url = srv.URL
	say := func(w http.ResponseWriter, status int, location string, v any) {
		w.Header().Set("Content-Type", "application/json")
		if location != "" {
			w.Header().Set("Location", a.url+location)
		}
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/directory", func(w http.ResponseWriter, _ *http.Request) {
		say(w, 200, "", map[string]any{"newNonce": a.url + "/nonce", "newAccount": a.url + "/account", "newOrder": a.url + "/orders",
			"meta": map[string]string{"termsOfService": a.url}})
	})
	mux.HandleFunc("/nonce", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/account", func(w http.ResponseWriter, r *http.Request) {
		a.account(r)
		say(w, 201, "/accounts/1", map[string]string{"status": "valid"})
	})
	mux.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) {
		var order struct{ Identifiers []struct{ Value string } }
		a.payload(r, &order)
		a.orders++
		a.domain, a.valid, a.chain = order.Identifiers[0].Value, false, nil
		say(w, 201, "/order", a.order())
	})
	mux.HandleFunc("/order", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, "/order", a.order()) })
	mux.HandleFunc("/authorization", func(w http.ResponseWriter, _ *http.Request) { say(w, 200, "", a.authorization()) })
	mux.HandleFunc("/challenge", func(w http.ResponseWriter, _ *http.Request) {
		a.valid = a.answered()
		say(w, 200, "", map[string]string{"type": a.challenge, "url": a.url + "/challenge", "token": "token-1", "status": "processing"})
	})
	mux.HandleFunc("/finalize", func(w http.ResponseWriter, r *http.Request) {
		var request struct{ CSR string }
		a.payload(r, &request)
		a.sign(request.CSR)
		say(w, 200, "/order", a.order())
	})
	mux.HandleFunc("/certificate", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		w.Write(a.chain)
	})
}

func (a *authority) order() map[string]any {
	out := map[string]any{"status": "pending", "authorizations": []string{a.url + "/authorization"}, "finalize": a.url + "/finalize",
		"identifiers": []map[string]string{{"type": "dns", "value": a.domain}}}
	switch {
	case a.chain != nil:
		out["status"], out["certificate"] = "valid", a.url+"/certificate"
	case a.valid:
		out["status"] = "ready"
	}
	return out
}

func (a *authority) authorization() map[string]any {
	status := map[bool]string{true: "valid", false: "pending"}[a.valid]
	return map[string]any{"status": status, "identifier": map[string]string{"type": "dns", "value": a.domain},
		"challenges": []map[string]string{{"type": a.challenge, "url": a.url + "/challenge", "token": "token-1", "status": status}}}
}

// payload decodes the content of a request.
func (a *authority) payload(r *http.Request, v any) (protected []byte) {
	var jws struct{ Protected, Payload string }
	body, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(body, &jws) != nil {
		a.t.Errorf("%s: %v %s", r.URL, err, body)
	}
	protected, _ = base64.RawURLEncoding.DecodeString(jws.Protected)
	plain, _ := base64.RawURLEncoding.DecodeString(jws.Payload)
	if v != nil && json.Unmarshal(plain, v) != nil {
		a.t.Errorf("%s: %s", r.URL, plain)
	}
	return protected
}

func (a *authority) account(r *http.Request) {
	var head struct{ JWK struct{ X, Y string } }
	if err := json.Unmarshal(a.payload(r, nil), &head); err != nil {
		a.t.Error(err)
	}
	x, _ := base64.RawURLEncoding.DecodeString(head.JWK.X)
	y, _ := base64.RawURLEncoding.DecodeString(head.JWK.Y)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		a.t.Error(err)
	}
	a.thumb, _ = acme.JWKThumbprint(key)
}

// answered requests the answer to the challenge from the domain.
func (a *authority) answered() bool {
	want := "token-1." + a.thumb
	if a.challenge == "http-01" {
		req, _ := http.NewRequest(http.MethodGet, "http://"+a.httpAt+"/.well-known/acme-challenge/token-1", nil)
		req.Host = a.domain
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			a.t.Error(err)
			return false
		}
		defer res.Body.Close()
		got, _ := io.ReadAll(res.Body)
		return string(got) == want
	}
	conn, err := tls.Dial("tcp", a.tlsAt, &tls.Config{ServerName: a.domain, NextProtos: []string{acme.ALPNProto}, InsecureSkipVerify: true})
	if err != nil {
		a.t.Error(err)
		return false
	}
	defer conn.Close()
	sum := sha256.Sum256([]byte(want))
	value, _ := asn1.Marshal(sum[:])
	for _, x := range conn.ConnectionState().PeerCertificates[0].Extensions {
		if x.Id.String() == "1.3.6.1.5.5.7.1.31" && x.Critical && bytes.Equal(x.Value, value) {
			return conn.ConnectionState().NegotiatedProtocol == acme.ALPNProto
		}
	}
	return false
}

func (a *authority) sign(csr string) {
	der, _ := base64.RawURLEncoding.DecodeString(csr)
	request, err := x509.ParseCertificateRequest(der)
	if err != nil || !a.valid || len(request.DNSNames) != 1 || request.DNSNames[0] != a.domain {
		a.t.Errorf("a malformed signing request: %v", err)
		return
	}
	a.chain = a.certificate(request.PublicKey, 7, a.domain)
}

// TestACME: a server with a domain obtains its certificate itself, with either
// challenge, and stores it in the store with its key sealed.
func TestACME(t *testing.T) {
	t.Parallel()
	for _, challenge := range []string{"tls-alpn-01", "http-01"} {
		t.Run(challenge, func(t *testing.T) {
			t.Parallel()
			a := newAuthority(t)
			a.challenge, a.tlsAt, a.httpAt = challenge, freeAddress(t), freeAddress(t)
			a.serve()
			data := t.TempDir()
			args := []string{"--listen", a.tlsAt, "--data", data, "--tls-http", a.httpAt, "--acme-domain", "backpack.test", "--acme-directory", a.url + "/directory"}
			s := setup{}.start(t, args...)
			if s.url != "https://backpack.test" {
				t.Errorf("the address is %s", s.url)
			}
			ask := func() *x509.Certificate {
				t.Helper()
				res, err := a.client(a.tlsAt).Get("https://backpack.test/readyz")
				if err != nil || res.StatusCode != 200 {
					t.Fatalf("%v %v", res, err)
				}
				res.Body.Close()
				return res.TLS.PeerCertificates[0]
			}
			first := ask()
			if first.SerialNumber.Int64() != 7 || res(t, a.client(a.tlsAt), "https://other.test/") == nil {
				t.Errorf("certificate %v", first.SerialNumber)
			}
			if r := s.stop(); r.code != exitOK {
				t.Fatalf("%d %s", r.code, r.err)
			}
			if strings.Contains(read(t, data+"/backpack.db"), "PRIVATE KEY") {
				t.Error("the data file contains a private key in plain text")
			}
			setup{}.start(t, args...)
			if again := ask(); !again.Equal(first) || a.orders != 1 {
				t.Errorf("%d orders", a.orders)
			}
		})
	}
}
