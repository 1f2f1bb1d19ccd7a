package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// healthPatience is how long a server may take to answer.
const healthPatience = 6 * time.Second

// health asks the server on this machine whether it is ready. It serves
// container health checks, which have no shell.
func (p *program) health(ctx context.Context, args []string) error {
	values, err := p.values("health", args)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(values["LISTEN"])
	if err != nil {
		return usageError("BACKPACK_LISTEN: must be host:port, such as 127.0.0.1:8080")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	transport, scheme := &http.Transport{DisableKeepAlives: true}, "http"
	if readTLS(values).on() {
		// The certificate names another host. The request stays on this
		// machine, and the answer is only yes or no.
		scheme, transport.TLSClientConfig = "https", &tls.Config{InsecureSkipVerify: true, ServerName: publicHost(values["PUBLIC_URL"])}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("no server answers: %w", err)
	}
	defer res.Body.Close()
	why, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %.200s", strings.TrimSpace(string(why)))
	}
	_, err = fmt.Fprintln(p.out, "ready")
	return err
}

func publicHost(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
