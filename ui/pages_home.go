package ui

import (
	"slices"
	"strconv"
	"time"
)

// HomePage is GET /: what this is, and the three ways in.
type HomePage struct {
	Chrome
}

// AboutPage is GET /about: how it works, what is checked, what is kept.
type AboutPage struct {
	Chrome
	Origin string // "https://backpack.example", for the lines that verify by hand
	Days   int    // how long sessions last
}

// PrivacyPage is GET /privacy: what is kept, who can read it, and how to have it
// deleted, in plain words.
type PrivacyPage struct {
	Chrome
}

// ErrorPage is any answer that is an error.
type ErrorPage struct {
	Chrome
	Status int
	Code   string // the text is "error.<code>", with a general one for unknown codes
	Ref    string // what the operator finds in the log; "" for none
	// Back is a path to try again or go on from; "" means the backpack, or the
	// front page for a stranger.
	Back string
}

// Heading names the heading: "error.title.<heading>" of the catalogue.
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

// ActivityPage is GET /activity: what happened in this backpack.
type ActivityPage struct {
	Chrome
	Events []EventView
}

// An EventView is one thing that happened. The text is "event.<code>" of the
// catalogue with {name} filled by Name.
type EventView struct {
	At    time.Time
	Code  string
	Name  string    // a title or name that belongs into the message
	Until time.Time // of a badge: when it expires
	Href  string    // path of what it is about; "" for none
	New   bool      // a notice not seen before
}

func (*HomePage) template() string     { return "home" }
func (*AboutPage) template() string    { return "about" }
func (*PrivacyPage) template() string  { return "privacy" }
func (*ErrorPage) template() string    { return "error" }
func (*ActivityPage) template() string { return "activity" }
