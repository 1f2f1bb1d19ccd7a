package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"backpack/wallet/vault"
)

// loadMaster returns the master key: the configured one, or the one in the data
// folder, which it creates at the first start. If a data file exists, it does
// not create a missing key, since that key could open nothing.
func loadMaster(c *config, random io.Reader) ([]byte, error) {
	if c.Master != nil {
		return c.Master, nil
	}
	name := c.masterFile()
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return makeMaster(c, name, random)
	}
	if err != nil {
		return nil, err
	}
	key, err := masterKey(strings.TrimRight(string(b), "\r\n"))
	if err != nil || key == nil {
		return nil, fmt.Errorf("%s is damaged: restore your copy of it", name)
	}
	return key, nil
}

func makeMaster(c *config, name string, random io.Reader) ([]byte, error) {
	if _, err := os.Stat(c.dataFile()); err == nil {
		return nil, fmt.Errorf("%s is missing, and %s cannot be opened without it: restore your copy of it", name, c.dataFile())
	}
	key := make([]byte, vault.MasterKeySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, err
	}
	return key, placeNew(name, fmt.Appendf(nil, "%x\n", key))
}

// placeNew writes a file with mode 0600, completely or not at all, and replaces
// none.
func placeNew(name string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), name) // a rename would replace an existing file
	switch {
	case errors.Is(err, fs.ErrExist):
		return err
	case err != nil:
		err = os.Rename(f.Name(), name) // the file system has no links
	}
	return errors.Join(err, syncFolder(filepath.Dir(name)))
}

// makeFolder creates a folder and its missing parents, and syncs their names. A
// power failure that removes the name of a folder would lose its contents.
func makeFolder(name string) error {
	var made []string
	for dir := filepath.Clean(name); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			break
		}
		made = append(made, dir)
	}
	if err := os.MkdirAll(name, 0o700); err != nil {
		return err
	}
	for _, dir := range made {
		if err := syncFolder(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(name string) error {
	if runtime.GOOS == "windows" { // this system cannot sync folders
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// nextMaster returns the master key that rotate-key changes to: the configured
// one, the one of an unfinished rotation in the data folder, or nil.
func nextMaster(c *config) ([]byte, error) {
	if c.Next != nil || c.Master != nil {
		return c.Next, nil
	}
	b, err := os.ReadFile(c.nextFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	key, err := masterKey(strings.TrimRight(string(b), "\r\n"))
	if err == nil && key == nil {
		err = errors.New("is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("%s %w", c.nextFile(), err)
	}
	return key, nil
}

// newSealer returns a Sealer that also knows the next master key.
func newSealer(c *config, master []byte) (*vault.Sealer, error) {
	next, err := nextMaster(c)
	if err != nil {
		return nil, err
	}
	var others [][]byte
	if next != nil {
		others = append(others, next)
	}
	return vault.NewSealer(master, rand.Reader, others...)
}

func (c *config) nextFile() string { return c.masterFile() + ".next" }

func (c *config) masterFile() string { return filepath.Join(c.Data, "master.key") }

func (c *config) dataFile() string { return filepath.Join(c.Data, "backpack.db") }
