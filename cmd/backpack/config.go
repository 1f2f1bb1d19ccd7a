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

	"backpack/cmd/backpack/report"
	"backpack/server"
	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/vault"
)

// A config contains all settings. Every setting has a default.
type config struct {
	Listen     string
	Data       string
	Database   string // address of PostgreSQL; empty: the data file in Data
	File       bolt.Limits
	PublicURL  *url.URL
	AllowNets  []netip.Prefix
	Egress     *url.URL
	Roots      *x509.CertPool // nil: none
	Registries string         // value of BACKPACK_REGISTRIES; parsed when the stack is built
	Master     []byte         // nil: the file in Data
	Next       []byte         // the key that rotate-key changes to; nil: none
	Trusted    []netip.Prefix
	SMTP       smtpConfig
	LogJSON    bool
	Metrics    string // address that serves metrics; empty: none
	TLS        tlsConfig
	Drain      time.Duration // how long to keep serving after a stop signal
	API        server.API
	Backup     backupConfig
	Quota      wallet.Quota // of each account without a quota of its own
	New        wallet.Newcomers
}

type smtpConfig struct {
	Addr     string // host:port; empty: mail is written to files
	User     string
	Password string
	From     string
	TLS      string // starttls, tls or none
}

// A setting is a value from the environment, BACKPACK_<NAME>, or from a flag,
// the name in lower case with dashes.
type setting struct {
	name   string
	preset string
	secret bool // may be read from the file named by BACKPACK_<NAME>_FILE; never printed
	help   string
}

var settings = []setting{
	{name: "LISTEN", preset: "127.0.0.1:8080", help: "address to listen on"},
	{name: "DATA", preset: "./data", help: "folder for the data file and the master key"},
	{name: "DATABASE", secret: true, help: "PostgreSQL database to store everything in, postgres://user:password@host/name; default: the data file"},
	{name: "MAX_SIZE", help: "maximum size of the data file, such as 20GiB; default: limited by the disk only"},
	{name: "MIN_FREE", preset: "64MiB", help: "free space to keep on the data file's disk; with less, nothing new is stored; 0 disables the check"},
	{name: "PUBLIC_URL", help: "origin that learners and employers see, such as https://backpack.example.org; " +
		"default: http://localhost with the port, or https:// and the ACME domain"},
	{name: "MASTER_KEY", secret: true, help: "32 bytes in hexadecimal or base64 that seal the data; default: a file created at the first start"},
	{name: "MASTER_KEY_NEXT", secret: true, help: "the key that rotate-key changes to; accepted beside MASTER_KEY"},
	{name: "ALLOW_NETS", help: "private networks that outgoing requests may reach, such as 10.0.0.0/8,192.168.1.0/24"},
	{name: "EGRESS_PROXY", help: "HTTP proxy for all outgoing requests; the proxy then has to refuse private addresses"},
	{name: "ISSUER_ROOTS", help: "PEM file of the certificate authorities that confirm issuers of SD-JWT credentials; default: none"},
	{name: "REGISTRIES", help: "registries of issuers, separated by commas: files, https addresses of lists, federation:https://… for trust anchors; " +
		"each may have a name and = in front"},
	{name: "TRUSTED_PROXIES", help: "networks of the reverse proxies whose X-Forwarded headers are trusted"},
	{name: "SMTP", help: "mail server as host:port; without one, mail is written to files"},
	{name: "SMTP_USER", help: "user name for the mail server"},
	{name: "SMTP_PASSWORD", secret: true, help: "password for the mail server"},
	{name: "SMTP_FROM", help: "sender of mail, such as backpack@example.org"},
	{name: "SMTP_TLS", preset: "starttls", help: "starttls, tls or none"},
	{name: "API_PREFIX", preset: "/api/vc", help: "path of the API; off disables it"},
	{name: "API_TOKEN", secret: true, help: "the operator's token, which allows issuing credentials through the API; default: issuing is disabled"},
	{name: "QUOTA_BADGES", preset: "5000", help: "maximum number of badges in one backpack"},
	{name: "QUOTA_BYTES", preset: "500MiB", help: "maximum size of one backpack, including pictures, check records and pending imports: bytes, KiB, MiB or GiB"},
	{name: "NEW_DAYS", preset: "3", help: "number of days for which a backpack without a confirmed address counts as new"},
	{name: "NEW_BYTES", preset: "25MiB", help: "maximum size of a new backpack"},
	{name: "NEW_NETWORK_BYTES", preset: "100MiB", help: "maximum total size of the new backpacks created on one day from one network"},
	{name: "NEW_NETWORK_ACCOUNTS", preset: "200", help: "maximum number of backpacks created on one day from one network"},
	{name: "EMPTY_DAYS", preset: "60", help: "number of days after which an empty backpack that nobody opened again is deleted"},
	{name: "TLS_CERT", help: "PEM file of the certificate and its chain, to serve TLS without a proxy; reloaded when it changes"},
	{name: "TLS_KEY", help: "PEM file of the certificate's private key"},
	{name: "TLS_HTTP", help: "address that redirects plain HTTP to https; default: :80 with BACKPACK_ACME_DOMAIN, else none; off disables it"},
	{name: "ACME_DOMAIN", help: "domain to obtain certificates for by ACME; setting it accepts the authority's terms"},
	{name: "ACME_MAIL", help: "contact address for the certificate authority"},
	{name: "ACME_DIRECTORY", preset: "https://acme-v02.api.letsencrypt.org/directory", help: "directory URL of the certificate authority"},
	{name: "METRICS", help: "address that serves metrics for Prometheus at /metrics, such as 127.0.0.1:9090; default: none"},
	{name: "BACKUP_DIR", help: "folder for scheduled backups; default: no scheduled backups"},
	{name: "BACKUP_EVERY", preset: "24h", help: "interval between scheduled backups"},
	{name: "BACKUP_KEEP", preset: "14", help: "number of scheduled backups to keep, or a scheme such as 7 daily, 4 weekly, 12 monthly"},
	{name: "BACKUP_RECIPIENT", help: "age recipient (age1…) that backups are encrypted for"},
	{name: "BACKUP_PASSPHRASE", secret: true, help: "passphrase that encrypts and decrypts backups instead"},
	{name: "BACKUP_IDENTITY", secret: true, help: "age identity (AGE-SECRET-KEY-1…) that decrypts a backup for restore; keep it off the server"},
	{name: "DRAIN", preset: "0s", help: "how long to keep serving after a stop signal while /readyz already fails; such as 10s behind a load balancer"},
	{name: "LOG", preset: "text", help: "log format, text or json"},
}

func (s setting) flag() string { return strings.ReplaceAll(strings.ToLower(s.name), "_", "-") }

func settingOf(flag string) string { return strings.ReplaceAll(strings.ToUpper(flag), "-", "_") }

// values reads every setting. A flag takes precedence over the environment, the
// environment over a file, a file over the preset. Secrets have no flag, since
// other users of the machine can read flags.
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

// settingFlags returns a flag set with every setting except secrets.
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

// valuesOf reads every setting after the flags are parsed. With an error it
// returns the settings that could be read.
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
	fs.Visit(func(f *flag.Flag) { values[settingOf(f.Name)] = f.Value.String() }) // flags of the command itself do no harm
	return values, usageErrors(faults)
}

func usageErrors(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	return &exitError{exitUsage, errors.Join(faults...)}
}

// toConfig parses the values into a config. Its error contains all faults,
// including those of reading.
func toConfig(values map[string]string, err error) (*config, error) {
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

// parseConfig parses the values into a config and reports all faults at once.
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
		bad("LISTEN", errors.New("must be host:port, such as 127.0.0.1:8080"))
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
		bad("MASTER_KEY_NEXT", errors.New("must differ from BACKPACK_MASTER_KEY, which must be set too"))
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
		bad("LOG", errors.New("must be text or json"))
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
		return nil, errors.New("must be an origin such as https://backpack.example.org, without a path")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// address accepts an address to listen on, or "".
func address(s string) error {
	if _, _, err := net.SplitHostPort(s); s != "" && err != nil {
		return errors.New("must be host:port, such as 127.0.0.1:9090")
	}
	return nil
}

// databaseURL checks the address of a database. Its error does not repeat the
// address, which may contain a password.
func databaseURL(s string) error {
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return errors.New("must be an address such as postgres://user:password@host/name")
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
			return nil, fmt.Errorf("%q is not a network such as 10.0.0.0/8", x)
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
		return nil, errors.New("must be an address such as http://proxy.example.org:3128")
	}
	return u, nil
}

// issuerRoots reads a PEM file of certificates.
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
		return nil, errors.New("must be a PEM file of certificates")
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
		return nil, fmt.Errorf("must be %d bytes in hexadecimal or base64", vault.MasterKeySize)
	}
	return b, nil
}

func (c smtpConfig) check() error {
	if c.Addr == "" {
		if c.User != "" || c.From != "" {
			return errors.New("is not set, but other mail settings are: no mail would be sent")
		}
		return nil
	}
	if (c.User == "") != (c.Password == "") {
		return errors.New("needs both BACKPACK_SMTP_USER and BACKPACK_SMTP_PASSWORD, or neither")
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return errors.New("must be host:port")
	}
	if c.From == "" {
		return errors.New("needs BACKPACK_SMTP_FROM too")
	}
	if c.TLS != "starttls" && c.TLS != "tls" && c.TLS != "none" {
		return errors.New("needs BACKPACK_SMTP_TLS to be starttls, tls or none")
	}
	return nil
}

// config prints the settings in force and hides secrets.
func (p *program) config(_ context.Context, args []string) error {
	values, err := p.values("config", args)
	if values == nil {
		return err
	}
	c, err := toConfig(values, err)
	if c != nil {
		values["PUBLIC_URL"] = c.PublicURL.String()
	}
	if user, host, ok := strings.Cut(values["EGRESS_PROXY"], "@"); ok {
		values["EGRESS_PROXY"] = strings.Repeat("*", min(len(user), 3)) + "@" + host
	}
	out := report.NewWriter(p.out)
	for _, s := range settings {
		v := values[s.name]
		if s.secret && v != "" {
			v = "(set)"
		}
		out.Printf("BACKPACK_%s=%s\n    %s\n", s.name, v, s.help)
	}
	return errors.Join(out.Err, err)
}
