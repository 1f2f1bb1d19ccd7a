package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"backpack/ui"
	"backpack/vc"
	"backpack/vc/receipt"
	"backpack/wallet"
)

// Limits of the table on the page of what was checked.
const (
	maxTableRows = 500     // on the page
	maxTable     = 4 << 20 // bytes of the table that the page carries along, packed
	maxUnpacked  = 32 << 20
	tableLife    = 24 * time.Hour
)

// A savable is what the page of a check carries along, so that it can be saved
// without anything being stored here: who presses the button sends it back. It
// bears our mark, so that nobody has us sign what was never checked.
type savable struct {
	At      time.Time
	Rows    []ui.TableRow
	Results []receipt.Result
}

// pack returns a savable as text, "" when it is too large.
func (s *Server) pack(x *savable) (string, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(x); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	if b.Len() > maxTable/2 {
		return "", nil
	}
	return base64.RawURLEncoding.EncodeToString(b.Bytes()) + "." + s.mark(b.Bytes()), nil
}

// mark is what only we can put to bytes.
func (s *Server) mark(b []byte) string {
	sum := sha256.Sum256(b)
	return s.Secret("table/" + hex.EncodeToString(sum[:]))
}

var errTableGone = &wallet.Error{Kind: wallet.BadInput, Code: "table_gone"}

// unpack reads what pack made, within a day.
func (s *Server) unpack(text string) (*savable, error) {
	data, mark, ok := strings.Cut(text, ".")
	packed, err := base64.RawURLEncoding.DecodeString(data)
	if !ok || err != nil || subtle.ConstantTimeCompare([]byte(mark), []byte(s.mark(packed))) != 1 {
		return nil, errTableGone
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errTableGone
	}
	x := new(savable)
	if err := json.NewDecoder(io.LimitReader(z, maxUnpacked)).Decode(x); err != nil || s.Now().Sub(x.At) > tableLife {
		return nil, errTableGone
	}
	return x, nil
}

// verifySave gives out what a page of a check savable along: as a table for
// spreadsheets, or as a receipt that our service signs.
func (s *Server) verifySave(c *fiber.Ctx) error {
	x, err := s.unpack(field(c, "data", maxTable))
	if err != nil {
		return err
	}
	name := "badges-" + x.At.UTC().Format("2006-01-02")
	if form(c, "as") == "receipt" {
		body, err := s.Wallet.Receipt(c.UserContext(), receipt.OnRequest, x.Results)
		if err != nil {
			return err
		}
		return download(c, body, "receipt-"+name+".json", mediaCredential)
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // else spreadsheets take it for another encoding
	w, err := s.UI.NewCSV(&b, s.lang(c))
	if err != nil {
		return err
	}
	for i := range x.Rows {
		if err := w.Add(&x.Rows[i]); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return download(c, b.Bytes(), name+".csv", "text/csv; charset=utf-8")
}

// mediaCredential is the media type of a W3C verifiable credential.
const mediaCredential = "application/vc"

// table fills the page with the rows of all that was checked.
func (s *Server) table(page *ui.VerifyReportPage, found []*wallet.Checked) error {
	tally, verdicts, beside := ui.Tally{}, []string(nil), []string(nil)
	x := savable{At: s.Now(), Results: wallet.Results(found)}
	for i, c := range found {
		rows := Rows(s.UI, page.Lang, c)
		link(rows, c, i)
		for k := range rows {
			switch r := &rows[k]; {
			case r.Set:
				beside = append(beside, r.Verdict)
			case r.Verdict != "":
				verdicts = append(verdicts, r.Verdict)
			case r.Open:
				beside = append(beside, string(vc.Undetermined))
			}
			tally.Add(&rows[k])
		}
		x.Rows = append(x.Rows, rows...)
	}
	if page.List.Token != "" {
		withoutKnown(x.Results)
	}
	page.Receipt = len(x.Results) > 0 && len(x.Results) <= receipt.MaxResults
	if !page.Receipt {
		x.Results = nil
	}
	var err error
	if page.Data, err = s.pack(&x); err != nil {
		return err
	}
	page.Verdict = s.UI.NoBetter(page.Lang, s.UI.Bundle(page.Lang, verdicts), len(verdicts), tally.Verdicts[string(vc.Valid)], beside...)
	if len(x.Rows) > 1 {
		page.Table = x.Rows[:min(len(x.Rows), maxTableRows)]
		page.More = len(x.Rows) - len(page.Table)
		page.Verdict.Text = strings.Join(s.UI.Counted(page.Lang, &tally), " ")
	}
	return nil
}

// withoutKnown leaves out who knows the issuer: when somebody brings a list of
// their own to ask, what it says is not our word.
func withoutKnown(results []receipt.Result) {
	for i := range results {
		r := &results[i]
		r.Facts = slices.DeleteFunc(r.Facts, func(f receipt.Finding) bool { return f.ID == string(vc.FactKnown) })
		r.Checks = slices.DeleteFunc(r.Checks, func(f receipt.Finding) bool { return f.ID == string(vc.CheckKnown) })
	}
}

// link lets each row lead to its report in the page.
func link(rows []ui.TableRow, c *wallet.Checked, i int) {
	first, inside := itoa(i+1), 0
	for k := range rows {
		switch r := &rows[k]; {
		case c.Problem != "" || c.Receipt != nil || r.Set || r.Verdict == "":
			r.Part = "p-" + first
		case c.Holder != "" || c.Contained != nil:
			inside++
			r.Part = "b-" + first + "-" + itoa(inside)
		default:
			r.Part = "b-" + first
		}
	}
}

// serviceDocument says which key our service signs receipts with.
func (s *Server) serviceDocument(c *fiber.Ctx) error {
	body, err := s.Wallet.ServiceDocument()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/did+json")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(body)
}

// badgeReceipt checks a badge again, and gives out the receipt of that.
func (s *Server) badgeReceipt(c *fiber.Ctx) error {
	body, err := s.Wallet.BadgeReceipt(c.UserContext(), visitorOf(c).id(), param(c, "id"))
	if err != nil {
		return err
	}
	return download(c, body, "receipt.json", mediaCredential)
}

// sharedReceipt is the receipt of a check made now, for who was let in.
func (s *Server) sharedReceipt(c *fiber.Ctx) error {
	body, err := s.Wallet.SharedReceipt(c.UserContext(), param(c, "token"), grant(c))
	if err != nil {
		return err
	}
	return download(c, body, "receipt.json", mediaCredential)
}
