package wallet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/intake"
	"backpack/vc/kept"
	"backpack/wallet/inspect"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// ProblemArchive marks a badge in a backpack archive that is damaged or does not
// match the archive's manifest.
const ProblemArchive intake.Problem = "archive_damaged"

// A restored holds what an archive records about a badge besides the badge itself.
type restored struct {
	ID       string
	Note     string
	AddedAt  time.Time
	Source   inspect.Source
	FileName string
	Picture  []byte
	// Was and Body are set only if this service made the archive and its seal
	// holds: content that a learner could have written never passes as a finding
	// of this service.
	Was  *Entry
	Body *Body
}

// An opened is an archive that is being read.
type opened struct {
	w        *Wallet
	files    map[string]*zip.File
	sums     map[string]string // SHA-256 by file name, from the manifest
	manifest manifest
	own      bool  // this service made it and its seal holds
	here     bool  // own, and made from the present store
	left     int64 // bytes that may still be unpacked
}

// Limits of an archive.
const (
	maxArchiveFile  = 32 << 20 // bytes of one file, unpacked
	maxArchiveFiles = 40       // files per badge
)

// openArchive reads an archive that Export wrote; ok is false for any other
// input. The badges in it are checked like every other badge brought in.
func (w *Wallet) openArchive(ctx context.Context, x inspect.Input) (finds []arrival, shows []*Share, ok bool) {
	if !bytes.HasPrefix(x.Bytes, []byte("PK\x03\x04")) || bytes.Count(x.Bytes, []byte("PK\x01\x02")) > maxArchiveFiles*w.cfg.Limits.Entries {
		return nil, nil, false
	}
	o := w.readManifest(x.Bytes)
	if o == nil {
		return nil, nil, false
	}
	if o.manifest.Version != archiveVersion {
		err := fmt.Errorf("archive version %d: %w", o.manifest.Version, vc.ErrUnsupported)
		return []arrival{{Find: problemIn(x, x.Name, err)}}, nil, true
	}
	for i, folder := range o.manifest.Badges {
		f, err := o.badge(ctx, folder)
		if i == w.cfg.Limits.Entries {
			err = fmt.Errorf("more than %d badges: %w", i, vc.ErrTooLarge)
		}
		if err != nil {
			f = arrival{Find: problemIn(x, path.Base(folder), err)}
		} else {
			f.Source = f.restored.Source
		}
		if finds = append(finds, f); i == w.cfg.Limits.Entries {
			break
		}
	}
	var acc archivedAccount
	if b, err := o.read(archiveAccount); err == nil && json.Unmarshal(b, &acc) == nil {
		shows = acc.Shows
	}
	return finds, shows, true
}

// problemIn returns a find for damage in an archive.
func problemIn(x inspect.Input, name string, err error) inspect.Find {
	return inspect.Find{Item: intake.Item{Name: name, Problem: ProblemArchive, Err: err}, Source: inspect.SourceOf(x)}
}

// readManifest opens a ZIP. It returns nil if there is no archive manifest at the
// top level or in a top-level folder, where repacking may put it.
func (w *Wallet) readManifest(b []byte) *opened {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	o := &opened{w: w, files: map[string]*zip.File{}, sums: map[string]string{}, left: w.Checker.Limits.Bytes}
	prefix, found := "", false
	for _, f := range z.File {
		if dir, base := path.Split(f.Name); base == archiveManifest && strings.Count(dir, "/") <= 1 && (!found || len(dir) < len(prefix)) {
			prefix, found = dir, true
		}
	}
	for _, f := range z.File {
		if name, ok := strings.CutPrefix(f.Name, prefix); ok {
			o.files[name] = f
		}
	}
	body, err := o.unpack(archiveManifest)
	if err != nil || json.Unmarshal(body, &o.manifest) != nil || o.manifest.Format != archiveFormat {
		return nil
	}
	seal, err := o.unpack(archiveSeal)
	if marks := strings.Fields(string(seal)); err == nil {
		o.here = slices.Contains(marks, w.archiveSeal(body))
		o.own = o.here || o.manifest.Maker == w.cfg.PublicURL.String() && slices.ContainsFunc(w.cfg.Sealer.Vouchers(sha256Hex(body)),
			func(v string) bool { return slices.Contains(marks, v) })
	}
	for _, f := range o.manifest.Files {
		o.sums[f.Name] = f.SHA256
	}
	return o
}

// errNotThere means that an archive lacks a file.
var errNotThere = errors.New("no such file")

// unpack reads a file without comparing it with the manifest.
func (o *opened) unpack(name string) ([]byte, error) {
	f := o.files[name]
	if f == nil {
		return nil, fmt.Errorf("%.100q: %w", name, errNotThere)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%.100q: %w", name, err)
	}
	defer r.Close()
	limit := min(maxArchiveFile, o.left)
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if o.left -= int64(len(b)); err == nil && int64(len(b)) > limit {
		err = vc.ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("%.100q: %w", name, err)
	}
	return b, nil
}

// read is unpack for a file that must match the digest in the manifest.
func (o *opened) read(name string) ([]byte, error) {
	b, err := o.unpack(name)
	if err == nil && sha256Hex(b) != o.sums[name] {
		return nil, fmt.Errorf("%.100q does not match the manifest", name)
	}
	return b, err
}

// optional is read for a file that may be missing; it then returns nil.
func (o *opened) optional(name string) ([]byte, error) {
	if o.files[name] == nil && o.sums[name] == "" {
		return nil, nil
	}
	return o.read(name)
}

// badge reads the folder of one badge.
func (o *opened) badge(ctx context.Context, folder string) (arrival, error) {
	var errs []error
	get := func(name string) []byte {
		b, err := o.optional(folder + "/" + name)
		errs = append(errs, err)
		return b
	}
	var ab about
	if err := json.Unmarshal(get(archiveAbout), &ab); err != nil || ab.Entry == nil {
		return arrival{}, errors.Join(fmt.Errorf("%.100q: %v", folder, err), errors.Join(errs...))
	}
	e := ab.Entry
	raw := rawName(e.Summary.Form)
	ext := path.Ext(raw)
	var contexts map[string][]byte
	if o.own { // otherwise the archive's maker chose them
		contexts = o.contexts(ab.Contexts)
	}
	doc, err := inspect.Reopen(ctx, get(raw), ab.URL, contexts, nil)
	if err != nil {
		return arrival{}, errors.Join(append(errs, err)...)
	}
	f := arrival{Find: inspect.Find{URL: ab.URL, Item: intake.Item{Name: e.Source.Name, Doc: doc}}}
	for _, x := range []string{".png", ".svg"} {
		if b := get("original" + x); b != nil {
			f.Item.Image, f.Item.Source = b, b
		}
	}
	r := &restored{ID: e.ID, Note: e.Note, AddedAt: e.AddedAt, Source: e.Source, FileName: ab.FileName}
	for _, x := range []string{".png", ".svg", ".jpg"} {
		if b := get("picture" + x); b != nil {
			r.Picture = b
		}
	}
	if o.own {
		b := &Body{Current: get("as-served-by-issuer" + ext), CurrentAt: ab.CurrentAt, View: ab.View, Schemas: ab.Schemas}
		if o.here { // otherwise the key that signed it is lost
			b.Record = get("record-by-backpack.json")
		}
		for i, at := range ab.Versions {
			b.Versions = append(b.Versions, Version{get(earlierName(i) + ext), at})
		}
		r.Was, r.Body = e, b
	}
	if zip := get("evidence.zip"); zip != nil {
		if f.brought = broughtSnapshot(zip); f.brought != nil && o.own {
			f.brought.Maker = ""
		}
	}
	f.restored = r
	return f, errors.Join(errs...)
}

// contexts returns those contexts of an archive that are valid and not built in.
// It changes all.
func (o *opened) contexts(all map[string][]byte) map[string][]byte {
	for url, b := range all {
		if o.w.Contexts.Known(url) || o.w.Contexts.CheckContext(url, b) != nil {
			delete(all, url)
		}
	}
	return all
}

// broughtSnapshot reads the check record of one badge. It returns nil if zip is
// not the record of exactly one badge.
func broughtSnapshot(zip []byte) *snapshot {
	e, err := kept.Read(zip)
	if err != nil || len(e.Badges) != 1 {
		return nil
	}
	b := e.Badges[0]
	return &snapshot{At: b.CheckedAt, Verdict: b.Verdict, Raw: kept.Digest(b.Raw), Material: b.Material, Maker: orSame(e.Maker, "unknown")}
}

// fill adds to a checked item what the archive recorded about it.
func (r *restored) fill(it *itemRecord) {
	e, b := it.Entry, it.Body
	e.Note, e.Source, b.FileName = r.Note[:min(len(r.Note), maxNote)], r.Source, fileName(r.FileName)
	r.fillPicture(it)
	if r.Was == nil {
		return
	}
	e.History, e.Keys = r.Was.History, seen(r.Was.Keys, e.Report)
	r.fillBody(b)
	r.fillVerdict(e)
}

// fillPicture takes the archive's picture if the badge's own is not available.
// It trusts the recorded origin only in an unaltered archive of this service.
func (r *restored) fillPicture(it *itemRecord) {
	s, from := &it.Entry.Summary, inspect.PictureBrought
	if r.Was != nil && r.Was.Summary.OwnPicture() {
		from = r.Was.Summary.Picture
	}
	if it.Image != nil && (s.Picture != inspect.PictureBrought || from == inspect.PictureBrought) {
		return
	}
	if p, err := inspect.NewPicture(r.Picture); err == nil {
		it.Image, s.Image, s.ImageType, s.Picture = p.Body, p.ID, p.MediaType, from
	}
}

// fillBody takes over the versions from the issuer, unless the check found a newer
// one.
func (r *restored) fillBody(b *Body) {
	b.Record = r.Body.Record
	if len(b.Schemas) == 0 {
		b.Schemas = r.Body.Schemas
	}
	b.Versions = r.Body.Versions
	switch {
	case len(b.Current) == 0:
		b.Current, b.CurrentAt, b.View = r.Body.Current, r.Body.CurrentAt, r.Body.View
	case bytes.Equal(b.Current, r.Body.Current):
		b.CurrentAt = r.Body.CurrentAt
	case len(b.View) == 0 && len(r.Body.Current) > 0: // not for a badge older than Open Badges 3.0: see keepCurrent
		b.Versions = append(b.Versions, Version{r.Body.Current, r.Body.CurrentAt})
	}
}

// fillVerdict applies the earlier findings as noteVerdict does for a badge that
// never left the backpack.
func (r *restored) fillVerdict(e *Entry) {
	if e.Verdict != vc.Undetermined || r.Was.Report == nil {
		return
	}
	if takenBack(r.Was.Verdict) {
		e.Report, e.Verdict, e.CheckedAt = r.Was.Report, r.Was.Verdict, r.Was.CheckedAt
		return
	}
	why := silence(e.Report)
	switch {
	case why == "":
	case r.Was.LastGood != nil:
		good := *r.Was.LastGood
		good.Why, e.LastGood = why, &good
	case r.Was.Verdict.Stands():
		e.LastGood = &inspect.LastGood{At: r.Was.CheckedAt, Report: r.Was.Report, Why: why, Since: e.Report.At}
	}
}

// place gives a kept badge its former date, if that is past, and its former id,
// if that is valid and free.
func (r *restored) place(tx storage.Tx, v *vault.Vault, e *Entry, now time.Time) error {
	if !r.AddedAt.IsZero() && r.AddedAt.Before(now) {
		e.AddedAt = r.AddedAt.UTC().Truncate(time.Second)
	}
	if !vault.IsID(r.ID) {
		return nil
	}
	_, err := tx.Get(v.Key(storage.KindEntry, r.ID))
	if errors.Is(err, storage.ErrNotFound) {
		e.ID = r.ID
		return nil
	}
	return err
}

// maxShows limits the shares restored from one archive.
const maxShows = 200

// restoreShows stores the shares of an archive as revoked ones, with those of
// their badges that the backpack has. No link opens them.
func (w *Wallet) restoreShows(tx storage.Tx, v *vault.Vault, shows []*Share) error {
	for _, s := range shows[:min(len(shows), maxShows)] {
		if s == nil {
			continue
		}
		var entries []string
		for _, id := range s.Entries[:min(len(s.Entries), maxShared)] {
			if (v.Key(storage.KindEntry, id)).Check() != nil {
				continue
			}
			if _, err := tx.Get(v.Key(storage.KindEntry, id)); err == nil {
				entries = append(entries, id)
			} else if !errors.Is(err, storage.ErrNotFound) {
				return err
			}
		}
		if len(entries) == 0 || !vault.IsID(s.ID) || len(s.Title) > 4*maxTitle || len(s.Audience) > 4*maxTitle {
			continue
		}
		rec, err := v.Record(storage.KindShare, s.ID, &shareRecord{Title: s.Title, Audience: s.Audience, Entries: entries, CreatedAt: s.CreatedAt,
			ExpiresAt: s.ExpiresAt, RevokedAt: w.now(), MaxViews: s.MaxViews, Views: s.Views, Days: s.Days})
		if err != nil {
			return err
		}
		rec.Lookups = []string{w.shareLookup(w.shareToken(v.Account, s.ID))}
		rec.Due = w.now().Add(shareKept)
		err = tx.Create(rec)
		if errors.Is(err, storage.ErrExists) {
			err = w.joinShow(tx, v, s.ID, entries)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joinShow adds badges to a revoked share, such as an earlier part of the archive
// restored. For a share that is not revoked it does nothing.
func (w *Wallet) joinShow(tx storage.Tx, v *vault.Vault, id string, entries []string) error {
	s, rec, err := vault.Load[shareRecord](tx, v, storage.KindShare, id)
	if err != nil || s.RevokedAt.IsZero() {
		return gone(err, "not_found")
	}
	for _, e := range entries {
		if !slices.Contains(s.Entries, e) && len(s.Entries) < maxShared {
			s.Entries = append(s.Entries, e)
		}
	}
	return v.Replace(tx, rec, s)
}
