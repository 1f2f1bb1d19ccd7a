package edge

import (
	"bytes"
	"slices"
	"sync"

	"github.com/gofiber/fiber/v2"
)

// smallAnswer is the size in bytes up to which an answer is not counted. The
// system takes about that much at once.
const smallAnswer = 32 << 10

// answers bounds the bytes of answers that clients have not read yet. If a new
// one does not fit, the oldest is aborted: a client that reads has read it long
// before. It is safe for concurrent use.
type answers struct {
	bytes int

	mu   sync.Mutex
	held int
	list []*answer // the oldest first
}

func newAnswers(bytes int) *answers { return &answers{bytes: bytes} }

// An answer is read by the connection that writes it.
type answer struct {
	*bytes.Reader
	of    *answers
	size  int
	abort func()
}

// add counts a new answer. abort closes its connection.
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

func (a *answers) bytesHeld() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held
}

func (a *answers) remove(x *answer) {
	if i := slices.Index(a.list, x); i >= 0 {
		a.list = slices.Delete(a.list, i, i+1)
		a.held -= x.size
	}
}

// Close implements io.Closer. It is called when the answer was written or cannot
// be written.
func (x *answer) Close() error {
	x.of.mu.Lock()
	defer x.of.mu.Unlock()
	x.of.remove(x)
	return nil
}

// hold counts an answer until it is written.
func (a *answers) hold(c *fiber.Ctx) error {
	err := c.Next()
	res := c.Response()
	if err != nil || c.Method() == fiber.MethodHead || res.IsBodyStream() || len(res.Body()) <= smallAnswer {
		return err
	}
	body, conn := res.Body(), c.Context().Conn()
	if own := res.SwapBody(nil); len(own) > 0 { // otherwise the buffer goes to the next request
		body = own
	}
	res.SetBodyStream(a.add(body, func() { _ = conn.Close() }), len(body))
	return nil
}
