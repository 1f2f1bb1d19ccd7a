package server

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

const noticeLife = time.Minute

// A Server answers HTTP requests.
type Server struct {
	Config
	app     *fiber.App
	pages   map[string]bool // the first segments of all paths that can be asked for
	base    context.Context // ends when the server has shut down
	stop    context.CancelFunc
	serving context.Context // ends when it is about to
	drain   context.CancelFunc
	hosts   map[string]bool
	cookie  string
	limits  struct{ signIn, check, show, work *limiter }
	rooms   struct{ small, large *room } // for bodies of requests
	answers answers
}

// New returns a Server that is not listening yet.
func New(cfg Config) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{Config: cfg, hosts: hostsOf(cfg.PublicURL), cookie: cookieName(cfg.PublicURL.Scheme == "https")}
	s.base, s.stop = context.WithCancel(context.Background())
	s.serving, s.drain = context.WithCancel(s.base)
	s.HeaderTime = cmp.Or(s.HeaderTime, headerTime)
	s.ImportTime = cmp.Or(s.ImportTime, importTime)
	s.Uploads = cmp.Or(s.Uploads, uploadRoom)
	s.rooms.small, s.rooms.large = newRoom(s.Uploads/4), newRoom(s.Uploads)
	s.answers.bytes = cmp.Or(s.Answers, answerRoom)
	s.AnswerTime = cmp.Or(s.AnswerTime, 2*requestTime)
	if err := s.setLimits(cfg.Rates.withDefaults()); err != nil {
		return nil, err
	}
	s.app = fiber.New(s.fiberConfig())
	s.app.Server().HeaderReceived = s.received
	s.routes()
	return s, s.listPages()
}

// listPages notes the first segments of what can be asked for, and refuses an
// API among the pages.
func (s *Server) listPages() error {
	s.pages = map[string]bool{}
	ours := map[string]bool{}
	for _, r := range s.app.GetRoutes(true) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
		api := slices.ContainsFunc(apiPaths[:], func(p string) bool { return s.API.Prefix != "" && r.Path == s.API.Prefix+p })
		ours[first] = ours[first] || !api
		s.pages[first] = s.pages[first] || r.Method == fiber.MethodGet && !api
	}
	if s.API.Prefix != "" && ours[s.API.first()] {
		return fmt.Errorf("server: the API's prefix %s belongs to pages", s.API.Prefix)
	}
	return nil
}

func (s *Server) fiberConfig() fiber.Config {
	return fiber.Config{
		Immutable:             true, // else one learner's id becomes another's
		BodyLimit:             bodyLimit,
		StreamRequestBody:     true,         // see upload.read
		ReadTimeout:           s.HeaderTime, // of the body: see received
		WriteTimeout:          s.AnswerTime,
		IdleTimeout:           60 * time.Second,
		ReadBufferSize:        16 << 10,           // the longest head
		Concurrency:           2 * maxConnections, // never reached: see door
		ErrorHandler:          s.onError,
		DisableStartupMessage: true,
		// Forms are read by splitForm: else large files would lie in the clear
		// in a temporary folder.
		DisablePreParseMultipartForm: true,
	}
}

// Serve answers requests on l until Shutdown.
func (s *Server) Serve(l net.Listener) error { return s.app.Listener(newDoor(l, s.Trusted, s.After)) }

// routes is the one list of routes.
func (s *Server) routes() {
	a := s.app
	a.Use(s.closing, s.headers, s.framed)
	a.Get("/livez", func(c *fiber.Ctx) error { return c.SendString("ok") })
	a.Get("/readyz", s.ready)
	a.Get("/assets/:name", s.asset)
	a.Get("/favicon.ico", s.namedAsset("favicon.svg"))
	a.Get("/manifest.webmanifest", s.namedAsset("manifest.webmanifest"))
	a.Get("/robots.txt", func(c *fiber.Ctx) error { return c.SendString("User-agent: *\nDisallow:\n") })

	a.Use(s.held, s.logged, s.host, s.deadline, s.sameOrigin)

	// What a show is needs no account, and is not told who looks.
	// Its pictures come with the page and are not counted on their own.
	show, look := a.Group("/s/:token", s.shown, s.read), s.limited(s.limits.show, s.byNetwork)
	show.Get("/", look, s.sharedShow)
	show.Post("/", look, s.sharedEnter)
	show.Post("/check", s.checking(s.limits.show, s.looking), s.sharedCheck)
	show.Get("/presentation", look, s.sharedPresentation)
	show.Get("/receipt", look, s.sharedReceipt)
	show.Get("/badges/:id", look, s.sharedBadge)
	show.Get("/badges/:id/evidence", look, s.sharedEvidence)
	show.Get("/evidence", look, s.sharedEvidence)
	show.Get("/pictures/:id", s.sharedPicture)

	s.apiRoutes()

	a.Use(s.who, s.read)
	a.Get("/", s.home)
	a.Get("/about", s.about)
	a.Get("/privacy", s.privacy)
	a.Post("/theme", s.theme)
	a.Get("/verify", s.verifyForm)
	a.Post("/verify", s.checking(s.limits.check, s.stranger), s.verifySubmit)
	a.Get("/verify/list", s.listForm)
	a.Post("/verify/list", s.limited(s.limits.check, s.byNetwork), s.listSubmit)
	a.Get("/verify/list.json", s.listDownload)
	a.Post("/verify/save", s.limited(s.limits.check, s.byNetwork), s.verifySave)
	a.Get("/.well-known/did.json", s.serviceDocument)

	stop := s.limited(s.limits.show, s.byNetwork)
	a.Get("/mail/stop/:token", stop, s.mailStopForm)
	a.Post("/mail/stop/:token", stop, s.mailStop)

	enter := s.limited(s.limits.signIn, s.byNetwork)
	a.Get("/signup", s.signUpForm)
	a.Post("/signup", enter, s.signUp)
	a.Get("/signin", s.signInForm)
	a.Post("/signin", enter, s.signIn)
	a.Post("/auth/passkey/signup/begin", enter, s.passkeySignUpBegin)
	a.Post("/auth/passkey/signup/finish", enter, s.passkeySignUpFinish)
	a.Post("/auth/passkey/signin/begin", enter, s.passkeySignInBegin)
	a.Post("/auth/passkey/signin/finish", enter, s.passkeySignInFinish)
	s.learnerRoutes(guarded{a, s.signedIn})
}

// guarded registers routes behind a guard. A group would do, were its guard
// not asked about paths that nobody has registered.
type guarded struct {
	app   *fiber.App
	guard fiber.Handler
}

func (g guarded) Get(path string, h ...fiber.Handler) {
	g.app.Get(path, append([]fiber.Handler{g.guard}, h...)...)
}

func (g guarded) Post(path string, h ...fiber.Handler) {
	g.app.Post(path, append([]fiber.Handler{g.guard}, h...)...)
}

// learnerRoutes are those that need an account.
func (s *Server) learnerRoutes(r guarded) {
	work := s.checking(s.limits.work, learner)
	r.Post("/signout", s.signOut)
	r.Get("/backpack", s.backpack)
	r.Post("/samples", work, s.samples)
	r.Get("/activity", s.activity)
	r.Post("/activity/seen", s.noticesSeen)

	r.Get("/badges/:id", s.badgeShow)
	r.Get("/badges/:id/image", s.badgeImage)
	r.Get("/badges/:id/original", s.badgeOriginal)
	r.Get("/badges/:id/json", s.badgeJSON)
	r.Get("/badges/:id/evidence", s.badgeEvidence)
	r.Get("/badges/:id/picture", s.badgePicture)
	r.Post("/badges/:id/check", work, s.badgeCheck)
	r.Post("/badges/:id/receipt", work, s.badgeReceipt)
	r.Post("/badges/:id/note", s.badgeNote)
	r.Get("/badges/:id/versions/:n", s.badgeVersion)
	r.Post("/badges/:id/contained/:n", work, s.badgeTakeOut)
	r.Get("/badges/:id/remove", s.badgeRemoveForm)
	r.Post("/badges/:id/remove", s.badgeRemove)

	r.Get("/issuers/:id", s.issuerShow)

	r.Get("/import", s.importForm)
	r.Post("/import", work, s.importSubmit)
	r.Get("/imports/:id", s.importShow)
	r.Get("/imports/:id/events", s.importEvents)
	r.Get("/imports/:id/pictures/:n", s.importPicture)
	r.Post("/imports/:id/keep", s.importKeep)
	r.Post("/imports/:id/drop", s.importDrop)

	r.Get("/shares", s.shares)
	r.Get("/shares/new", s.shareNew)
	r.Post("/shares/preview", work, s.sharePreview)
	r.Post("/shares", work, s.shareCreate)
	r.Get("/shares/:id", s.shareShow)
	r.Get("/shares/:id/qr.png", s.shareQRPNG)
	r.Get("/shares/:id/qr.svg", s.shareQRSVG)
	r.Post("/shares/:id/revoke", s.shareRevoke)
	r.Post("/shares/:id/remove", s.shareRemove)

	s.settingsRoutes(r, work)
}

func (s *Server) settingsRoutes(r guarded, work fiber.Handler) {
	recent := s.recent("/settings")
	r.Get("/settings", s.settings)
	r.Post("/settings/name", s.settingsName)
	r.Post("/settings/key", recent, s.settingsKey)
	r.Post("/auth/passkey/add/begin", recent, s.passkeyAddBegin)
	r.Post("/auth/passkey/add/finish", s.passkeyAddFinish)
	r.Post("/settings/passkeys/:id/remove", recent, s.passkeyRemove)
	r.Post("/settings/mail", s.settingsMail)
	r.Post("/settings/emails", recent, s.emailAdd)
	r.Get("/settings/emails/:id", s.emailForm)
	r.Post("/settings/emails/:id", s.emailProve)
	r.Post("/settings/emails/:id/resend", s.emailResend)
	r.Post("/settings/emails/:id/remove", s.emailRemove)
	r.Post("/settings/sessions/end-others", s.sessionsEndOthers)
	r.Post("/settings/sessions/:id/end", s.sessionEnd)
	out := s.recent("/settings/export")
	r.Get("/settings/export", out, s.exportForm)
	r.Post("/settings/export", out, work, s.exportLocked)
	r.Get("/settings/export.zip", out, work, s.exportZIP)
	again := s.recent("/settings/delete")
	r.Get("/settings/delete", again, s.deleteForm)
	r.Post("/settings/delete", again, s.deleteAccount)
}

func itoa(n int) string { return strconv.Itoa(n) }

// atoi reads a number; what is none counts as 0.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
