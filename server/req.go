package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// Requests are read by these functions only. They copy, because Fiber reuses its
// buffers for the next request, and they bound what they return.

// address returns the path and the query as they were sent, without a host.
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

// form returns a form field of at most 64 KiB, trimmed.
func form(c *fiber.Ctx, name string) string { return strings.TrimSpace(field(c, name, 64<<10)) }

// field returns at most most bytes of a form field, or of a query parameter of that
// name.
func field(c *fiber.Ctx, name string, most int) string {
	if v := edge.FormOf(c).Values[name]; len(v) > 0 && !c.Context().QueryArgs().Has(name) {
		return string(v[0][:min(len(v[0]), most)])
	}
	return bounded(c.FormValue(name), most)
}

func bounded(s string, n int) string { return strings.Clone(s[:min(len(s), n)]) }

// forms returns all values of a repeated field.
func forms(c *fiber.Ctx, name string) []string {
	var out []string
	for _, v := range edge.FormOf(c).Values[name] {
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

// maxUploadFiles is the number of files that a form may bring.
const maxUploadFiles = 500

// inputs returns the files and the text of a form. The files are slices of the
// request's body and valid until it is answered.
func inputs(c *fiber.Ctx, files, text string) ([]inspect.Input, error) {
	var out []inspect.Input
	list := edge.FormOf(c).Files[files]
	if len(list) > maxUploadFiles {
		return nil, &wallet.Error{Kind: wallet.BadInput, Code: "too_many_files"}
	}
	for _, f := range list {
		if len(f.Bytes) > 0 { // otherwise the field was left empty
			out = append(out, inspect.Input{Name: f.Name, Bytes: f.Bytes})
		}
	}
	if t := strings.TrimSpace(field(c, text, edge.BodyLimit)); t != "" {
		out = append(out, inspect.Input{Bytes: []byte(t)})
	}
	return out, nil
}

// brought returns what a form brings: files, a folder, a photo, text.
func brought(c *fiber.Ctx) ([]inspect.Input, error) {
	in, err := inputs(c, "files", "text")
	if err != nil {
		return nil, err
	}
	folder, err := inputs(c, "folder", "")
	if err != nil {
		return nil, err
	}
	photos, err := inputs(c, "photo", "")
	return append(append(in, folder...), photos...), err
}

// broughtFields maps errors to the fields of such a form.
var broughtFields = map[string]string{"nothing_brought": "text", "too_many_files": "files",
	"backpack_full": "files", "backpack_new": "files", "too_many_badges": "files",
	"passphrase_missing": "passphrase", "passphrase_wrong": "passphrase", "lock_damaged": "files"}

func itoa(n int) string { return strconv.Itoa(n) }

// atoi parses s as an integer; 0 if it is not one.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
