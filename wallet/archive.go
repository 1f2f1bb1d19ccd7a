package wallet

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"backpack/vc/receipt"
	"backpack/wallet/event"
	"backpack/wallet/lock"
	"backpack/wallet/storage"
	"backpack/wallet/vault"
)

// An ExportPage renders the HTML page of an archive. name is the learner's
// name; badges are in archive order.
type ExportPage func(name string, at time.Time, badges []ExportedBadge) ([]byte, error)

// An ExportedBadge is what an ExportPage shows of a badge.
type ExportedBadge struct {
	Entry   *Entry
	Folder  string   // the badge's folder, relative to the page
	Files   []string // file names in Folder
	Picture string   // file name in Folder; "" if there is no picture
}

// The format and version in a manifest. Members may be added but are never
// renamed. The version changes when an older reader would misread the archive.
const (
	archiveFormat  = "backpack-archive"
	archiveVersion = 2
)

// Names of the files in an archive's root.
const (
	archiveManifest = "manifest.json"
	archiveSeal     = "manifest.seal"
	archiveAccount  = "backpack.json"
	archiveAbout    = "about.json"
	archiveReadme   = "README.txt"
	archiveIndex    = "index.html"
)

// A manifest lists the files of an archive.
type manifest struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	MadeAt  time.Time      `json:"madeAt"`
	Maker   string         `json:"maker"`  // URL of the service that claims to have made it
	Badges  []string       `json:"badges"` // folders, latest badge first
	Files   []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
}

// Export writes a ZIP archive of the whole backpack. For each badge it holds
// the original bytes, the baked picture, the check record and a signed receipt
// of the latest check. It also holds the learner's notes, shares, addresses and
// activity, an HTML page, and a manifest with the digest of each file.
// StartImport imports the archive again. Export keeps the content of at most
// one badge in memory.
func (w *Wallet) Export(ctx context.Context, a storage.AccountID, page ExportPage, out io.Writer) error {
	return w.ExportPart(ctx, a, page, out, 1, 1)
}

// ExportPart writes part n of an export, counted from 1; see ExportParts. Each
// part is a complete archive with some of the badges. If of is 1, the part holds
// the whole backpack. A part that does not exist is Missing, not_found.
func (w *Wallet) ExportPart(ctx context.Context, a storage.AccountID, page ExportPage, out io.Writer, n, of int) error {
	if n < 1 || n > of {
		return fail(Missing, "not_found", nil)
	}
	acc, err := w.Account(ctx, a)
	if err != nil {
		return err
	}
	entries, err := w.allEntries(ctx, a)
	if err != nil {
		return err
	}
	slices.SortStableFunc(entries, newestFirst)
	if of > 1 {
		parts, err := w.parts(ctx, a, entries)
		if err != nil {
			return err
		}
		if n > len(parts) { // badges were removed after ExportParts counted
			return fail(Missing, "not_found", nil)
		}
		entries = parts[n-1]
	}
	x := &archiver{zip: zip.NewWriter(out), at: w.now()}
	x.manifest = manifest{Format: archiveFormat, Version: archiveVersion, MadeAt: x.at, Maker: w.cfg.PublicURL.String(), Badges: []string{}}
	if err := x.put(archiveReadme, []byte(archiveText)); err != nil {
		return err
	}
	var badges []ExportedBadge
	for _, e := range entries {
		b, err := w.exportBadge(ctx, x, a, len(badges)+1, e)
		if errors.Is(err, storage.ErrNotFound) {
			continue // removed since the list was read
		}
		if err != nil {
			return err
		}
		badges = append(badges, b)
		x.manifest.Badges = append(x.manifest.Badges, b.Folder)
	}
	if err := w.exportAccount(ctx, x, a, acc); err != nil {
		return err
	}
	html, err := page(acc.Name, x.at, badges)
	if err != nil {
		return err
	}
	if err := x.put(archiveIndex, html); err != nil {
		return err
	}
	return w.finishArchive(x)
}

// ExportLocked encrypts the archive of ExportPart with a passphrase and writes
// it inside another ZIP; see package lock. A weak passphrase is BadInput,
// passphrase_weak.
func (w *Wallet) ExportLocked(ctx context.Context, a storage.AccountID, page ExportPage, out io.Writer, n, of int, passphrase string) error {
	if err := CheckPassphrase(passphrase); err != nil {
		return err
	}
	z, err := lock.Create(out, "backpack-"+w.now().Format(time.DateOnly)+".zip", lock.Normalize(passphrase), w.cfg.Rand)
	if err != nil {
		return err
	}
	if err := w.ExportPart(ctx, a, page, z, n, of); err != nil {
		return err
	}
	return z.Close()
}

// CheckPassphrase returns BadInput, passphrase_weak, if the passphrase is too
// weak to lock an archive.
func CheckPassphrase(passphrase string) error {
	if err := lock.Check(lock.Normalize(passphrase)); err != nil {
		return fail(BadInput, "passphrase_weak", err)
	}
	return nil
}

// SuggestPassphrase returns a strong random passphrase.
func (w *Wallet) SuggestPassphrase() (string, error) { return lock.Suggest(w.cfg.Rand) }

// An archiver writes an archive and lists its files in the manifest.
type archiver struct {
	zip      *zip.Writer
	at       time.Time
	manifest manifest
}

// put writes a file and lists it in the manifest.
func (x *archiver) put(name string, body []byte) error {
	sum := sha256.Sum256(body)
	x.manifest.Files = append(x.manifest.Files, manifestFile{name, hex.EncodeToString(sum[:]), len(body)})
	return x.write(name, body)
}

func (x *archiver) write(name string, body []byte) error {
	method := zip.Deflate
	switch path.Ext(name) {
	case ".png", ".jpg", ".zip": // already compressed
		method = zip.Store
	}
	f, err := x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: x.at})
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return err
}

// finishArchive writes the manifest and its seal. With the seal this service
// recognises its own archives.
func (w *Wallet) finishArchive(x *archiver) error {
	body, err := json.MarshalIndent(&x.manifest, "", " ")
	if err != nil {
		return err
	}
	seal := w.archiveSeal(body) + "\n" + w.cfg.Sealer.Vouchers(sha256Hex(body))[0] + "\n"
	if err := errors.Join(x.write(archiveManifest, body), x.write(archiveSeal, []byte(seal))); err != nil {
		return err
	}
	return x.zip.Close()
}

func (w *Wallet) archiveSeal(manifest []byte) string {
	return w.cfg.Sealer.Lookup("archive", sha256Hex(manifest))
}

// exportBadge writes the folder of one badge. It reads each badge in its own
// transaction, because a long one would keep the store's old pages alive. It
// chooses all file names; about.json records the original name.
func (w *Wallet) exportBadge(ctx context.Context, x *archiver, a storage.AccountID, n int, e *Entry) (ExportedBadge, error) {
	out := ExportedBadge{Entry: e, Folder: fmt.Sprintf("badges/%04d-%s", n, slug(e.Summary.Title))}
	var b *Badge
	err := w.vaults.View(ctx, a, func(tx storage.Tx, v *vault.Vault) (err error) {
		b, err = loadBadge(tx, v, e.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	files, err := w.badgeFiles(ctx, a, b)
	if err != nil {
		return out, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if len(files[name]) == 0 {
			continue
		}
		if err := x.put(path.Join(out.Folder, name), files[name]); err != nil {
			return out, err
		}
		if out.Files = append(out.Files, name); strings.HasPrefix(name, "picture.") {
			out.Picture = name
		}
	}
	return out, nil
}

// badgeFiles returns the files of a badge's folder by name. The caller skips
// empty files.
func (w *Wallet) badgeFiles(ctx context.Context, a storage.AccountID, b *Badge) (map[string][]byte, error) {
	e, ext := b.Entry, path.Ext(rawName(b.Entry.Summary.Form))
	files := map[string][]byte{
		rawName(e.Summary.Form):             b.Body.Raw,
		"original" + extension(b.Body.File): b.Body.File,
		"record-by-backpack.json":           b.Body.Record,
		"as-served-by-issuer" + ext:         b.Body.Current,
	}
	for i, v := range b.Body.Versions {
		files[earlierName(i)+ext] = v.Raw
	}
	var err error
	if files["evidence.zip"], err = w.evidence(ctx, a, []string{e.ID}, false); none(err) != nil {
		return nil, err
	}
	if picture, mediaType, err := w.Image(ctx, a, e.Summary.Image); err == nil {
		files["picture"+pictureExtension(mediaType)] = picture
	} else if none(err) != nil {
		return nil, err
	}
	if b.Body.File == nil {
		body, mediaType, _, err := w.Baked(ctx, a, e.ID)
		if none(err) != nil {
			return nil, err
		}
		files["baked"+pictureExtension(mediaType)] = body
	}
	if files["receipt.json"], err = w.lastReceipt(ctx, b); err != nil {
		return nil, err
	}
	files[archiveAbout], err = json.MarshalIndent(aboutOf(b), "", "  ")
	return files, err
}

func earlierName(i int) string { return fmt.Sprintf("earlier-version-%02d", i+1) }

// none returns nil if err says that an optional file does not exist or cannot
// be made, and err otherwise.
func none(err error) error {
	var e *Error
	if errors.Is(err, storage.ErrNotFound) || errors.As(err, &e) && (e.Kind == Missing || e.Code == "cannot_bake" || e.Code == "badge_unreadable") {
		return nil
	}
	return err
}

// lastReceipt returns a signed receipt of the badge's latest check; nil if the
// badge was never checked or can no longer be read.
func (w *Wallet) lastReceipt(ctx context.Context, b *Badge) ([]byte, error) {
	if err := b.parse(ctx); err != nil || b.Entry.Report == nil {
		return nil, none(err)
	}
	doc, err := b.original(ctx)
	if err != nil {
		return nil, none(err)
	}
	return w.Receipt(ctx, receipt.OnKeeping, []receipt.Result{b.result(ctx, doc, b.Entry.Report, b.Entry.Verdict)})
}

// An about is the content of about.json: what the backpack knows about a badge
// beyond its original bytes.
type about struct {
	Format    int
	Entry     *Entry
	FileName  string            `json:",omitempty"`
	URL       string            `json:",omitempty"`
	Contexts  map[string][]byte `json:",omitempty"`
	Schemas   map[string][]byte `json:",omitempty"`
	View      []byte            `json:",omitempty"`
	CurrentAt time.Time         `json:",omitzero"`
	Versions  []time.Time       `json:",omitempty"` // times of the earlier versions
}

func aboutOf(b *Badge) *about {
	out := &about{archiveVersion, b.Entry, b.Body.FileName, b.Body.URL, b.Body.Contexts, b.Body.Schemas, b.Body.View, b.Body.CurrentAt, nil}
	for _, v := range b.Body.Versions {
		out.Versions = append(out.Versions, v.At)
	}
	return out
}

// An archivedAccount is the content of backpack.json.
type archivedAccount struct {
	Format  int
	At      time.Time
	Account *Account
	Emails  []*Email
	Shows   []*Share
	Events  []*event.Event
}

func (w *Wallet) exportAccount(ctx context.Context, x *archiver, a storage.AccountID, acc *Account) error {
	shares, err := w.Shares(ctx, a)
	if err != nil {
		return err
	}
	for _, s := range shares {
		s.Token = "" // links are secrets, and archives are passed on
	}
	emails, err := w.Emails(ctx, a)
	if err != nil {
		return err
	}
	events, err := w.Events(ctx, a, event.Max)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(&archivedAccount{archiveVersion, x.at, acc, emails, shares, events}, "", "  ")
	if err != nil {
		return err
	}
	return x.put(archiveAccount, body)
}
