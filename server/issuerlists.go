package server

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"backpack/server/view"
	"backpack/ui"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// issuerLists serves the lists of issuers that verifiers keep themselves. The
// service stores none: the address of a list holds the list.
type issuerLists struct {
	*pages
	wallet *wallet.Wallet
}

func (s *issuerLists) register(r *router) {
	r.Get("/verify/list", s.show)
	r.Post("/verify/list", r.ask, s.submit)
	r.Get("/verify/list.json", s.file)
}

// maxList is the length in bytes at which a list is cut. It is above the allowed
// length, so that opening a cut list fails.
const maxList = 12 << 10

// A carried is the list in a request, if any, with the key to change it.
type carried struct {
	list       *wallet.IssuerList
	token, key string
}

// carry opens a list. An altered one is an error.
func (s *issuerLists) carry(token, key string) (*carried, error) {
	out := &carried{token: token}
	if token == "" {
		return out, nil
	}
	var err error
	if out.list, err = s.wallet.OpenList(token); err == nil && s.wallet.MayChange(out.list, key) {
		out.key = key
	}
	return out, err
}

func (s *issuerLists) queried(c *fiber.Ctx) (*carried, error) {
	return s.carry(bounded(c.Query("list"), maxList), query(c, "key"))
}

func (s *issuerLists) sent(c *fiber.Ctx) (*carried, error) {
	return s.carry(field(c, "list", maxList), field(c, "key", 500))
}

func (x *carried) view() ui.ListView { return view.List(x.list, x.token, x.key) }

// checker returns the checker that also knows the issuers on the list. The label
// of the list says whether it is the verifier's own or came with a link.
func (s *issuerLists) checker(x *carried, lang string) (*inspect.Checker, error) {
	if x.list == nil {
		return &s.wallet.Checker, nil
	}
	v := x.view()
	if v.Name == "" {
		v.Name = s.texts.Text(lang, "list.unnamed")
	}
	label := "list.label"
	if v.Key == "" {
		label = "list.given"
	}
	return s.wallet.Knowing(x.list.Issuers, s.texts.Text(lang, label, "name", v.Name, "number", v.Number))
}

func (s *issuerLists) show(c *fiber.Ctx) error {
	x, err := s.queried(c)
	if err != nil {
		return err
	}
	return s.showPage(c, x, nil)
}

func (s *issuerLists) showPage(c *fiber.Ctx, x *carried, problems []ui.FieldError) error {
	page := &ui.ListPage{Chrome: s.chrome(c, ui.NavVerify), List: x.view(), Add: form(c, "add")}
	page.Problems = problems
	public := page.List
	public.Key = ""
	page.URL = s.origin.String() + "/verify?" + public.Query()
	return s.page(c, page)
}

// listFields maps errors to the fields of a list's form.
var listFields = map[string]string{"list_issuer": "add", "list_sample": "add", "list_full": "add"}

// submit changes the list in the form and redirects to the address of the changed
// one.
func (s *issuerLists) submit(c *fiber.Ctx) error {
	x, err := s.sent(c)
	if err != nil {
		return err
	}
	before := *x
	if err = s.begin(x); err == nil {
		err = change(c, x.list)
	}
	if err == nil {
		x.token, err = s.wallet.SealList(x.list)
	}
	if p, ok := fieldError(err, listFields); ok {
		c.Status(fiber.StatusBadRequest)
		return s.showPage(c, &before, []ui.FieldError{p})
	}
	if err != nil {
		return err
	}
	return go303(c, "/verify/list?"+x.view().Query())
}

// begin starts a new list if there is none. To change a list, its key is needed.
func (s *issuerLists) begin(x *carried) (err error) {
	if x.list == nil {
		x.list, x.key, err = s.wallet.NewIssuerList()
		return err
	}
	if x.key == "" {
		return &wallet.Error{Kind: wallet.Forbidden, Code: "list_locked"}
	}
	opened, err := s.wallet.OpenList(x.token) // a copy: x.list stays as it is if the change fails
	x.list = opened
	return err
}

// change applies a form to a list.
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

// A listFile is a list as a file. Only List and Key are read back; the other members
// are for people who open it.
type listFile struct {
	Kind    string          `json:"backpackIssuerList"`
	Name    string          `json:"name,omitempty"`
	Issuers []ui.ListedView `json:"issuers,omitempty"`
	List    string          `json:"list"`
	Key     string          `json:"key,omitempty"`
}

func (s *issuerLists) file(c *fiber.Ctx) error {
	x, err := s.queried(c)
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

// brought separates the file of a list from the other inputs. Without one, the list
// is that of the form.
func (s *issuerLists) brought(c *fiber.Ctx, in []inspect.Input) (*carried, []inspect.Input, error) {
	x, err := s.sent(c)
	if err != nil {
		return nil, nil, err
	}
	var rest []inspect.Input
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
