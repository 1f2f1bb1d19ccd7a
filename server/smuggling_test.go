package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"backpack/server"
	"backpack/server/edge"
	"backpack/wallet/wallettest"
)

// hiddenIn returns a request behind another one, for a server that ends that one too
// early. Its route must never be reached.
func hiddenIn(host string) string { return "GET /signup HTTP/1.1\r\nHost: " + host + "\r\n\r\n" }

// A framing is a request whose end or host two servers could read differently.
type framing struct {
	name, request string
	refused       bool // by Backpack, if it arrives unchanged
}

// framings returns the table for a server with the name host.
func framings(host string) []framing {
	hidden := hiddenIn(host)
	post := func(head, body string) string {
		return "POST /theme HTTP/1.1\r\nHost: " + host + "\r\n" + head + "\r\n" + body
	}
	chunked := "Transfer-Encoding: chunked\r\n"
	out := []framing{
		{"length and chunked", post("Content-Length: 4\r\n"+chunked, "0\r\n\r\n"+hidden), true},
		{"chunked and length", post(chunked+"Content-Length: 4\r\n", "0\r\n\r\n"+hidden), true},
		{"length and chunked to an asset", strings.Replace(post("Content-Length: 4\r\n"+chunked, "0\r\n\r\n"+hidden), "POST /theme", "GET /livez", 1), true},
		{"length of nothing and chunked", post("Content-Length: 0\r\n"+chunked, "0\r\n\r\n"+hidden), true},
		{"two lengths", post("Content-Length: 0\r\nContent-Length: "+strconv.Itoa(len(hidden))+"\r\n", hidden), true},
		{"two lengths in one", post("Content-Length: 0, "+strconv.Itoa(len(hidden))+"\r\n", hidden), true},
		{"two chunked", post(chunked+chunked, "0\r\n\r\n"+hidden), true},
		{"chunked in HTTP/1.0", strings.Replace(post(chunked, "0\r\n\r\n"+hidden), "HTTP/1.1", "HTTP/1.0", 1), true},
		{"folded length", post("Content-Length:\r\n 0\r\n", hidden), true},
		{"folded host", "GET /about HTTP/1.1\r\nHost:\r\n " + host + "\r\n\r\n", true},
		{"folded anything", "GET /about HTTP/1.1\r\nHost: " + host + "\r\nX: a\r\n b: c\r\n\r\n", true},
		{"refused before its body is read", post("Origin: https://evil.example\r\nContent-Length: "+strconv.Itoa(len(hidden))+"\r\n", hidden), true},
		{"for learners, by a stranger", strings.Replace(post("Content-Length: "+strconv.Itoa(len(hidden))+"\r\n", hidden), "/theme", "/import", 1), true},
		{"space before a colon", post("Content-Length : 0\r\n", hidden), true},
		{"no colon", "GET /about HTTP/1.1\r\nHost: " + host + "\r\nX\r\n\r\n", true},
		{"two hosts", "GET /about HTTP/1.1\r\nHost: " + host + "\r\nHost: evil.example\r\n\r\n", true},
		{"another host", "GET /about HTTP/1.1\r\nHost: evil.example\r\n\r\n", true},
		{"no host", "GET /about HTTP/1.1\r\n\r\n", true},
		{"a whole address elsewhere", "GET http://evil.example/about HTTP/1.1\r\nHost: " + host + "\r\n\r\n", true},
		{"a whole address with another host", "GET http://" + host + "/about HTTP/1.1\r\nHost: evil.example\r\n\r\n", true},
		{"an authority", "CONNECT evil.example:443 HTTP/1.1\r\nHost: " + host + "\r\n\r\n", true},
		{"an older HTTP", "GET /about\r\n\r\n" + hidden, true},
		{"a newer HTTP", "GET /about HTTP/2.0\r\nHost: " + host + "\r\n\r\n" + hidden, true},
		{"a head that is too long", "GET /about HTTP/1.1\r\nHost: " + host + "\r\nX: " + strings.Repeat("a", 40_000) + "\r\n\r\n" + hidden, true},
	}
	for _, value := range []string{"xchunked", "chunked, identity", "identity, chunked", "identity", "\x0bchunked", "\"chunked\"", "gzip, chunked",
		"chunked;a=b", ""} {
		out = append(out, framing{fmt.Sprintf("coding %q", value), post("Transfer-Encoding: "+value+"\r\n", "0\r\n\r\n"+hidden), true})
	}
	for _, name := range []string{"Transfer-Encoding ", " Transfer-Encoding", "Transfer\x00-Encoding", "Transfer_Encoding", "X\nTransfer-Encoding"} {
		out = append(out, framing{fmt.Sprintf("coding as %q beside a length", name),
			post(name+": chunked\r\nContent-Length: "+strconv.Itoa(5+len(hidden))+"\r\n", "0\r\n\r\n"+hidden), name != "Transfer_Encoding"})
	}
	for _, value := range []string{"+5", "-1", "0x5", "5 5", "5abc", "99999999999999999999", "", "\x0b5", "5.0", "1e1"} {
		out = append(out, framing{fmt.Sprintf("length %q", value), post("Content-Length: "+value+"\r\n", "abcde"+hidden), true})
	}
	for _, body := range []string{"0x5\r\nabcde\r\n0\r\n\r\n", "-5\r\nabcde\r\n0\r\n\r\n", "5\nabcde\n0\n\n", "5\r\nabcdeXX0\r\n\r\n",
		"FFFFFFFFFFFFFFFF5\r\nabcde\r\n0\r\n\r\n", "\r\n5\r\nabcde\r\n0\r\n\r\n", "5 \x00\r\nabcde\r\n0\r\n\r\n", "g\r\n\r\n"} {
		out = append(out, framing{fmt.Sprintf("chunks %q", body), post(chunked, body+hidden), !strings.HasPrefix(body, "5 ")})
	}
	return out
}

// A recorder records the routes that were reached.
type recorder struct {
	mu     sync.Mutex
	routes map[string]int
}

func (r *recorder) note(a edge.Answered) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.routes[a.Route]++
}

// taken returns and clears the recorded routes.
func (r *recorder) taken() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.routes
	r.routes = map[string]int{}
	return out
}

// TestThreat38FramingsAreRefused sends each request of the table to Backpack directly.
func TestThreat38FramingsAreRefused(t *testing.T) {
	t.Parallel()
	seen := &recorder{routes: map[string]int{}}
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.Observe = seen.note })
	host := strings.TrimPrefix(s.url, "http://")
	for _, f := range framings(host) {
		statuses := exchange(t, strings.Replace(host, "localhost", "127.0.0.1", 1), f.request)
		if len(statuses) > 1 || f.refused && len(statuses) == 1 && statuses[0] < 400 || len(statuses) == 1 && statuses[0] >= 500 {
			t.Errorf("%s: %v", f.name, statuses)
		}
		if got := seen.taken(); got["/signup"] > 0 {
			t.Errorf("%s: the hidden request was answered: %v", f.name, got)
		}
	}
	if statuses := exchange(t, strings.Replace(host, "localhost", "127.0.0.1", 1),
		"GET /about HTTP/1.1\r\nHost: "+host+"\r\n\r\n"+hiddenIn(host)); len(statuses) != 2 || seen.taken()["/signup"] != 1 {
		t.Errorf("two requests in a row: %v, so the results above prove nothing", statuses)
	}
}

// TestThreat38BehindNginx sends them to nginx, which keeps connections to Backpack open
// and forwards what it reads.
func TestThreat38BehindNginx(t *testing.T) {
	t.Parallel()
	seen := &recorder{routes: map[string]int{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := strings.Replace(l.Addr().String(), "127.0.0.1", "localhost", 1)
	s := newSiteAs(t, wallettest.Options{PublicURL: "http://" + front}, func(c *server.Config) { c.Observe = seen.note })
	startNginx(t, l, strings.TrimPrefix(s.url, "http://"))
	for _, f := range framings(front) {
		exchange(t, l.Addr().String(), f.request)
		// One more over the same connections: a request left in them would be answered instead.
		if statuses := exchange(t, l.Addr().String(), "GET /about HTTP/1.1\r\nHost: "+front+"\r\nConnection: close\r\n\r\n"); len(statuses) != 1 ||
			statuses[0] != 200 {
			t.Errorf("%s: the next visitor gets %v", f.name, statuses)
		}
		got := seen.taken()
		if got["/about"] == 0 || got["/theme"] > 1 {
			t.Errorf("%s: %v", f.name, got)
		}
		if got["/signup"] > 0 && !endsAtNginx[f.name] {
			t.Errorf("%s: the hidden request arrived: %v", f.name, got)
		}
	}
}

// exchange sends bytes, closes its side, and returns the statuses of all answers until
// the connection ends.
func exchange(t testing.TB, addr, request string) (statuses []int) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		return nil
	}
	conn.(*net.TCPConn).CloseWrite()
	conn.SetDeadline(time.Now().Add(time.Minute))
	for r := bufio.NewReader(conn); ; {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return statuses
		}
		statuses = append(statuses, res.StatusCode)
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return statuses
		}
		res.Body.Close()
	}
}

// startNginx starts nginx as described in docs/operating.md, as nobody, in a temporary folder,
// on the port that l has until then. Unlike there, it also forwards requests of
// clients that have closed their side.
func startNginx(t testing.TB, l net.Listener, upstream string) {
	t.Helper()
	bin, err := exec.LookPath("nginx")
	if err != nil {
		bin = "/usr/sbin/nginx"
	}
	if _, err := os.Stat(bin); err != nil {
		const why = "nginx is not installed; make setup does it"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	dir, err := os.MkdirTemp("", "nginx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	config := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(`daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/error.log;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi; uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	upstream backpack { server %[2]s; keepalive 4; }
	server {
		listen %[3]s;
		location / {
			proxy_pass http://backpack;
			proxy_http_version 1.1;
			proxy_set_header Host $http_host;
			proxy_set_header X-Forwarded-For $remote_addr;
			proxy_set_header Connection "";
			client_max_body_size 64m;
			proxy_buffering off;
			proxy_ignore_client_abort on;
		}
	}
}
`, dir, strings.Replace(upstream, "localhost", "127.0.0.1", 1), l.Addr())
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-p", dir, "-c", config, "-e", filepath.Join(dir, "error.log"))
	if os.Getuid() == 0 {
		u, err := user.Lookup("nobody")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(time.Minute); ; {
		if conn, err := net.Dial("tcp", l.Addr().String()); err == nil {
			conn.Close()
			return
		}
		select {
		case <-tick.C:
		case <-end:
			log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("nginx does not answer\n%s", log)
		}
	}
}

// endsAtNginx lists bodies of the table that also end for nginx where the hidden request
// begins: it forwards two complete requests of one visitor.
var endsAtNginx = map[string]bool{`chunks "5\nabcde\n0\n\n"`: true, `chunks "5 \x00\r\nabcde\r\n0\r\n\r\n"`: true}
