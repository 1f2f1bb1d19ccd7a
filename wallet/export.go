package wallet

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"backpack/vc"
)

// An ExportPage makes the readable page of an export: name is the learner's,
// badges are in the order of the files, which stand in badges/<Folder>.
type ExportPage func(name string, at time.Time, badges []ExportedBadge) ([]byte, error)

// An ExportedBadge is a badge as the export's page shows it.
type ExportedBadge struct {
	Entry   *Entry
	Folder  string // of its files, relative to the page
	Files   []string
	Picture string // file name in Folder; "" for none
}

// exportFormat is the version of the export's layout.
const exportFormat = 1

// Export writes a ZIP of all that the learner has: every original byte for
// byte, what was found out about it as JSON, pictures, shows, addresses and
// activity, and a page to read it with.
func (w *Wallet) Export(ctx context.Context, a AccountID, page ExportPage, out io.Writer) error {
	acc, err := w.Account(ctx, a)
	if err != nil {
		return err
	}
	entries, err := w.allEntries(ctx, a)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	var badges []ExportedBadge
	for _, e := range entries {
		b, err := w.exportBadge(ctx, z, a, len(badges)+1, e)
		if errors.Is(err, ErrNotFound) {
			continue // removed meanwhile
		}
		if err != nil {
			return err
		}
		badges = append(badges, b)
	}
	if err := w.exportAccount(ctx, z, a, acc); err != nil {
		return err
	}
	html, err := page(acc.Name, w.now(), badges)
	if err != nil {
		return err
	}
	if err := w.writeFile(z, "index.html", html); err != nil {
		return err
	}
	return z.Close()
}

func (w *Wallet) writeFile(z *zip.Writer, name string, body []byte) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.now()})
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return err
}

// exportBadge writes one badge's folder. Each badge is read in a transaction
// of its own: a long one would keep the store's old pages alive. All names in
// it are ours: those that a stranger gave a file stand in about.json.
func (w *Wallet) exportBadge(ctx context.Context, z *zip.Writer, a AccountID, n int, e *Entry) (ExportedBadge, error) {
	out := ExportedBadge{Entry: e, Folder: fmt.Sprintf("badges/%04d-%s", n, slug(e.Summary.Title))}
	var body *Body
	err := w.in(ctx, a, func(tx Tx, v *vault) (err error) {
		body, _, err = load[Body](tx, v, KindBody, e.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	files := map[string][]byte{
		rawName(e.Summary.Form):                                   body.Raw,
		"original" + extension(body.File):                         body.File,
		"record-by-backpack.json":                                 body.Record,
		"as-served-by-issuer" + path.Ext(rawName(e.Summary.Form)): body.Current,
	}
	var none *Error
	if files["evidence.zip"], err = w.evidence(ctx, a, []string{e.ID}, false); err != nil && !(errors.As(err, &none) && none.Kind == Missing) {
		return out, err
	}
	for i, v := range body.Versions {
		files[fmt.Sprintf("earlier-version-%02d%s", i+1, path.Ext(rawName(e.Summary.Form)))] = v.Raw
	}
	picture, mediaType, err := w.Image(ctx, a, e.Summary.Image)
	if err == nil {
		out.Picture = "picture" + pictureExtension(mediaType)
		files[out.Picture] = picture
	} else if !errors.Is(err, ErrNotFound) {
		return out, err
	}
	if files["about.json"], err = json.MarshalIndent(aboutOf(e, body), "", "  "); err != nil {
		return out, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if len(files[name]) == 0 {
			continue
		}
		if err := w.writeFile(z, path.Join(out.Folder, name), files[name]); err != nil {
			return out, err
		}
		out.Files = append(out.Files, name)
	}
	return out, nil
}

// aboutOf is what the backpack knows of a badge beside its bytes.
func aboutOf(e *Entry, b *Body) any {
	return struct {
		Format   int
		Entry    *Entry
		FileName string            `json:",omitempty"`
		URL      string            `json:",omitempty"`
		Contexts map[string][]byte `json:",omitempty"`
		Schemas  map[string][]byte `json:",omitempty"`
	}{exportFormat, e, b.FileName, b.URL, b.Contexts, b.Schemas}
}

func (w *Wallet) exportAccount(ctx context.Context, z *zip.Writer, a AccountID, acc *Account) error {
	shares, err := w.Shares(ctx, a)
	if err != nil {
		return err
	}
	for _, s := range shares {
		s.Token = "" // a link is a secret; the archive may travel
	}
	emails, err := w.Emails(ctx, a)
	if err != nil {
		return err
	}
	events, err := w.Events(ctx, a, maxEvents)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(struct {
		Format  int
		At      time.Time
		Account *Account
		Emails  []*Email
		Shows   []*Share
		Events  []*Event
	}{exportFormat, w.now(), acc, emails, shares, events}, "", "  ")
	if err != nil {
		return err
	}
	return w.writeFile(z, "backpack.json", body)
}

// rawName names the file of a document's own bytes (specs A11.1).
func rawName(form vc.Form) string {
	switch form {
	case vc.JWT, vc.JOSEVC, vc.SDJWTVCDM, vc.SDJWTVC, vc.Signed:
		return "badge.jwt"
	case vc.COSEVC:
		return "badge.cose"
	}
	return "badge.json"
}

// DownloadName returns a file name for a badge's own bytes and their media type.
func (b *Badge) DownloadName() (name, mediaType string) {
	name = slug(b.Entry.Summary.Title) + path.Ext(rawName(b.Document.Form))
	return name, b.Document.MediaType()
}

func extension(file []byte) string {
	switch {
	case strings.HasPrefix(string(file[:min(len(file), 8)]), "\x89PNG"):
		return ".png"
	case looksLikeXML(file):
		return ".svg"
	}
	return ".bin"
}

func pictureExtension(mediaType string) string {
	switch mediaType {
	case "image/svg+xml":
		return ".svg"
	case "image/jpeg":
		return ".jpg"
	}
	return ".png"
}

// slug makes a short safe file name of a title.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return orSame(strings.Trim(b.String(), "-"), "badge")
}
