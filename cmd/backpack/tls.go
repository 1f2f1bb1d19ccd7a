package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"golang.org/x/crypto/acme"
)

// A tlsConfig says how people reach the server over TLS; the zero value leaves
// TLS to a proxy.
type tlsConfig struct {
	Cert, Key string // files
	HTTP      string // address that redirects plain http to https; empty: none
	Domain    string // to get a certificate for by ACME
	Mail      string // contact for the authority
	Directory string // directory of the authority
}

// on reports whether the program speaks TLS itself.
func (c tlsConfig) on() bool { return c.Cert != "" || c.Domain != "" }

// readTLS reads the settings of TLS. An ACME domain adds port 80, which the
// authority and people use.
func readTLS(v map[string]string) tlsConfig {
	c := tlsConfig{Cert: v["TLS_CERT"], Key: v["TLS_KEY"], HTTP: v["TLS_HTTP"], Domain: v["ACME_DOMAIN"], Mail: v["ACME_MAIL"], Directory: v["ACME_DIRECTORY"]}
	switch {
	case c.HTTP == "off":
		c.HTTP = ""
	case c.HTTP == "" && c.Domain != "":
		c.HTTP = ":80"
	}
	return c
}

// publicURL returns said or, if it is empty, the default public address: that
// of the ACME domain or, with a certificate, of this machine; "" without TLS.
func (c tlsConfig) publicURL(said, port string) string {
	switch {
	case said != "":
		return said
	case c.Domain != "":
		return "https://" + c.Domain
	case c.Cert != "":
		return "https://" + net.JoinHostPort("localhost", port)
	}
	return ""
}

// check returns the name of a wrong TLS setting and its fault.
func (c tlsConfig) check(public *url.URL) (name string, err error) {
	directory, urlErr := url.Parse(c.Directory)
	switch {
	case c.Cert != "" && c.Key == "":
		return "TLS_KEY", errors.New("is missing; BACKPACK_TLS_CERT needs it")
	case c.Key != "" && c.Cert == "":
		return "TLS_CERT", errors.New("is missing; BACKPACK_TLS_KEY needs it")
	case c.Cert != "" && c.Domain != "":
		return "ACME_DOMAIN", errors.New("and BACKPACK_TLS_CERT exclude each other")
	case c.HTTP != "" && !c.on():
		return "TLS_HTTP", errors.New("needs a certificate or an ACME domain: there is no https to redirect to")
	case address(c.HTTP) != nil:
		return "TLS_HTTP", address(c.HTTP)
	case c.on() && public != nil && public.Scheme != "https":
		return "PUBLIC_URL", errors.New("must begin with https:// if the program speaks TLS itself")
	case c.Domain != "" && !isDomain(c.Domain):
		return "ACME_DOMAIN", errors.New("must be one name such as backpack.example.org")
	case c.Domain != "" && public != nil && public.Hostname() != c.Domain:
		return "ACME_DOMAIN", fmt.Errorf("is not the host of BACKPACK_PUBLIC_URL, %s", public.Hostname())
	case urlErr != nil || directory.Scheme != "https" && !(directory.Scheme == "http" && directory.Hostname() == "127.0.0.1"):
		return "ACME_DIRECTORY", errors.New("must be an https address")
	}
	return "", nil
}

func isDomain(s string) bool {
	return strings.Contains(s, ".") && s == strings.ToLower(s) && net.ParseIP(s) == nil && !strings.ContainsAny(s, "*:/@ ") &&
		!strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".")
}

// An entrance accepts the connections of the server.
type entrance struct {
	tls   *tls.Config  // nil: the server speaks plain http
	plain http.Handler // on port 80; nil: none
}

// newEntrance builds the entrance. The store of the wallet keeps certificates obtained
// by ACME.
func newEntrance(c *config, x *parts, log *slog.Logger) (*entrance, error) {
	e := &entrance{plain: redirectToHTTPS(c.PublicURL)}
	switch {
	case c.TLS.Domain != "":
		m := newACME(c, certCache{x.store, x.sealer})
		e.tls, e.plain = m.TLSConfig(), m.HTTPHandler(e.plain)
	case c.TLS.Cert != "":
		pair := &keyPair{cert: c.TLS.Cert, key: c.TLS.Key, log: log}
		if err := pair.read(); err != nil {
			return nil, fmt.Errorf("the certificate: %w", err)
		}
		e.tls = &tls.Config{GetCertificate: pair.get}
	default:
		return &entrance{}, nil
	}
	e.tls.MinVersion = tls.VersionTLS12
	e.tls.NextProtos = []string{"http/1.1", acme.ALPNProto} // the server does not support newer protocols
	return e, nil
}

// listen wraps a listener in TLS, if TLS is on.
func (e *entrance) listen(l net.Listener) net.Listener {
	if e.tls == nil {
		return l
	}
	return tls.NewListener(l, e.tls)
}

// redirectToHTTPS redirects requests in plain http to https, always to our own name. It
// refuses methods other than GET and HEAD: their data has already crossed the
// network in plain text.
func redirectToHTTPS(public *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Use https.", http.StatusBadRequest)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Location", public.String()+r.URL.RequestURI())
		w.WriteHeader(http.StatusPermanentRedirect)
	})
}

// A keyPair is a certificate in files that are replaced while the server runs.
// It looks at the files at each connection. While the two do not fit together,
// as between two writes, it keeps the old pair.
type keyPair struct {
	cert, key string
	log       *slog.Logger

	mu   sync.Mutex
	seen [2]fileState
	now  *tls.Certificate
}

// A fileState changes when the file does.
type fileState struct {
	size     int64
	modified int64
	mode     fs.FileMode
}

func (k *keyPair) states() (out [2]fileState, err error) {
	for i, name := range []string{k.cert, k.key} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = fileState{info.Size(), info.ModTime().UnixNano(), info.Mode()}
	}
	return out, nil
}

// read reads the files if they have changed since the last time.
func (k *keyPair) read() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	states, err := k.states()
	if err != nil || states == k.seen {
		return err
	}
	k.seen = states
	pair, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err == nil {
		k.now = &pair
	}
	return err
}

// get implements tls.Config.GetCertificate.
func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if err := k.read(); err != nil {
		k.log.Warn("the new certificate is unusable; the old one stays in use", "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now, nil
}
