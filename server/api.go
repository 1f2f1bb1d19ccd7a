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

// openAPIServer stands in openAPIText for where the API is.
const openAPIServer = "https://backpack.example.org/api/vc"

// api serves programs.
type api struct {
	*pages
	wallet *wallet.Wallet
	cfg    API
}

// register are for programs. Nobody is signed in there and no cookie is read;
// no other site's scripts may ask, since nothing allows them to.
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

// body reads what a program sends: a JSON object of at most apiBodyLimit.
func (s *api) body(c *fiber.Ctx) (*vc.Value, *problem) {
	kind, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEApplicationJSON && !strings.HasSuffix(kind, "+json") {
		return nil, unreadable(fiber.StatusUnsupportedMediaType, "the request's Content-Type is not application/json")
	}
	if n := len(c.Request().Body()); n > apiBodyLimit {
		return nil, unreadable(fiber.StatusRequestEntityTooLarge, fmt.Sprintf("the request is %d bytes long; %d are the most", n, apiBodyLimit))
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

// openAPI describes the API to programs.
func (s *api) openAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.SendString(strings.Replace(openAPIText, openAPIServer, s.origin.String()+s.cfg.Prefix, 1))
}
