package ui

import (
	"net/url"
	"time"
)

// ListPage is GET /verify/list?list=…&key=…: a visitor's own list of issuers. The
// address contains the list; the server stores nothing. POST /verify/list changes
// it. Fields: list, key, and one or more of name, add (lines of issuer, comma,
// name), issuer with label, drop.
type ListPage struct {
	Chrome
	List ListView
	Add  string // the submitted lines, after an error
	URL  string // the address for checks with the list, without its key
}

// A ListView is a visitor's own list of issuers.
type ListView struct {
	Token   string // the signed list; "" for a new list
	Key     string // the right to change the list; "" for a recipient of the list
	Name    string
	Number  string // distinguishes lists of the same name
	Made    time.Time
	Issuers []ListedView
}

// A ListedView is an issuer on a list.
type ListedView struct{ ID, Name string }

// Query returns the list as a URL query.
func (l ListView) Query() string {
	q := url.Values{"list": {l.Token}}
	if l.Key != "" {
		q.Set("key", l.Key)
	}
	return q.Encode()
}

// A ListingForm is the form that adds the issuer of a badge to a list.
type ListingForm struct {
	List   ListView
	Issuer string // the issuer's id
	Label  string // the issuer's name for itself
	// FormToken is the page's Chrome.FormToken.
	FormToken string
}

func (*ListPage) template() string { return "list" }
