package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"backpack/wallet"
)

// loadMaster returns the master key: the configured one, or that in the file
// of the data folder, which it makes at the first start. Once there is a data
// file, a missing key is not made anew: nothing could be opened with it.
func loadMaster(c *config, random io.Reader) ([]byte, error) {
	if c.Master != nil {
		return c.Master, nil
	}
	name := filepath.Join(c.Data, "master.key")
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return makeMaster(c, name, random)
	}
	if err != nil {
		return nil, err
	}
	key, err := masterKey(string(trimNewline(b)))
	if err != nil || key == nil {
		return nil, fmt.Errorf("%s is damaged: put back the copy that you kept of it", name)
	}
	return key, nil
}

func makeMaster(c *config, name string, random io.Reader) ([]byte, error) {
	if _, err := os.Stat(c.dataFile()); err == nil {
		return nil, fmt.Errorf("%s is missing, and %s cannot be opened without it: put back the copy that you kept of it", name, c.dataFile())
	}
	key := make([]byte, wallet.MasterKeySize)
	if _, err := io.ReadFull(random, key); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if _, err = fmt.Fprintf(f, "%x\n", key); err == nil {
		err = f.Sync()
	}
	return key, errors.Join(err, f.Close())
}

func trimNewline(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

func (c *config) dataFile() string { return filepath.Join(c.Data, "backpack.db") }
