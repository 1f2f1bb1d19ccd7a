package server

import (
	_ "embed"
	"fmt"
	"mime"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/vc"
	"backpack/wallet/inspect"
)

// An API configures the interface for programs: VC-API, now called VCALM.
type API struct {
	Prefix string // path of all its endpoints, such as /api/vc; "" turns it off
	Token  string // who knows it may issue, and is not counted; "": nobody
}

const (
	// apiBodyLimit bounds a request of a program: the largest badge (specs C9).
	apiBodyLimit = 10 << 20
	// maxChecksAsked bounds options.checks.
	maxChecksAsked = 10
)

//go:embed openapi.json
var openAPIText string

// openAPIServer stands in openAPIText for where the API is.
const openAPIServer = "https://backpack.example.org/api/vc"

// The paths below the prefix.
const (
	pathVerifyCredential   = "/credentials/verify"
	pathVerifyPresentation = "/presentations/verify"
	pathOpenAPI            = "/openapi.json"
	pathIssuers            = "/issuers"
	pathIssue              = "/credentials/issue"
	pathIssueAs            = "/issuers/:key/:suite/credentials/issue"
	pathDerive             = "/credentials/derive"
	pathSetStatus          = "/credentials/status"
	pathStatusList         = "/status/:n"
)

var apiPaths = [...]string{pathVerifyCredential, pathVerifyPresentation, pathOpenAPI, pathIssuers, pathIssue, pathIssueAs, pathDerive, pathSetStatus, pathStatusList}

var prefixPattern = regexp.MustCompile(`^(/[a-z0-9][a-z0-9._-]*)+$`)

// minToken is the least length of a token in bytes.
const minToken = 20

// Check refuses a prefix that is no path, and a token that can be guessed.
func (a API) Check() error {
	if a.Token != "" && len(a.Token) < minToken {
		return fmt.Errorf("the token is shorter than %d characters", minToken)
	}
	if a.Prefix != "" && (len(a.Prefix) > 100 || !prefixPattern.MatchString(a.Prefix)) {
		return fmt.Errorf("%.100q is no path such as /api/vc", a.Prefix)
	}
	return nil
}

// first is the first segment of the prefix.
func (a API) first() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(a.Prefix, "/"), "/")
	return first
}

// apiRoutes are for programs. Nobody is signed in there and no cookie is read;
// no other site's scripts may ask, since nothing allows them to.
func (s *Server) apiRoutes() {
	if s.API.Prefix == "" {
		return
	}
	counted := s.checking(s.limits.check, s.stranger)
	g := s.app.Group(s.API.Prefix, func(c *fiber.Ctx) error {
		if s.isOperator(c) {
			return s.readAs(c, inspect.Visitor{ID: "operator"})
		}
		return s.read(c)
	}, func(c *fiber.Ctx) error {
		if s.isOperator(c) {
			return s.admitted(c, inspect.Visitor{ID: "operator"})
		}
		return counted(c)
	})
	g.Post(pathVerifyCredential, s.apiVerifyCredential)
	g.Post(pathVerifyPresentation, s.apiVerifyPresentation)
	g.Get(pathOpenAPI, s.openAPI)
	g.Get(pathStatusList, s.statusList)
	s.issueRoutes(g)
}

// apiPath reports whether a path is one of the API's.
func (s *Server) apiPath(path string) bool {
	return s.API.Prefix != "" && strings.HasPrefix(path, s.API.Prefix+"/")
}

// body reads what a program sends: a JSON object of at most apiBodyLimit.
func (s *Server) body(c *fiber.Ctx) (*vc.Value, *problem) {
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
func (s *Server) openAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.SendString(strings.Replace(openAPIText, openAPIServer, s.PublicURL.String()+s.API.Prefix, 1))
}
