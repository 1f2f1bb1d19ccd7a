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

// An Item is one result: a badge (Doc), its address (Link), an offer of one (Offer),
// or the reason why it is not a badge (Problem and Err). Image and Source belong to
// any of them.
type Item struct {
	// Name is the name of the file inside a ZIP or the position in a list ("badge 3 of 12"); ""
	// for a single input. It is untrusted text for display, never a path.
	Name string
	// Folder is the topmost folder that distinguishes the files of a ZIP, or the name of the inner
	// ZIP; "" if there is none. It is untrusted text.
	Folder string
	// Doc is a credential, presentation or badge before 3.0.
	Doc *vc.Document
	// Image is the PNG or SVG with the badge, as received. There are two exceptions: an SVG in
	// UTF-16 is converted to UTF-8, and from a picture with several badges of one kind the others
	// are removed.
	Image []byte
	// Source is the input of this item, as received: its file, or its own part of a list, so that
	// private keys in the rest are not stored. Nil if Problem is set.
	Source []byte
	// FileSum is the SHA-256 of the whole file as received; for a ZIP, of the file inside it.
	FileSum [sha256.Size]byte
	// Link is an https address to fetch; pass the response to OpenFetched.
	Link string
	// Offer is an invitation of a protocol that is not supported yet.
	Offer string
	// Err is the technical reason why it is not a badge; it wraps an error of package vc. It is
	// set if and only if Problem is.
	Err     error
	Problem Problem

	file              string // the path of the file inside a ZIP
	listed, mentioned bool   // see piece
}

// Options limit one call. The zero value takes the defaults.
type Options struct {
	MaxItems     int   // items of one input; default 2,000
	MaxBytes     int64 // bytes of one input after decompression; default 200 MiB
	MaxFileBytes int64 // bytes of one file other than a ZIP; default 16 MiB
	// KeepPresentation returns a presentation as one Item, for verification. Otherwise each of its
	// credentials is an Item.
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

// Open returns the items in b in order, at least one. name is the file name, for
// display only; "" for pasted text. Duplicates are kept. If ctx ends, the last item
// has the Problem Interrupted. Items may share memory with b.
func Open(ctx context.Context, name string, b []byte, opt Options) []Item {
	o := newOpener(ctx, opt)
	o.file(newPiece(b, ""))
	return o.result()
}

// Each is Open for large inputs: it calls found with each Item as soon as its file, or
// its file in a ZIP, was read.
func Each(ctx context.Context, b []byte, opt Options, found func(Item)) {
	o := newOpener(ctx, opt)
	o.found = found
	o.file(newPiece(b, ""))
	o.result()
	o.flush()
}

// OpenFetched is Open for the response of an address. It also checks the status and
// reads pages of badge platforms (specs A11.7).
func OpenFetched(ctx context.Context, res *vc.Resource, opt Options) []Item {
	o := newOpener(ctx, opt)
	if res == nil {
		o.fail(piece{}, Unreachable, fmt.Errorf("%w: no response", vc.ErrUnreachable))
	} else if problem, err := statusProblem(res); err != nil {
		o.fail(piece{}, problem, err)
	} else {
		o.file(newPiece(res.Body, res.URL))
	}
	return o.result()
}

// statusProblem maps an HTTP status to a Problem.
func statusProblem(res *vc.Resource) (Problem, error) {
	switch {
	case res.OK():
		return "", nil
	case res.Status == 410: // platforms use it for a revoked badge (specs B6.3)
		return Withdrawn, fmt.Errorf("%w: the address responds with status 410", vc.ErrNotFound)
	case res.Status == 404:
		return AddressGone, fmt.Errorf("%w: the address responds with status 404", vc.ErrNotFound)
	case res.Status == 401 || res.Status == 403:
		return AddressPrivate, fmt.Errorf("%w: the address responds with status %d", vc.ErrForbidden, res.Status)
	}
	return Unreachable, fmt.Errorf("%w: the address responds with status %d", vc.ErrUnreachable, res.Status)
}

// An opener collects the items of one call.
type opener struct {
	ctx       context.Context
	opt       Options
	items     []Item
	full      bool // MaxItems was reached
	zipBudget *zipBudget
	found     func(Item) // nil: all items are returned at the end
	given     int        // items passed to found

	held    []Item          // ZIP: items without a badge, until all of it was read
	docs    map[string]bool // ZIP: the folders of files with badges
	folders map[string]bool // ZIP: the topmost of those folders
	ids     map[string]bool // ZIP: the ids of those badges
	badges  int             // ZIP: the number of those badges
	sorted  int             // items already processed by hold
}

// count returns the number of items so far.
func (o *opener) count() int { return o.given + len(o.items) + len(o.held) }

// flush passes the items of a finished file to found.
func (o *opener) flush() {
	if o.found == nil {
		return
	}
	for _, it := range o.items {
		o.found(it)
	}
	o.given += len(o.items)
	o.items, o.sorted = nil, 0
}

// A piece is a part of the input.
type piece struct {
	name    string
	folder  string
	sum     [sha256.Size]byte
	b       []byte
	url     string // the address that served it, or that it states
	image   []byte // the picture that contains it
	source  []byte // the source to keep if it is not b
	nest    int    // enclosing containers
	scanned bool   // text of a QR code, in which no further code is read
	zips    int    // enclosing ZIPs
	file    string
	// listed is set for a row of a table, mentioned for an address in running text or in a page.
	listed, mentioned bool
}

// newPiece returns the piece of a file, or of the response of an address.
func newPiece(b []byte, url string) piece { return piece{b: b, url: url, sum: sha256.Sum256(b)} }

// maxNest limits nested containers, and with them recursion.
const maxNest = 6

// inside returns p with b, a part of it.
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
		o.fail(piece{}, Empty, fmt.Errorf("%w: empty input", vc.ErrMalformed))
	}
	return o.items
}

// add appends an item. At MaxItems it appends one item with the Problem TooMany.
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
	it.Name, it.Folder, it.FileSum = p.name, p.folder, p.sum
	it.file, it.listed, it.mentioned = p.file, p.listed, p.mentioned
	if it.Problem == "" {
		it.Image, it.Source = p.image, p.sourceBytes()
	}
	o.items = append(o.items, it)
}

// sourceBytes returns the source to keep.
func (p piece) sourceBytes() []byte {
	if p.source != nil {
		return p.source
	}
	return p.b
}

func (o *opener) fail(p piece, problem Problem, err error) {
	o.add(p, Item{Problem: problem, Err: err})
}

// stopped reports whether reading must stop. It appends one item if ctx ended.
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
		o.fail(p, TooLarge, fmt.Errorf("%w: too many nested containers", vc.ErrTooLarge))
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
		o.fail(p, Empty, fmt.Errorf("%w: empty input", vc.ErrMalformed))
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
		o.token(p)
	case kindText:
		o.text(p)
	default:
		o.fail(p, UnsupportedKind, fmt.Errorf("%w: %s", vc.ErrUnsupported, kind))
	}
}

// limit returns the maximum size of b, which is larger for a ZIP.
func (o *opener) limit(b []byte) int64 {
	if bytes.HasPrefix(b, []byte("PK")) {
		return o.opt.MaxBytes
	}
	return min(o.opt.MaxFileBytes, o.opt.MaxBytes)
}

// document adds the credential, presentation or legacy badge p.
func (o *opener) document(p piece) {
	doc, err := parse(p.b, p.url)
	if err != nil {
		problem := problemFor(err)
		if problem == NotABadge && isSDJWT(p.b) {
			problem = UnsupportedKind // with an unknown hash function or type
		}
		o.fail(p, problem, fmt.Errorf("parse badge: %w", err))
		return
	}
	o.add(p, Item{Doc: doc})
}

// parse parses a badge of any version. It tries Open Badges before 3.0 last.
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

// problemFor returns the Problem for an error of parsing a badge.
func problemFor(err error) Problem {
	switch {
	case errors.Is(err, vc.ErrTooLarge):
		return TooLarge
	case errors.Is(err, vc.ErrMalformed):
		return DamagedText
	}
	return NotABadge
}

// withoutMark removes byte order marks.
func withoutMark(b []byte) []byte {
	for bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) { // concatenated files have several
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
