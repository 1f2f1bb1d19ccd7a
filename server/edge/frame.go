package edge

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"
)

// framing returns the stated length of a request's body and whether it comes in
// chunks. ok is false if another server could read the request as two, or as one
// for another host: if it states its length or its host twice or in an unusual
// way.
func framing(h *fasthttp.RequestHeader) (stated int, chunked, ok bool) {
	hosts, lengths := 0, 0
	ok = true
	for line := range bytes.Lines(h.RawHeaders()) {
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			continue
		}
		name, value, colon := bytes.Cut(line, []byte(":"))
		value = bytes.Trim(value, " \t")
		ok = ok && colon && isToken(name)
		switch strings.ToLower(string(name)) {
		case "host":
			hosts++
		case "content-length":
			lengths++
			var err error
			stated, err = strconv.Atoi(string(value))
			ok = ok && isNumber(value) && err == nil
		case "transfer-encoding":
			lengths++
			chunked = true
			ok = ok && strings.EqualFold(string(value), "chunked")
		}
	}
	protocol := string(h.Protocol())
	ok = ok && (protocol == "HTTP/1.1" || protocol == "HTTP/1.0" && !chunked)
	return stated, chunked, ok && hosts <= 1 && lengths <= 1
}

// isToken reports whether b is a token of RFC 9110 5.6.2.
func isToken(b []byte) bool {
	odd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
	}
	return len(b) > 0 && bytes.IndexFunc(b, odd) < 0
}

// pathIn returns the path of a request as it was sent.
func pathIn(h *fasthttp.RequestHeader) string {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	if i := bytes.Index(path, []byte("://")); i > 0 { // a whole address (see host)
		path = path[i+3:]
		path = path[max(0, bytes.IndexByte(path, '/')):]
	}
	return string(path)
}
