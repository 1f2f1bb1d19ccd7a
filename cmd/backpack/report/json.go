package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"backpack/server/view"
	"backpack/ui"
	"backpack/vc"
	"backpack/wallet/inspect"
)

// A Result is an element of the array that verify --json prints. Members are
// added over time, never renamed.
type Result struct {
	Name     string     `json:"name,omitempty"`
	Problem  string     `json:"problem,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Title    string     `json:"title,omitempty"`
	Issuer   string     `json:"issuer,omitempty"`
	IssuerID string     `json:"issuerId,omitempty"`
	Version  string     `json:"version,omitempty"`
	Sample   bool       `json:"sample,omitempty"` // signed by a sample issuer, so it proves nothing
	Verdict  vc.Verdict `json:"verdict,omitempty"`
	Facts    []vc.Fact  `json:"facts,omitempty"` // of a badge: the five facts
	Report   *vc.Report `json:"report,omitempty"`
	Holder   string     `json:"holder,omitempty"`
	Contains []Result   `json:"contains,omitempty"`
	// Of a collection: the verdict on its signature alone, and its signer.
	// Verdict is the gravest of that and of the verdicts on its content.
	Own      vc.Verdict `json:"own,omitempty"`
	Together string     `json:"together,omitempty"`
	Inside   vc.Verdict `json:"inside,omitempty"` // of a record: the gravest verdict on its content, if graver
	// The columns of a table; the badges of a presentation have their own.
	// Picture says where the picture of a badge comes from: sealed, fetched,
	// open, or brought, which is not part of what was signed.
	Picture   string    `json:"picture,omitempty"`
	Applicant string    `json:"applicant,omitempty"`
	AwardedTo string    `json:"awardedTo,omitempty"` // the recipient's name in the badge, as the badge's word
	Domain    string    `json:"domain,omitempty"`
	Awarded   time.Time `json:"awarded,omitzero"`
	Expires   time.Time `json:"expires,omitzero"`
	Because   string    `json:"because,omitempty"`
	SHA256    string    `json:"sha256,omitempty"`
	// AsOf is the time that a repeated check is about; LastGood is set if the
	// badge held at that time.
	AsOf     time.Time         `json:"asOf,omitzero"`
	LastGood *inspect.LastGood `json:"lastGood,omitempty"`
	// OwnWord: the answers of other servers are the file's own word.
	OwnWord bool `json:"byItsOwnWord,omitempty"`
}

// A jsonReporter prints the elements of the array.
type jsonReporter struct {
	w        *Writer
	n        int
	receipts *receipts
}

func (j *jsonReporter) Add(c *inspect.Checked, rows []ui.TableRow) {
	if j.receipts.add(c); c.Receipt != nil {
		return // receipts are reported at the end
	}
	out := toJSON(c)
	if at := len(rows) - len(out.Contains); at >= 0 && len(out.Contains) > 0 {
		for i := range out.Contains {
			out.Contains[i].row(&rows[at+i])
		}
	} else if len(rows) == 1 {
		out.row(&rows[0])
	}
	j.value(out)
}

func (j *jsonReporter) value(v any) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("  ", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil && j.w.Err == nil {
		j.w.Err = err
	}
	between := ",\n  "
	if j.n++; j.n == 1 {
		between = "[\n  "
	}
	j.w.Printf("%s%s", between, spelled(bytes.TrimRight(b.Bytes(), "\n")))
}

// spelled escapes the characters of JSON that control a terminal or change the
// direction of text; encoding/json escapes only the first 32. They occur in
// strings only, where an escape has the same meaning.
func spelled(b []byte) []byte {
	if bytes.IndexFunc(b, steers) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		if steers(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

func (j *jsonReporter) Finish() error {
	for _, c := range j.receipts.all {
		j.value(j.receipts.json(c))
	}
	end := "\n]\n"
	if j.n == 0 {
		end = "[]\n"
	}
	j.w.Printf("%s", end)
	return j.w.Err
}

func (j *Result) row(r *ui.TableRow) {
	j.Applicant, j.Domain, j.Expires, j.Because = r.Applicant, r.Domain, r.Expires, r.Reason
}

func toJSON(c *inspect.Checked) Result {
	out := Result{Name: c.Name, Problem: c.Problem, Detail: c.Detail, Title: c.Summary.Title, Issuer: c.Summary.Issuer,
		IssuerID: c.Summary.IssuerID, Version: c.Summary.Version, Sample: c.Summary.Sample, Verdict: c.Verdict, Report: c.Report, Holder: c.Holder, SHA256: c.SHA256,
		AsOf: c.AsOf, LastGood: c.LastGood, OwnWord: c.OwnWord, Picture: c.Summary.Picture, Own: c.Own, Together: c.Together,
		Inside: c.Summary.Inside}
	if badge(c) {
		out.Facts, out.Awarded = inspect.Facts(&c.Summary, c.Report), c.Summary.AwardedAt
		if c.Document.Credential != nil {
			out.AwardedTo = view.RecipientOf(&c.Document.Credential.Subject, c.Report).Name
		}
	}
	for _, x := range c.Contained {
		out.Contains = append(out.Contains, toJSON(x))
	}
	return out
}
