package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// ErrInUse means that another process has the file open.
var ErrInUse = errors.New("another backpack uses this file")

// lockWait is how long Open waits for another process to let go of the file,
// long enough for a restart that overlaps, and short of what somebody who
// starts a second one by mistake would take for a hang.
const lockWait = 1500 * time.Millisecond

const fileMode fs.FileMode = 0o600

// format is the version of the layout of the file.
const format = "1"

var (
	bucketRecords = []byte("records")
	bucketLookups = []byte("lookups")
	bucketDue     = []byte("due")
	bucketMeta    = []byte("meta")
	keyFormat     = []byte("format")
)

// Open opens the file, or makes it with mode 0600 when there is none; its
// folder must exist. When another process has it open, Open returns an error
// that wraps ErrInUse after lockWait.
func Open(path string) (*Store, error) { return OpenWithin(path, Limits{}) }

// OpenWithin is Open for a file that is kept within limits.
func OpenWithin(path string, l Limits) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path, l.MaxSize); err != nil {
			return nil, fmt.Errorf("create %s: %w", path, err)
		}
	} else if err != nil {
		return nil, fmt.Errorf("open the data file: %w", err)
	}
	db, err := open(path, l.MaxSize)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := db.View(checkFormat); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return newStore(db, l), nil
}

func open(path string, maxSize int64) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, fileMode, &bbolt.Options{
		Timeout:         lockWait,
		FreelistType:    bbolt.FreelistMapType,
		InitialMmapSize: mapSize(path),
		MaxSize:         int(min(maxSize, math.MaxInt)),
	})
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err == nil && maxSize > 0 { // it grows by so much at a time, and refuses before it would be too large
		db.AllocSize = int(min(int64(db.AllocSize), maxSize/64))
	}
	return db, err
}

// mapSize is how much address space is set aside for the file: room for it to
// become twice as large. A writer that outgrows it waits for all readers, of
// which a backup is a long one, and new readers wait for the writer. It costs no
// memory, but Windows would make the file as large.
func mapSize(path string) int {
	if runtime.GOOS == "windows" || math.MaxInt == math.MaxInt32 {
		return 0
	}
	size := 1 << 30
	if info, err := os.Stat(path); err == nil {
		size = max(size, int(2*info.Size()))
	}
	return size
}

func checkFormat(btx *bbolt.Tx) error {
	meta := btx.Bucket(bucketMeta)
	if meta == nil {
		return errors.New("this is no data file of a backpack")
	}
	if got := string(meta.Get(keyFormat)); got != format {
		return fmt.Errorf("the data file has format %q, this program reads %q", got, format)
	}
	return nil
}

// create makes the file beside its place and moves it there when it is whole:
// a bbolt file is vulnerable to a power failure only while it is initialised.
func create(path string, maxSize int64) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	if err := initialise(f.Name(), maxSize); err != nil {
		return err
	}
	if err := place(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func initialise(path string, maxSize int64) error {
	db, err := open(path, maxSize)
	if err != nil {
		return err
	}
	err = db.Update(func(btx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketRecords, bucketLookups, bucketDue, bucketMeta} {
			if _, err := btx.CreateBucket(name); err != nil {
				return err
			}
		}
		return btx.Bucket(bucketMeta).Put(keyFormat, []byte(format))
	})
	return errors.Join(err, db.Close())
}

// place moves the file to its name unless another process was faster, whose
// file then stands. A link does not replace what is there, a rename would.
func place(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(from, to) // a file system without links
}

// syncDir makes the new name durable.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // folders cannot be synced there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
