package kept

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"backpack/vc"
)

// Evidence holds some badges and the material of their checks, for others to
// repeat the checks.
type Evidence struct {
	MadeAt time.Time
	Maker  string // the website that made it, as it claims
	Badges []Badge
	// Mark returns the marks by which the maker will recognize the manifest. With
	// nil the file has none, and its answers are by its own word.
	Mark func(manifest []byte) []string
	// manifest and marks are set by Read.
	manifest []byte
	marks    []string
}

// Marked reports whether the file has one of the marks that mark returns for its
// manifest, which has the digest of everything else.
func (e *Evidence) Marked(mark func(manifest []byte) []string) bool {
	return slices.ContainsFunc(mark(e.manifest), func(m string) bool { return m != "" && slices.Contains(e.marks, m) })
}

// A Badge is a badge in an Evidence.
type Badge struct {
	Title     string
	Raw       []byte // the badge's own bytes
	MediaType string // of Raw
	URL       string // where it was fetched, or the hosted address; "" for none
	CheckedAt time.Time
	Verdict   vc.Verdict // of the check at that time, as the maker claims
	Material  []Material
}

// Errors of Read.
var (
	// ErrNoEvidence means that the file is not evidence.
	ErrNoEvidence = errors.New("not the evidence of a check")
	// ErrAltered means that a file has another digest than in the manifest, or is
	// missing.
	ErrAltered = errors.New("the evidence was altered or is damaged")
)

// Format and Version identify a manifest.
const (
	Format  = "backpack-evidence"
	Version = 1
)

// Limits of reading and writing.
const (
	maxManifest = 4 << 20
	maxMarks    = 4 << 10
	maxFile     = 16 << 20  // a badge
	maxAll      = 128 << 20 // after decompression
	maxFiles    = 8192
	maxBadges   = 1000
)

const (
	manifestName = "manifest.json"
	markName     = "manifest.seal"
	readmeName   = "README.txt"
)

// A manifest lists the contents of the file. Members are added, never renamed;
// Version increases when an older reader would misread the file.
type manifest struct {
	Format   string          `json:"format"`
	Version  int             `json:"version"`
	MadeAt   time.Time       `json:"madeAt"`
	Maker    string          `json:"maker,omitempty"`
	Badges   []manifestBadge `json:"badges"`
	Material []manifestItem  `json:"material"`
}

type manifestBadge struct {
	Title     string     `json:"title,omitempty"`
	File      string     `json:"file"`
	SHA256    string     `json:"sha256"`
	MediaType string     `json:"mediaType,omitempty"`
	URL       string     `json:"url,omitempty"`
	CheckedAt time.Time  `json:"checkedAt"`
	Verdict   vc.Verdict `json:"verdict"`
	Material  []int      `json:"material"` // indices in manifest.Material, from 0
}

type manifestItem struct {
	Material
	File string `json:"file,omitempty"` // "" if the bytes are omitted
}

// Write writes e as a ZIP file (see the package comment). It writes material that
// several badges share once.
func Write(w io.Writer, e *Evidence) error {
	z := &writer{zip: zip.NewWriter(w), at: e.MadeAt, known: map[string]bool{}, places: map[itemKey]int{}}
	m := manifest{Format: Format, Version: Version, MadeAt: e.MadeAt.UTC(), Maker: e.Maker, Badges: []manifestBadge{}, Material: []manifestItem{}}
	z.put(readmeName, []byte(readme))
	for i, b := range e.Badges {
		name := fmt.Sprintf("badges/%03d%s", i+1, extension(b.MediaType))
		mb := manifestBadge{Title: b.Title, File: name, SHA256: Digest(b.Raw), MediaType: b.MediaType, URL: b.URL,
			CheckedAt: b.CheckedAt.UTC(), Verdict: b.Verdict, Material: []int{}}
		z.put(name, b.Raw)
		for _, x := range b.Material {
			mb.Material = append(mb.Material, z.item(&m, x))
		}
		m.Badges = append(m.Badges, mb)
	}
	body, err := json.MarshalIndent(&m, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the manifest: %w", err)
	}
	z.put(manifestName, body)
	if e.Mark != nil {
		z.put(markName, []byte(strings.Join(e.Mark(body), "\n")+"\n"))
	}
	return errors.Join(z.err, z.zip.Close())
}

// A writer keeps the first error and the indices of written material.
type writer struct {
	zip    *zip.Writer
	at     time.Time
	known  map[string]bool
	places map[itemKey]int
	err    error
}

// An itemKey identifies a material.
type itemKey struct {
	question
	sum       string
	confirmed time.Time
}

// item writes a material, unless it is already written, and returns its index.
func (z *writer) item(m *manifest, x Material) int {
	k := itemKey{x.question(), x.SHA256, x.ConfirmedAt}
	if i, ok := z.places[k]; ok {
		return i
	}
	it := manifestItem{Material: x}
	if !x.Omitted {
		it.File = "material/" + x.SHA256 + extension(x.MediaType)
		if x.Text {
			it.File = "material/" + x.SHA256 + ".txt"
		}
		z.put(it.File, x.Body)
	}
	m.Material = append(m.Material, it)
	z.places[k] = len(m.Material) - 1
	return z.places[k]
}

func (z *writer) put(name string, body []byte) {
	if z.known[name] || z.err != nil {
		return
	}
	z.known[name] = true
	f, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.at})
	if err == nil {
		_, err = f.Write(body)
	}
	z.err = err
}

// extension returns the usual file name extension of a media type, never one that a
// double click would run.
func extension(mediaType string) string {
	t, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	switch t = strings.TrimSpace(t); {
	case strings.HasSuffix(t, "json"), t == "application/vc", t == "application/vp":
		return ".json"
	case strings.HasSuffix(t, "jwt"):
		return ".jwt"
	case t == "image/png":
		return ".png"
	case t == "image/jpeg":
		return ".jpg"
	case t == "text/plain":
		return ".txt"
	}
	return ".bin"
}

// Is reports whether b looks like a file of Write.
func Is(b []byte) bool { return !crowded(b) && IsAt(bytes.NewReader(b), int64(len(b))) }

// crowded reports whether b is not a ZIP file, or has a directory whose reading
// alone would take much memory, whatever number of files it states.
func crowded(b []byte) bool {
	return !bytes.HasPrefix(b, []byte("PK\x03\x04")) || bytes.Count(b, []byte("PK\x01\x02")) > 2*maxFiles
}

// IsAt is Is for a file with the given size.
func IsAt(r io.ReaderAt, size int64) bool {
	files, err := open(r, size)
	if err != nil {
		return false
	}
	m, err := files.read(manifestName, maxManifest)
	return err == nil && bytes.Contains(m[:min(len(m), 200)], []byte(`"`+Format+`"`))
}

// Read reads a file of Write. It returns ErrNoEvidence for any other file, and
// ErrAltered if a digest differs or a file is missing: then nothing in it can be
// relied on. Matching digests prove only that the file is complete; its maker could
// have put anything into it.
func Read(b []byte) (*Evidence, error) {
	if crowded(b) {
		return nil, fmt.Errorf("%w: not a ZIP file with a permitted number of files", ErrNoEvidence)
	}
	files, err := open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	m, body, err := files.manifest()
	if err != nil {
		return nil, err
	}
	items, err := files.items(m.Material)
	if err != nil {
		return nil, err
	}
	e := &Evidence{MadeAt: m.MadeAt, Maker: m.Maker, manifest: body}
	if marks, err := files.read(markName, maxMarks); err == nil {
		e.marks = strings.Fields(string(marks))
	}
	for _, x := range m.Badges {
		raw, err := files.whole(x.File, x.SHA256, maxFile)
		if err != nil {
			return nil, err
		}
		badge := Badge{Title: x.Title, Raw: raw, MediaType: x.MediaType, URL: x.URL, CheckedAt: x.CheckedAt, Verdict: x.Verdict}
		for _, i := range x.Material {
			if i < 0 || i >= len(items) || len(badge.Material) == MaxItems {
				return nil, fmt.Errorf("%w: the material of %.100q is missing", ErrAltered, x.File)
			}
			badge.Material = append(badge.Material, items[i])
		}
		e.Badges = append(e.Badges, badge)
	}
	return e, nil
}

// An archive is an opened ZIP file. It counts the unpacked bytes.
type archive struct {
	files map[string]*zip.File
	left  int64
}

func open(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNoEvidence, err)
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("%w: it has %d files", ErrNoEvidence, len(z.File))
	}
	a := &archive{files: map[string]*zip.File{}, left: maxAll}
	for _, f := range z.File {
		if a.files[f.Name] != nil {
			return nil, fmt.Errorf("%w: two files are named %.100q", ErrNoEvidence, f.Name)
		}
		a.files[f.Name] = f
	}
	return a, nil
}

// manifest reads and validates the manifest; it also returns its bytes.
func (a *archive) manifest() (*manifest, []byte, error) {
	body, err := a.read(manifestName, maxManifest)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %v", ErrNoEvidence, err)
	}
	v, err := vc.ParseJSON(body)
	if err != nil || v.Get("format").Str() != Format {
		return nil, nil, fmt.Errorf("%w: the manifest has another format", ErrNoEvidence)
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, nil, fmt.Errorf("%w: the manifest: %v", ErrAltered, err)
	}
	switch {
	case m.Version != Version:
		return nil, nil, fmt.Errorf("evidence version %d: %w", m.Version, vc.ErrUnsupported)
	case len(m.Badges) == 0 || len(m.Badges) > maxBadges:
		return nil, nil, fmt.Errorf("%w: it has %d badges", ErrAltered, len(m.Badges))
	}
	return &m, body, nil
}

// items reads all material and verifies its digests.
func (a *archive) items(list []manifestItem) ([]Material, error) {
	out := make([]Material, len(list))
	read := map[string][]byte{}
	for i, x := range list {
		out[i] = x.Material
		if out[i].Omitted = x.File == "" || x.Omitted; out[i].Omitted {
			continue
		}
		body, ok := read[x.File+" "+x.SHA256]
		if !ok {
			var err error
			if body, err = a.whole(x.File, x.SHA256, MaxBody); err != nil {
				return nil, err
			}
			read[x.File+" "+x.SHA256] = body
		}
		out[i].Body, out[i].sound = body, true
	}
	return out, nil
}

// whole reads a file and verifies that its digest is sum.
func (a *archive) whole(name, sum string, limit int64) ([]byte, error) {
	body, err := a.read(name, limit)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrAltered, err)
	}
	if Digest(body) != sum {
		return nil, fmt.Errorf("%w: %.100q has another digest", ErrAltered, path.Base(name))
	}
	return body, nil
}

func (a *archive) read(name string, limit int64) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("%.100q is missing", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%.100q: %w", name, err)
	}
	defer r.Close()
	limit = min(limit, a.left)
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%.100q: %w", name, err)
	}
	if a.left -= int64(len(body)); int64(len(body)) > limit {
		return nil, fmt.Errorf("%.100q is too large", name)
	}
	return body, nil
}
