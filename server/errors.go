package server

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/storage"
)

// statuses is the one table from what went wrong to the answer's status.
var statuses = map[wallet.ErrorKind]int{
	wallet.Internal:  fiber.StatusInternalServerError,
	wallet.BadInput:  fiber.StatusBadRequest,
	wallet.Missing:   fiber.StatusNotFound,
	wallet.Conflict:  fiber.StatusConflict,
	wallet.Forbidden: fiber.StatusForbidden,
	wallet.Limited:   fiber.StatusTooManyRequests,
	wallet.Upstream:  fiber.StatusBadGateway,
	wallet.Busy:      fiber.StatusServiceUnavailable,
}

// codeBusy is of what is refused for now, with nothing gone wrong.
const codeBusy = "busy"

// full lists what does not get better by waiting: there is no room.
var full = map[string]bool{"backpack_full": true, "backpack_new": true, "too_many_badges": true, "too_many_shares": true, "too_many_emails": true, "too_many_passkeys": true}

// fault returns what can be told of an error: status and code of a message.
func fault(err error) (status int, code string) {
	var e *wallet.Error
	var r *edge.Refusal
	var f *fiber.Error
	if status, code, ok := unsaved(err); ok {
		return status, code
	}
	switch {
	case errors.As(err, &e) && full[e.Code]:
		return fiber.StatusConflict, e.Code
	case errors.As(err, &e):
		return statuses[e.Kind], e.Code
	case errors.As(err, &r):
		return r.Status, r.Code
	case errors.Is(err, ui.ErrPageTooLarge):
		return fiber.StatusRequestEntityTooLarge, "too_large"
	case errors.As(err, &f):
		switch f.Code {
		case fiber.StatusNotFound:
			return f.Code, "not_found"
		case fiber.StatusMethodNotAllowed:
			return f.Code, "method"
		case fiber.StatusRequestEntityTooLarge:
			return f.Code, "too_large"
		}
		return f.Code, "other"
	case errors.Is(err, context.DeadlineExceeded):
		return fiber.StatusGatewayTimeout, "too_slow"
	}
	return fiber.StatusInternalServerError, "internal"
}

// unsaved is the answer when the store takes nothing, whatever was asked for.
func unsaved(err error) (status int, code string, ok bool) {
	switch {
	case errors.Is(err, storage.ErrFull):
		return fiber.StatusInsufficientStorage, "disk_full", true
	case errors.Is(err, storage.ErrUnsure):
		return fiber.StatusServiceUnavailable, "unsure", true
	case errors.Is(err, storage.ErrUnavailable):
		return fiber.StatusServiceUnavailable, "unavailable", true
	}
	return 0, "", false
}

// failures answers requests that failed.
type failures struct {
	*pages
	cfg API
}

// answer answers a request that failed, and is the only place that logs why.
func (s *failures) answer(c *fiber.Ctx, err error) error {
	status, code := fault(err)
	ref := ""
	if status >= 500 && code != codeBusy && code != edge.CodeUploads {
		ref = edge.RequestID(c)
		s.log.Error("request failed", "id", ref, "route", edge.Route(c), "error", err)
	}
	if _, _, ok := unsaved(err); ok {
		c.Set(fiber.HeaderRetryAfter, "60")
	}
	c.Status(status)
	switch {
	case wantsJSON(c) || s.cfg.has(c.Path()):
		return s.tell(c, status, code)
	case code == "share_gone":
		return s.page(c, &ui.SharedGonePage{Chrome: s.chrome(c, "")})
	}
	return s.page(c, &ui.ErrorPage{Chrome: s.chrome(c, ""), Status: status, Code: code, Ref: ref})
}

// tell answers in the form of RFC 9457, with the text for people as error.
func (s *failures) tell(c *fiber.Ctx, status int, code string) error {
	text := s.texts.ErrorText(s.lang(c), code)
	return s.json(c, status, "application/problem+json", map[string]any{"title": text, "status": status, "code": code, "error": text})
}

// fieldError makes an error that belongs to a form a problem of that form; ok
// is false when the error is not the form's.
func fieldError(err error, fields map[string]string) (p ui.FieldError, ok bool) {
	var e *wallet.Error
	if !errors.As(err, &e) {
		return p, false
	}
	field, ok := fields[e.Code]
	return ui.FieldError{Field: field, Code: e.Code}, ok
}

// required refuses a field that was left empty.
func required(value, code string) error {
	if value == "" {
		return &wallet.Error{Kind: wallet.BadInput, Code: code}
	}
	return nil
}
