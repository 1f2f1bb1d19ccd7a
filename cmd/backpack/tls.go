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
// that to a proxy before it.
type tlsConfig struct {
	Cert, Key string // files
	HTTP      string // where plain http is sent on to https; empty: nowhere
	Domain    string // for which a certificate is had by ACME
	Mail      string // whom the authority writes to
	Directory string // the authority's
}

// on reports whether the program speaks TLS itself.
func (c tlsConfig) on() bool { return c.Cert != "" || c.Domain != "" }

// readTLS reads the settings of TLS. An ACME domain brings port 80 with it,
// since that is where an authority, and people, knock.
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

// publicURL is where the server is when nobody says so: at its domain, or at
// this machine.
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

// check finds what is wrong with the settings of TLS, by the setting.
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
		return "TLS_HTTP", errors.New("needs a certificate or an ACME domain: there is no https to send people to")
	case address(c.HTTP) != nil:
		return "TLS_HTTP", address(c.HTTP)
	case c.on() && public != nil && public.Scheme != "https":
		return "PUBLIC_URL", errors.New("begins with https:// when the program speaks TLS itself")
	case c.Domain != "" && !isDomain(c.Domain):
		return "ACME_DOMAIN", errors.New("is one name such as backpack.example.org")
	case c.Domain != "" && public != nil && public.Hostname() != c.Domain:
		return "ACME_DOMAIN", fmt.Errorf("is not the host of BACKPACK_PUBLIC_URL, %s", public.Hostname())
	case urlErr != nil || directory.Scheme != "https" && !(directory.Scheme == "http" && directory.Hostname() == "127.0.0.1"):
		return "ACME_DIRECTORY", errors.New("is an https address")
	}
	return "", nil
}

func isDomain(s string) bool {
	return strings.Contains(s, ".") && s == strings.ToLower(s) && net.ParseIP(s) == nil && !strings.ContainsAny(s, "*:/@ ") && !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".")
}

// An edge is what stands between the network and the server.
type edge struct {
	tls   *tls.Config  // nil: the server speaks plain http
	plain http.Handler // on port 80; nil: nothing is there
}

// newEdge builds the edge. Certificates had by ACME are kept in the wallet's
// store.
func newEdge(c *config, x *parts, log *slog.Logger) (*edge, error) {
	e := &edge{plain: sendOn(c.PublicURL)}
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
		return &edge{}, nil
	}
	e.tls.MinVersion = tls.VersionTLS12
	e.tls.NextProtos = []string{"http/1.1", acme.ALPNProto} // the server speaks nothing newer
	return e, nil
}

// listen puts TLS before a listener, if there is any.
func (e *edge) listen(l net.Listener) net.Listener {
	if e.tls == nil {
		return l
	}
	return tls.NewListener(l, e.tls)
}

// sendOn sends who asks in plain http on to https: to our own name, whatever
// they called us. What was sent in the clear already is not taken.
func sendOn(public *url.URL) http.Handler {
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

// A keyPair is a certificate in files, which whoever renews it replaces while
// the server runs. The files are looked at when somebody connects; two that do
// not fit together, as in the moment between the two, leave the old one in use.
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

// read reads the files if they are others than those read last.
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
		k.log.Warn("the new certificate cannot be used; the old one stays", "error", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now, nil
}
