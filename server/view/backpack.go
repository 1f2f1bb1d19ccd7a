package view

import (
	"fmt"
	"slices"
	"time"

	"backpack/ui"
	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/event"
	"backpack/wallet/inspect"
)

const (
	// maxNotices is the number of notices that a page shows.
	maxNotices = 5
	// maxChanges is the number of changes at an issuer's addresses that a page shows.
	maxChanges = 10
	// maxURL is the length in bytes to which a shown address is cut.
	maxURL = 300
)

// Badge returns the view of a badge in its holder's backpack.
func (m Mapper) Badge(b *wallet.Badge) ui.BadgeView {
	e := b.Entry
	out := m.badge(OwnCard(e.Listed()), &e.Summary, b.Document, e.Report, e.Verdict)
	out.CheckedAt, out.Kept = e.CheckedAt, !b.Evidence.IsZero()
	m.then(&out, e.LastGood)
	for _, x := range b.Changes[max(0, len(b.Changes)-maxChanges):] {
		out.Technical = append(out.Technical, ui.Fact{Label: "changed " + x.At.UTC().Format(time.DateOnly),
			Value: string(x.Role) + " " + x.URL[:min(len(x.URL), maxURL)]})
	}
	if id := e.Summary.IssuerID; id != "" {
		out.From.Ref = wallet.IssuerRef(id)
	}
	out.Newer = out.Newer || b.Newer()
	return out
}

// Versions lists the versions of a badge, the oldest first. The last one is
// marked as shown.
func Versions(b *wallet.Badge) []ui.VersionView {
	var out []ui.VersionView
	for n, v := range b.History() {
		view := ui.VersionView{N: n, At: v.At}
		if d, err := vc.Parse(v.Raw); err == nil && d.Credential != nil {
			view.From = d.Credential.ValidFrom.Time
		}
		out = append(out, view)
	}
	if len(out) > 0 {
		out[len(out)-1].Shown = true
	}
	return out
}

// Room returns the use and the limits of a backpack.
func Room(u *wallet.Usage) ui.Room {
	return ui.Room{Badges: u.Badges, MostBadges: u.Most.Badges, Bytes: u.Bytes, MostBytes: u.Most.Bytes}
}

// Events returns the entries of the activity page.
func Events(events []*event.Event) []ui.EventView {
	var out []ui.EventView
	for _, e := range events {
		v := ui.EventView{At: e.At, Code: e.Code, Name: e.Text, Until: e.Until, New: isNotice(e) && !e.Seen}
		switch {
		case e.Entry != "":
			v.Href = "/badges/" + e.Entry
		case e.Share != "":
			v.Href = "/shares/" + e.Share
		}
		out = append(out, v)
	}
	return out
}

// Notices returns at most maxNotices unseen notices about one badge, or about
// any badge if entry is empty.
func Notices(events []*event.Event, entry string) []ui.EventView {
	var out []*event.Event
	for _, e := range events {
		if isNotice(e) && !e.Seen && (entry == "" || e.Entry == entry) && len(out) < maxNotices {
			out = append(out, e)
		}
	}
	return Events(out)
}

func isNotice(e *event.Event) bool { return slices.Contains(event.Notices(), e.Code) }

// Import returns the finished items of an import.
func (m Mapper) Import(imp *wallet.Import) []ui.ImportItem {
	var out []ui.ImportItem
	for _, it := range imp.Items {
		if !it.Done {
			continue
		}
		v := ui.ImportItem{N: it.N, Name: it.Name, Problem: it.Problem, Detail: it.Detail, Duplicate: it.Duplicate, Same: it.Same}
		if it.Entry != nil {
			b := Card(it.Entry.Listed(), fmt.Sprintf("/imports/%s/pictures/%d", imp.ID, it.N))
			v.Badge, v.Verdict = &b, m.box(it.Entry.Verdict, it.Entry.Report)
		}
		v.Chosen = v.Keepable()
		out = append(out, v)
	}
	return out
}

// Issuer fills the page about an issuer from the badges in one backpack.
func (m Mapper) Issuer(page *ui.IssuerPage, i *wallet.IssuerView) {
	latest := i.Latest()
	page.Since, page.Sample, page.CheckedAt = i.Since, latest.Summary.Sample, latest.CheckedAt
	page.Issuer = ui.IssuerView{Name: latest.Summary.Issuer, Domain: asciiHost(latest.Summary.Domain)}
	if latest.Report != nil {
		page.Issuer.Known, page.Issuer.Confirmed = known(&latest.Summary, latest.Report), confirmed(&latest.Summary, latest.Report)
	}
	for _, f := range inspect.Facts(&latest.Summary, latest.Report) {
		switch f.ID {
		case vc.FactControl:
			page.Control = m.fact(f)
		case vc.FactKnown:
			page.Known = m.fact(f)
		}
	}
	for _, k := range i.Keys {
		page.Keys = append(page.Keys, ui.KeyView{Thumbprint: k.Thumbprint, First: k.First, Last: k.Last})
	}
	for _, x := range i.Endorsements {
		page.Endorsements = append(page.Endorsements, m.endorsement(x.Document, "issuer", x.Report))
	}
	for _, e := range i.Entries {
		page.Badges = append(page.Badges, OwnCard(e.Listed()))
	}
}

// Archive returns the page inside an archive. Its pictures lie beside it.
func Archive(lang, name string, at time.Time, badges []wallet.ExportedBadge) *ui.ArchivePage {
	page := &ui.ArchivePage{Chrome: ui.Chrome{Lang: lang, Name: name}, At: at}
	for _, b := range badges {
		image := ""
		if b.Picture != "" {
			image = b.Folder + "/" + b.Picture
		}
		page.Badges = append(page.Badges, ui.ArchivedBadge{BadgeCard: Card(b.Entry.Listed(), image), Description: b.Entry.Summary.Description,
			Folder: b.Folder, Files: b.Files, Checked: b.Entry.CheckedAt, Note: b.Entry.Note, Added: b.Entry.AddedAt})
	}
	return page
}
