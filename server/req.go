package server

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/wallet"
	"backpack/wallet/inspect"
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
func form(c *fiber.Ctx, name string) string { return strings.TrimSpace(field(c, name, 64<<10)) }

// field returns at most so many bytes of a form field, or of a query parameter
// of that name.
func field(c *fiber.Ctx, name string, most int) string {
	if v := sentIn(c).values[name]; len(v) > 0 && !c.Context().QueryArgs().Has(name) {
		return string(v[0][:min(len(v[0]), most)])
	}
	return bounded(c.FormValue(name), most)
}

func bounded(s string, n int) string { return strings.Clone(s[:min(len(s), n)]) }

// forms returns all values of a repeated field.
func forms(c *fiber.Ctx, name string) []string {
	var out []string
	for _, v := range sentIn(c).values[name] {
		out = append(out, string(v))
	}
	for key, value := range c.Request().PostArgs().All() {
		if string(key) == name {
			out = append(out, string(value))
		}
	}
	return out
}

// queries returns all values of a repeated query parameter.
func queries(c *fiber.Ctx, name string) []string {
	var out []string
	for key, value := range c.Request().URI().QueryArgs().All() {
		if string(key) == name {
			out = append(out, string(value))
		}
	}
	return out
}

// inputs returns what a form brings: its files, and its text if there is any.
// The files lie in the body of the request, for as long as it is answered.
func inputs(c *fiber.Ctx, files, text string) ([]inspect.Input, error) {
	var out []inspect.Input
	list := sentIn(c).files[files]
	if len(list) > maxUploadFiles {
		return nil, &wallet.Error{Kind: wallet.BadInput, Code: "too_many_files"}
	}
	for _, f := range list {
		if len(f.Bytes) > 0 { // else a file field that was left empty
			out = append(out, f)
		}
	}
	if t := strings.TrimSpace(field(c, text, bodyLimit)); t != "" {
		out = append(out, inspect.Input{Bytes: []byte(t)})
	}
	return out, nil
}
