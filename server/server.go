package server

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/server/edge"
)

// A Server answers HTTP requests.
type Server struct {
	edge  *edge.Edge
	pages *pages
}

// New returns a Server that does not listen yet.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	p := &pages{texts: cfg.UI, origin: cfg.PublicURL, now: cfg.Now, log: cfg.Log, version: cfg.Version, full: cfg.Wallet.Full}
	session := cookieName(cfg.PublicURL.Scheme == "https")
	fails := &failures{p, cfg.API}
	e, err := edge.New(cfg.Config, edge.Hooks{Fail: fails.answer, MaxBody: cfg.API.maxBody, Session: session})
	if err != nil {
		return nil, err
	}
	p.edge = e
	l, err := newLimits(&cfg, e)
	if err != nil {
		return nil, err
	}
	s := &Server{edge: e, pages: p}
	s.register(&cfg, l, &sessions{p, cfg.Wallet, session})
	p.first, err = firstSegments(e.App().GetRoutes(true), cfg.API)
	return s, err
}

// An area registers the routes of one part of the service.
type area interface{ register(r *router) }

// register lists the areas, in the order in which guards apply to them.
func (s *Server) register(cfg *Config, l *limits, in *sessions) {
	p, w, r := s.pages, cfg.Wallet, &router{s.edge.App(), l, in}
	all := func(areas ...area) {
		for _, a := range areas {
			a.register(r)
		}
	}
	s.edge.Open()
	all(&health{s.edge, w, cfg.Probes, cfg.Log}, &assets{p})
	s.edge.Guard()
	all(&viewing{p, w}, &api{p, w, cfg.API, cfg.Suites}) // without sessions
	r.Use(in.who, l.read)
	lists, byKey := &issuerLists{p, w}, &entry{p, w, in}
	options := &settings{p, w, in, byKey}
	all(&front{p}, &checks{p, w, lists, cfg.Secret}, lists, byKey, &passkeys{p, w, in}, &mail{p, w},
		&backpack{p, w}, &badges{p, w}, &imports{p, w, cfg.After, cmp.Or(cfg.ImportTime, importTime)}, &shares{p, w},
		options, &emails{p, w, options}, &exports{p, w})
}

// firstSegments returns the first path segments of all pages. It refuses an API
// among them.
func firstSegments(routes []fiber.Route, cfg API) (map[string]bool, error) {
	pages, ours := map[string]bool{}, map[string]bool{}
	for _, r := range routes {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		api := slices.ContainsFunc(apiPaths[:], func(p string) bool { return cfg.Prefix != "" && r.Path == cfg.Prefix+p })
		ours[first] = ours[first] || !api
		pages[first] = pages[first] || r.Method == fiber.MethodGet && !api
	}
	if cfg.Prefix != "" && ours[cfg.first()] {
		return nil, fmt.Errorf("server: the API's prefix %s belongs to pages", cfg.Prefix)
	}
	return pages, nil
}

// Serve answers requests on l until Shutdown.
func (s *Server) Serve(l net.Listener) error { return s.edge.Serve(l) }

// Drain prepares for Shutdown: /readyz fails, progress streams end, so that
// browsers ask again elsewhere, and clients are asked to open new connections.
// Requests are answered as before.
func (s *Server) Drain() { s.edge.Drain() }

// Shutdown drains, waits at most 30 seconds for requests under way, and stops.
func (s *Server) Shutdown() error { return s.edge.Shutdown() }
