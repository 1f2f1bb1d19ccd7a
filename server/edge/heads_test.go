package edge

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
)

// A read is a connection for reading only.
type read struct {
	net.Conn
	r io.Reader
}

func (r read) Read(p []byte) (int, error) { return r.r.Read(p) }

// TestHeadsInParts checks that a head is judged alike however the network splits it, and
// that a body stays unchanged.
func TestHeadsInParts(t *testing.T) {
	const head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
	for sent, want := range map[string]string{
		head:                        head,
		"\r\n" + head + head:        "\r\n" + head + head,
		"GET / HTTP/1.1\nHost: a":   "GET / HTTP/1.1" + notAHead,
		head + "\n" + head:          head + notAHead,
		head + "X: a\r\nY: b\nZ: c": head + "X: a\r\nY: b" + notAHead,
		"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\n\n":               "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\n\n",
		"POST / HTTP/1.1\r\nContent-Length:2 \r\n\r\n\n\n" + head + "\n": "POST / HTTP/1.1\r\nContent-Length:2 \r\n\r\n\n\n" + head + notAHead,
		"POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\n\r\n1\r\n\n":   "POST / HTTP/1.1\r\nTRANSFER-ENCODING: chunked\r\n\r\n1\r\n\n",
		"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n\n":                 "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n" + notAHead,
		"GET / HTTP/1.1\r\nContent-Length: 2\n\r\n":                      "GET / HTTP/1.1\r\nContent-Length: 2" + notAHead,
		strings.Repeat("a", maxHeadLine+1) + "\n":                        strings.Repeat("a", maxHeadLine+1) + "\n",
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(sent), "half": iotest.HalfReader(strings.NewReader(sent)),
			"bytes": iotest.OneByteReader(strings.NewReader(sent))} {
			got, err := io.ReadAll(&conn{Conn: read{r: r}})
			if len(sent) > maxHeadLine && name != "bytes" {
				continue // the end of the examination depends on the size of reads
			}
			if err != nil || !bytes.Equal(got, []byte(want)) {
				t.Errorf("%.80q in %s: %.80q, %v; want %.80q", sent, name, got, err, want)
			}
		}
	}
}
