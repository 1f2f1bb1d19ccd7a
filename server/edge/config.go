package edge

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"time"
)

// Limits of requests.
const (
	BodyLimit   = 64 << 20 // bytes of the largest body: a folder of badge pictures
	FormLimit   = 256 << 10
	RequestTime = 60 * time.Second

	headLimit       = 16 << 10
	headerTime      = 10 * time.Second
	idleTime        = 60 * time.Second
	shutdownTime    = 30 * time.Second // longer than a check may take
	uploadBytes     = 256 << 20
	answerBytes     = 128 << 20
	connectionLimit = 16_384
)

// A Config holds what the transport depends on. New refuses a nil field unless
// it says otherwise.
type Config struct {
	PublicURL *url.URL       // the origin of the server
	Trusted   []netip.Prefix // reverse proxies; X-Forwarded-For is believed from these only
	Now       func() time.Time
	After     func(time.Duration) <-chan time.Time // time.After in the program
	Rand      io.Reader
	Log       *slog.Logger
	// Observe is called for each answered request; it may be nil.
	Observe func(Answered)
	// Uploads bounds the bytes of all request bodies under way that are larger than
	// 1 MiB. Smaller ones share a quarter of it, which comes on top. Default 256 MiB.
	// It should be four times the largest body, or one visitor may exceed their share.
	Uploads int
	// Answers bounds the bytes of all answers larger than 32 KiB that clients have
	// not read yet; beyond it the oldest are aborted. Default 128 MiB.
	Answers int
	// AnswerTime is the time in which a client has to read an answer, archives
	// excepted; default 2 minutes.
	AnswerTime time.Duration
	// HeaderTime is the time for the TLS handshake and the head of a request; default
	// 10 seconds. A body has a minute more.
	HeaderTime time.Duration
}

func (c *Config) check() error {
	var missing []error
	for name, ok := range map[string]bool{"PublicURL": c.PublicURL != nil, "Now": c.Now != nil, "After": c.After != nil,
		"Rand": c.Rand != nil, "Log": c.Log != nil} {
		if !ok {
			missing = append(missing, fmt.Errorf("edge: %s is missing", name))
		}
	}
	return errors.Join(missing...)
}

// An Answered describes an answered request without private data: neither the
// client nor the path. The number of different values is bounded by the routes,
// known methods and statuses.
type Answered struct {
	Method string // "other" if the client made it up
	Route  string // the pattern; "none" if no route matched
	Status int
	Took   time.Duration
}
