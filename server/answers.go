package server

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	answerRoom  = 128 << 20
	smallAnswer = 32 << 10 // about what the system takes off our hands at once
	// stallTime is how long an archive is offered to who takes nothing of it.
	stallTime = 2 * time.Minute
)

// answers bounds the bytes of answers that are made and not yet taken. When
// there is no room for a new one, that which has waited longest is broken off:
// who takes what they asked for has it long before. It is safe for concurrent use.
type answers struct {
	bytes int

	mu   sync.Mutex
	held int
	list []*answer // the oldest first
}

// An answer is read by what writes it.
type answer struct {
	*bytes.Reader
	of    *answers
	size  int
	abort func()
}

// add takes a new answer in. abort breaks off its connection.
func (a *answers) add(body []byte, abort func()) *answer {
	x := &answer{bytes.NewReader(body), a, len(body), abort}
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.list) > 0 && a.held+x.size > a.bytes {
		go a.list[0].abort()
		a.remove(a.list[0])
	}
	a.list = append(a.list, x)
	a.held += x.size
	return x
}

func (a *answers) remove(x *answer) {
	if i := slices.Index(a.list, x); i >= 0 {
		a.list = slices.Delete(a.list, i, i+1)
		a.held -= x.size
	}
}

// Close is called when the answer was written, or cannot be.
func (x *answer) Close() error {
	x.of.mu.Lock()
	defer x.of.mu.Unlock()
	x.of.remove(x)
	return nil
}

// held counts an answer until it is written.
func (s *Server) held(c *fiber.Ctx) error {
	err := c.Next()
	res := c.Response()
	if err != nil || c.Method() == fiber.MethodHead || res.IsBodyStream() || len(res.Body()) <= smallAnswer {
		return err
	}
	body, conn := res.Body(), c.Context().Conn()
	if own := res.SwapBody(nil); len(own) > 0 { // else it goes to the next request
		body = own
	}
	res.SetBodyStream(s.answers.add(body, func() { _ = conn.Close() }), len(body))
	return nil
}

// A taken reader knows how much was taken of it.
type taken struct {
	*io.PipeReader
	begin func()
	n     atomic.Int64
}

// Read implements io.Reader.
func (r *taken) Read(b []byte) (int, error) {
	r.begin()
	n, err := r.PipeReader.Read(b)
	r.n.Add(int64(n))
	return n, err
}

// watch calls abort when nothing is taken for stallTime, and after all the time
// that an archive may take, unless it is done before.
func (s *Server) watch(r *taken, done <-chan struct{}, abort func()) {
	for last, times := int64(-1), 0; times < int(exportTime/stallTime); times++ {
		select {
		case <-s.After(stallTime):
		case <-done:
			return
		}
		n := r.n.Load()
		if n == last {
			break
		}
		last = n
	}
	abort()
}
