package ui

import "time"

// A Page is what Renderer.Render takes. Only the page structs of this package
// are pages: each names its template and embeds Chrome.
type Page interface {
	template() string
	chrome() *Chrome
}

// Themes that Chrome.Theme may name; "" follows the device.
const (
	ThemeAuto  = ""
	ThemeLight = "light"
	ThemeDark  = "dark"
)

// Navigation items that Chrome.Active may name.
const (
	NavBackpack = "backpack"
	NavImport   = "import"
	NavShares   = "shares"
	NavVerify   = "verify"
	NavSettings = "settings"
)

// Chrome is what every page has around its content. Its zero value is that of
// a stranger's page in English, with the device's theme.
type Chrome struct {
	Lang  string // language of the texts; "" and unknown ones mean English
	Theme string // ThemeAuto, ThemeLight or ThemeDark
	// Path is the page's own address, path and query, for the theme switch to
	// come back to. "" means "/".
	Path      string
	Name      string // the signed-in learner's name; "" for a stranger
	SignedIn  bool
	Active    string // the navigation item that this page belongs to, or ""
	FormToken string // goes into every form as "csrf"
	Notice    *Notice
	DiskFull  bool // nothing new can be saved at the moment
	// Problems are what was wrong with the form that was sent, shown as a
	// summary that links to the fields, and at each field.
	Problems []FieldError
	Version  string    // of the program, for the foot of the page
	Now      time.Time // for "today" and "3 days left"; zero leaves such words out
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

// A FieldError says what is wrong with one field of a form.
type FieldError struct {
	Field string // the name of the field; "" for the form as a whole
	Code  string // the text is "error.<code>" of the catalogue
}

// A Notice tells what the previous step did. The text is "notice.<code>" of the
// catalogue; N and Name fill its placeholders {n} and {name}.
type Notice struct {
	Code string
	Bad  bool // something went wrong: it is announced at once
	N    int
	Name string
}
