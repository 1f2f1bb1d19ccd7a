package intake

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"backpack/vc"
)

// hold keeps what is no badge back until all of a ZIP was read: only then it is
// known whether it matters. Badges come first.
func (o *opener) hold() {
	if o.docs == nil {
		o.docs, o.ids, o.folders = map[string]bool{}, map[string]bool{}, map[string]bool{"": true}
	}
	badges := o.items[:o.sorted]
	for _, it := range o.items[o.sorted:] {
		if it.Doc == nil {
			o.held = append(o.held, it)
			continue
		}
		badges = append(badges, it)
		o.badges++
		o.docs[path.Dir(it.file)], o.folders[it.Folder] = true, true
		if it.Doc.Credential != nil && it.Doc.Credential.ID != "" {
			o.ids[it.Doc.Credential.ID] = true
		}
	}
	clear(o.items[len(badges):])
	o.items, o.sorted = badges, len(badges)
}

// release ends a ZIP. The export of another backpack holds more files than
// badges: descriptions, pages and the pictures alone. Beside badges these are
// told in one item, and so are addresses that only say again where those badges
// are.
func (o *opener) release(p piece) {
	held := o.held
	o.held = nil
	rows := map[string]int{}
	for _, it := range held {
		if it.listed {
			rows[it.file]++
		}
	}
	if o.badges > 0 {
		again := func(it Item) bool { return o.again(it, rows) }
		n := count(held, again)
		if idle := count(held, o.idle); idle > 1 {
			held = append(held, leftAside(p, held, n+idle, func(it Item) bool { return again(it) || o.idle(it) }))
			held = slices.DeleteFunc(held, o.idle)
		}
		held = slices.DeleteFunc(held, again)
	}
	o.items = append(o.items, held...)
}

// leftAside tells of files in one item, by name.
func leftAside(p piece, held []Item, n int, aside func(Item) bool) Item {
	var names []string
	for _, it := range held {
		if name := shown(path.Base(it.file)); aside(it) && !slices.Contains(names, name) && len(names) <= maxNamed {
			names = append(names, name)
		}
	}
	if len(names) > maxNamed {
		names[maxNamed] = "…"
	}
	return Item{Name: p.name, FileSum: p.sum, Problem: LeftAside,
		Err: fmt.Errorf("%w: %d entries without another badge: %s", vc.ErrUnsupported, n, strings.Join(names, ", "))}
}

// maxNamed is how many files are named that were left aside.
const maxNamed = 12

func count(items []Item, is func(Item) bool) (n int) {
	for _, it := range items {
		if is(it) {
			n++
		}
	}
	return n
}

// pictureFolders are what exports call the folder with the pictures alone.
var pictureFolders = []string{"images", "image", "pictures", "picture", "img", "assets", "media", "icons", "static", "thumbnails"}

// idle reports whether something accompanies badges and is not one that was
// lost. Who collects files has a folder for each person: in one without a badge
// everything matters. A picture without a badge in it does unless it lies beside
// a badge.
func (o *opener) idle(it Item) bool {
	if !o.folders[it.Folder] && !slices.Contains(pictureFolders, strings.ToLower(it.Folder)) {
		return false
	}
	switch it.Problem {
	case NotABadge, HTMLPage, Empty, BadgeClassOnly, UnsupportedKind:
		return true
	case ImageWithoutBadge, PhotoWithoutCode, QRWithoutBadge:
		dir := path.Dir(it.file)
		return o.docs[dir] && dir != "/" && dir != "." || slices.Contains(pictureFolders, strings.ToLower(path.Base(dir)))
	}
	return false
}

// again reports whether an address leads to nothing new: it is that of a badge
// in the ZIP, it is only mentioned in a text, or it is a row of a table that has
// no more rows than there are badges.
func (o *opener) again(it Item, rows map[string]int) bool {
	return it.Link != "" && it.Image == nil && (o.ids[it.Link] || it.mentioned || it.listed && rows[it.file] <= o.badges)
}
