package main

import (
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"backpack/vc/intake"
	"backpack/wallet/inspect"
)

// A source is something to verify that has not been read yet.
type source struct {
	name   string // for display; empty for standard input
	path   string // name of a file, "-" for standard input, or an address
	folder string // that stands for the applicant; "" for none
	listed bool   // whether it was found in a folder
}

// sources returns what the arguments name. A folder stands for all files below
// it except hidden ones and links.
func (p *program) sources(names []string) ([]source, error) {
	var out []source
	for _, name := range names {
		if name == "-" {
			out = append(out, source{path: name})
			continue
		}
		if isAddress(name) {
			out = append(out, source{name: name, path: name})
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, &exitError{exitUsage, err}
		}
		if !info.IsDir() {
			out = append(out, source{name: filepath.Base(name), path: name})
			continue
		}
		files, err := folder(name)
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			return nil, usageError("there are no files in %s", name)
		}
		if many := len(names) > 1; many {
			for i := range files {
				files[i].folder = filepath.Base(filepath.Clean(name)) // one for each person
				files[i].name = files[i].folder + "/" + files[i].name
			}
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
			out = append(out, source{name: filepath.ToSlash(name), path: path, listed: true})
		}
		return nil
	})
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	names := make([]string, len(out))
	for i, s := range out {
		names[i] = s.name
	}
	for i, top := range intake.TopFolders(names) {
		out[i].folder = top
	}
	return out, nil
}

// inputs reads files one after the other on demand; the checker fetches
// addresses.
func (p *program) inputs(sources []source) iter.Seq2[inspect.Input, error] {
	return func(yield func(inspect.Input, error) bool) {
		for _, s := range sources {
			in, err := inspect.Input{Bytes: []byte(s.path)}, error(nil)
			if !isAddress(s.path) {
				in.Name = s.name
				in.Bytes, err = p.readFile(s.path)
			}
			if !yield(in, err) {
				return
			}
		}
	}
}

// maxFile bounds how much a command reads from one file.
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
