package edge

import (
	"cmp"
	"context"
	"fmt"
	"net"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Hooks are what the pages behind the edge decide.
type Hooks struct {
	// Fail answers a request that failed with err.
	Fail func(c *fiber.Ctx, err error) error
	// MaxBody returns the size in bytes of the largest body for a path.
	MaxBody func(path string) int
	// Session is the name of the session cookie.
	Session string
}

// An Edge stands between the network and the handlers of requests.
type Edge struct {
	Config
	Hooks
	app     *fiber.App
	hosts   map[string]bool
	base    context.Context // ends after Shutdown
	stop    context.CancelFunc
	serving context.Context // ends with Drain
	drain   context.CancelFunc
	answers *answers
	uploads *uploads
}

// New returns an Edge that does not listen yet and has no routes.
func New(cfg Config, hooks Hooks) (*Edge, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.HeaderTime = cmp.Or(cfg.HeaderTime, headerTime)
	cfg.AnswerTime = cmp.Or(cfg.AnswerTime, 2*RequestTime)
	e := &Edge{Config: cfg, Hooks: hooks, hosts: hostsOf(cfg.PublicURL), answers: newAnswers(cmp.Or(cfg.Answers, answerBytes))}
	e.base, e.stop = context.WithCancel(context.Background())
	e.serving, e.drain = context.WithCancel(e.base)
	e.uploads = newUploads(cmp.Or(cfg.Uploads, uploadBytes), cfg.HeaderTime, cfg.After)
	e.app = fiber.New(e.fiberConfig())
	e.app.Server().HeaderReceived = e.received
	return e, nil
}

func (e *Edge) fiberConfig() fiber.Config {
	return fiber.Config{
		Immutable:             true, // without it, a later request overwrites the strings of an earlier one
		BodyLimit:             BodyLimit,
		StreamRequestBody:     true,         // bodies are read by Read
		ReadTimeout:           e.HeaderTime, // for the head; received sets that of the body
		WriteTimeout:          e.AnswerTime,
		IdleTimeout:           idleTime,
		ReadBufferSize:        headLimit,
		Concurrency:           2 * connectionLimit, // never reached: see limitConnections
		ErrorHandler:          e.fail,
		DisableStartupMessage: true,
		// Forms are parsed by splitForm. Fiber would write large files to a temporary
		// folder, unencrypted.
		DisablePreParseMultipartForm: true,
	}
}

// received sets the time and the size of a request's body when its head has
// arrived. Only the first few KiB of a body are read before Read asks for the
// rest. A body that is too large is not read at all, so framed refuses it at once.
func (e *Edge) received(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	most := e.MaxBody(pathIn(h))
	if h.ContentLength() > most {
		h.SetContentLength(0)
	}
	return fasthttp.RequestConfig{ReadTimeout: RequestTime, MaxRequestBodySize: most}
}

// App returns the router for the routes behind the edge.
func (e *Edge) App() *fiber.App { return e.app }

// Open installs the guards of every request. Routes that are registered before
// Guard may be asked for by address, as health checks do.
func (e *Edge) Open() { e.app.Use(e.closing, e.headers, e.framed) }

// Guard installs the guards of all later routes.
func (e *Edge) Guard() { e.app.Use(e.answers.hold, e.logged, e.host, e.deadline, e.sameOrigin) }

// fail answers a request that failed.
func (e *Edge) fail(c *fiber.Ctx, err error) error {
	if len(c.Response().Header.Peek("Content-Security-Policy")) == 0 {
		e.protect(c) // refused before any handler ran
	}
	err = e.Fail(c, err)
	lingering(c)
	return err
}

// Serve answers requests on l until Shutdown.
func (e *Edge) Serve(l net.Listener) error {
	return e.app.Listener(limitConnections(l, e.Trusted, e.After))
}

// Base returns the context of work that may outlive its request. It ends after
// Shutdown.
func (e *Edge) Base() context.Context { return e.base }

// Serving returns the context of long answers. It ends with Drain.
func (e *Edge) Serving() context.Context { return e.serving }

// Drain prepares for Shutdown: Serving ends, and clients are asked to open a new
// connection for the next request. Requests are answered as before.
func (e *Edge) Drain() { e.drain() }

// Draining reports whether Drain was called.
func (e *Edge) Draining() bool { return e.serving.Err() != nil }

// Shutdown drains, waits at most 30 seconds for requests under way, and stops.
func (e *Edge) Shutdown() error {
	e.Drain()
	err := e.app.ShutdownWithTimeout(shutdownTime)
	e.stop()
	if err != nil {
		return fmt.Errorf("wait for requests under way: %w", err)
	}
	return nil
}

// closing asks clients of a draining server to open a new connection.
func (e *Edge) closing(c *fiber.Ctx) error {
	if e.Draining() {
		c.Context().SetConnectionClose()
	}
	return c.Next()
}

// Held returns the bytes that are held: of answers that clients have not read yet,
// and of bodies larger than 1 MiB.
func (e *Edge) Held() (answers, bodies int) {
	return e.answers.bytesHeld(), e.uploads.large.bytesHeld()
}

// Client returns the network that a request comes from, by which visitors
// without an account are told apart.
func (e *Edge) Client(c *fiber.Ctx) string {
	return network(clientOf(c.Context().RemoteIP().String(), c.Get(fiber.HeaderXForwardedFor), e.Trusted))
}
