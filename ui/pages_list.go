package ui

import (
	"net/url"
	"time"
)

// ListPage is GET /verify/list?list=…&key=…: a list of issuers that somebody
// without an account makes for themselves. Nothing of it is stored: it is in
// the address. POST /verify/list, fields list, key, and one or more of name,
// add (lines of issuer, comma, name), issuer with label, drop → itself.
type ListPage struct {
	Chrome
	List ListView
	Add  string // what was typed, after a mistake
	URL  string // the whole address with which to check by the list, without its key
}

// A ListView is a list of issuers that somebody made for themselves.
type ListView struct {
	Token   string // the list itself, signed; "" for one that is to be begun
	Key     string // lets its maker change it; "" for who was only given it
	Name    string
	Number  string // tells lists of one name apart
	Made    time.Time
	Issuers []ListedView
}

// A ListedView is an issuer on such a list.
type ListedView struct{ ID, Name string }

// Query is the list as a query, for links.
func (l ListView) Query() string {
	q := url.Values{"list": {l.Token}}
	if l.Key != "" {
		q.Set("key", l.Key)
	}
	return q.Encode()
}

// A ListingForm offers to put a badge's issuer on a list.
type ListingForm struct {
	List   ListView
	Issuer string // the issuer's id
	Label  string // the name that it gives itself
	// FormToken is the page's Chrome.FormToken.
	FormToken string
}

func (*ListPage) template() string { return "list" }
