package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"backpack/server"
	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/vault"
)

// A config is all that an operator can set. Nothing has to be.
type config struct {
	Listen     string
	Data       string
	Database   string // address of PostgreSQL; empty: the file in Data
	File       bolt.Limits
	PublicURL  *url.URL
	AllowNets  []netip.Prefix
	Egress     *url.URL
	Roots      *x509.CertPool // nil: none
	Registries string         // who knows issuers; read when the stack is built
	Master     []byte         // nil: the file in Data
	Next       []byte         // the master key to change to; nil: none
	Trusted    []netip.Prefix
	SMTP       smtpConfig
	LogJSON    bool
	Metrics    string // where metrics are served; empty: nowhere
	TLS        tlsConfig
	Drain      time.Duration // of serving on after being told to stop
	API        server.API
	Backup     backupConfig
	Quota      wallet.Quota // of each account, unless it has one of its own
	New        wallet.Newcomers
}

type smtpConfig struct {
	Addr     string // host:port; empty: mail lands in a file
	User     string
	Password string
	From     string
	TLS      string // starttls, tls or none
}

// A setting is one thing to configure: BACKPACK_<NAME> in the environment, the
// same in lower case with dashes as a flag.
type setting struct {
	name   string
	preset string
	secret bool // may come from a file named by BACKPACK_<NAME>_FILE; never printed
	help   string
}

var settings = []setting{
	{name: "LISTEN", preset: "127.0.0.1:8080", help: "address to listen on"},
	{name: "DATA", preset: "./data", help: "folder of the data file and the master key"},
	{name: "DATABASE", secret: true, help: "address of a PostgreSQL database, postgres://user:password@host/name, to keep everything in; default: the data file"},
	{name: "MAX_SIZE", help: "size that the data file may have, such as 20GiB; default: as large as the disk"},
	{name: "MIN_FREE", preset: "64MiB", help: "room to leave on the disk of the data file; below it nothing new is saved; 0 for none"},
	{name: "PUBLIC_URL", help: "origin that learners and employers see, such as https://backpack.example.org; default: http://localhost with the port, or https:// and the ACME domain"},
	{name: "MASTER_KEY", secret: true, help: "32 bytes in hexadecimal or base64 that seal the data; default: a file made at the first start"},
	{name: "MASTER_KEY_NEXT", secret: true, help: "another such key, which is accepted as well and which rotate-key changes to"},
	{name: "ALLOW_NETS", help: "private networks that may be fetched from, such as 10.0.0.0/8,192.168.1.0/24"},
	{name: "EGRESS_PROXY", help: "http proxy for all outgoing requests; address checks are then the proxy's"},
	{name: "ISSUER_ROOTS", help: "PEM file of the authorities whose certificates confirm who issued an SD-JWT credential; default: none"},
	{name: "REGISTRIES", help: "who knows issuers: files and https addresses of lists, federation:https://… for trust anchors; commas between, a name and = before each if you like"},
	{name: "TRUSTED_PROXIES", help: "networks of reverse proxies whose X-Forwarded headers are believed"},
	{name: "SMTP", help: "mail server, host:port; without one, mail lands in a file"},
	{name: "SMTP_USER", help: "user name at the mail server"},
	{name: "SMTP_PASSWORD", secret: true, help: "password at the mail server"},
	{name: "SMTP_FROM", help: "sender of mail, such as backpack@example.org"},
	{name: "SMTP_TLS", preset: "starttls", help: "starttls, tls or none"},
	{name: "API_PREFIX", preset: "/api/vc", help: "path of the interface for programs; off to have none"},
	{name: "API_TOKEN", secret: true, help: "token of the operator, who may let the service issue credentials; default: nobody may"},
	{name: "QUOTA_BADGES", preset: "5000", help: "how many badges one backpack may hold"},
	{name: "QUOTA_BYTES", preset: "500MiB", help: "how much one backpack may take, with pictures, kept evidence and imports under way: bytes, or with KiB, MiB or GiB"},
	{name: "NEW_DAYS", preset: "3", help: "how many days a backpack is new that has no confirmed address"},
	{name: "NEW_BYTES", preset: "25MiB", help: "how much a new backpack may take"},
	{name: "NEW_NETWORK_BYTES", preset: "100MiB", help: "how much all new backpacks together may take that were made on one day from one network"},
	{name: "NEW_NETWORK_ACCOUNTS", preset: "200", help: "how many backpacks may be made on one day from one network"},
	{name: "EMPTY_DAYS", preset: "60", help: "after how many days a backpack is deleted that is empty and was never opened again"},
	{name: "TLS_CERT", help: "file of the certificate, and those that it needs, in PEM, to speak TLS without a proxy; read again when it changes"},
	{name: "TLS_KEY", help: "file of the key that belongs to it"},
	{name: "TLS_HTTP", help: "address where plain http is sent on to https; default: :80 with BACKPACK_ACME_DOMAIN, else none; off to have none"},
	{name: "ACME_DOMAIN", help: "name for which to get certificates from an authority by ACME, whose terms you agree to by this"},
	{name: "ACME_MAIL", help: "address to which the authority may write"},
	{name: "ACME_DIRECTORY", preset: "https://acme-v02.api.letsencrypt.org/directory", help: "address of the authority"},
	{name: "METRICS", help: "address on which metrics for Prometheus are served at /metrics, such as 127.0.0.1:9090; default: none"},
	{name: "BACKUP_DIR", help: "folder that the server writes backups to; default: it makes none by itself"},
	{name: "BACKUP_EVERY", preset: "24h", help: "how often it does"},
	{name: "BACKUP_KEEP", preset: "14", help: "how many of its backups stay there, or which: 7 daily, 4 weekly, 12 monthly"},
	{name: "BACKUP_RECIPIENT", help: "for whom backups are encrypted: an age1… of age"},
	{name: "BACKUP_PASSPHRASE", secret: true, help: "with what they are encrypted instead, and decrypted"},
	{name: "BACKUP_IDENTITY", secret: true, help: "AGE-SECRET-KEY-1… that a restore decrypts with; not for a server"},
	{name: "DRAIN", preset: "0s", help: "how long to go on serving, while /readyz says no already, after being told to stop; such as 10s where a proxy sends requests to several"},
	{name: "LOG", preset: "text", help: "text or json"},
}

func (s setting) flag() string { return strings.ReplaceAll(strings.ToLower(s.name), "_", "-") }

func settingOf(flag string) string { return strings.ReplaceAll(strings.ToUpper(flag), "-", "_") }

// values reads every setting: flag before environment before file before
// preset. Secrets have no flag, for others on the machine can read those.
func (p *program) values(name string, args []string) (map[string]string, error) {
	fs := settingFlags(name)
	if err := fs.Parse(args); err != nil {
		return nil, usageError("%v\n\n%s", err, usage)
	}
	if fs.NArg() > 0 {
		return nil, usageError("%s takes no argument %q\n\n%s", name, fs.Arg(0), usage)
	}
	return p.valuesOf(fs)
}

// settingFlags returns a flag for each setting that is no secret.
func settingFlags(name string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	for _, s := range settings {
		if !s.secret {
			fs.String(s.flag(), "", s.help)
		}
	}
	return fs
}

// valuesOf reads every setting, when the flags have been parsed. With an error
// it returns those that could be read.
func (p *program) valuesOf(fs *flag.FlagSet) (map[string]string, error) {
	values := map[string]string{}
	var faults []error
	for _, s := range settings {
		v, err := p.value(s)
		if err != nil {
			faults = append(faults, err)
		}
		values[s.name] = v
	}
	fs.Visit(func(f *flag.Flag) { values[settingOf(f.Name)] = f.Value.String() }) // a command's own flags do no harm
	return values, usageErrors(faults)
}

func usageErrors(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	return &exitError{exitUsage, errors.Join(faults...)}
}

// settle makes a config of what was read, and tells all faults at once: those of
// reading too.
func settle(values map[string]string, err error) (*config, error) {
	if values == nil {
		return nil, err
	}
	c, more := parseConfig(values)
	if err != nil && more != nil {
		return nil, usageErrors([]error{err, more})
	}
	if err = cmp.Or(err, more); err != nil {
		return nil, err
	}
	return c, nil
}

func (p *program) value(s setting) (string, error) {
	v, file := p.env("BACKPACK_"+s.name), p.env("BACKPACK_"+s.name+"_FILE")
	switch {
	case !s.secret || file == "":
	case v != "":
		return "", fmt.Errorf("BACKPACK_%s and BACKPACK_%s_FILE are both set; set one of them", s.name, s.name)
	default:
		b, err := os.ReadFile(file)
		if err == nil && len(bytes.TrimSpace(b)) == 0 {
			err = fmt.Errorf("%s is empty", file)
		}
		if err != nil {
			return "", fmt.Errorf("BACKPACK_%s_FILE: %w", s.name, err)
		}
		return strings.TrimSpace(string(b)), nil
	}
	return cmp.Or(v, s.preset), nil
}

// parseConfig makes a config of the values and reports all faults at once.
func parseConfig(v map[string]string) (*config, error) {
	c := &config{Listen: v["LISTEN"], Data: v["DATA"], Database: v["DATABASE"], Registries: v["REGISTRIES"], LogJSON: v["LOG"] == "json", Metrics: v["METRICS"]}
	c.SMTP = smtpConfig{Addr: v["SMTP"], User: v["SMTP_USER"], Password: v["SMTP_PASSWORD"], From: v["SMTP_FROM"], TLS: v["SMTP_TLS"]}
	if v["API_PREFIX"] != "off" {
		c.API.Prefix = v["API_PREFIX"]
	}
	var faults []error
	bad := func(name string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("BACKPACK_%s: %w", name, err))
		}
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		bad("LISTEN", errors.New("is host:port, such as 127.0.0.1:8080"))
	}
	bad("DATABASE", databaseURL(c.Database))
	bad("METRICS", address(c.Metrics))
	c.File.MaxSize, err = maxSize(v["MAX_SIZE"])
	bad("MAX_SIZE", err)
	c.File.MinFree, err = minFree(v["MIN_FREE"])
	bad("MIN_FREE", err)
	c.TLS = readTLS(v)
	c.PublicURL, err = publicURL(c.TLS.publicURL(v["PUBLIC_URL"], port), port)
	bad("PUBLIC_URL", err)
	bad(c.TLS.check(c.PublicURL))
	c.AllowNets, err = prefixes(v["ALLOW_NETS"])
	bad("ALLOW_NETS", err)
	c.Trusted, err = prefixes(v["TRUSTED_PROXIES"])
	bad("TRUSTED_PROXIES", err)
	c.Egress, err = proxyURL(v["EGRESS_PROXY"])
	bad("EGRESS_PROXY", err)
	c.Master, err = masterKey(v["MASTER_KEY"])
	bad("MASTER_KEY", err)
	c.Next, err = masterKey(v["MASTER_KEY_NEXT"])
	bad("MASTER_KEY_NEXT", err)
	if c.Next != nil && (c.Master == nil || bytes.Equal(c.Next, c.Master)) {
		bad("MASTER_KEY_NEXT", errors.New("is another key than BACKPACK_MASTER_KEY, which must be set too"))
	}
	c.Roots, err = issuerRoots(v["ISSUER_ROOTS"])
	bad("ISSUER_ROOTS", err)
	bad("SMTP", c.SMTP.check())
	bad("API_PREFIX", c.API.Check())
	c.Drain, err = drainTime(v["DRAIN"])
	bad("DRAIN", err)
	c.API.Token = v["API_TOKEN"]
	bad("API_TOKEN", server.API{Token: c.API.Token}.Check())
	c.Quota.Badges, err = count(v["QUOTA_BADGES"])
	bad("QUOTA_BADGES", err)
	c.Quota.Bytes, err = byteSize(v["QUOTA_BYTES"])
	bad("QUOTA_BYTES", err)
	c.New = parseNewcomers(v, bad)
	c.Backup = parseBackup(v, bad)
	if v["LOG"] != "text" && v["LOG"] != "json" {
		bad("LOG", errors.New("is text or json"))
	}
	if len(faults) > 0 {
		return nil, usageErrors(faults)
	}
	return c, nil
}

func publicURL(s, port string) (*url.URL, error) {
	if s == "" {
		return &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", port)}, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return nil, errors.New("is an origin such as https://backpack.example.org, without a path")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// address accepts where to listen, or nothing.
func address(s string) error {
	if _, _, err := net.SplitHostPort(s); s != "" && err != nil {
		return errors.New("is host:port, such as 127.0.0.1:9090")
	}
	return nil
}

// databaseURL repeats nothing of the address, which may hold a password.
func databaseURL(s string) error {
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return errors.New("is an address such as postgres://user:password@host/name")
	}
	return nil
}

func prefixes(s string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		if a, err := netip.ParseAddr(x); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(x)
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", x)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

func proxyURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("is an address such as http://proxy.example.org:3128")
	}
	return u, nil
}

// issuerRoots reads a file of certificates.
func issuerRoots(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, errors.New("is a file of certificates in PEM")
	}
	return pool, nil
}

func masterKey(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		b, err = base64.StdEncoding.DecodeString(s)
	}
	if err != nil || len(b) != vault.MasterKeySize {
		return nil, fmt.Errorf("is %d bytes in hexadecimal or base64", vault.MasterKeySize)
	}
	return b, nil
}

func (c smtpConfig) check() error {
	if c.Addr == "" {
		if c.User != "" || c.From != "" {
			return errors.New("is not set, though other settings of mail are: none will be sent")
		}
		return nil
	}
	if (c.User == "") != (c.Password == "") {
		return errors.New("needs both BACKPACK_SMTP_USER and BACKPACK_SMTP_PASSWORD, or neither")
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return errors.New("is host:port")
	}
	if c.From == "" {
		return errors.New("needs BACKPACK_SMTP_FROM too")
	}
	if c.TLS != "starttls" && c.TLS != "tls" && c.TLS != "none" {
		return errors.New("needs BACKPACK_SMTP_TLS to be starttls, tls or none")
	}
	return nil
}

// config prints the effective settings, secrets hidden.
func (p *program) config(_ context.Context, args []string) error {
	values, err := p.values("config", args)
	if values == nil {
		return err
	}
	c, err := settle(values, err)
	if c != nil {
		values["PUBLIC_URL"] = c.PublicURL.String()
	}
	if user, host, ok := strings.Cut(values["EGRESS_PROXY"], "@"); ok {
		values["EGRESS_PROXY"] = strings.Repeat("*", min(len(user), 3)) + "@" + host
	}
	out := &errWriter{w: p.out}
	for _, s := range settings {
		v := values[s.name]
		if s.secret && v != "" {
			v = "(set)"
		}
		out.printf("BACKPACK_%s=%s\n    %s\n", s.name, v, s.help)
	}
	return errors.Join(out.err, err)
}
