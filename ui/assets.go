package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// An Asset is a file that pages load. URL contains a hash of the content, so the
// asset may be cached forever.
type Asset struct {
	Name        string // "app.css"
	URL         string // "/assets/app.3f2a….css"
	ContentType string
	Body        []byte
}

type assetSet struct {
	byName map[string]*Asset
	byFile map[string]*Asset // by the last element of URL
}

// assetTypes maps file extensions to content types.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".webmanifest": "application/manifest+json",
}

// loadAssets reads assets/*. It replaces the names of assets in scripts, style
// sheets and the manifest with hashed addresses.
func loadAssets(fsys fs.FS) (*assetSet, error) {
	entries, err := fs.ReadDir(fsys, "assets")
	if err != nil {
		return nil, err
	}
	s := &assetSet{byName: map[string]*Asset{}, byFile: map[string]*Asset{}}
	var later []string
	for _, e := range entries {
		if bytesHaveLinks(e.Name()) {
			later = append(later, e.Name())
			continue
		}
		if err := s.load(fsys, e.Name()); err != nil {
			return nil, err
		}
	}
	for _, name := range later {
		if err := s.load(fsys, name); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// bytesHaveLinks reports whether a file may name others and is therefore loaded
// after them. Code that scripts share is in files named lib-….js.
func bytesHaveLinks(name string) bool {
	ext := path.Ext(name)
	return ext == ".webmanifest" || ext == ".css" || ext == ".js" && !strings.HasPrefix(name, "lib-")
}

var assetLink = regexp.MustCompile(`(?:\./|/assets/)([a-z0-9-]+\.[a-z]+)`)

func (s *assetSet) load(fsys fs.FS, name string) error {
	body, err := fs.ReadFile(fsys, "assets/"+name)
	if err != nil {
		return err
	}
	ext := path.Ext(name)
	kind, ok := assetTypes[ext]
	if !ok {
		return fmt.Errorf("asset %s: unknown content type for %s", name, ext)
	}
	if bytesHaveLinks(name) {
		body = assetLink.ReplaceAllFunc(body, func(m []byte) []byte {
			if a := s.byName[string(m[bytes.LastIndexByte(m, '/')+1:])]; a != nil {
				return []byte(a.URL)
			}
			return m
		})
	}
	if ext == ".css" {
		body = squeeze(body)
	}
	sum := sha256.Sum256(body)
	file := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext
	a := &Asset{Name: name, URL: "/assets/" + file, ContentType: kind, Body: body}
	s.byName[name], s.byFile[file] = a, a
	return nil
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	// A backslash before a line break continues a string.
	cssSpace = regexp.MustCompile(`\\?\s*\n\s*`)
	// No string or address in our style sheets contains one of these.
	cssSigns = strings.NewReplacer(" { ", "{", " {", "{", "; }", "}", ";}", "}", "; ", ";", ": ", ":", ", ", ",", " }", "}")
)

// squeeze removes comments and insignificant white space from a style sheet of
// ours.
func squeeze(css []byte) []byte {
	s := cssSpace.ReplaceAllString(cssComment.ReplaceAllString(string(css), ""), "")
	return []byte(cssSigns.Replace(s))
}

// Asset returns the asset for the last element of a request's path, which is the
// name with a hash or the plain name.
func (r *Renderer) Asset(file string) (*Asset, bool) {
	if a, ok := r.assets.byFile[file]; ok {
		return a, true
	}
	a, ok := r.assets.byName[file]
	return a, ok
}

// assetURL implements the template function asset.
func (s *assetSet) assetURL(name string) (string, error) {
	a, ok := s.byName[name]
	if !ok {
		return "", fmt.Errorf("no asset %s", name)
	}
	return a.URL, nil
}
