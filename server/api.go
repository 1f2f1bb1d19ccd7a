package server

import (
	_ "embed"
	"fmt"
	"mime"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
	"backpack/vc"
	"backpack/wallet"
)

//go:embed openapi.json
var openAPIText string

// openAPIServer is the placeholder in openAPIText for the address of the API.
const openAPIServer = "https://backpack.example.org/api/vc"

// api serves programs. It reads no cookie and has no session; scripts of other
// sites cannot use it, because no answer allows them to.
type api struct {
	*pages
	wallet *wallet.Wallet
	cfg    API
	suites []vc.SigningSuite // to issue with
}

func (s *api) register(r *router) {
	if s.cfg.Prefix == "" {
		return
	}
	operator := edge.Visitor{ID: "operator"}
	g := r.Group(s.cfg.Prefix, func(c *fiber.Ctx) error {
		if s.isOperator(c) {
			return s.edge.Read(c, operator)
		}
		return r.read(c)
	}, func(c *fiber.Ctx) error {
		if s.isOperator(c) {
			return r.admitted(c, operator)
		}
		return r.check(c)
	})
	g.Post(pathVerifyCredential, s.verifyCredential)
	g.Post(pathVerifyPresentation, s.verifyPresentation)
	g.Get(pathOpenAPI, s.openAPI)
	g.Get(pathStatusList, s.statusList)
	s.issueRoutes(g)
}

// body returns the JSON object that a program sends, of at most apiBodyLimit bytes.
func (s *api) body(c *fiber.Ctx) (*vc.Value, *problem) {
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON && !strings.HasSuffix(kind, "+json") {
		return nil, unreadable(fiber.StatusUnsupportedMediaType, "the request's Content-Type is not application/json")
	}
	if n := len(c.Request().Body()); n > apiBodyLimit {
		return nil, unreadable(fiber.StatusRequestEntityTooLarge, fmt.Sprintf("the request has %d bytes; at most %d are allowed", n, apiBodyLimit))
	}
	v, err := vc.ParseJSON(c.Request().Body())
	if err != nil {
		return nil, unreadable(fiber.StatusBadRequest, "the request: "+err.Error())
	}
	if !v.Is(vc.Object) {
		return nil, unreadable(fiber.StatusBadRequest, "the request is not a JSON object")
	}
	return v, nil
}

// openAPI serves the description of the API.
func (s *api) openAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.SendString(strings.Replace(openAPIText, openAPIServer, s.origin.String()+s.cfg.Prefix, 1))
}
