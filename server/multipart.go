package server

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet/inspect"
)

// maxParts bounds the parts of a form.
const maxParts = 1000

const sentKey = "sent"

// A sent is a form with files, whose bytes lie in the body that it came in:
// that is as large as may be, and would be in memory twice otherwise.
type sent struct {
	values map[string][][]byte
	files  map[string][]inspect.Input
}

// splitForm finds the parts of a form with files. Of one that is broken nothing
// is taken.
func splitForm(c *fiber.Ctx, body []byte) {
	boundary := c.Request().Header.MultipartFormBoundary()
	if len(boundary) == 0 {
		return
	}
	if s, err := split(body, string(boundary)); err == nil {
		c.Locals(sentKey, s)
	}
	c.Request().SetBodyRaw([]byte{}) // else Fiber would take it apart, too
}

// sentIn returns what splitForm found; where there is no such form, nothing.
func sentIn(c *fiber.Ctx) *sent {
	if s, ok := c.Locals(sentKey).(*sent); ok {
		return s
	}
	return &sent{}
}

func split(body []byte, boundary string) (*sent, error) {
	out := &sent{values: map[string][][]byte{}, files: map[string][]inspect.Input{}}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	rest := body
	for range maxParts {
		p, err := parts.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		content, after, err := within(rest, p)
		if err != nil {
			return nil, err
		}
		switch name := p.FormName(); {
		case name == "":
		case p.FileName() == "":
			out.values[name] = append(out.values[name], content)
		default:
			out.files[name] = append(out.files[name], inspect.Input{Name: nameOf(p), Bytes: content})
		}
		rest = after
	}
	return nil, errors.New("too many parts")
}

// within returns the content of the next part as a piece of rest, and what
// comes after it. The reader of parts says what the content is; where it is
// not what follows the next empty line, it is a copy.
func within(rest []byte, p io.Reader) (content, after []byte, err error) {
	_, after, _ = bytes.Cut(rest, []byte("\r\n\r\n"))
	w := &aside{in: after}
	if _, err := io.Copy(w, p); err != nil {
		return nil, nil, err
	}
	if w.copied {
		return w.copy, rest, nil
	}
	return after[:w.n:w.n], after[w.n:], nil
}

// An aside compares what is written with what it has, and keeps it only where
// that is something else.
type aside struct {
	in     []byte
	n      int // so much is the same
	copied bool
	copy   []byte
}

// Write implements io.Writer.
func (a *aside) Write(p []byte) (int, error) {
	switch {
	case a.copied:
		a.copy = append(a.copy, p...)
	case bytes.HasPrefix(a.in[a.n:], p):
		a.n += len(p)
	default:
		a.copied, a.copy = true, append(bytes.Clone(a.in[:a.n]), p...)
	}
	return len(p), nil
}

// nameOf is the name of a file with the folders that it lies in, where the
// browser sends a folder: to show, and to tell people's files apart.
func nameOf(p *multipart.Part) string {
	name := p.FileName()
	if _, params, err := mime.ParseMediaType(p.Header.Get(fiber.HeaderContentDisposition)); err == nil && params["filename"] != "" {
		name = params["filename"]
	}
	return bounded(name, 200)
}
