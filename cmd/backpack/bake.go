package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"backpack/vc"
	"backpack/vc/bake"
	"backpack/vc/ob2"
)

// bake writes a badge into a picture: bake IMAGE BADGE OUT.
func (p *program) bake(_ context.Context, args []string) error {
	if len(args) != 3 {
		return usageError("bake needs a picture, a badge and the name of the new file\n\n%s", usage)
	}
	image, err := p.readFile(args[0])
	if err != nil {
		return err
	}
	badge, err := p.readFile(args[1])
	if err != nil {
		return err
	}
	badge = bytes.TrimSpace(badge)
	keyword, err := keywordOf(badge)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", args[1], err)}
	}
	out, err := bake.Embed(image, keyword, badge)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", args[0], err)}
	}
	if err := writeNew(args[2], out); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s now contains the badge (%s)\n", args[2], keyword)
	return err
}

// keywordOf returns the baking keyword for the kind of badge (specs A11.2,
// A11.4, B3.1).
func keywordOf(badge []byte) (string, error) {
	if d, err := vc.Parse(badge); err == nil && d.Credential != nil {
		if slices.Contains(d.Credential.Types, "ClrCredential") {
			return bake.CLR2, nil
		}
		return bake.OpenBadge3, nil
	}
	if _, err := ob2.Parse(badge, ""); err == nil {
		return bake.OpenBadge2, nil
	}
	return "", errors.New("this is not a badge: neither a credential nor an Open Badges assertion")
}

// unbake extracts a badge from a picture: unbake IMAGE [OUT].
func (p *program) unbake(_ context.Context, args []string) error {
	if len(args) != 1 && len(args) != 2 {
		return usageError("unbake needs a picture, and optionally the name of the new file\n\n%s", usage)
	}
	image, err := p.readFile(args[0])
	if err != nil {
		return err
	}
	found, err := bake.Extract(image)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", args[0], err)}
	}
	for _, w := range found[0].Warnings {
		fmt.Fprintln(p.err, "backpack: "+w)
	}
	if len(found) > 1 {
		fmt.Fprintf(p.err, "backpack: the picture contains %d badges; this is the first\n", len(found))
	}
	if len(args) == 2 {
		return writeNew(args[1], found[0].Text)
	}
	_, err = p.out.Write(append(found[0].Text, '\n'))
	return err
}

// writeNew writes a file and does not replace an existing one.
func writeNew(name string, b []byte) error {
	if err := refuseFolder(name); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists already; choose another name", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(name)) // no partial file stays behind
	}
	return err
}

// namesFolder reports whether a path ends in a separator, as folders may.
func namesFolder(path string) bool { return path != "" && os.IsPathSeparator(path[len(path)-1]) }

// refuseFolder returns an error if the name of a file is that of a folder, existing
// or not.
func refuseFolder(name string) error {
	if info, err := os.Stat(name); namesFolder(name) || err == nil && info.IsDir() {
		return usageError("%s is a folder; give the name of a file in it", name)
	}
	return nil
}
