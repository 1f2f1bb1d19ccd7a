package edge

import (
	"bytes"
	"strconv"
)

// maxHeadLine is the length in bytes beyond which a line is not examined. It is
// far more than fasthttp reads of a head before refusing it.
const maxHeadLine = 64 << 10

// notAHead replaces the rest of a head that is refused. Wherever it stands,
// fasthttp answers 400 and closes the connection.
const notAHead = "\x00\r\n\r\n"

// heads examines the heads of requests on one connection for lines that end in
// a bare LF. RFC 9112 2.2 allows a server to accept that as a line's end, and
// fasthttp does; but a proxy before it may read on, and the two then see
// different requests. fasthttp itself refuses everything else that a head must
// not hold.
//
// Bodies of a stated length are skipped. One in chunks, or of unclear length, is
// the last thing on its connection (see framed).
type heads struct {
	line  []byte // the current line, as far as it has arrived
	begun bool   // the request line was seen
	sized bool   // the length of the body was stated
	last  bool   // no other head follows
	over  bool   // the rest is not examined
	body  int    // bytes of the body still to come
	size  int    // of the body, as stated by the head
}

// find returns the position in p of the first bare LF in a head, or -1. It must
// be given all parts of what arrives, once and in order.
func (h *heads) find(p []byte) int {
	for at := 0; at < len(p) && !h.over; {
		if n := min(h.body, len(p)-at); n > 0 {
			at, h.body = at+n, h.body-n
			continue
		}
		n := bytes.IndexByte(p[at:], '\n')
		if n < 0 {
			h.line = append(h.line, p[at:]...)
			h.over = len(h.line) > maxHeadLine
			return -1
		}
		h.line = append(h.line, p[at:at+n]...)
		line, ok := bytes.CutSuffix(h.line, []byte("\r"))
		if !ok {
			h.over = true
			return at + n
		}
		h.note(line)
		h.line = h.line[:0]
		at += n + 1
	}
	return -1
}

// note examines a complete line.
func (h *heads) note(line []byte) {
	switch {
	case len(line) == 0 && !h.begun: // allowed before a request
	case len(line) == 0:
		*h = heads{line: h.line, over: h.last, body: h.size}
	case !h.begun:
		h.begun = true
	default:
		h.field(line)
	}
}

func (h *heads) field(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	switch string(bytes.ToLower(bytes.TrimSpace(name))) {
	case "content-length":
		value = bytes.Trim(value, " \t")
		n, err := strconv.Atoi(string(value))
		h.last = h.last || h.sized || !isNumber(value) || err != nil
		h.sized, h.size = true, n
	case "transfer-encoding":
		h.last = true
	}
}

func isNumber(b []byte) bool {
	return len(b) > 0 && bytes.IndexFunc(b, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
