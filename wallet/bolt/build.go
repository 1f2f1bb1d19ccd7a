package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A Building is a data file that is filled under a temporary name. Its Store does
// not wait for the disk on each change; Finish does once.
type Building struct {
	*Store
	path string
}

// partial is the suffix of a file that is being filled.
const partial = ".partial"

// Partial returns the path of the file until Finish.
func (b *Building) Partial() string { return b.path + partial }

// Build begins to fill a new file for path, where no file may exist, or continues
// an earlier attempt if that is intact.
func Build(ctx context.Context, path string) (*Building, error) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, fmt.Errorf("%s: %w", path, fs.ErrExist))
	}
	b, err := build(ctx, path)
	if err == nil || errors.Is(err, ErrInUse) {
		return b, err
	}
	// A power failure may have damaged it, since nothing waited for the disk.
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

// Finish checks the file, makes it durable and moves it to its path.
func (b *Building) Finish(ctx context.Context) error {
	if err := b.db.Sync(); err != nil {
		return errors.Join(err, b.Close())
	}
	if err := errors.Join(b.Check(ctx), b.Close()); err != nil {
		return fmt.Errorf("check the new file: %w", err)
	}
	if err := os.Link(b.path+partial, b.path); errors.Is(err, fs.ErrExist) { // a rename would replace it
		return err
	} else if err != nil {
		if err := os.Rename(b.path+partial, b.path); err != nil { // the file system has no links
			return err
		}
		return syncDir(filepath.Dir(b.path))
	}
	return errors.Join(os.Remove(b.path+partial), syncDir(filepath.Dir(b.path)))
}
