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

// statuses is the table from the kind of an error to the status of the answer.
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

// codeBusy is the code of a request that is refused for the moment. It is not logged
// as an error.
const codeBusy = "busy"

// full lists the limits that waiting does not lift.
var full = map[string]bool{"backpack_full": true, "backpack_new": true, "too_many_badges": true, "too_many_shares": true,
	"too_many_emails": true, "too_many_passkeys": true}

// fault returns the status and the message code of an error.
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

// unsaved returns the status and the code of an error of the store.
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

// answer answers a request that failed with err. Nothing else logs such errors.
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

// tell answers with a problem of RFC 9457. Its error member has the text for people.
func (s *failures) tell(c *fiber.Ctx, status int, code string) error {
	text := s.texts.ErrorText(s.lang(c), code)
	return s.json(c, status, "application/problem+json", map[string]any{"title": text, "status": status, "code": code, "error": text})
}

// fieldError returns the problem to show in a form. fields maps codes to fields; ok
// is false if err has none of the codes.
func fieldError(err error, fields map[string]string) (p ui.FieldError, ok bool) {
	var e *wallet.Error
	if !errors.As(err, &e) {
		return p, false
	}
	field, ok := fields[e.Code]
	return ui.FieldError{Field: field, Code: e.Code}, ok
}

// required returns an error with the code if the value is empty.
func required(value, code string) error {
	if value == "" {
		return &wallet.Error{Kind: wallet.BadInput, Code: code}
	}
	return nil
}
