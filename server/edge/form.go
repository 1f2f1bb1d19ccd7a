package edge

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/gofiber/fiber/v2"
)

const (
	// maxParts is the number of parts that a form may have.
	maxParts = 1000
	// maxFileName is the length in bytes to which a file's name is cut.
	maxFileName = 200
)

const formKey = "form"

// A Form is a form with files. Their bytes lie in the body of the request, which
// may be as large as a request can be, and are valid until it is answered.
type Form struct {
	Values map[string][][]byte
	Files  map[string][]File
}

// A File is a file in a form.
type File struct {
	Name  string // with the folders that the browser sent
	Bytes []byte
}

// splitForm parses a form with files. A malformed one counts as empty.
func splitForm(c *fiber.Ctx, body []byte) {
	boundary := c.Request().Header.MultipartFormBoundary()
	if len(boundary) == 0 {
		return
	}
	if f, err := split(body, string(boundary)); err == nil {
		c.Locals(formKey, f)
	}
	c.Request().SetBodyRaw([]byte{}) // otherwise Fiber would parse it as well
}

// FormOf returns the form with files that a request brings, or an empty Form.
func FormOf(c *fiber.Ctx) *Form {
	if f, ok := c.Locals(formKey).(*Form); ok {
		return f
	}
	return &Form{}
}

func split(body []byte, boundary string) (*Form, error) {
	out := &Form{Values: map[string][][]byte{}, Files: map[string][]File{}}
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
			out.Values[name] = append(out.Values[name], content)
		default:
			out.Files[name] = append(out.Files[name], File{Name: nameOf(p), Bytes: content})
		}
		rest = after
	}
	return nil, errors.New("too many parts")
}

// within returns the content of the next part as a slice of rest, and the bytes
// after it. The content is a copy if p does not return the bytes that follow the
// next empty line.
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

// An aside compares what is written to it with the bytes in it, and copies it if
// it differs.
type aside struct {
	in     []byte
	n      int // equal so far
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

// nameOf returns the name of a file. It includes the folders if the browser sent
// a folder; they tell whose file it is.
func nameOf(p *multipart.Part) string {
	name := p.FileName()
	if _, params, err := mime.ParseMediaType(p.Header.Get(fiber.HeaderContentDisposition)); err == nil && params["filename"] != "" {
		name = params["filename"]
	}
	return strings.Clone(name[:min(len(name), maxFileName)])
}
