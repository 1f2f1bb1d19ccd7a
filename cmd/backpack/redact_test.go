package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"testing"
)

// logged returns what p's logger writes for one line.
func logged(json bool, write func(*slog.Logger)) string {
	var out bytes.Buffer
	write((&program{err: &out}).logger(&config{LogJSON: json}))
	return out.String()
}

// TestRedact puts secrets into every place of a log line.
func TestRedact(t *testing.T) {
	const jwt = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLW9mLWNhbmFyeQ"
	for name, x := range map[string]struct{ text, secret string }{
		"session":      {"cookie 8pU1jWm3Q0rCANARY9xZ1yq2s3t4u5v6w7x8y9z0A1B", "CANARY"},
		"share token":  {"opened abcdefghijklmnopqrstuvwxyzcanary", "canary"},
		"share link":   {"GET https://a.example/s/canary/badges", "canary"},
		"short link":   {"/s/canary", "canary"},
		"mail link":    {"/mail/stop/canary", "canary"},
		"query":        {"fetch https://a.example/badge.json?token=canary: refused", "canary"},
		"fragment":     {"fetch https://a.example/badge.json#canary", "canary"},
		"user":         {"connect postgres://me:canary@db.example/x", "canary"},
		"address":      {"mail to canary.o'name+x@school.example failed", "canary"},
		"address in":   {"rcpt <canary@school.example>: 550", "canary"},
		"JWT":          {"bad credential " + jwt, "eyJ"},
		"SD-JWT":       {"bad " + jwt + "~WyJjYW5hcnki~", "WyJ"},
		"hexadecimal":  {"key 0a1b2c3d4e5f60718293a4b5c6d7e8f9cafe", "cafe"},
		"backpack key": {"key AB2D-EF3H-JK4M-NP5R-ST6V-WX7Z", "JK4M"},
		"UUID":         {"urn:uuid:0a1b2c3d-4e5f-6071-8293-a4b5c6d7cafe", "cafe"},
		"DID":          {"did:key:z6MkcanaryZ7vqZ6nE3fL1bPq2rS3tU4vW5xY6", "canary"},
	} {
		for place, write := range map[string]func(*slog.Logger){
			"message": func(l *slog.Logger) { l.Info(x.text) },
			"text":    func(l *slog.Logger) { l.Info("m", "x", x.text) },
			"error":   func(l *slog.Logger) { l.Error("m", "error", fmt.Errorf("do it: %w", errors.New(x.text))) },
			"value":   func(l *slog.Logger) { l.Info("m", "x", struct{ V string }{x.text}) },
			"bytes":   func(l *slog.Logger) { l.Info("m", "x", slog.AnyValue([]string{x.text})) },
			"group":   func(l *slog.Logger) { l.Info("m", slog.Group("g", "x", x.text)) },
			"with":    func(l *slog.Logger) { l.With("x", x.text).WithGroup("g").Info("m", "y", x.text) },
			"later":   func(l *slog.Logger) { l.Info("m", "x", lazy(x.text)) },
		} {
			for _, json := range []bool{false, true} {
				got := logged(json, write)
				if strings.Contains(got, x.secret) || !strings.Contains(got, hidden) {
					t.Errorf("%s as %s: %s", name, place, got)
				}
			}
		}
	}
	for _, key := range []string{"token", "Cookie", "api_token", "emailAddress", "passcode", "Authorization", "form.csrf", "session_id", "master_key",
		"smtp_password"} {
		if got := logged(true, func(l *slog.Logger) { l.With(key, "a").Info("m", key, "canary", slog.Group("g", key, "canary")) }); strings.Contains(got, "canary") ||
			strings.Contains(got, `"a"`) {
			t.Errorf("%s: %s", key, got)
		}
	}
}

type lazy string

func (l lazy) LogValue() slog.Value { return slog.StringValue(string(l)) }

// TestRedactLeaves: information that an operator needs remains.
func TestRedactLeaves(t *testing.T) {
	stack := string(debug.Stack())
	got := logged(false, func(l *slog.Logger) {
		l.Info("request", "id", "JWNNPQNMOODE", "method", "GET", "route", "/s/:token/badges/:id", "status", 200, "ms", 12)
		l.Error("failed", "error", errors.New("fetch https://issuer.example/keys/status.json: could not be reached: dial tcp 192.0.2.1:443"), "stack", stack)
	})
	has(t, got, "id=JWNNPQNMOODE method=GET route=/s/:token/badges/:id", "status=200 ms=12",
		"https://issuer.example/keys/status.json: could not be reached", "192.0.2.1:443",
		"backpack.TestRedactLeaves", "redact_test.go:")
	if long := logged(false, func(l *slog.Logger) { l.Info("m", "x", strings.Repeat("ab ", 100_000)) }); len(long) > longestLogged+1000 {
		t.Errorf("%d bytes of one value", len(long))
	}
	if got := logged(false, func(l *slog.Logger) { l.Info("a\xff\n\x1b[31m") }); strings.Contains(got, "\xff") || strings.Contains(got, "\x1b") ||
		strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
	if (redactor{slog.DiscardHandler}).Enabled(context.Background(), slog.LevelError) {
		t.Error("writes what nobody reads")
	}
}
