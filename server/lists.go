package server

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
)

// maxList is the longest list that a link or a form brings, with room for what
// is cut off to be noticed.
const maxList = 12 << 10

// A carried is the list that a request brings, if any, with the key to change it.
type carried struct {
	list       *wallet.IssuerList
	token, key string
}

// carry opens the list in a request; one that was altered is an error.
func (s *Server) carry(token, key string) (*carried, error) {
	out := &carried{token: token}
	if token == "" {
		return out, nil
	}
	var err error
	if out.list, err = s.Wallet.OpenList(token); err == nil && s.Wallet.MayChange(out.list, key) {
		out.key = key
	}
	return out, err
}

func (s *Server) queriedList(c *fiber.Ctx) (*carried, error) {
	return s.carry(bounded(c.Query("list"), maxList), query(c, "key"))
}

func (s *Server) sentList(c *fiber.Ctx) (*carried, error) {
	return s.carry(field(c, "list", maxList), field(c, "key", 500))
}

func (x *carried) view() ui.ListView { return view.List(x.list, x.token, x.key) }

// checker is what badges are checked with: by the list too. Its label says that
// it is somebody's own, or came with a link, whatever it is called.
func (s *Server) checker(x *carried, lang string) (*wallet.Checker, error) {
	if x.list == nil {
		return &s.Wallet.Checker, nil
	}
	v := x.view()
	if v.Name == "" {
		v.Name = s.UI.Text(lang, "list.unnamed")
	}
	label := "list.label"
	if v.Key == "" {
		label = "list.given"
	}
	return s.Wallet.Knowing(x.list, s.UI.Text(lang, label, "name", v.Name, "number", v.Number))
}

func (s *Server) listForm(c *fiber.Ctx) error {
	x, err := s.queriedList(c)
	if err != nil {
		return err
	}
	return s.listPage(c, x, nil)
}

func (s *Server) listPage(c *fiber.Ctx, x *carried, problems []ui.FieldError) error {
	page := &ui.ListPage{Chrome: s.chrome(c, ui.NavVerify), List: x.view(), Add: form(c, "add")}
	page.Problems = problems
	public := page.List
	public.Key = ""
	page.URL = s.PublicURL.String() + "/verify?" + public.Query()
	return s.page(c, page)
}

// listFields are the fields of a list's form that errors belong to.
var listFields = map[string]string{"list_issuer": "add", "list_sample": "add", "list_full": "add"}

// listSubmit makes another list of the one that was sent, and shows it: the
// address is the list.
func (s *Server) listSubmit(c *fiber.Ctx) error {
	x, err := s.sentList(c)
	if err != nil {
		return err
	}
	before := *x
	if err = s.begin(x); err == nil {
		err = change(c, x.list)
	}
	if err == nil {
		x.token, err = s.Wallet.SealList(x.list)
	}
	if p, ok := fieldError(err, listFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.listPage(c, &before, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	return go303(c, "/verify/list?"+x.view().Query())
}

// begin makes a new list where there is none; one that exists takes its key.
func (s *Server) begin(x *carried) (err error) {
	if x.list == nil {
		x.list, x.key, err = s.Wallet.NewIssuerList()
		return err
	}
	if x.key == "" {
		return &wallet.Error{Kind: wallet.Forbidden, Code: "list_locked"}
	}
	opened, err := s.Wallet.OpenList(x.token) // another one, so that a mistake changes nothing
	x.list = opened
	return err
}

// change does to a list what a form asks for.
func change(c *fiber.Ctx, l *wallet.IssuerList) error {
	l.Rename(form(c, "name"))
	l.Drop(form(c, "drop"))
	if id := form(c, "issuer"); id != "" {
		if err := l.Add(id, form(c, "label")); err != nil {
			return err
		}
	}
	for _, line := range strings.Split(form(c, "add"), "\n") {
		id, name, _ := strings.Cut(line, ",")
		if strings.TrimSpace(id) == "" {
			continue
		}
		if err := l.Add(strings.TrimSpace(id), strings.TrimSpace(name)); err != nil {
			return err
		}
	}
	return nil
}

// A listFile is a list as a file. Its token is what counts; the rest is for
// people who look into it.
type listFile struct {
	Kind    string          `json:"backpackIssuerList"`
	Name    string          `json:"name,omitempty"`
	Issuers []ui.ListedView `json:"issuers,omitempty"`
	List    string          `json:"list"`
	Key     string          `json:"key,omitempty"`
}

func (s *Server) listDownload(c *fiber.Ctx) error {
	x, err := s.queriedList(c)
	if err != nil {
		return err
	}
	if x.list == nil {
		return fiber.ErrNotFound
	}
	v := x.view()
	body, err := json.MarshalIndent(listFile{Kind: "1", Name: v.Name, Issuers: v.Issuers, List: v.Token, Key: v.Key}, "", "  ")
	if err != nil {
		return err
	}
	return download(c, body, "issuers-i-know.json", fiber.MIMEApplicationJSON)
}

// broughtList takes a list's file out of what was brought. With none, the list
// is the one that the form carried.
func (s *Server) broughtList(c *fiber.Ctx, in []wallet.Input) (*carried, []wallet.Input, error) {
	x, err := s.sentList(c)
	if err != nil {
		return nil, nil, err
	}
	var rest []wallet.Input
	for _, f := range in {
		var l listFile
		if len(f.Bytes) > 4*maxList || !bytes.Contains(f.Bytes, []byte(`"backpackIssuerList"`)) || json.Unmarshal(f.Bytes, &l) != nil || l.Kind == "" {
			rest = append(rest, f)
			continue
		}
		if x, err = s.carry(l.List, l.Key); err != nil {
			return nil, nil, err
		}
	}
	return x, rest, nil
}
