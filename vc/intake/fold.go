package intake

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"backpack/vc"
)

// setAside sets aside items that are not badges until the whole ZIP was read, as their
// relevance depends on its badges. Badges come first.
func (o *opener) setAside() {
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

// finishZIP ends a ZIP. The export of another backpack contains more files than its
// badges, such as descriptions, pages and pictures. If there are badges, such files
// share one item. Addresses of badges that are in the ZIP are dropped.
func (o *opener) finishZIP(p piece) {
	held := o.held
	o.held = nil
	rows := map[string]int{}
	for _, it := range held {
		if it.listed {
			rows[it.file]++
		}
	}
	if o.badges > 0 {
		again := func(it Item) bool { return o.isRepeat(it, rows) }
		n := count(held, again)
		if idle := count(held, o.accompanies); idle > 1 {
			held = append(held, leftAside(p, held, n+idle, func(it Item) bool { return again(it) || o.accompanies(it) }))
			held = slices.DeleteFunc(held, o.accompanies)
		}
		held = slices.DeleteFunc(held, again)
	}
	o.items = append(o.items, held...)
}

// leftAside returns the item that lists the names of the other files.
func leftAside(p piece, held []Item, n int, aside func(Item) bool) Item {
	var names []string
	for _, it := range held {
		if name := displayName(path.Base(it.file)); aside(it) && !slices.Contains(names, name) && len(names) <= maxNamed {
			names = append(names, name)
		}
	}
	if len(names) > maxNamed {
		names[maxNamed] = "…"
	}
	return Item{Name: p.name, FileSum: p.sum, Problem: LeftAside,
		Err: fmt.Errorf("%w: %d other entries without a badge: %s", vc.ErrUnsupported, n, strings.Join(names, ", "))}
}

// maxNamed limits the file names in that item.
const maxNamed = 12

func count(items []Item, is func(Item) bool) (n int) {
	for _, it := range items {
		if is(it) {
			n++
		}
	}
	return n
}

// pictureFolders are the names of folders that exports use for pictures.
var pictureFolders = []string{"images", "image", "pictures", "picture", "img", "assets", "media", "icons", "static", "thumbnails"}

// accompanies reports whether an item merely accompanies badges. Collectors of files have a
// folder for each person; in a folder without a badge every file is relevant. A
// picture without a badge is relevant unless it is next to a badge.
func (o *opener) accompanies(it Item) bool {
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

// isRepeat reports whether an address leads to nothing new: it is the address of a badge
// in the ZIP, a mention in a text, or a row of a table that has at most as many rows
// as there are badges.
func (o *opener) isRepeat(it Item, rows map[string]int) bool {
	return it.Link != "" && it.Image == nil && (o.ids[it.Link] || it.mentioned || it.listed && rows[it.file] <= o.badges)
}
