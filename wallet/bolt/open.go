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

// lockWait is how long Open waits for another process to close the file: long enough
// for an overlapping restart, too short to look like a hang after an accidental
// second start.
const lockWait = 1500 * time.Millisecond

const fileMode fs.FileMode = 0o600

// format is the version of the file's layout.
const format = "1"

var (
	bucketRecords = []byte("records")
	bucketLookups = []byte("lookups")
	bucketDue     = []byte("due")
	bucketMeta    = []byte("meta")
	keyFormat     = []byte("format")
)

// Open opens the file, or creates it with mode 0600; its directory must exist. If
// another process has it open, the error wraps ErrInUse, after lockWait.
func Open(path string) (*Store, error) { return OpenWithin(path, Limits{}) }

// OpenWithin is Open with limits.
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
	if err == nil && maxSize > 0 { // the step of growth; bbolt refuses before the file exceeds its limit
		db.AllocSize = int(min(int64(db.AllocSize), maxSize/64))
	}
	return db, err
}

// mapSize returns the address space to reserve for the file: twice its size. A
// writer that outgrows it waits for all readers, such as a long backup, and new
// readers wait for the writer. It costs no memory, but Windows would enlarge the file
// to it.
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
		return errors.New("not a backpack data file")
	}
	if got := string(meta.Get(keyFormat)); got != format {
		return fmt.Errorf("the data file has format %q; this program reads format %q", got, format)
	}
	return nil
}

// create initializes the file under a temporary name and then moves it to its path:
// a power failure during initialization would damage a bbolt file.
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

// place moves the file to its path unless another process was faster; then that file
// stays. Unlike a rename, a link does not replace an existing file.
func place(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(from, to) // the file system has no links
}

// syncDir makes a new name in a directory durable.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // directories cannot be synced there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
