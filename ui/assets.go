package ui

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// An Asset is a file that pages load. URL holds a hash of its content: it may
// be cached for ever.
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

// assetTypes lists the types of files there are.
var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".webmanifest": "application/manifest+json",
}

// loadAssets reads assets/*. A script's imports of its neighbours and the
// manifest's icons are rewritten to the hashed addresses.
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

// bytesHaveLinks reports whether a file may name others, so that it must be
// loaded after them. Shared code of scripts stands in files named lib-….js.
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
		return fmt.Errorf("asset %s: no content type for %s", name, ext)
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
	// In our own style sheet a sign followed by a space never stands inside a
	// string or an address.
	cssSigns = strings.NewReplacer(" { ", "{", " {", "{", "; }", "}", ";}", "}", "; ", ";", ": ", ":", ", ", ",", " }", "}")
)

// squeeze takes comments and needless space out of our style sheets.
func squeeze(css []byte) []byte {
	s := cssSpace.ReplaceAllString(cssComment.ReplaceAllString(string(css), ""), "")
	return []byte(cssSigns.Replace(s))
}

// Asset returns the asset that a request asks for by the last element of its
// path, which is a name with a hash, or by its plain name.
func (r *Renderer) Asset(file string) (*Asset, bool) {
	if a, ok := r.assets.byFile[file]; ok {
		return a, true
	}
	a, ok := r.assets.byName[file]
	return a, ok
}

// Assets returns all assets, by name.
func (r *Renderer) Assets() []*Asset {
	var out []*Asset
	for _, name := range slices.Sorted(maps.Keys(r.assets.byName)) {
		out = append(out, r.assets.byName[name])
	}
	return out
}

// assetURL is the template function asset.
func (s *assetSet) assetURL(name string) (string, error) {
	a, ok := s.byName[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %s", name)
	}
	return a.URL, nil
}
