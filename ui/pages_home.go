package ui

import (
	"slices"
	"strconv"
	"time"
)

// HomePage is GET /: the purpose of the service and the ways to start.
type HomePage struct {
	Chrome
}

// AboutPage is GET /about: how the service works, what it checks and stores.
type AboutPage struct {
	Chrome
	Origin string // "https://backpack.example", for the example command
	Days   int    // the lifetime of a session
}

// PrivacyPage is GET /privacy: the stored data, its readers and its deletion.
type PrivacyPage struct {
	Chrome
}

// ErrorPage is the response to a request that failed.
type ErrorPage struct {
	Chrome
	Status int
	Code   string // the catalogue's key is "error.<code>"; unknown codes have a general text
	Ref    string // the reference in the log; "" for none
	// Back is a path to continue from; "" means the backpack, or the home page
	// without a session.
	Back string
}

// Heading returns the heading's key in the catalogue, without "error.title.". Only
// a status of 500 or more blames the service.
func (p *ErrorPage) Heading() string {
	switch {
	case p.Status == 404 || p.Status == 405 || p.Status == 410:
		return "404"
	case slices.Contains([]int{401, 403, 409, 413, 429, 502, 503, 507}, p.Status):
		return strconv.Itoa(p.Status)
	case p.Status < 500:
		return "400"
	}
	return "other"
}

// ActivityPage is GET /activity: the events of the backpack.
type ActivityPage struct {
	Chrome
	Events []EventView
}

// An EventView is an event. The catalogue's key is "event.<code>"; Name fills the
// placeholder {name}.
type EventView struct {
	At    time.Time
	Code  string
	Name  string    // a title or name in the message
	Until time.Time // the expiry date of the badge
	Href  string    // the path of its subject; "" for none
	New   bool      // an unread notice
}

func (*HomePage) template() string     { return "home" }
func (*AboutPage) template() string    { return "about" }
func (*PrivacyPage) template() string  { return "privacy" }
func (*ErrorPage) template() string    { return "error" }
func (*ActivityPage) template() string { return "activity" }
