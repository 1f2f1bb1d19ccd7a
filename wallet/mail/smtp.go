package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"backpack/wallet"
)

// defaultTimeout limits the sending of one mail.
const defaultTimeout = 20 * time.Second

// A Config describes a mail server.
type Config struct {
	Addr     string // host:port
	User     string // empty means no authentication
	Password string
	From     string // sender's address, with or without a name
	// TLS is "starttls" (the default; fails if the server does not support it),
	// "tls" for a port with implicit TLS, or "none" for a server on a trusted
	// network, which never receives a password.
	TLS     string
	Timeout time.Duration  // per mail; 0 means 20 s
	Roots   *x509.CertPool // nil means the system's certificates
}

// SMTP returns a mailer that uses one connection per mail. Its errors contain the
// server's answer, never the receiver.
func SMTP(cfg Config) (wallet.Mailer, error) {
	host, portText, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("mail server %q: %w", cfg.Addr, err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || host == "" {
		return nil, fmt.Errorf("mail server %q is not host:port", cfg.Addr)
	}
	if cfg.TLS == "none" && cfg.User != "" {
		return nil, errors.New("a password requires TLS to the mail server")
	}
	if err := gomail.NewMsg().From(cfg.From); err != nil { // fail now, not at the first mail
		return nil, fmt.Errorf("sender: %w", err)
	}
	s := &smtp{
		host: host, from: cfg.From, direct: cfg.TLS == "tls", timeout: cmp.Or(max(cfg.Timeout, 0), defaultTimeout),
		tls: &tls.Config{ServerName: host, RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
	}
	if s.options, err = cfg.options(); err != nil {
		return nil, err
	}
	s.options = append(s.options, gomail.WithPort(port), gomail.WithTLSConfig(s.tls), gomail.WithTimeout(s.timeout))
	if _, err = gomail.NewClient(host, s.options...); err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return s, nil
}

func (cfg *Config) options() ([]gomail.Option, error) {
	options := []gomail.Option{gomail.WithoutNoop()}
	switch cfg.TLS {
	case "", "starttls":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		// Our dialer already speaks TLS, which the library detects. With WithSSL it
		// would take the connection for an unencrypted one.
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("TLS %q is not starttls, tls or none", cfg.TLS)
	}
	if cfg.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(cfg.User), gomail.WithPassword(cfg.Password))
	}
	return options, nil
}

type smtp struct {
	host, from string
	tls        *tls.Config
	direct     bool // implicit TLS
	timeout    time.Duration
	options    []gomail.Option
}

// Send implements wallet.Mailer.
func (s *smtp) Send(ctx context.Context, to, subject, text string) error {
	msg, err := message(s.from, to, subject, text)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var line line
	defer context.AfterFunc(ctx, line.cut)()
	c, err := gomail.NewClient(s.host, slices.Concat(s.options, []gomail.Option{gomail.WithDialContextFunc(line.dialer(s))})...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	err = c.DialAndSendWithContext(ctx, msg)
	if ctx.Err() != nil {
		return fmt.Errorf("send mail: %w", ctx.Err())
	}
	if err != nil {
		return fmt.Errorf("send mail: %s", strings.ReplaceAll(err.Error(), to, "the receiver"))
	}
	return nil
}

// A line is the connection for one mail. The mail library observes its context only
// until it is connected, so the line closes when the context ends.
type line struct {
	mu   sync.Mutex
	conn net.Conn
}

func (l *line) dialer(s *smtp) gomail.DialContextFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		dial := new(net.Dialer).DialContext
		if s.direct {
			dial = (&tls.Dialer{Config: s.tls}).DialContext
		}
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conn = conn
		return conn, ctx.Err()
	}
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		l.conn.Close()
	}
}

// message builds a mail and refuses input that could add a header or a receiver.
func message(from, to, subject, text string) (*gomail.Msg, error) {
	if strings.ContainsAny(to+subject, "\r\n\x00") {
		return nil, errors.New("a mail's head has a line break in it")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := msg.From(from); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	if err := msg.To(to); err != nil {
		return nil, errors.New("the receiver's address is invalid")
	}
	msg.Subject(subject)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // prevents automatic replies (RFC 3834, 5)
	msg.SetBodyString(gomail.TypeTextPlain, text)
	return msg, nil
}
