package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"

	"backpack/wallet/mail"
)

const (
	user     = "backpack"
	password = "correct horse"
	sender   = "Backpack <backpack@example.org>"
)

// A received is a mail that the server accepted.
type received struct {
	from   string
	to     []string
	body   string
	tls    bool
	authed bool
}

// A server is a mail server in the test process.
type server struct {
	addr  string
	roots *x509.CertPool
	auth  bool // required

	mu    sync.Mutex
	mails []received
}

func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.mails...)
}

type session struct {
	server *server
	conn   *gosmtp.Conn
	mail   received
	authed bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, u, p string) error {
		if u != user || p != password {
			return errors.New("no such user or password")
		}
		s.authed = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *gosmtp.MailOptions) error {
	if s.server.auth && !s.authed {
		return gosmtp.ErrAuthRequired
	}
	_, secure := s.conn.TLSConnectionState()
	s.mail = received{from: from, tls: secure, authed: s.authed}
	return nil
}

func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "no such user: " + to}
	}
	s.mail.to = append(s.mail.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mail.body = string(b)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	return err
}

func (s *session) Reset()        { s.mail = received{} }
func (s *session) Logout() error { return nil }

// start starts a mail server. mode is the TLS of mail.Config.
func start(t *testing.T, mode string, auth bool) *server {
	t.Helper()
	cert, roots := certificate(t)
	s := &server{roots: roots, auth: auth}
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		return &session{server: s, conn: c}, nil
	}))
	srv.Domain = "localhost"
	srv.ErrorLog = quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	switch mode {
	case "starttls":
		srv.TLSConfig = config
	case "tls":
		l = tls.NewListener(l, config)
	}
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	s.addr = l.Addr().String()
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate returns a certificate for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func (s *server) config(mode string) mail.Config {
	return mail.Config{Addr: s.addr, From: sender, TLS: mode, Roots: s.roots, Timeout: time.Minute}
}

func send(t *testing.T, cfg mail.Config, to string) error {
	t.Helper()
	m, err := mail.SMTP(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m.Send(t.Context(), to, "Ihr Code für Backpack", "Your code is\n\n    123456\n\nGrüße.\n.\nA line with a dot above.\n")
}

func TestSend(t *testing.T) {
	for _, mode := range []string{"starttls", "tls", "none"} {
		for _, auth := range []bool{false, true} {
			if auth && mode == "none" {
				continue
			}
			s := start(t, mode, auth)
			cfg := s.config(mode)
			if auth {
				cfg.User, cfg.Password = user, password
			}
			if err := send(t, cfg, "ada@example.org"); err != nil {
				t.Errorf("%s: %v", mode, err)
				continue
			}
			check(t, mode, s.all(), mode != "none", auth)
		}
	}
}

func check(t *testing.T, name string, mails []received, secure, authed bool) {
	t.Helper()
	if len(mails) != 1 || mails[0].from != "backpack@example.org" || len(mails[0].to) != 1 || mails[0].to[0] != "ada@example.org" {
		t.Fatalf("%s: %+v", name, mails)
	}
	if mails[0].tls != secure || mails[0].authed != authed {
		t.Errorf("%s: got tls %v, authenticated %v", name, mails[0].tls, mails[0].authed)
	}
	msg, err := netmail.ReadMessage(strings.NewReader(mails[0].body))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != "Ihr Code für Backpack" {
		t.Errorf("%s: got subject %q, error %v", name, subject, err)
	}
	for header, want := range map[string]string{
		"To": "<ada@example.org>", "From": `"Backpack" <backpack@example.org>`, "Auto-Submitted": "auto-generated",
		"Content-Type": "text/plain; charset=UTF-8",
	} {
		if got := msg.Header.Get(header); got != want {
			t.Errorf("%s: got %s %q, want %q", name, header, got, want)
		}
	}
	if _, err := msg.Header.Date(); err != nil || msg.Header.Get("Message-Id") == "" || msg.Header.Get("X-Mailer") != "" {
		t.Errorf("%s: got header %v, error %v", name, msg.Header, err)
	}
	body, err := io.ReadAll(msg.Body)
	if err != nil || !strings.Contains(string(body), "123456") || !strings.Contains(string(body), "A line with a dot above.") {
		t.Errorf("%s: got body %q, error %v", name, body, err)
	}
}

func TestSendRefuses(t *testing.T) {
	plain := start(t, "none", false)
	asking := start(t, "starttls", true)
	for name, c := range map[string]struct {
		cfg  mail.Config
		to   string
		want string
	}{
		"a server without STARTTLS": {plain.config("starttls"), "ada@example.org", "STARTTLS"},
		"an untrusted certificate":  {func() mail.Config { c := asking.config("starttls"); c.Roots = nil; return c }(), "ada@example.org", "certificate"},
		"no password":               {asking.config("starttls"), "ada@example.org", "authenticate"},
		"a wrong password": {func() mail.Config {
			c := asking.config("starttls")
			c.User, c.Password = user, "wrong"
			return c
		}(), "ada@example.org", "AUTH failed"},
		"an unknown receiver": {plain.config("none"), "nobody@example.org", "no such user"},
		"a header":            {plain.config("none"), "ada@example.org\r\nBcc: all@example.org", "line break"},
		"a list":              {plain.config("none"), "ada@example.org, bob@example.org", "is invalid"},
		"no server":           {mail.Config{Addr: "127.0.0.1:1", From: sender, TLS: "none"}, "ada@example.org", "refused"},
	} {
		err := send(t, c.cfg, c.to)
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want)) {
			t.Errorf("%s: got error %v, want %q", name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), c.to) || strings.Contains(err.Error(), password)) {
			t.Errorf("%s: the error contains the receiver: %v", name, err)
		}
	}
	if n := len(plain.all()) + len(asking.all()); n != 0 {
		t.Errorf("got %d mails", n)
	}
}

func TestSubjectWithALineBreak(t *testing.T) {
	s := start(t, "none", false)
	m, err := mail.SMTP(s.config("none"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Send(t.Context(), "ada@example.org", "Hello\r\nBcc: all@example.org", "text") == nil || len(s.all()) != 0 {
		t.Error("the mail is sent")
	}
}

// TestSilentServer asserts that a server that never answers does not block a mail.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	started := time.Now()
	cfg := mail.Config{Addr: l.Addr().String(), From: sender, TLS: "none", Timeout: 200 * time.Millisecond}
	if send(t, cfg, "ada@example.org") == nil {
		t.Error("got no error")
	}
	cfg.Timeout = time.Minute
	m, err := mail.SMTP(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if m.Send(ctx, "ada@example.org", "s", "t") == nil {
		t.Error("got no error")
	}
	if took := time.Since(started); took > time.Minute {
		t.Errorf("sending took %v", took)
	}
}

func TestBadConfigs(t *testing.T) {
	good := mail.Config{Addr: "localhost:25", From: sender, TLS: "none"}
	if _, err := mail.SMTP(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*mail.Config){
		"no port":                func(c *mail.Config) { c.Addr = "localhost" },
		"no host":                func(c *mail.Config) { c.Addr = ":25" },
		"a name as the port":     func(c *mail.Config) { c.Addr = "localhost:smtp" },
		"port too high":          func(c *mail.Config) { c.Addr = "localhost:70000" },
		"no sender":              func(c *mail.Config) { c.From = "" },
		"an invalid sender":      func(c *mail.Config) { c.From = "backpack" },
		"a header in the sender": func(c *mail.Config) { c.From = "a@example.org\r\nBcc: b@example.org" },
		"unknown TLS":            func(c *mail.Config) { c.TLS = "maybe" },
		"password without TLS":   func(c *mail.Config) { c.User, c.Password = "u", "p" },
	} {
		cfg := good
		spoil(&cfg)
		if m, err := mail.SMTP(cfg); err == nil || m != nil {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
}
