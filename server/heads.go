package server

import (
	"bytes"
	"strconv"
)

// maxHeadLine is far more than fasthttp reads of a head before it refuses it.
const maxHeadLine = 64 << 10

// notAHead stands in for the rest of a head that is refused: wherever it comes
// to stand, fasthttp answers 400 and closes the connection.
const notAHead = "\x00\r\n\r\n"

// heads looks at the heads of requests on one connection for lines that end in
// a bare LF. RFC 9112 2.2 lets a server take that for the end of a line, and
// fasthttp does; but a proxy before it may read on, and the two then see
// different requests. All else that no head may hold fasthttp refuses itself.
//
// It passes over bodies of a stated length. One in chunks is the last thing on
// its connection, as is one whose length is unclear (see framed).
type heads struct {
	line  []byte // the current one, as far as it has come
	begun bool   // the request line was seen
	sized bool   // the length of the body was stated
	last  bool   // what follows the head is no other head
	over  bool   // nothing more is looked at
	body  int    // how much of it is still to come
	size  int    // of the body, as the head states it
}

// find returns where in p the first bare LF of a head is, or -1. Each part of
// what arrives is to be given to it once, in order.
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

// note looks at a line that has come whole.
func (h *heads) note(line []byte) {
	switch {
	case len(line) == 0 && !h.begun: // may stand before a request
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
