package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"backpack/vc"
	"backpack/vc/registry"
)

// registryPause is the interval at which the server looks for lists that are
// due.
const registryPause = 15 * time.Minute

// maxRegistries bounds the number of registries.
const maxRegistries = 32

// registries parses BACKPACK_REGISTRIES: files, https addresses of lists, and
// federation:https://… for trust anchors of OpenID Federation, each with an
// optional name and = in front.
func registries(setting string, w registry.Web) (*registry.Set, error) {
	set := &registry.Set{}
	for _, item := range strings.Split(setting, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		src, err := oneRegistry(item, w)
		if err != nil {
			return nil, fmt.Errorf("BACKPACK_REGISTRIES: %s: %w", item, err)
		}
		if set = set.With(src); len(set.Sources) > maxRegistries {
			return nil, fmt.Errorf("BACKPACK_REGISTRIES: at most %d registries are allowed", maxRegistries)
		}
	}
	return set, nil
}

func oneRegistry(item string, w registry.Web) (registry.Source, error) {
	name, where := "", item
	if before, after, ok := strings.Cut(item, "="); ok && !strings.ContainsAny(before, ":/") {
		name, where = strings.TrimSpace(before), strings.TrimSpace(after)
	}
	if anchor, ok := strings.CutPrefix(where, "federation:"); ok {
		return registry.NewFederation(w, name, anchor)
	}
	if u, err := url.Parse(where); err == nil && len(u.Scheme) > 1 {
		return registry.NewRemote(w, name, where)
	}
	return fileRegistry(name, where)
}

func fileRegistry(name, file string) (registry.Source, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > registry.MaxListBytes {
		return nil, vc.ErrTooLarge
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	l, err := registry.ParseList(name, b)
	if err == nil && l.Name == "" {
		l.Name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	return l, err
}

// copies stores lists in a folder. The digest of its address names a file, and
// its modification time is when the list was read.
type copies struct{ dir string }

func (c copies) file(address string) string {
	sum := sha256.Sum256([]byte(address))
	return filepath.Join(c.dir, hex.EncodeToString(sum[:16]))
}

func (c copies) Load(address string) ([]byte, time.Time, error) {
	info, err := os.Stat(c.file(address))
	if err != nil || info.Size() > registry.MaxListBytes {
		return nil, time.Time{}, vc.ErrNotFound
	}
	b, err := os.ReadFile(c.file(address))
	return b, info.ModTime(), err
}

func (c copies) Save(address string, body []byte, at time.Time) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	whole := c.file(address) + ".new"
	if err := os.WriteFile(whole, body, 0o600); err != nil {
		return err
	}
	if err := os.Chtimes(whole, at, at); err != nil {
		return err
	}
	return os.Rename(whole, c.file(address))
}

// keepFresh reads due lists again until ctx ends.
func keepFresh(ctx context.Context, set *registry.Set, tell func(error)) {
	tick := time.NewTicker(registryPause)
	defer tick.Stop()
	for {
		if err := set.Refresh(ctx); err != nil && ctx.Err() == nil {
			tell(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
