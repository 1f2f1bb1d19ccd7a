package intake

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"backpack/vc"
)

// Limits on a ZIP (specs B6.6).
const (
	maxEntries = 2_000
	maxRatio   = 100
	freeRatio  = 64 << 10 // the ratio applies only above this number of bytes
)

// maxZIPs is the number of ZIPs that may enclose a file: one per person, as collectors
// keep them, and one around all.
const maxZIPs = 2

// zipBudget is the remaining budget of a ZIP, shared with all inner ZIPs.
type zipBudget struct {
	bytes   int64
	entries int
}

// zip opens each file of a ZIP. File names are for display and never used as paths.
func (o *opener) zip(p piece) {
	if p.nest != p.zips || p.zips == maxZIPs {
		o.fail(p, NestedZIP, fmt.Errorf("%w: a ZIP file inside another file", vc.ErrUnsupported))
		return
	}
	if p.zips == 0 {
		o.zipBudget = &zipBudget{o.opt.MaxBytes, maxEntries}
	}
	files, ok := o.directory(p)
	if !ok {
		return
	}
	before := o.count()
	o.entries(p, files)
	if o.count() == before {
		o.fail(p, Empty, fmt.Errorf("%w: a ZIP file without files", vc.ErrMalformed))
	}
	if p.zips == 0 {
		o.setAside()
		o.finishZIP(p)
	}
}

// entries opens the files of a ZIP that may be badges.
func (o *opener) entries(p piece, files []*zip.File) {
	own, tops := ownExport(files), topFolders(files)
	for i, f := range files {
		if o.stopped() {
			return
		}
		if isSystemEntry(f.Name) || own[f.Name] {
			continue
		}
		if !o.entry(p, f, tops[i]) {
			return
		}
		if p.zips == 0 {
			o.setAside()
			o.flush()
		}
	}
}

// directory reads the directory of a ZIP.
func (o *opener) directory(p piece) ([]*zip.File, bool) {
	// zip.NewReader reads the whole directory into memory.
	if bytes.Count(p.b, []byte("PK\x01\x02")) > 10*maxEntries {
		o.fail(p, TooLarge, fmt.Errorf("%w: more than %d files in a ZIP file", vc.ErrTooLarge, maxEntries))
		return nil, false
	}
	z, err := zip.NewReader(bytes.NewReader(p.b), int64(len(p.b)))
	if err != nil {
		o.fail(p, DamagedZIP, fmt.Errorf("%w: %v", vc.ErrMalformed, err))
		return nil, false
	}
	if o.zipBudget.entries -= len(z.File); o.zipBudget.entries < 0 {
		o.fail(p, TooLarge, fmt.Errorf("%w: more than %d files in a ZIP file", vc.ErrTooLarge, maxEntries))
		return nil, false
	}
	return z.File, true
}

// topFolders returns the topmost folder of each file below their common folders.
func topFolders(files []*zip.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		if !isSystemEntry(f.Name) {
			names[i] = strings.ReplaceAll(f.Name, `\`, "/") // some systems write backslashes
		}
	}
	return TopFolders(names)
}

// TopFolders returns for each path its topmost folder below the common folders of all
// paths; "" if there is none. Paths use slashes; empty paths are ignored. Collectors
// of files keep a folder for each person, often inside one more folder.
func TopFolders(paths []string) []string {
	common, first := "", true
	for _, p := range paths {
		switch dir, _ := path.Split(p); {
		case p == "":
		case first:
			common, first = dir, false
		default:
			common = shared(common, dir)
		}
	}
	alone := !slices.ContainsFunc(paths, func(p string) bool { return p != "" && path.Dir(p)+"/" != common })
	out := make([]string, len(paths))
	for i, p := range paths {
		below := strings.TrimPrefix(p, common)
		if alone && p != "" { // all files are in one folder
			below = strings.TrimPrefix(p, shared(common, path.Dir(strings.TrimSuffix(common, "/"))+"/"))
		}
		if top, _, in := strings.Cut(below, "/"); in {
			out[i] = displayName(top)
		}
	}
	return out
}

// shared returns the common folders at the start of two paths.
func shared(a, b string) string {
	n := 0
	for i := 0; i < min(len(a), len(b)) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n = i + 1
		}
	}
	return a[:n]
}

// entry opens one file. It returns false if the rest of the ZIP is not readable.
func (o *opener) entry(p piece, f *zip.File, folder string) bool {
	outer := p.name
	p.name, p.zips, p.nest, p.file = displayName(f.Name), p.zips+1, p.nest+1, p.file+"/"+f.Name
	if p.zips > 1 {
		p.name = displayName(outer + "/" + f.Name)
	}
	switch base := displayName(path.Base(f.Name)); {
	case p.folder != "": // set by the outer ZIP
	case folder != "":
		p.folder = folder
	case strings.EqualFold(path.Ext(base), ".zip"):
		p.folder = strings.TrimSuffix(base, path.Ext(base))
	}
	if f.Flags&1 != 0 {
		p.name = outer // one item for the whole ZIP
		o.fail(p, EncryptedZIP, fmt.Errorf("%w: an encrypted ZIP file", vc.ErrUnsupported))
		return false
	}
	b, err := o.inflate(f, o.zipBudget.bytes)
	o.zipBudget.bytes -= int64(len(b))
	switch {
	case errors.Is(err, vc.ErrTooLarge):
		o.fail(p, TooLarge, err)
	case err != nil:
		o.fail(p, DamagedZIP, err)
	default:
		p.b, p.sum = b, sha256.Sum256(b)
		o.file(p)
	}
	return true
}

// inflate reads a file without trusting the size in the directory.
func (o *opener) inflate(f *zip.File, left int64) ([]byte, error) {
	limit := min(o.limit(nil), left, max(freeRatio, int64(min(f.CompressedSize64, 1<<40))*maxRatio))
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("%w: a file in the ZIP", vc.ErrTooLarge)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", vc.ErrMalformed, err)
	}
	defer r.Close()
	b := bytes.NewBuffer(make([]byte, 0, f.UncompressedSize64+bytes.MinRead))
	n, err := io.Copy(b, io.LimitReader(r, limit+1))
	switch {
	case n > limit:
		return nil, fmt.Errorf("%w: a file in the ZIP", vc.ErrTooLarge)
	case err != nil:
		return nil, fmt.Errorf("%w: %v", vc.ErrMalformed, err)
	}
	return b.Bytes(), nil
}

// isSystemEntry reports whether an entry is a folder or a system file.
func isSystemEntry(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") ||
		base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini"
}

// ownExport returns the files of this backpack's own export that are not badges:
// reports, pictures and the page to read them. Each badge's folder there contains
// about.json.
func ownExport(files []*zip.File) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		dir, base := path.Split(f.Name)
		if base != "about.json" || !strings.HasPrefix(dir, "badges/") {
			continue
		}
		for _, g := range files {
			if in, name := path.Split(g.Name); in == dir && ownFile(name) || slices.Contains(archiveFiles, g.Name) {
				out[g.Name] = true
			}
		}
	}
	return out
}

// archiveFiles are the files of an export that concern all of it.
var archiveFiles = []string{"index.html", "backpack.json", "manifest.json", "manifest.seal", "README.txt"}

func ownFile(name string) bool {
	return name == "about.json" || name == "as-served-by-issuer.json" || name == "record-by-backpack.json" || name == "evidence.zip" || name == "receipt.json" ||
		strings.HasPrefix(name, "picture.") || strings.HasPrefix(name, "baked.")
}

// displayName returns a name from a ZIP in a form fit for display.
func displayName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[:60]) + "…" + string(r[len(r)-59:])
	}
	return strings.TrimSpace(name)
}
