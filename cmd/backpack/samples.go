package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"backpack/cmd/backpack/report"
	"backpack/vc/sample"
)

// samples writes the sample badges as files: samples DIR.
func (p *program) samples(_ context.Context, args []string) error {
	if len(args) != 1 {
		return usageError("samples needs the name of a folder\n\n%s", usage)
	}
	all, err := sample.New(sample.Config{Now: time.Now})
	if err != nil {
		return err
	}
	files, err := all.Files()
	if err != nil {
		return err
	}
	more, err := all.More()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return err
	}
	out := report.NewWriter(p.out)
	for _, f := range slices.Concat(files, more) {
		name := filepath.Join(args[0], filepath.Base(f.Name))
		if err := writeSame(name, f.Bytes); err != nil {
			return err
		}
		out.Printf("%s  %s (%s)\n", report.Pad(name, len(args[0])+32), f.Title, f.State)
	}
	return out.Err
}

// writeSame is writeNew, but accepts an identical existing file.
func writeSame(name string, b []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, b) {
		return nil
	}
	return writeNew(name, b)
}
