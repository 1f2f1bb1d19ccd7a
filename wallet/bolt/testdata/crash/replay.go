package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"backpack/wallet/bolt"
	"backpack/wallet/storetest/crash"
)

// An event is a successful system call; events are in the order of their ends.
type event struct {
	Call string
	Path string
	To   string // target of linkat
	File uint64 // inode
	Make bool   // of openat: O_CREAT
	At   int64  // offset, or size
	Data []byte
}

// A disk is the state of a directory after a power failure: files and their names.
type disk struct {
	names map[string]uint64
	files map[uint64]*file
}

type file struct {
	data []byte // may be shorter than size; the rest is unwritten
	size int64
}

func newDisk() *disk { return &disk{names: map[string]uint64{}, files: map[uint64]*file{}} }

func (d *disk) clone() *disk {
	out := &disk{names: maps.Clone(d.names), files: map[uint64]*file{}}
	for ino, f := range d.files {
		out.files[ino] = &file{data: bytes.Clone(f.data), size: f.size}
	}
	return out
}

func (d *disk) file(ino uint64) *file {
	if d.files[ino] == nil {
		d.files[ino] = &file{}
	}
	return d.files[ino]
}

// write writes b at an offset.
func (f *file) write(at int64, b []byte) {
	if need := at + int64(len(b)) - int64(len(f.data)); need > 0 {
		f.data = append(f.data, make([]byte, need)...)
	}
	copy(f.data[at:], b)
	f.size = max(f.size, int64(len(f.data)))
}

func (f *file) truncate(size int64) {
	f.size = size
	f.data = f.data[:min(size, int64(len(f.data)))]
}

// apply applies an event.
func (d *disk) apply(e *event) {
	switch e.Call {
	case "openat":
		d.names[e.Path] = e.File
		d.file(e.File)
	case "linkat":
		d.names[e.To] = e.File
	case "unlinkat":
		delete(d.names, e.Path)
	case "pwrite64":
		d.file(e.File).write(e.At, e.Data)
	case "ftruncate":
		d.file(e.File).truncate(e.At)
	}
}

// A history replays a recording. Synced events are on the disk, the others are
// pending.
type history struct {
	disk    *disk
	pending []*event
	acks    bytes.Buffer
	live    map[string]uint64 // names that the program sees

	// With lies, the disk does not yet have the last sync.
	lies   bool
	before *disk
}

// step replays the next event.
func (h *history) step(e *event) {
	switch e.Call {
	case "write":
		h.acks.Write(e.Data)
		return
	case "fsync", "fdatasync":
		if h.lies {
			h.before = h.disk.clone()
		}
		h.sync(e)
		return
	case "openat":
		if _, known := h.live[e.Path]; known {
			return
		}
		h.live[e.Path] = e.File
	case "linkat":
		e.File = h.live[e.Path]
		h.live[e.To] = e.File
	case "unlinkat":
		delete(h.live, e.Path)
	}
	h.pending = append(h.pending, e)
}

// sync makes the changes of one file, or of the names in one directory, durable.
func (h *history) sync(s *event) {
	h.pending = slices.DeleteFunc(h.pending, func(e *event) bool {
		named := e.Call == "openat" || e.Call == "linkat" || e.Call == "unlinkat"
		if named && filepath.Dir(e.Path) == s.Path || !named && e.File == s.File {
			h.disk.apply(e)
			return true
		}
		return false
	})
}

const sector = 512

// fail returns a disk after a power failure at this point: pending events may have
// reached it in any order, in part, or not at all.
func (h *history) fail(r *rand.Rand) *disk {
	if h.lies {
		return h.before.clone()
	}
	d := h.disk.clone()
	keep := []float64{0, 0.1, 0.5, 0.5, 0.9, 1}[r.IntN(6)]
	tear := []float64{0, 0.2, 1}[r.IntN(3)]
	for _, e := range h.pending {
		if r.Float64() >= keep {
			continue
		}
		if e.Call != "pwrite64" || r.Float64() >= tear {
			d.apply(e)
			continue
		}
		for at := 0; at < len(e.Data); at += sector {
			if r.IntN(2) == 0 {
				d.file(e.File).write(e.At+int64(at), e.Data[at:min(at+sector, len(e.Data))])
			}
		}
	}
	return d
}

// killed returns the disk that a killed program leaves: with all events.
func (h *history) killed() *disk {
	d := h.disk.clone()
	for _, e := range h.pending {
		d.apply(e)
	}
	return d
}

// An image is a disk with the earlier acknowledgements.
type image struct {
	at    int
	disk  *disk
	acked map[int]int
}

// check opens the image's data file in a new directory and verifies it.
func (i *image) check(dir, name, key string, writers int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for path, ino := range i.disk.names {
		place := filepath.Join(dir, filepath.Base(path))
		f := i.disk.file(ino)
		if err := errors.Join(os.WriteFile(place, f.data, 0o600), os.Truncate(place, f.size)); err != nil {
			return err
		}
	}
	if err := keyIsThere(dir, name, key); err != nil {
		return err
	}
	s, err := bolt.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := s.Check(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	err = crash.Verify(ctx, s, writers, i.acked)
	if err == nil { // it accepts further writes
		err = crash.Load{Writers: 1, Writes: 1, Acks: io.Discard}.Run(ctx, s)
	}
	return errors.Join(err, s.Close())
}

// keyIsThere returns an error if there is a data file without its master key.
func keyIsThere(dir, name, key string) error {
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil || key == "" {
		return nil
	}
	b, err := os.ReadFile(filepath.Join(dir, key))
	if err == nil && len(b) != 65 {
		err = fmt.Errorf("LOST: the master key has %d bytes", len(b))
	}
	return err
}

func replay(args []string) error {
	fs := flag.NewFlagSet("replay", flag.ContinueOnError)
	count := fs.Int("images", 0, "number of images; 0 means one per call, as a killed program leaves it")
	seed := fs.Uint64("seed", 1, "seed of the images")
	writers := fs.Int("writers", 1, "number of writers")
	lies := fs.Bool("lies", false, "simulate a disk that reports a sync too early: this must find losses")
	work := fs.String("work", os.TempDir(), "directory for the images")
	name := fs.String("name", "data.db", "name of the data file")
	key := fs.String("key", "", "name of the master key file")
	if err := fs.Parse(args); err != nil {
		return err
	}
	events, err := recording(fs.Arg(0))
	if err != nil {
		return err
	}
	images := make(chan *image)
	go func() {
		defer close(images)
		build(events, *count, *seed, *lies, *writers > 0, images)
	}()
	var mu sync.Mutex
	var faults []error
	tried := 0
	var wg sync.WaitGroup
	for n := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range images {
				err := i.check(filepath.Join(*work, fmt.Sprint("image", n)), *name, *key, *writers)
				mu.Lock()
				if tried++; err != nil {
					faults = append(faults, fmt.Errorf("after call %d of %d: %w", i.at, len(events), err))
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	fmt.Printf("%d images of %d calls, %d bad\n", tried, len(events), len(faults))
	return errors.Join(faults[:min(len(faults), 5)]...)
}

func recording(name string) (events []*event, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for dec := gob.NewDecoder(f); ; {
		e := new(event)
		if err := dec.Decode(e); errors.Is(err, io.EOF) {
			return events, nil
		} else if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
}

// build builds images at random calls, or after each call.
func build(events []*event, count int, seed uint64, lies, acks bool, out chan<- *image) {
	r := rand.New(rand.NewPCG(seed, 0))
	cuts := make([]int, len(events)+1) // number of images after each event
	for range count {
		cuts[r.IntN(len(cuts))]++
	}
	h := &history{disk: newDisk(), live: map[string]uint64{}, lies: lies, before: newDisk()}
	for n := 0; ; n++ {
		acked := map[int]int{}
		if !acks { // its output is not acknowledgements
			h.acks.Reset()
		}
		if _, err := crash.Acks(bytes.NewReader(h.acks.Bytes()), acked); err != nil {
			panic(err)
		}
		if count == 0 {
			out <- &image{n, h.killed(), acked}
		}
		for range cuts[n] {
			out <- &image{n, h.fail(r), acked}
		}
		if n == len(events) {
			return
		}
		h.step(events[n])
	}
}
