package server

import (
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
)

// These are the only ways to read a request: they copy, for Fiber lends its
// buffers to the next request, and they bound what they return.

// address returns path and query as they were asked for, without a host.
func address(c *fiber.Ctx) string {
	u := c.Request().URI()
	out := string(u.PathOriginal())
	if q := u.QueryString(); len(q) > 0 {
		out += "?" + string(q)
	}
	return out
}

// param returns a path parameter.
func param(c *fiber.Ctx, name string) string { return strings.Clone(c.Params(name)) }

// query returns a query parameter of at most 500 bytes.
func query(c *fiber.Ctx, name string) string { return bounded(c.Query(name), 500) }

// form returns a form field of at most 64 KiB, without space around it.
func form(c *fiber.Ctx, name string) string {
	return strings.TrimSpace(bounded(c.FormValue(name), 64<<10))
}

func bounded(s string, n int) string { return strings.Clone(s[:min(len(s), n)]) }

// forms returns all values of a repeated field.
func forms(c *fiber.Ctx, name string) []string {
	var out []string
	if f, err := c.MultipartForm(); err == nil {
		for _, v := range f.Value[name] {
			out = append(out, strings.Clone(v))
		}
		return out
	}
	c.Request().PostArgs().VisitAll(func(key, value []byte) {
		if string(key) == name {
			out = append(out, string(value))
		}
	})
	return out
}

// queries returns all values of a repeated query parameter.
func queries(c *fiber.Ctx, name string) []string {
	var out []string
	c.Request().URI().QueryArgs().VisitAll(func(key, value []byte) {
		if string(key) == name {
			out = append(out, string(value))
		}
	})
	return out
}

// inputs returns what a form brings: its files, and its text if there is any.
func inputs(c *fiber.Ctx, files, text string) ([]wallet.Input, error) {
	var out []wallet.Input
	if f, err := c.MultipartForm(); err == nil {
		heads := f.File[files]
		if len(heads) > maxUploadFiles {
			return nil, &wallet.Error{Kind: wallet.BadInput, Code: "too_many_files"}
		}
		for _, h := range heads {
			if h.Size == 0 {
				continue // a file field that was left empty
			}
			b, err := readFile(h)
			if err != nil {
				return nil, err
			}
			out = append(out, wallet.Input{Name: pathOf(h), Bytes: b})
		}
	}
	if t := strings.TrimSpace(c.FormValue(text)); t != "" {
		out = append(out, wallet.Input{Bytes: []byte(strings.Clone(t))})
	}
	return out, nil
}

// pathOf is the name of a file with the folders that it lies in, where the
// browser sends a folder: to show, and to tell people's files apart.
func pathOf(h *multipart.FileHeader) string {
	name := h.Filename
	if _, p, err := mime.ParseMediaType(h.Header.Get(fiber.HeaderContentDisposition)); err == nil && p["filename"] != "" {
		name = p["filename"]
	}
	return bounded(name, 200)
}

func readFile(h *multipart.FileHeader) ([]byte, error) {
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, bodyLimit))
}
