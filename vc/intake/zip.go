package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"backpack/vc"
)

// Limits of a ZIP (specs B6.6).
const (
	maxEntries = 2_000
	maxRatio   = 100
	freeRatio  = 64 << 10 // bytes below which the ratio does not matter
)

// zip opens each file of a ZIP. Names are shown and never used as paths.
func (o *opener) zip(p piece) {
	if p.zipped || p.nest > 0 {
		o.fail(p, NestedZIP, fmt.Errorf("%w: a ZIP file inside another file", vc.ErrUnsupported))
		return
	}
	// The reader takes the whole directory into memory, whatever it claims.
	if bytes.Count(p.b, []byte("PK\x01\x02")) > 10*maxEntries {
		o.fail(p, TooLarge, fmt.Errorf("%w: more than %d files in a ZIP file", vc.ErrTooLarge, maxEntries))
		return
	}
	z, err := zip.NewReader(bytes.NewReader(p.b), int64(len(p.b)))
	if err != nil {
		o.fail(p, DamagedZIP, fmt.Errorf("%w: %v", vc.ErrMalformed, err))
		return
	}
	if len(z.File) > maxEntries {
		o.fail(p, TooLarge, fmt.Errorf("%w: more than %d files in a ZIP file", vc.ErrTooLarge, maxEntries))
		return
	}
	own := exported(z.File)
	left := o.opt.MaxBytes
	for _, f := range z.File {
		if o.stopped() {
			return
		}
		if skipped(f.Name) || own[f.Name] {
			continue
		}
		if left = o.entry(p, f, left); left < 0 {
			return
		}
	}
	if len(o.items) == 0 {
		o.fail(p, Empty, fmt.Errorf("%w: no files in the ZIP file", vc.ErrMalformed))
	}
}

// entry opens one file and returns how many bytes may still be inflated;
// below zero when the ZIP is not to be read on.
func (o *opener) entry(p piece, f *zip.File, left int64) int64 {
	p.name, p.zipped, p.nest = shown(f.Name), true, 1
	if f.Flags&1 != 0 {
		p.name = "" // said once: it holds for the whole ZIP
		o.fail(p, EncryptedZIP, fmt.Errorf("%w: an encrypted ZIP file", vc.ErrUnsupported))
		return -1
	}
	b, err := o.inflate(f, left)
	switch {
	case errors.Is(err, vc.ErrTooLarge):
		o.fail(p, TooLarge, err)
	case err != nil:
		o.fail(p, DamagedZIP, err)
	default:
		p.b = b
		o.file(p)
	}
	return left - int64(len(b))
}

// inflate reads a file without trusting the size that the ZIP states.
func (o *opener) inflate(f *zip.File, left int64) ([]byte, error) {
	limit := min(o.limit(nil), left, max(freeRatio, int64(min(f.CompressedSize64, 1<<40))*maxRatio))
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("%w: a file in the ZIP file", vc.ErrTooLarge)
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
		return nil, fmt.Errorf("%w: a file in the ZIP file", vc.ErrTooLarge)
	case err != nil:
		return nil, fmt.Errorf("%w: %v", vc.ErrMalformed, err)
	}
	return b.Bytes(), nil
}

// skipped reports whether an entry is a folder or what systems add to ZIPs.
func skipped(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") ||
		base == ".DS_Store" || base == "Thumbs.db" || base == "desktop.ini"
}

// exported returns the files of a backpack's own export that are not badges:
// what was found out about them, pictures and the page to read it with. The
// folder of each badge there is known by its about.json.
func exported(files []*zip.File) map[string]bool {
	out := map[string]bool{}
	for _, f := range files {
		dir, base := path.Split(f.Name)
		if base != "about.json" || !strings.HasPrefix(dir, "badges/") {
			continue
		}
		for _, g := range files {
			if in, name := path.Split(g.Name); in == dir && ownFile(name) || g.Name == "index.html" || g.Name == "backpack.json" {
				out[g.Name] = true
			}
		}
	}
	return out
}

func ownFile(name string) bool {
	return name == "about.json" || name == "as-served-by-issuer.json" || name == "record-by-backpack.json" || strings.HasPrefix(name, "picture.")
}

// shown makes a name from a ZIP fit to be shown.
func shown(name string) string {
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
