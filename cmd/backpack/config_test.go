package main

import (
	"strings"
	"testing"
)

func TestConfigFaultsAtOnce(t *testing.T) {
	got := setup{env: map[string]string{
		"BACKPACK_LISTEN": "8080", "BACKPACK_PUBLIC_URL": "https://a.example/path", "BACKPACK_ALLOW_NETS": "10.0.0.0/99",
		"BACKPACK_TRUSTED_PROXIES": "proxy", "BACKPACK_EGRESS_PROXY": "socks5://me:geheim@a.example", "BACKPACK_MASTER_KEY": "geheim",
		"BACKPACK_SMTP": "mail.example:25", "BACKPACK_LOG": "loud",
	}}.run(t, "serve")
	if got.code != exitUsage {
		t.Errorf("code %d", got.code)
	}
	has(t, got.err, "BACKPACK_LISTEN: must be host:port", "BACKPACK_PUBLIC_URL: must be an origin", `BACKPACK_ALLOW_NETS: "10.0.0.0/99" is not a network`,
		"BACKPACK_TRUSTED_PROXIES", "BACKPACK_EGRESS_PROXY", "BACKPACK_MASTER_KEY: must be 32 bytes", "BACKPACK_SMTP: needs BACKPACK_SMTP_FROM",
		"BACKPACK_LOG: must be text or json")
	lacks(t, got.err, "geheim")
}

// TestConfigContradictions: contradictory settings are reported with all other
// faults.
func TestConfigContradictions(t *testing.T) {
	empty := write(t, t.TempDir(), "empty", []byte("\n"))
	key := strings.Repeat("ab", 32)
	got := setup{env: map[string]string{
		"BACKPACK_API_TOKEN_FILE": "/no/such/file", "BACKPACK_SMTP_PASSWORD_FILE": empty, "BACKPACK_SMTP_FROM": "a@b.example",
		"BACKPACK_DATABASE": "postgres://geheim@a/b", "BACKPACK_DATABASE_FILE": empty, "BACKPACK_BACKUP_DIR": "x", "BACKPACK_BACKUP_KEEP": "0",
		"BACKPACK_BACKUP_EVERY": "1s", "BACKPACK_BACKUP_RECIPIENT": "age1x", "BACKPACK_MASTER_KEY": key, "BACKPACK_MASTER_KEY_NEXT": key, "BACKPACK_LOG": "loud",
	}}.run(t, "config")
	if got.code != exitUsage {
		t.Errorf("code %d", got.code)
	}
	for _, want := range []string{"BACKPACK_API_TOKEN_FILE: open /no/such/file", "BACKPACK_SMTP_PASSWORD_FILE: " + empty + " is empty",
		"BACKPACK_DATABASE and BACKPACK_DATABASE_FILE are both set",
		"BACKPACK_BACKUP_KEEP: must be a whole number", "BACKPACK_BACKUP_EVERY: must be a duration", "BACKPACK_BACKUP_RECIPIENT: the recipient is not",
		"BACKPACK_MASTER_KEY_NEXT: must differ",
		"BACKPACK_SMTP: is not set, but", "BACKPACK_LOG: must be text or json"} {
		has(t, got.err, want)
	}
	has(t, got.out, "BACKPACK_MASTER_KEY=(set)")
	lacks(t, got.err+got.out, "geheim", key)
}

func TestConfigOrder(t *testing.T) {
	file := write(t, t.TempDir(), "secret", []byte("from file\n"))
	s := setup{env: map[string]string{
		"BACKPACK_LISTEN": "127.0.0.1:1", "BACKPACK_DATA": "", "BACKPACK_SMTP_PASSWORD_FILE": file,
		"BACKPACK_EGRESS_PROXY": "http://me:geheim@proxy.example:3128",
	}}
	got := s.run(t, "config", "--listen", "127.0.0.1:2", "--log=json")
	if got.code != exitOK {
		t.Fatalf("code %d: %s", got.code, got.err)
	}
	has(t, got.out, "BACKPACK_LISTEN=127.0.0.1:2\n", "BACKPACK_DATA=./data\n", "BACKPACK_PUBLIC_URL=http://localhost:2\n",
		"BACKPACK_MASTER_KEY=\n", "@proxy.example:3128\n", "BACKPACK_SMTP_PASSWORD=(set)\n", "BACKPACK_LOG=json\n")
	lacks(t, got.out, "from file", "geheim")
	for _, x := range settings {
		has(t, got.out, "BACKPACK_"+x.name+"=", x.help)
	}

	p := s.program(nil, nil)
	values, err := p.values("serve", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := values["SMTP_PASSWORD"]; got != "from file" {
		t.Errorf("the password is %q", got)
	}
	s.env["BACKPACK_SMTP_PASSWORD"] = "from environment"
	delete(s.env, "BACKPACK_SMTP_PASSWORD_FILE")
	if values, _ = p.values("serve", nil); values["SMTP_PASSWORD"] != "from environment" {
		t.Errorf("the password is %q", values["SMTP_PASSWORD"])
	}
	if _, err := p.values("serve", []string{"--smtp-password", "x"}); err == nil {
		t.Error("a secret has a flag, which everybody can read")
	}
}

func TestConfigValues(t *testing.T) {
	for _, tt := range []struct{ name, value, fault string }{
		{"PUBLIC_URL", "https://backpack.example/", ""},
		{"PUBLIC_URL", "http://[::1]:8080", ""},
		{"PUBLIC_URL", "ftp://backpack.example", "origin"},
		{"PUBLIC_URL", "https://me@backpack.example", "origin"},
		{"PUBLIC_URL", "https://backpack.example?x", "origin"},
		{"PUBLIC_URL", "backpack.example", "origin"},
		{"PUBLIC_URL", "https://%", "origin"},
		{"ALLOW_NETS", "10.0.0.0/8, 192.168.1.7 fd00::/8", ""},
		{"ALLOW_NETS", "10.0.0.0/8;", "not a network"},
		{"ISSUER_ROOTS", "no-such-file.pem", "no such file"},
		{"ISSUER_ROOTS", "config_test.go", "PEM file"},
		{"EGRESS_PROXY", "http://proxy.example:3128", ""},
		{"EGRESS_PROXY", "proxy.example:3128", "such as"},
		{"MASTER_KEY", strings.Repeat("00", 32), ""},
		{"MASTER_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", ""},
		{"MASTER_KEY", strings.Repeat("00", 31), "32 bytes"},
		{"MAX_SIZE", "20GiB", ""},
		{"MAX_SIZE", "63 MiB", "64MiB or more"},
		{"MAX_SIZE", "9999999999TiB", "number of bytes"},
		{"MIN_FREE", "0", ""},
		{"MIN_FREE", "-1", "number of bytes"},
		{"MIN_FREE", "64MB", "number of bytes"},
		{"MIN_FREE", "iB", "number of bytes"},
		{"LISTEN", ":8080", ""},
		{"LISTEN", "[::1]", "host:port"},
		{"LOG", "JSON", "text or json"},
		{"API_PREFIX", "off", ""},
		{"API_PREFIX", "/v1", ""},
		{"API_PREFIX", "api", "not a path"},
		{"API_TOKEN", "twenty characters or more", ""},
		{"API_TOKEN", "few", "shorter than"},
	} {
		t.Run(tt.name+"="+tt.value, func(t *testing.T) {
			got := setup{env: map[string]string{"BACKPACK_" + tt.name: tt.value}}.run(t, "config")
			if tt.fault == "" {
				if got.code != exitOK {
					t.Errorf("code %d: %s", got.code, got.err)
				}
				return
			}
			if got.code != exitUsage {
				t.Errorf("code %d", got.code)
			}
			has(t, got.err, "BACKPACK_"+tt.name, tt.fault)
		})
	}
}
