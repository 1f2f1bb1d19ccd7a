package ui

import "time"

// A Page can be rendered by Renderer.Render. The page structs of this package are
// the only implementations: each names its template and embeds Chrome.
type Page interface {
	template() string
	chrome() *Chrome
}

// Values of Chrome.Theme.
const (
	ThemeAuto  = "" // follows the device
	ThemeLight = "light"
	ThemeDark  = "dark"
)

// Values of Chrome.Active: the items of the navigation.
const (
	NavBackpack = "backpack"
	NavImport   = "import"
	NavShares   = "shares"
	NavVerify   = "verify"
	NavSettings = "settings"
)

// Chrome is the frame of a page. The zero value is the frame for a visitor
// without a session, in English and with the device's theme.
type Chrome struct {
	Lang  string // language of the texts; "" or an unknown language means English
	Theme string // ThemeAuto, ThemeLight or ThemeDark
	// Path is the path and query of the page, to which the theme switch returns.
	// "" means "/".
	Path      string
	Name      string // the signed-in learner's name; "" without a session
	SignedIn  bool
	Active    string // the item of the navigation for this page, or ""
	FormToken string // the value of the field csrf in each form
	Notice    *Notice
	DiskFull  bool // nothing new can be stored at the moment
	// Problems are the errors in a submitted form. The page shows them at the
	// fields and in a summary that links to the fields.
	Problems []FieldError
	Version  string    // of the program, for the footer
	Now      time.Time // for "3 days left"; the zero time omits such words
}

func (c *Chrome) chrome() *Chrome { return c }

// Problem returns the error code of a form field, or "".
func (c *Chrome) Problem(field string) string {
	for _, p := range c.Problems {
		if p.Field == field {
			return p.Code
		}
	}
	return ""
}

// A FieldError is an error in one field of a form.
type FieldError struct {
	Field string // the name of the field; "" for the form as a whole
	Code  string // the catalogue's key is "error.<code>"
}

// A Notice reports the outcome of the previous step. The catalogue's key is
// "notice.<code>"; N and Name fill the placeholders {n} and {name}.
type Notice struct {
	Code string
	Bad  bool // the step failed; screen readers announce it at once
	N    int
	Name string
}
