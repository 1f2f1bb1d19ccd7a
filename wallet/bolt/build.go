package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Building is a data file that is filled beside its place. Its Store does not
// wait for the disk with every change; Finish does once.
type Building struct {
	*Store
	path string
}

// partial is what the name of a file ends in that is being filled.
const partial = ".partial"

// Partial returns the path of the file while it is being filled.
func (b *Building) Partial() string { return b.path + partial }

// Build begins to fill a file that is to be at path, where none may be, or goes
// on with what an earlier attempt left, if that is whole.
func Build(ctx context.Context, path string) (*Building, error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, fmt.Errorf("%s: %w", path, fs.ErrExist))
	}
	b, err := build(ctx, path)
	if err == nil || errors.Is(err, ErrInUse) {
		return b, err
	}
	// A power failure may have torn it: the disk was not waited for.
	if err := os.Remove(path + partial); err != nil {
		return nil, err
	}
	return build(ctx, path)
}

func build(ctx context.Context, path string) (*Building, error) {
	s, err := Open(path + partial)
	if err != nil {
		return nil, err
	}
	if err := s.Check(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.db.NoSync = true
	return &Building{s, path}, nil
}

// Finish checks the file, makes it durable and moves it to its place.
func (b *Building) Finish(ctx context.Context) error {
	if err := b.db.Sync(); err != nil {
		return errors.Join(err, b.Close())
	}
	if err := errors.Join(b.Check(ctx), b.Close()); err != nil {
		return fmt.Errorf("check what was written: %w", err)
	}
	if err := os.Link(b.path+partial, b.path); errors.Is(err, fs.ErrExist) { // a rename would replace it
		return err
	} else if err != nil {
		if err := os.Rename(b.path+partial, b.path); err != nil { // a file system without links
			return err
		}
		return syncDir(filepath.Dir(b.path))
	}
	return errors.Join(os.Remove(b.path+partial), syncDir(filepath.Dir(b.path)))
}
