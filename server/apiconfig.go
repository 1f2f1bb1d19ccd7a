package server

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// An API configures the interface for programs: VC-API, now called VCALM.
type API struct {
	Prefix string // path of all endpoints, such as /api/vc; "" turns the API off
	Token  string // allows to issue, without rate limits; "" allows nobody
}

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

var apiPaths = [...]string{pathVerifyCredential, pathVerifyPresentation, pathOpenAPI, pathIssuers, pathIssue, pathIssueAs,
	pathDerive, pathSetStatus, pathStatusList}

const (
	// apiBodyLimit is the size in bytes of the largest request: the largest badge (specs C9).
	apiBodyLimit = 10 << 20
	// maxChecksAsked is the number of entries that options.checks may have.
	maxChecksAsked = 10
)

var prefixPattern = regexp.MustCompile(`^(/[a-z0-9][a-z0-9._-]*)+$`)

// minToken is the minimum length of a token in bytes.
const minToken = 20

// Check refuses a prefix that is not a path, and a token that can be guessed.
func (a API) Check() error {
	if a.Token != "" && len(a.Token) < minToken {
		return fmt.Errorf("the token is shorter than %d characters", minToken)
	}
	if a.Prefix != "" && (len(a.Prefix) > 100 || !prefixPattern.MatchString(a.Prefix)) {
		return fmt.Errorf("%.100q is not a path such as /api/vc", a.Prefix)
	}
	return nil
}

// first returns the first segment of the prefix.
func (a API) first() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(a.Prefix, "/"), "/")
	return first
}

// has reports whether a path is one of the API's.
func (a API) has(path string) bool {
	return a.Prefix != "" && strings.HasPrefix(path, a.Prefix+"/")
}

// ListsAddress returns the address of the status lists that a server publishes,
// without the number that follows. It is "" without an API.
func ListsAddress(public *url.URL, api API) string {
	if api.Prefix == "" {
		return ""
	}
	return public.String() + api.Prefix + strings.TrimSuffix(pathStatusList, ":n")
}
