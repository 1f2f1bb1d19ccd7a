package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"backpack/vc"
	"backpack/vc/cose"
	"backpack/vc/ob2"
)

// An Item is one thing found in what was brought: a badge (Doc), an address
// where one is (Link), an offer of one (Offer), or why it is no badge (Problem
// and Err). Image, Source and Warnings accompany any of them.
type Item struct {
	// Name is the name of the file inside a ZIP or the position in a list
	// ("badge 3 of 12"); "" for a single input. It is text from a stranger, to
	// show and never to use as a path.
	Name string
	// Folder is the topmost folder that tells the files of a ZIP apart, else
	// the name of the ZIP inside it; "" where there is none. A stranger's text.
	Folder string
	// Doc is a credential, presentation or badge before 3.0.
	Doc *vc.Document
	// Image is the PNG or SVG that the badge was baked into, as received, but for
	// an SVG in UTF-16, which comes in UTF-8, and a picture that holds several
	// badges of one kind, which comes with this one alone.
	Image []byte
	// Source is what this item was read from, as received: the file it came
	// alone in, or of a list only its own part, so that private keys in the
	// rest are not kept. Nil where Problem is set.
	Source []byte
	// FileSum is the SHA-256 of the whole file that it was in, as received; of
	// what was in a ZIP, that of the file inside.
	FileSum [sha256.Size]byte
	// Link is an https address to fetch; give the answer to OpenFetched.
	Link string
	// Offer is an invitation of a protocol that is not spoken yet.
	Offer string
	// Err says in technical words why it is no badge; it wraps an error of
	// package vc. Set exactly when Problem is.
	Err     error
	Problem Problem
	// Warnings are departures from the rules of packing that were tolerated.
	Warnings []string

	file              string // the path of the file inside a ZIP
	listed, mentioned bool   // see piece
}

// Options bound one call. The zero value is the strictest in use.
type Options struct {
	MaxItems     int   // items of one input; 0 means 2,000
	MaxBytes     int64 // bytes of one input, after decompression; 0 means 200 MiB
	MaxFileBytes int64 // bytes of one file that is no ZIP; 0 means 16 MiB
	// KeepPresentation returns a presentation as one Item, for verification;
	// else its credentials come one by one, for keeping.
	KeepPresentation bool
}

func (o Options) withDefaults() Options {
	if o.MaxItems <= 0 {
		o.MaxItems = 2_000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 200 << 20
	}
	if o.MaxFileBytes <= 0 {
		o.MaxFileBytes = 16 << 20
	}
	return o
}

// Open tells what b holds: at least one Item, in the order found. name is only
// shown, never trusted; "" stands for pasted text. Duplicates stay. When ctx
// ends, what was found so far is returned with one Item of Problem Interrupted.
// The items may share memory with b.
func Open(ctx context.Context, name string, b []byte, opt Options) []Item {
	o := newOpener(ctx, opt)
	o.file(whole(b, ""))
	return o.result()
}

// Each is Open for what is too much to be held at once: found gets each Item
// as soon as its file, or its file in a ZIP, was read.
func Each(ctx context.Context, b []byte, opt Options, found func(Item)) {
	o := newOpener(ctx, opt)
	o.found = found
	o.file(whole(b, ""))
	o.result()
	o.give()
}

// OpenFetched is Open for what an address answered. It also judges the status
// and reads the pages of badge platforms (specs A11.7).
func OpenFetched(ctx context.Context, res *vc.Resource, opt Options) []Item {
	o := newOpener(ctx, opt)
	if res == nil {
		o.fail(piece{}, Unreachable, fmt.Errorf("%w: there is no answer", vc.ErrUnreachable))
	} else if problem, err := judge(res); err != nil {
		o.fail(piece{}, problem, err)
	} else {
		o.file(whole(res.Body, res.URL))
	}
	return o.result()
}

// judge maps a status without success to what it means for a learner.
func judge(res *vc.Resource) (Problem, error) {
	switch {
	case res.OK():
		return "", nil
	case res.Status == 410: // platforms say so of a revoked badge (specs B6.3)
		return Withdrawn, fmt.Errorf("%w: the address answers 410", vc.ErrNotFound)
	case res.Status == 404:
		return AddressGone, fmt.Errorf("%w: the address answers 404", vc.ErrNotFound)
	case res.Status == 401 || res.Status == 403:
		return AddressPrivate, fmt.Errorf("%w: the address answers %d", vc.ErrForbidden, res.Status)
	}
	return Unreachable, fmt.Errorf("%w: the address answers %d", vc.ErrUnreachable, res.Status)
}

// An opener collects the items of one call.
type opener struct {
	ctx   context.Context
	opt   Options
	items []Item
	full  bool // MaxItems was passed
	room  *zipRoom
	found func(Item) // nil: all items are kept until the end
	given int        // items that found has got

	held    []Item          // of a ZIP: what is no badge, until all of it was read
	docs    map[string]bool // of a ZIP: the folders that files with badges lie in
	folders map[string]bool // and the topmost of them
	ids     map[string]bool // and the ids of those badges
	badges  int             // and how many they are
	sorted  int             // items that hold has seen
}

// count is the number of items so far.
func (o *opener) count() int { return o.given + len(o.items) + len(o.held) }

// give hands out the items of what was read to its end.
func (o *opener) give() {
	if o.found == nil {
		return
	}
	for _, it := range o.items {
		o.found(it)
	}
	o.given += len(o.items)
	o.items, o.sorted = nil, 0
}

// A piece is a part of the input on its way.
type piece struct {
	name     string
	folder   string
	sum      [sha256.Size]byte
	b        []byte
	url      string // where it was fetched from or says that it is hosted
	image    []byte // the picture around it
	source   []byte // what to keep when that is not b
	warnings []string
	nest     int  // containers around it
	scanned  bool // text out of a QR code: none is looked for in it again
	zips     int  // ZIPs around it
	file     string
	// listed is set for a row of a table, and mentioned for an address that a
	// text or a page names beside other things.
	listed, mentioned bool
}

// whole is a file, or the answer of an address.
func whole(b []byte, url string) piece { return piece{b: b, url: url, sum: sha256.Sum256(b)} }

// maxNest bounds containers within containers; with it, recursion.
const maxNest = 6

// inside returns p for a part of it.
func (p piece) inside(b []byte) piece {
	p.b = b
	p.nest++
	return p
}

func newOpener(ctx context.Context, opt Options) *opener {
	return &opener{ctx: ctx, opt: opt.withDefaults()}
}

func (o *opener) result() []Item {
	if o.count() == 0 {
		o.fail(piece{}, Empty, fmt.Errorf("%w: there is nothing in it", vc.ErrMalformed))
	}
	return o.items
}

// add appends an item unless there are too many, which is said once.
func (o *opener) add(p piece, it Item) {
	if o.stopped() {
		return
	}
	if o.count() == o.opt.MaxItems {
		o.full = true
		it = Item{Problem: TooMany, Err: fmt.Errorf("%w: more than %d badges at once", vc.ErrTooLarge, o.opt.MaxItems)}
		o.items = append(o.items, it)
		return
	}
	it.Name, it.Folder, it.FileSum, it.Warnings = p.name, p.folder, p.sum, p.warnings
	it.file, it.listed, it.mentioned = p.file, p.listed, p.mentioned
	if it.Problem == "" {
		it.Image, it.Source = p.image, p.keep()
	}
	o.items = append(o.items, it)
}

// keep returns what to keep of a piece.
func (p piece) keep() []byte {
	if p.source != nil {
		return p.source
	}
	return p.b
}

func (o *opener) fail(p piece, problem Problem, err error) {
	o.add(p, Item{Problem: problem, Err: err})
}

// stopped reports whether nothing more is to be read; a cancelled context is
// told once, as an item.
func (o *opener) stopped() bool {
	if !o.full && o.ctx.Err() != nil {
		o.full = true
		o.items = append(o.items, Item{Problem: Interrupted, Err: fmt.Errorf("%w: %w", vc.ErrUnreachable, o.ctx.Err())})
	}
	return o.full
}

// file opens a piece by its content.
func (o *opener) file(p piece) {
	if o.stopped() {
		return
	}
	if p.nest > maxNest {
		o.fail(p, TooLarge, fmt.Errorf("%w: containers within containers", vc.ErrTooLarge))
		return
	}
	if limit := o.limit(p.b); int64(len(p.b)) > limit {
		o.fail(p, TooLarge, fmt.Errorf("%w: more than %d MiB", vc.ErrTooLarge, limit>>20))
		return
	}
	if b, ok := fromUTF16(p.b); ok {
		p.b = b
	}
	switch kind := sniff(p.b); kind {
	case kindEmpty:
		o.fail(p, Empty, fmt.Errorf("%w: there is nothing in it", vc.ErrMalformed))
	case kindPNG, kindSVG:
		o.picture(p, kind)
	case kindPhoto:
		o.photo(p, PhotoWithoutCode)
	case kindZIP:
		o.zip(p)
	case kindJSON:
		o.json(p)
	case kindHTML:
		o.html(p)
	case kindCOSE:
		o.sealed(p)
	case kindText:
		o.text(p)
	default:
		o.fail(p, UnsupportedKind, fmt.Errorf("%w: %s", vc.ErrUnsupported, kind))
	}
}

// limit returns how large b may be: a ZIP holds many files.
func (o *opener) limit(b []byte) int64 {
	if bytes.HasPrefix(b, []byte("PK")) {
		return o.opt.MaxBytes
	}
	return min(o.opt.MaxFileBytes, o.opt.MaxBytes)
}

// document adds the credential, presentation or older badge that p is.
func (o *opener) document(p piece) {
	doc, err := parse(p.b, p.url)
	if err != nil {
		problem := problemFor(err)
		if problem == NotABadge && isSDJWT(p.b) {
			problem = UnsupportedKind // by a hash or a type that we do not know
		}
		o.fail(p, problem, fmt.Errorf("read badge: %w", err))
		return
	}
	o.add(p, Item{Doc: doc})
}

// parse reads a badge of any version. What is no credential by today's rules
// may be one by those before 3.0.
func parse(raw []byte, url string) (*vc.Document, error) {
	doc, err := cose.Parse(raw)
	if errors.Is(err, vc.ErrUnsupported) && !isSDJWT(raw) {
		if old, oldErr := ob2.Parse(raw, url); oldErr == nil || !errors.Is(oldErr, vc.ErrUnsupported) {
			return old, oldErr
		}
	}
	return doc, err
}

// numbered adds the position in a list to the name.
func (p piece) numbered(i, n int) piece {
	if n > 1 {
		position := fmt.Sprintf("badge %d of %d", i+1, n)
		if p.name != "" {
			position = p.name + ", " + position
		}
		p.name = position
	}
	return p
}

// problemFor maps an error of reading a badge's text.
func problemFor(err error) Problem {
	switch {
	case errors.Is(err, vc.ErrTooLarge):
		return TooLarge
	case errors.Is(err, vc.ErrMalformed):
		return DamagedText
	}
	return NotABadge
}

// withoutMark drops byte order marks.
func withoutMark(b []byte) []byte {
	for bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) { // a file that was joined of others has several
		b = b[3:]
	}
	return b
}

func hasType(v *vc.Value, names ...string) bool {
	types := v.Get("type").Strs()
	if types == nil {
		types = v.Get("@type").Strs()
	}
	return slices.ContainsFunc(types, func(t string) bool { return slices.Contains(names, t) })
}
