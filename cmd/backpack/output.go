package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// write calls fn with the destination of a report: standard output, or the
// file, which appears only when it is complete.
func (p *program) write(file string, fn func(io.Writer) error) error {
	if file == "" {
		return fn(p.out)
	}
	if err := refuseFolder(file); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".backpack-*") // for the owner only
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("write %s: %w", file, err)}
	}
	defer os.Remove(f.Name()) // gone after the renaming
	err = fn(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
