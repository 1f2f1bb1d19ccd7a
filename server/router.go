package server

import "github.com/gofiber/fiber/v2"

// A router registers the routes of an area: those open to anybody directly, those
// of learners behind learner.
type router struct {
	fiber.Router
	*limits
	sessions *sessions
}

// learner returns the routes for signed-in learners.
func (r *router) learner() guarded { return guarded{r.Router, r.sessions.signedIn} }

// guarded registers routes behind a guard. A group is not used because its guard
// would also answer paths that have no route.
type guarded struct {
	router fiber.Router
	guard  fiber.Handler
}

func (g guarded) Get(path string, h ...fiber.Handler) {
	g.router.Get(path, append([]fiber.Handler{g.guard}, h...)...)
}

func (g guarded) Post(path string, h ...fiber.Handler) {
	g.router.Post(path, append([]fiber.Handler{g.guard}, h...)...)
}
