package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"backpack/vc/vctest"
)

// TestThreat34LogsOfTheProgram starts the program with canaries as its secrets,
// writes more of them wherever input is accepted, causes failures, and searches
// all output and the metrics for them.
func TestThreat34LogsOfTheProgram(t *testing.T) {
	t.Parallel()
	const master = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff"
	c := canaries{list: []string{master}}
	metrics := freeAddress(t)
	s := spawn(t, []string{"BACKPACK_LOG=json", "BACKPACK_METRICS=" + metrics, "BACKPACK_MASTER_KEY=" + master,
		"BACKPACK_API_TOKEN=" + c.new() + "-and-as-long-as-it-must-be", "BACKPACK_SMTP=" + refusing(t, &c),
		"BACKPACK_SMTP_TLS=none", "BACKPACK_SMTP_FROM=backpack@example.org", "BACKPACK_ALLOW_NETS=127.0.0.1/32"}, on(t.TempDir())...)
	v := newVisitor(t, s.url)
	welcome, _ := v.post("/signup", url.Values{"name": {"Robin " + c.new()}})
	key := regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){6}`).FindString(welcome)
	if key == "" || v.token() == "" {
		t.Fatalf("no backpack key: %.2000s", welcome)
	}
	public, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	session := ""
	for _, cookie := range v.http.Jar.Cookies(public) {
		if len(cookie.Value) > 20 {
			session = cookie.Value
		}
	}
	c.list = append(c.list, key, v.token(), session)
	share := v.fillBackpack(&c)
	if session == "" || share == "" {
		t.Fatalf("session %q, share %q", session, share)
	}
	c.list = append(c.list, share)
	v.goWrong(&c, share)
	raw(t, public.Host, "GET /s/"+share+" HTTP/1.1\r\nHost: "+c.new()+".example\r\n\r\n")
	raw(t, public.Host, "GET /"+c.new()+" HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"+c.new())
	raw(t, public.Host, c.new()+"\x16\x03\x01\r\n\r\n")
	measured := page(t, "http://"+metrics+"/metrics")
	printed := s.end() + measured
	if lines := strings.Count(printed, "\n"); lines < 30 || !strings.Contains(printed, "/s/:token") || !strings.Contains(measured, `route="/s/:token`) {
		t.Errorf("only %d lines: the search proves nothing\n%s", lines, printed)
	}
	for _, secret := range c.list {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
			base64.RawURLEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%x", secret)} {
			if i := strings.Index(strings.ToLower(printed), strings.ToLower(form)); i >= 0 {
				t.Errorf("it printed %q: %s", secret, printed[max(0, i-300):min(len(printed), i+100)])
			}
		}
	}
}

// canaries are words that occur nowhere else.
type canaries struct{ list []string }

func (c *canaries) new() string {
	c.list = append(c.list, fmt.Sprintf("canary%03dx", len(c.list)))
	return c.list[len(c.list)-1]
}

// refusing is a mail server that refuses every mail with a canary.
func refusing(t *testing.T, c *canaries) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	words := c.new()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(conn, "220 mail.example\r\n")
			go func() {
				defer conn.Close()
				buf := make([]byte, 4096)
				for {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					fmt.Fprintf(conn, "550 %s %s\r\n", words, strings.TrimSpace(string(buf[:n])))
				}
			}()
		}
	}()
	return l.Addr().String()
}

// fillBackpack writes canaries into every field that a learner can fill, and
// returns the token of a share.
func (v *visitor) fillBackpack(c *canaries) string {
	t := v.t
	i := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	v.upload("/import", [][]byte{
		i.Issue(t, vctest.With("name", c.new()), vctest.With("credentialSubject.achievement.name", c.new()), vctest.With("issuer.email", c.new()+"@example.org"),
			vctest.With("evidence", []any{vctest.Object{"id": "https://" + c.new() + ".invalid/" + c.new(), "type": []any{"Evidence"}, "narrative": c.new()}}),
			vctest.With("credentialSubject.achievement.image", vctest.Object{"id": "http://127.0.0.1:9/" + c.new(), "type": "Image"})),
		[]byte("http://127.0.0.1:9/" + c.new() + "?token=" + c.new()), []byte("https://" + c.new() + ".invalid/x"),
		[]byte(`{"@context":"` + c.new()), []byte(c.new() + "." + c.new() + "." + c.new()),
	})
	v.post("/samples", url.Values{})
	page, _ := v.ask(http.MethodGet, "/backpack", "", nil)
	m := regexp.MustCompile(`/badges/([A-Za-z0-9_-]+)`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no badge in the backpack: %.2000s", page)
	}
	v.post("/badges/"+m[1]+"/note", url.Values{"note": {c.new()}})
	v.post("/settings/name", url.Values{"name": {c.new()}})
	v.post("/settings/emails", url.Values{"email": {c.new() + "@example.org"}})
	v.post("/settings/emails", url.Values{"email": {c.new()}})
	v.post("/shares", url.Values{"badge": {m[1]}, "title": {c.new()}, "expires": {c.new()}, "max_views": {c.new()}})
	page, _ = v.post("/shares", url.Values{"badge": {m[1]}, "title": {c.new()}, "audience": {c.new()}, "passcode": {c.new()},
		"expires": {time.Now().AddDate(0, 1, 0).Format(time.DateOnly)}})
	if found := regexp.MustCompile(`/s/([A-Za-z0-9_-]{20,})`).FindStringSubmatch(page); found != nil {
		return found[1]
	}
	t.Fatalf("no share was made: %.3000s", page)
	return ""
}

// goWrong causes failures with canaries in them.
func (v *visitor) goWrong(c *canaries, share string) {
	t := v.t
	stranger := newVisitor(t, v.url)
	stranger.ask(http.MethodGet, "/s/"+share+"?"+c.new()+"="+c.new(), "", nil)
	stranger.post("/s/"+share, url.Values{"passcode": {c.new()}})
	stranger.ask(http.MethodGet, "/s/"+c.new(), "", nil)
	stranger.ask(http.MethodGet, "/mail/stop/"+c.new(), "", nil)
	stranger.ask(http.MethodGet, "/"+c.new(), "", nil)
	stranger.post("/signin", url.Values{"key": {c.new()}, "next": {"/" + c.new()}})
	stranger.post("/verify", url.Values{"text": {"https://user:" + c.new() + "@issuer.invalid/" + c.new()}})
	stranger.upload("/verify", [][]byte{[]byte(c.new()), []byte("<html>" + c.new()), []byte("\x89PNG\r\n\x1a\n" + c.new())})
	for _, path := range []string{"/auth/passkey/signin/finish", "/auth/passkey/signup/begin", "/api/vc/credentials/verify", "/api/vc/credentials/issue"} {
		body, err := json.Marshal(vctest.Object{"id": c.new(), "name": c.new(), "answer": vctest.Object{"id": c.new()}, "verifiableCredential": c.new()})
		if err != nil {
			t.Fatal(err)
		}
		stranger.ask(http.MethodPost, path, "application/json", bytes.NewReader(body))
		stranger.ask(http.MethodPost, path, "application/json", strings.NewReader(`{"`+c.new()))
	}
	for _, path := range []string{"/badges/" + c.new(), "/imports/" + c.new(), "/shares/" + c.new(), "/backpack?q=" + c.new(), "/settings/emails/" + c.new()} {
		v.ask(http.MethodGet, path, "", nil)
	}
}

// raw sends bytes that no client would send, and waits for the connection's
// end.
func raw(t *testing.T, host, request string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.Replace(host, "localhost", "127.0.0.1", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, request)
	conn.(*net.TCPConn).CloseWrite()
	io.Copy(io.Discard, conn)
}
