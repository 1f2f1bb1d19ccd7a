package server_test

import (
	"fmt"
	"strings"
	"testing"

	"backpack/server"
	"backpack/wallet/wallettest"
)

// TestThreat38Heads sends heads whose lines two servers could split differently, or that
// hold forbidden bytes. Each gets 400 and the end of the connection, so that the bytes
// after it are not a request (RFC 9112 2.2, 5; RFC 9110 5.5).
func TestThreat38Heads(t *testing.T) {
	t.Parallel()
	seen := &recorder{routes: map[string]int{}}
	s := newSiteAs(t, wallettest.Options{}, func(c *server.Config) { c.Observe = seen.note })
	host := strings.TrimPrefix(s.url, "http://")
	addr := strings.Replace(host, "localhost", "127.0.0.1", 1)
	get, ours, end := "GET /about HTTP/1.1\r\n", "Host: "+host+"\r\n", "\r\n"
	for name, request := range badHeads(host) {
		statuses := exchange(t, addr, request+hiddenIn(host))
		if len(statuses) != 1 || statuses[0] != 400 {
			t.Errorf("%s: %v", name, statuses)
		}
		if got := seen.taken(); got["/signup"] > 0 || got["/about"] > 0 {
			t.Errorf("%s: answered: %v", name, got)
		}
	}
	for name, request := range map[string]string{
		"plain":                         get + ours + end,
		"tabs and bytes above ASCII":    get + ours + "X:\ta\tb \xe9 é\r\n" + end,
		"an empty value":                get + ours + "X:\r\n" + end,
		"an empty line before":          "\r\n" + get + ours + end,
		"a percent-encoded line end":    "GET /about?x=%0a%00 HTTP/1.1\r\n" + ours + end,
		"a body with every line end":    "POST /theme HTTP/1.1\r\n" + ours + "Content-Length: 6\r\n" + end + "a\nb\r\x00\n",
		"a body in chunks with NUL, LF": "POST /theme HTTP/1.1\r\n" + ours + "Transfer-Encoding: chunked\r\n" + end + "4\r\na\n\x00\r\r\n0\r\n\r\n",
	} {
		statuses := exchange(t, addr, request)
		if len(statuses) != 1 || statuses[0] == 400 && !strings.Contains(name, "body") {
			t.Errorf("%s: %v", name, statuses)
		}
	}
	several := strings.Repeat(get+ours+end, 3)
	if statuses := exchange(t, addr, several+"POST /theme HTTP/1.1\r\n"+ours+"Content-Length: 3\r\n"+end+"a\n\x00"); len(statuses) != 4 {
		t.Errorf("four requests in a row: %v", statuses)
	}
	if statuses := exchange(t, addr, several+strings.Replace(get+ours, "\r\n", "\n", 1)+end+hiddenIn(host)); len(statuses) != 4 || statuses[3] != 400 {
		t.Errorf("a bad one after three: %v", statuses)
	}
	hidden := strings.Replace(hiddenIn(host), "\r\n", "\n", 1)
	if statuses := exchange(t, addr, fmt.Sprintf("GET /about HTTP/1.1\r\n%sContent-Length: %d\r\n\r\n%s", ours, len(hidden),
		hidden)+hidden); len(statuses) != 2 || statuses[1] != 400 {
		t.Errorf("after a body: %v", statuses)
	}
}

// badHeads lists heads that are refused, by the reason.
func badHeads(host string) map[string]string {
	get, ours, end := "GET /about HTTP/1.1\r\n", "Host: "+host+"\r\n", "\r\n"
	out := map[string]string{
		"bare LF after the request line": "GET /about HTTP/1.1\n" + ours + end,
		"bare LF after a field":          get + "Host: " + host + "\n" + end,
		"bare LF at the end":             get + ours + "\n",
		"bare LF everywhere":             strings.ReplaceAll(get+ours+end, "\r\n", "\n"),
		"bare LF before":                 "\n" + get + ours + end,
		"bare LF within a value":         get + ours + "X: a\nY: b\r\n" + end,
		"two CR before LF":               get + ours + "X: a\r\r\n" + end,
		"bare CR within a value":         get + ours + "X: a\rY: b\r\n" + end,
		"bare CR in the request line":    "GET /about\r HTTP/1.1\r\n" + ours + end,
		"bare CR at the end":             get + ours + "\r\r\n",
		"a folded value":                 get + ours + "X: a\r\n b\r\n" + end,
		"a folded first line":            get + " X: a\r\n" + ours + end,
		"a space before a colon":         get + ours + "X : a\r\n" + end,
		"a tab before a colon":           get + ours + "X\t: a\r\n" + end,
		"no name":                        get + ours + ": a\r\n" + end,
		"two lengths":                    "POST /about HTTP/1.1\r\n" + ours + "Content-Length: 0\r\nContent-Length: 0\r\n" + end,
		"two codings":                    "POST /about HTTP/1.1\r\n" + ours + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" + end + "0\r\n\r\n",
		"no HTTP":                        "GET /about\r\n" + ours + end,
		"two spaces in the request line": "GET  /about HTTP/1.1\r\n" + ours + end,
	}
	for _, b := range []byte{0, 1, 7, 8, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f} {
		c := string([]byte{b})
		out[fmt.Sprintf("%q in a value", c)] = get + ours + "X: a" + c + "b\r\n" + end
		out[fmt.Sprintf("%q in a name", c)] = get + ours + "X" + c + "Y: b\r\n" + end
		out[fmt.Sprintf("%q in the request line", c)] = "GET /about?" + c + " HTTP/1.1\r\n" + ours + end
		out[fmt.Sprintf("%q in the method", c)] = "GE" + c + "T /about HTTP/1.1\r\n" + ours + end
		out[fmt.Sprintf("%q in the host", c)] = get + "Host: " + host + c + "\r\n" + end
	}
	return out
}
