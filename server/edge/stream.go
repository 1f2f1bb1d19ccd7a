package edge

import (
	"context"
	"io"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

const (
	// streamTime is the time for a whole stream: a large archive over a slow line.
	streamTime = time.Hour
	// stallTime is how long a client may read nothing of a stream.
	stallTime = 2 * time.Minute
)

// Stream sends what write writes, as it is written: it may be larger than memory
// should hold, and take up to an hour while the client reads. If write fails, the
// connection is closed, so that nobody takes a part for the whole. write gets the
// context Base and runs after the handler; its error goes to failed.
func (e *Edge) Stream(c *fiber.Ctx, write func(ctx context.Context, out io.Writer) error, failed func(error)) error {
	conn := c.Context().Conn()
	r, w := io.Pipe()
	done := make(chan struct{})
	// The write deadline is set when the answer begins, before the first Read.
	out := &stream{PipeReader: r, begin: func() { _ = conn.SetWriteDeadline(time.Time{}) }}
	go out.watch(e.After, done, func() { _ = conn.Close() })
	go func() {
		defer close(done)
		err := write(e.base, w)
		if err != nil {
			failed(err)
		}
		w.CloseWithError(err)
	}()
	return c.SendStream(out)
}

// A stream counts what was read of it.
type stream struct {
	*io.PipeReader
	begin func()
	n     atomic.Int64
}

// Read implements io.Reader.
func (r *stream) Read(b []byte) (int, error) {
	r.begin()
	n, err := r.PipeReader.Read(b)
	r.n.Add(int64(n))
	return n, err
}

// watch calls abort if nothing is read for stallTime, or after streamTime, unless
// done is closed before.
func (r *stream) watch(after func(time.Duration) <-chan time.Time, done <-chan struct{}, abort func()) {
	for last, times := int64(-1), 0; times < int(streamTime/stallTime); times++ {
		select {
		case <-after(stallTime):
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
