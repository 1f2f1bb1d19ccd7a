package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/vctest"
)

// A lure is a listener on the loopback network that must not get a connection,
// and the data by which a stranger tries to make our server connect to it.
type lure struct {
	name string
	make func(t *testing.T, w *lures, base, host string) []byte
	port string
	hits atomic.Int32
}

// lures are the lures of one run, and a host that belongs to the stranger and
// may be fetched: its answers lead to the lures.
type lures struct {
	all   []*lure
	outer string
	root  []byte // of the authority that confirms that host
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	n     int
}

// page publishes a page on the stranger's host and returns its address.
func (w *lures) page(kind string, body []byte, headers ...string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	path := fmt.Sprintf("/%d", w.n)
	w.pages[path] = func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", kind)
		if len(headers) == 2 {
			out.Header().Set(headers[0], headers[1])
			out.WriteHeader(http.StatusFound)
		}
		out.Write(body)
	}
	return w.outer + path
}

func (w *lures) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	w.mu.Lock()
	h := w.pages[req.URL.Path]
	w.mu.Unlock()
	if h == nil {
		http.NotFound(out, req)
		return
	}
	h(out, req)
}

// set starts the listeners, one for each lure, so a connection names its lure.
func (w *lures) set(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		if os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(w)
	s.Listener.Close()
	s.Listener, s.Config.ErrorLog = l, log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t, w)}}
	s.StartTLS()
	t.Cleanup(s.Close)
	w.outer, w.pages = "https://"+l.Addr().String(), map[string]http.HandlerFunc{}
	for _, x := range w.all {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		_, x.port, _ = net.SplitHostPort(l.Addr().String())
		go x.count(l)
	}
}

// certificate returns a certificate for the stranger's host, from its
// authority.
func certificate(t *testing.T, w *lures) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 2)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	w.root = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (x *lure) count(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		x.hits.Add(1)
		c.Close()
	}
}

// lured lists every kind of data that can make the server fetch an address, one
// for each place in the program that fetches.
func lured() *lures {
	w := &lures{}
	add := func(name string, make func(t *testing.T, w *lures, base, host string) []byte) {
		w.all = append(w.all, &lure{name: name, make: make})
	}
	badge := func(name string, options func(base string) []vctest.Option) {
		add(name, func(t *testing.T, _ *lures, base, _ string) []byte { return issued(t, options(base)...) })
	}
	with := func(name, path string, value func(base string) any) {
		badge(name, func(base string) []vctest.Option { return []vctest.Option{vctest.With(path, value(base))} })
	}
	text := func(name string, from func(base string) string) {
		add(name, func(_ *testing.T, _ *lures, base, _ string) []byte { return []byte(from(base)) })
	}
	text("an address", func(base string) string { return base + "/badge.json" })
	add("a badge's page", func(_ *testing.T, w *lures, base, _ string) []byte {
		return []byte(w.page("text/html", []byte(`<!doctype html><html><head><link rel=alternate type="application/ld+json" href="`+base+`/7"></head></html>`)))
	})
	add("a redirect", func(_ *testing.T, w *lures, base, _ string) []byte {
		return []byte(w.page("text/html", nil, "Location", base+"/x"))
	})
	entry := func(kind string) func(base string) any {
		return func(base string) any {
			return vctest.Object{"type": kind, "statusPurpose": "revocation", "statusListIndex": "1", "statusListCredential": base + "/list"}
		}
	}
	with("a bitstring", "credentialStatus", entry("BitstringStatusListEntry"))
	badge("a list of 2021", func(base string) []vctest.Option {
		return []vctest.Option{vctest.Status("StatusList2021Entry", "revocation", false), vctest.With("credentialStatus", entry("StatusList2021Entry")(base))}
	})
	with("a revocation list", "credentialStatus", func(base string) any { return vctest.Object{"id": base + "/revoked", "type": "1EdTechRevocationList"} })
	with("a refresh", "refreshService", func(base string) any { return vctest.Object{"id": base + "/new", "type": "1EdTechCredentialRefresh"} })
	with("a schema", "credentialSchema", func(base string) any {
		return []any{vctest.Object{"id": base + "/schema.json", "type": "JsonSchema"}}
	})
	with("a picture", "credentialSubject.achievement.image", func(base string) any { return vctest.Object{"id": base + "/i.png", "type": "Image"} })
	with("criteria", "credentialSubject.achievement.criteria", func(base string) any { return vctest.Object{"id": base + "/criteria", "narrative": "x"} })
	add("a context", func(t *testing.T, _ *lures, base, _ string) []byte {
		last := `context-3.0.3.json"`
		return bytes.Replace(issued(t), []byte(last), []byte(last+`,"`+base+`/context"`), 1)
	})
	add("an endorser", func(t *testing.T, _ *lures, base, _ string) []byte {
		endorsement := issuedBy(t, base+"/me", base+"/me#key-1", vctest.With("type", []any{"VerifiableCredential", "EndorsementCredential"}),
			vctest.With("id", "urn:uuid:7"),
			vctest.With("credentialSubject", vctest.Object{"id": "https://issuer.example/achievements/baker", "type": []any{"EndorsementSubject"},
				"endorsementComment": "x"}))
		return issued(t, vctest.With("endorsement", []any{json.RawMessage(endorsement)}))
	})
	add("did:web", func(t *testing.T, _ *lures, _, host string) []byte {
		id := "did:web:" + strings.ReplaceAll(host, ":", "%3A")
		return issuedBy(t, id, id+"#key-1")
	})
	add("an issuer's document", func(t *testing.T, _ *lures, base, _ string) []byte { return issuedBy(t, base+"/me", base+"/me#key-1") })
	add("a kid", func(t *testing.T, _ *lures, base, _ string) []byte {
		return issuedBy(t, base+"/me", base+"/keys#k", vctest.As(vctest.JWT))
	})
	add("a key set", func(t *testing.T, _ *lures, base, _ string) []byte {
		return issuedBy(t, base+"/me", "k", vctest.As(vctest.JWT))
	})
	add("metadata of an SD-JWT's issuer", func(t *testing.T, _ *lures, base, host string) []byte {
		return sdJWT(t, vctest.Object{"iss": "https://" + host})
	})
	add("a token status list", func(t *testing.T, _ *lures, base, _ string) []byte {
		i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256)
		return i.SDJWT(t, vctest.Object{"typ": "dc+sd-jwt", "kid": i.Method}, vctest.Object{"vct": "https://types.example/x", "iss": i.ID,
			"status": vctest.Object{"status_list": vctest.Object{"idx": 1, "uri": base + "/tokens"}}})
	})
	oldBadges(w, text, add)
	return w
}

// oldBadges adds those of Open Badges before 3.0, which fetch everything they
// state.
func oldBadges(w *lures, text func(string, func(string) string), add func(string, func(*testing.T, *lures, string, string) []byte)) {
	object := func(o vctest.Object) string {
		if _, ok := o["@context"]; !ok {
			o["@context"] = "https://w3id.org/openbadges/v2"
		}
		b, err := json.Marshal(o)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	assertion := func(id, class string, with vctest.Object) vctest.Object {
		o := vctest.Object{"type": "Assertion", "id": id, "issuedOn": "2020-01-01T12:00:00Z", "badge": class, "verification": vctest.Object{"type": "HostedBadge"},
			"recipient": vctest.Object{"type": "email", "hashed": false, "identity": "a@b.example"}}
		for k, v := range with {
			o[k] = v
		}
		return o
	}
	class := func(issuer string) vctest.Object {
		return vctest.Object{"type": "BadgeClass", "id": "urn:uuid:1", "name": "Baker", "description": "Bakes.", "image": "https://i.example/b.png",
			"criteria": vctest.Object{"narrative": "x"}, "issuer": issuer}
	}
	// hosted serves an object at the address that it names as its own.
	hosted := func(w *lures, o vctest.Object) string {
		address := w.page("application/json", nil)
		o["id"] = address
		body := []byte(object(o))
		w.mu.Lock()
		defer w.mu.Unlock()
		w.pages[strings.TrimPrefix(address, w.outer)] = func(out http.ResponseWriter, _ *http.Request) { out.Write(body) }
		return address
	}
	text("a hosted badge", func(base string) string { return object(assertion(base+"/a", base+"/b", nil)) })
	text("a hosted badge of 1.0", func(base string) string {
		return `{"uid":"1","recipient":"a@b.example","badge":"` + base + `/b","verify":{"type":"hosted","url":"` + base + `/a"},"issuedOn":"2013-01-01"}`
	})
	text("a badge of 0.5", func(base string) string {
		return `{"recipient":"a@b.example","issued_on":"2012-01-01","badge":{"version":"0.5.0","name":"x","image":"` + base +
			`/i.png","description":"x","criteria":"` + base + `/c","issuer":{"origin":"` + base + `","name":"x"}}}`
	})
	add("a class", func(_ *testing.T, w *lures, base, _ string) []byte {
		return []byte(hosted(w, assertion("", base+"/class", nil)))
	})
	add("an issuer of a class", func(_ *testing.T, w *lures, base, _ string) []byte {
		return []byte(hosted(w, assertion("", hosted(w, class(base+"/issuer")), nil)))
	})
	add("the key of a signed badge", func(t *testing.T, _ *lures, base, _ string) []byte {
		return oldSigned(t, object(assertion("urn:uuid:1", base+"/class", vctest.Object{"verification": vctest.Object{"type": "SignedBadge",
			"creator": base + "/key"}})))
	})
}

// issued returns a badge of an issuer whose key needs no fetch.
func issued(t *testing.T, options ...vctest.Option) []byte {
	t.Helper()
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(t, options...)
}

// issuedBy returns a badge of an issuer whose key has to be fetched.
func issuedBy(t *testing.T, id, method string, options ...vctest.Option) []byte {
	t.Helper()
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	i.ID, i.Method = id, method
	return i.Issue(t, options...)
}

func sdJWT(t *testing.T, claims vctest.Object) []byte {
	t.Helper()
	claims["vct"] = "https://types.example/x"
	return vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.P256).SDJWT(t, vctest.Object{"typ": "dc+sd-jwt", "kid": "k"}, claims)
}

// oldSigned returns a signed badge of Open Badges 2.0.
func oldSigned(t *testing.T, payload string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	input := vc.EncodeBase64([]byte(`{"alg":"ES256"}`)) + "." + vc.EncodeBase64([]byte(payload))
	sig, err := vctest.SignerOf(key).Sign(t.Context(), []byte(input))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(input + "." + vc.EncodeBase64(sig))
}

// A visitor is the browser of a learner with a backpack.
type visitor struct {
	t    *testing.T
	url  string
	http *http.Client
}

func newVisitor(t *testing.T, url string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, url, &http.Client{Jar: jar, Timeout: 3 * time.Minute}}
}

// ask sends a request as one of our pages would, and returns the last page.
func (v *visitor) ask(method, path, kind string, body io.Reader) (string, *http.Response) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(b), res
}

var formToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token returns the form token of a signed-in learner.
func (v *visitor) token() string {
	page, _ := v.ask(http.MethodGet, "/about", "", nil)
	if m := formToken.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

func (v *visitor) post(path string, fields url.Values) (string, *http.Response) {
	v.t.Helper()
	fields.Set("csrf", v.token())
	return v.ask(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

// upload sends files, and reads the preview of an import when it is finished.
func (v *visitor) upload(path string, files [][]byte) string {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField("csrf", v.token())
	for i, f := range files {
		part, err := w.CreateFormFile("files", fmt.Sprint(i))
		if err != nil {
			v.t.Fatal(err)
		}
		part.Write(f)
	}
	w.Close()
	page, res := v.ask(http.MethodPost, path, w.FormDataContentType(), &b)
	if res.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %d %.300s", path, res.StatusCode, page)
	}
	if at := res.Request.URL.Path; strings.HasPrefix(at, "/imports/") {
		v.ask(http.MethodGet, at+"/events", "", nil) // ends with the import
		page, _ = v.ask(http.MethodGet, at, "", nil)
	}
	return page
}

// TestThreat01NoWayIn starts the server and sends it everything that can make
// it fetch an address: nothing arrives on the loopback network. With that
// network allowed, each of them leads there, so the silence has a meaning.
func TestThreat01NoWayIn(t *testing.T) {
	t.Parallel()
	const proxy = "the proxy of the environment"
	const oldest = "a badge of 0.5" // it names no address of its own, and pictures are fetched only for badges that hold
	for name, x := range map[string]struct {
		allow string
		led   bool
	}{"closed": {"127.0.0.2/32", false}, "open": {"127.0.0.0/8", true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := lured()
			for _, name := range []string{"the list of a registry", "a trust anchor"} {
				w.all = append(w.all, &lure{name: name})
			}
			port := func(name string) string {
				return w.all[slices.IndexFunc(w.all, func(x *lure) bool { return x.name == name })].port
			}
			w.all = append(w.all, &lure{name: proxy})
			w.set(t)
			s := spawn(t, []string{"SSL_CERT_FILE=" + write(t, t.TempDir(), "root.pem", w.root), "BACKPACK_ALLOW_NETS=" + x.allow,
				"HTTP_PROXY=http://127.0.0.1:" + port(proxy), "HTTPS_PROXY=http://127.0.0.1:" + port(proxy), "ALL_PROXY=http://127.0.0.1:" + port(proxy),
				"BACKPACK_REGISTRIES=https://127.0.0.1:" + port("the list of a registry") + "/list.json, federation:https://127.0.0.1:" +
					port("a trust anchor")}, on(t.TempDir())...)
			walkIn(t, s.url, w)
			for _, l := range w.all {
				if hits := l.hits.Load(); (hits > 0) != (x.led && l.name != proxy && l.name != oldest) {
					t.Errorf("%s led to %d connections", l.name, hits)
				}
			}
		})
	}
}

// walkIn sends all lures to each entrance.
func walkIn(t *testing.T, server string, w *lures) {
	var files [][]byte
	for _, l := range w.all {
		if l.make != nil {
			files = append(files, l.make(t, w, "http://127.0.0.1:"+l.port, "127.0.0.1:"+l.port))
		}
	}
	v := newVisitor(t, server)
	v.upload("/verify", files)
	for _, f := range files {
		body, err := json.Marshal(vctest.Object{"verifiableCredential": json.RawMessage(jsonOf(f))})
		if err != nil {
			t.Fatal(err)
		}
		v.ask(http.MethodPost, "/api/vc/credentials/verify", "application/json", bytes.NewReader(body))
	}
	if page, res := v.post("/signup", url.Values{"name": {"Robin Example"}}); res.StatusCode != http.StatusOK || v.token() == "" {
		t.Fatalf("signing up: %d %.500s", res.StatusCode, page)
	}
	v.upload("/import", files)
}

// jsonOf returns a signed document as a program sends it: JSON as it is,
// anything else as a string.
func jsonOf(b []byte) []byte {
	if b[0] == '{' {
		return b
	}
	text, err := json.Marshal(string(b))
	if err != nil {
		panic(err)
	}
	return text
}
