package server

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"backpack/vc"
)

// Routes lists the registered routes as "METHOD /path", without middleware and
// without HEAD, which every GET route answers.
func (s *Server) Routes() []string {
	var out []string
	for _, r := range s.edge.App().GetRoutes(true) {
		if r.Method != fiber.MethodHead {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Handler answers requests without a network, for benchmarks.
func (s *Server) Handler() *fiber.App { return s.edge.App() }

// ReadAsked parses a request of a program to verify or issue. It returns the document
// or what is wrong with the request.
func ReadAsked(body []byte, names ...string) (d *vc.Document, fault string) {
	v, err := vc.ParseJSON(body)
	if err != nil || !v.Is(vc.Object) {
		return nil, "no object"
	}
	if len(names) == 0 {
		if _, p := readIssue(v, "", ""); p != nil {
			return nil, p.Detail
		}
		return nil, ""
	}
	a, p := readAsking(v, names, vc.Parse)
	if p != nil {
		return nil, p.Detail
	}
	return a.document, ""
}

// Break registers a route whose handler panics with v.
func (s *Server) Break(path string, v any) {
	s.edge.App().Get(path, func(*fiber.Ctx) error { panic(v) })
}

// Functions that tests call directly.
var (
	SafeName   = safeName
	Attachment = attachment
)

// NextPath returns the path to go to after signing in.
func NextPath(s *Server, next string) string { return s.pages.nextPath(next) }

// Answering returns the bytes of answers that clients have not read yet.
func (s *Server) Answering() int {
	n, _ := s.edge.Held()
	return n
}

// Uploading returns the bytes of large bodies that are held.
func (s *Server) Uploading() int {
	_, n := s.edge.Held()
	return n
}
