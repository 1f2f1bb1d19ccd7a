package report

import (
	"strings"

	"backpack/ui"
	"backpack/vc"
)

// Lang is the language of the command line.
const Lang = "en"

// words are the texts of the pages. A missing key is never printed.
type words struct{ texts *ui.Renderer }

func (w words) text(key string) string {
	if !w.texts.Has(key) {
		return ""
	}
	return w.texts.Text(Lang, key)
}

func (w words) problem(p string) (reason, next string) {
	if !w.texts.Has("problem." + p) {
		p = "other"
	}
	return w.text("problem." + p), w.text("problem." + p + ".next")
}

func (w words) reason(r vc.Reason) string {
	if s := w.text("reason." + string(r)); s != "" {
		return s
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

func (w words) check(c vc.Check) ui.CheckRow {
	row := w.texts.Check(Lang, string(c.ID), string(c.Outcome), string(c.Reason), c.Detail)
	if !w.texts.Has("check." + string(c.ID) + ".title") {
		row.Title = strings.ReplaceAll(string(c.ID), "_", " ")
	}
	if row.Text == "" {
		row.Text = w.reason(c.Reason)
	}
	return row
}
