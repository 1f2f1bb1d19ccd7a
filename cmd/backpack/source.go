package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"backpack/wallet"
)

// A source is something to verify that was not read yet.
type source struct {
	name string // to show; empty for standard input
	path string // of a file, "-" for standard input, or an address
}

// sources lists what the arguments name. A folder is all files below it but
// hidden ones; what it links to is left out.
func (p *program) sources(names []string) ([]source, error) {
	var out []source
	for _, name := range names {
		if name == "-" {
			out = append(out, source{path: name})
			continue
		}
		if isAddress(name) {
			out = append(out, source{name, name})
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
		if !info.IsDir() {
			out = append(out, source{filepath.Base(name), name})
			continue
		}
		files, err := folder(name)
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, usageError("there are no files in %s", name)
		}
		out = append(out, files...)
	}
	return out, nil
}

func isAddress(name string) bool {
	return strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://")
}

func folder(root string) ([]source, error) {
	var out []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != root && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			name, _ := filepath.Rel(root, path) // path is below root
			out = append(out, source{filepath.ToSlash(name), path})
		}
		return nil
	})
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return out, nil
}

// read reads files; an address is left to the checker.
func (p *program) read(some []source) ([]wallet.Input, error) {
	var out []wallet.Input
	for _, s := range some {
		if isAddress(s.path) {
			out = append(out, wallet.Input{Bytes: []byte(s.path)})
			continue
		}
		b, err := p.readFile(s.path)
		if err != nil {
			return nil, err
		}
		out = append(out, wallet.Input{Name: s.name, Bytes: b})
	}
	return out, nil
}

// maxFile bounds what a command reads from one file.
const maxFile = 200 << 20

// readFile reads a file, or standard input for "-".
func (p *program) readFile(name string) ([]byte, error) {
	var r io.Reader = p.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("it is larger than %d MiB", maxFile>>20)
	}
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("read %s: %w", name, err)}
	}
	return b, nil
}
