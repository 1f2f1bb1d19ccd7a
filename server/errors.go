package server

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

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
	var f *fiber.Error
	if status, code, ok := unsaved(err); ok {
		return status, code
	}
	switch {
	case errors.As(err, &e) && full[e.Code]:
		return fiber.StatusConflict, e.Code
	case errors.As(err, &e):
		return statuses[e.Kind], e.Code
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

// onError answers a request that failed, and is the only place that logs why.
func (s *Server) onError(c *fiber.Ctx, err error) error {
	if len(c.Response().Header.Peek("Content-Security-Policy")) == 0 {
		s.protect(c) // refused before any of our handlers saw it
	}
	status, code := fault(err)
	ref := ""
	if status >= 500 && code != codeBusy && code != codeUploads {
		ref = requestID(c)
		s.Log.Error("request failed", "id", ref, "route", routeOf(c), "error", err)
	}
	if _, _, ok := unsaved(err); ok {
		c.Set(fiber.HeaderRetryAfter, "60")
	}
	refused(c, status)
	c.Status(status)
	switch {
	case wantsJSON(c) || s.apiPath(c.Path()):
		return s.problem(c, status, code)
	case code == "share_gone":
		return s.page(c, &ui.SharedGonePage{Chrome: s.chrome(c, "")})
	}
	return s.page(c, &ui.ErrorPage{Chrome: s.chrome(c, ""), Status: status, Code: code, Ref: ref})
}

// problem answers in the form of RFC 9457, with the text for people as error.
func (s *Server) problem(c *fiber.Ctx, status int, code string) error {
	text := s.UI.ErrorText(s.lang(c), code)
	return s.json(c, status, "application/problem+json", map[string]any{"title": text, "status": status, "code": code, "error": text})
}

func (s *Server) json(c *fiber.Ctx, status int, mediaType string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	return c.Status(status).Send(b)
}

// wantsJSON reports whether the client asks for JSON rather than for a page.
func wantsJSON(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Path(), "/auth/") || dataAsked(c) != ""
}

// dataTypes are the media types in which a program asks for what a page says.
var dataTypes = []string{mediaPresentation, "application/ld+json", fiber.MIMEApplicationJSON, "application/problem+json", "application/vc"}

// dataAsked returns the one of dataTypes that the client prefers to a page, ""
// when it prefers the page or does not care.
func dataAsked(c *fiber.Ctx) string {
	offer := append([]string{fiber.MIMETextHTML}, dataTypes...)
	if t := c.Accepts(offer...); t != fiber.MIMETextHTML {
		return t
	}
	return ""
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
