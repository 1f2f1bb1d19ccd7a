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
	"backpack/wallet/inspect"
)

// Limits of the result that the page of a check carries.
const (
	maxTable    = 4 << 20 // bytes of the packed result
	maxUnpacked = 32 << 20
	tableLife   = 24 * time.Hour
)

// A savable is the result of a check. The page of the check carries it, packed and
// with a MAC, in a form that sends it back; so it can be saved, and nothing is
// stored. The MAC keeps the service from signing a result that it never produced.
type savable struct {
	At      time.Time
	Rows    []ui.TableRow
	Results []receipt.Result
}

// pack returns a savable as text; "" if it is too large.
func (s *checks) pack(x *savable) (string, error) {
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

// mark returns the MAC of b.
func (s *checks) mark(b []byte) string {
	sum := sha256.Sum256(b)
	return s.secret("table/" + hex.EncodeToString(sum[:]))
}

var errTableGone = &wallet.Error{Kind: wallet.BadInput, Code: "table_gone"}

// unpack parses the text that pack returned at most a day ago.
func (s *checks) unpack(text string) (*savable, error) {
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
	if err := json.NewDecoder(io.LimitReader(z, maxUnpacked)).Decode(x); err != nil || s.now().Sub(x.At) > tableLife {
		return nil, errTableGone
	}
	return x, nil
}

// save sends the result of a check as a table for spreadsheets, or as a receipt that
// the service signs.
func (s *checks) save(c *fiber.Ctx) error {
	x, err := s.unpack(field(c, "data", maxTable))
	if err != nil {
		return err
	}
	name := "badges-" + x.At.UTC().Format("2006-01-02")
	if form(c, "as") == "receipt" {
		body, err := s.wallet.Receipt(c.UserContext(), receipt.OnRequest, x.Results)
		if err != nil {
			return err
		}
		return download(c, body, "receipt-"+name+".json", mediaCredential)
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // otherwise spreadsheets assume another encoding
	w, err := s.texts.NewCSV(&b, s.lang(c))
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

// offerSaving packs the result of a check into its page, so that it can be saved
// as a table, or as a receipt if there are results for one.
func (s *checks) offerSaving(page *ui.VerifyReportPage, rows []ui.TableRow, found []*inspect.Checked) (err error) {
	x := savable{At: s.now(), Rows: rows, Results: inspect.Results(found)}
	if page.List.Token != "" {
		withoutKnown(x.Results)
	}
	page.Receipt = len(x.Results) > 0 && len(x.Results) <= receipt.MaxResults
	if !page.Receipt {
		x.Results = nil
	}
	page.Data, err = s.pack(&x)
	return err
}

// withoutKnown removes whether the issuer is known: if the verifier brought a list,
// the service does not vouch for it.
func withoutKnown(results []receipt.Result) {
	for i := range results {
		r := &results[i]
		r.Facts = slices.DeleteFunc(r.Facts, func(f receipt.Finding) bool { return f.ID == string(vc.FactKnown) })
		r.Checks = slices.DeleteFunc(r.Checks, func(f receipt.Finding) bool { return f.ID == string(vc.CheckKnown) })
	}
}

// serviceDocument serves the DID document with the key that signs receipts.
func (s *checks) serviceDocument(c *fiber.Ctx) error {
	body, err := s.wallet.ServiceDocument()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/did+json")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(body)
}
