package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"backpack/server/view"
	"backpack/vc"
	"backpack/vc/receipt"
	"backpack/wallet/inspect"
)

// maxReceipts is the maximum number of receipts compared with the files of one
// run.
const maxReceipts = 50

// receipts collects the receipts of a run and the digests of its files. A
// receipt may come before the files it covers.
type receipts struct {
	words  words
	all    []*inspect.Checked
	files  map[string][]string   // by digest
	badges []string              // files with badges, in order
	known  map[string][]string   // their digests
	now    map[string]vc.Verdict // today's verdict, by digest
}

func newReceipts(w words) *receipts {
	return &receipts{words: w, files: map[string][]string{}, known: map[string][]string{}, now: map[string]vc.Verdict{}}
}

func (r *receipts) add(c *inspect.Checked) {
	switch {
	case c.Receipt != nil:
		if len(r.all) < maxReceipts {
			r.all = append(r.all, c)
		}
		return
	case c.Problem != "":
		return
	case r.known[c.Name] == nil:
		r.badges = append(r.badges, c.Name)
	}
	for _, x := range append([]*inspect.Checked{c}, c.Contained...) {
		for _, d := range view.Digests(x) {
			r.known[c.Name] = append(r.known[c.Name], d)
			r.now[d] = x.Verdict
			if !slices.Contains(r.files[d], c.Name) {
				r.files[d] = append(r.files[d], c.Name)
			}
		}
	}
}

// A Receipt is what verify --json prints for a receipt, at the end of the
// array.
type Receipt struct {
	Name      string            `json:"name,omitempty"`
	Verdict   vc.Verdict        `json:"verdict"` // on the receipt itself
	Receipt   receipt.Record    `json:"receipt"`
	Service   string            `json:"service"` // DID of the service
	Confirmed vc.Outcome        `json:"confirmed"`
	Detail    string            `json:"detail,omitempty"`
	Files     map[string]string `json:"files,omitempty"`    // digest of a result to its file
	Unspoken  []string          `json:"unspoken,omitempty"` // files that no result covers
	// Now maps the digest of a result to today's verdict on the file, since the
	// receipt speaks of the past.
	Now map[string]vc.Verdict `json:"now,omitempty"`
}

func (r *receipts) json(c *inspect.Checked) Receipt {
	out := Receipt{Name: c.Name, Verdict: c.Verdict, Receipt: c.Receipt.Record, Service: c.Receipt.Issuer, Confirmed: c.Confirmed,
		Detail: c.Detail, Files: map[string]string{}, Unspoken: r.unspoken(c.Receipt), Now: map[string]vc.Verdict{}}
	for _, x := range c.Receipt.Results {
		if files := r.filesOf(x); len(files) > 0 {
			out.Files[x.SHA256] = strings.Join(files, ", ")
		}
		if v := r.today(x); v != "" {
			out.Now[x.SHA256] = v
		}
	}
	return out
}

// today returns today's verdict on the file of a result; "" if the file is not
// part of this run.
func (r *receipts) today(x receipt.Result) vc.Verdict {
	if v := r.now[x.SHA256]; v != "" || x.FileSHA256 == "" {
		return v
	}
	return r.now[x.FileSHA256]
}

// filesOf returns the files that a result covers.
func (r *receipts) filesOf(x receipt.Result) []string {
	out := slices.Clone(r.files[x.SHA256])
	if x.FileSHA256 != "" {
		out = append(out, r.files[x.FileSHA256]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *receipts) unspoken(x *receipt.Receipt) []string {
	spoken := map[string]bool{}
	for _, res := range x.Results {
		for _, f := range r.filesOf(res) {
			spoken[f] = true
		}
	}
	var out []string
	for _, name := range r.badges {
		if !spoken[name] {
			out = append(out, name)
		}
	}
	return out
}

// print writes in plain words what each receipt states, and about which files.
func (r *receipts) print(w *Writer) {
	for _, c := range r.all {
		w.Printf("\n")
		r.printOne(w, c)
	}
}

func (r *receipts) printOne(w *Writer, c *inspect.Checked) {
	x, t := c.Receipt, r.words
	box := t.texts.ReceiptBox(Lang, string(c.Verdict))
	line := func(format string, a ...any) { w.Printf(format+"\n", a...) }
	line("%s", strings.TrimPrefix(Plain(c.Name, 200)+": "+t.text("table.receipt")+". "+box.Title, ": "))
	for _, l := range wrap(box.Text+" "+t.text("receipt.what"), usualWidth-2) {
		line("  %s", l)
	}
	line("")
	if c.Verdict != vc.Valid {
		return
	}
	for _, m := range [][2]string{{"receipt.by", x.Origin}, {"", t.text("receipt.confirmed." + string(c.Confirmed))}, {"receipt.key", x.Issuer},
		{"receipt.at", x.Checked().UTC().Format("2006-01-02 15:04 MST")}, {"receipt.with", x.Software}} {
		if m[1] != "" {
			line("  %s%s", Pad(t.text(m[0]), column+4), Plain(m[1], 200))
		}
	}
	line("\n  %s:", t.text("receipt.says"))
	for _, res := range x.Results {
		r.printResult(w, res)
	}
	if rest := r.unspoken(x); len(rest) > 0 {
		line("  %s: %s", t.text("receipt.unspoken"), Plain(strings.Join(rest, ", "), 2000))
	}
}

func (r *receipts) printResult(w *Writer, x receipt.Result) {
	word, _ := r.words.texts.RowWord(Lang, string(x.Verdict))
	title := Plain(x.Title, 80)
	if x.Challenged != "" {
		title = r.words.text("table.set")
	}
	w.Printf("  %s%s (%s)\n", Pad(word, column), title, x.At.UTC().Format(time.DateOnly))
	below := "  " + strings.Repeat(" ", column)
	where := r.words.text("receipt.nofile")
	if files := r.filesOf(x); len(files) > 0 {
		where = fmt.Sprintf("%s %s", r.words.text("receipt.files"), Plain(strings.Join(files, ", "), 400))
	}
	w.Printf("%s%s\n%sSHA-256 %s\n", below, where, below, x.SHA256)
	now := r.words.text("receipt.now.none")
	if v := r.today(x); v != "" {
		now, _ = r.words.texts.RowWord(Lang, string(v))
		now = r.words.text("receipt.now") + " " + now
	}
	w.Printf("%s%s\n", below, now)
}
