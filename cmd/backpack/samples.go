package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// samples writes the sample badges as files: samples DIR.
func (p *program) samples(args []string) error {
	if len(args) != 1 {
		return usageError("samples needs the name of a folder\n\n%s", usage)
	}
	st, err := buildStack(nil, nil)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil {
		return err
	}
	for _, f := range st.samples.Files() {
		name := filepath.Join(args[0], filepath.Base(f.Name))
		if err := os.WriteFile(name, f.Bytes, 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(p.out, "%s\t%s (%s)\n", name, f.Title, f.State); err != nil {
			return err
		}
	}
	return nil
}
