// Command gen writes the embedded JSON-LD contexts and their manifest. It copies the
// published ones from npm packages of exact versions, and checks that the others,
// which were written from the specifications, exist. It needs npm, node and network
// access. The product needs none of these, since the files are committed.
//
// Run it with go generate in vc/ld.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// An entry is one context of the manifest, as vc/ld reads it.
type entry struct {
	File     string   `json:"file"`
	URLs     []string `json:"urls"`
	SHA256   string   `json:"sha256"`
	From     string   `json:"from"`
	Licence  string   `json:"licence"`
	Revision string   `json:"revision,omitempty"`
	// Published is the digest of the body at the URL, for a context that was written for this
	// project and has the same meaning.
	Published string `json:"published,omitempty"`
}

// A context describes the origin of one context.
type context struct {
	file     string
	pkg      string // name@version; empty if written from its specification
	path     string // inside the package
	spec     string // the specification it was written from
	licence  string
	revision string
	urls     []string
	// published is the SHA-256 of the published context with the same meaning.
	published string
	// add holds terms of an erratum that is newer than the package.
	add map[string]any
}

func main() {
	if err := run("contexts"); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes the contexts into dir, then the manifest.
func run(dir string) error {
	work, err := os.MkdirTemp("", "contexts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	packages := map[string]map[string][]byte{}
	var entries []entry
	for _, c := range contexts {
		name := filepath.Join(dir, c.file)
		if c.pkg != "" {
			if packages[c.pkg] == nil {
				if packages[c.pkg], err = pack(work, c.pkg); err != nil {
					return fmt.Errorf("%s: %w", c.pkg, err)
				}
			}
			body, err := c.body(work, packages[c.pkg])
			if err != nil {
				return fmt.Errorf("%s: %w", c.file, err)
			}
			if err := os.WriteFile(name, body, 0o644); err != nil {
				return err
			}
		}
		e, err := c.entry(name)
		if err != nil {
			return err
		}
		entries = append(entries, e)
	}
	return writeManifest(filepath.Join(dir, "manifest.json"), entries)
}

// pack downloads a package and returns its files. npm verifies the archive against the
// digest in the registry.
func pack(work, pkg string) (map[string][]byte, error) {
	cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", work, pkg)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	f, err := os.Open(filepath.Join(work, filepath.Base(strings.TrimSpace(string(out)))))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[strings.TrimPrefix(h.Name, "package/")], err = io.ReadAll(t); err != nil {
			return nil, err
		}
	}
}

// body returns the context as JSON: the JSON file unchanged, or the exports of the
// JavaScript module.
func (c context) body(work string, files map[string][]byte) ([]byte, error) {
	body, ok := files[c.path]
	if !ok {
		return nil, fmt.Errorf("%s not found in %s", c.path, c.pkg)
	}
	if strings.HasSuffix(c.path, ".js") {
		module := filepath.Join(work, "module.cjs")
		if err := os.WriteFile(module, body, 0o600); err != nil {
			return nil, err
		}
		out, err := exec.Command("node", "-p", "JSON.stringify(require(process.argv[1]), null, 2)", module).Output()
		if err != nil {
			return nil, fmt.Errorf("node: %w", err)
		}
		body = out
	}
	if c.add == nil {
		return body, nil
	}
	return extend(body, c.add)
}

// extend adds terms to a context.
func extend(body []byte, add map[string]any) ([]byte, error) {
	var doc struct {
		Context map[string]any `json:"@context"`
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return nil, err
	}
	for name, def := range add {
		if doc.Context[name] != nil {
			return nil, fmt.Errorf("the package already defines %s", name)
		}
		doc.Context[name] = def
	}
	return indent(map[string]any{"@context": doc.Context})
}

func indent(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// entry describes the file for the manifest.
func (c context) entry(name string) (entry, error) {
	body, err := os.ReadFile(name)
	if err != nil {
		return entry{}, err
	}
	if !json.Valid(body) {
		return entry{}, fmt.Errorf("%s is not JSON", name)
	}
	sum := sha256.Sum256(body)
	from := "npm " + c.pkg + " " + c.path
	switch {
	case c.pkg == "":
		from = "written from " + c.spec
	case c.add != nil:
		from += ", with the terms of the erratum"
	}
	return entry{c.file, c.urls, hex.EncodeToString(sum[:]), from, c.licence, c.revision, c.published}, nil
}

func writeManifest(name string, entries []entry) error {
	body, err := indent(entries)
	if err != nil {
		return err
	}
	return os.WriteFile(name, body, 0o644)
}
