// Package crash writes records in a pattern that shows, after a crash, whether an
// acknowledged write is lost or a write is incomplete.
//
// Each writer counts. Write n is one transaction: it creates two equal records for n
// in different places, deletes those for n-Keep, and notes n in a third record. A store
// with exactly the records of the last Keep numbers up to the noted one has kept every
// write complete; if the noted number is at least the acknowledged one, nothing
// acknowledged is lost.
package crash

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"backpack/wallet/storage"
)

// Keep is the number of latest writes that each writer leaves in the store.
const Keep = 12

const (
	kindNote  storage.Kind = "note"
	kindLeft  storage.Kind = "left"
	kindRight storage.Kind = "right"
)

func account(writer int) storage.AccountID {
	return storage.AccountID(fmt.Sprintf("writer%03d", writer))
}

func note(writer int) storage.Key {
	return storage.Key{Account: account(writer), Kind: kindNote, ID: "n"}
}

func left(writer, n int) storage.Key {
	return storage.Key{Account: account(writer), Kind: kindLeft, ID: fmt.Sprintf("%08d", n)}
}

// right returns a key far from left: the ids are scattered.
func right(writer, n int) storage.Key {
	return storage.Key{Kind: kindRight, ID: fmt.Sprintf("%x/%03d/%08d", content(writer, n)[:4], writer, n)}
}

// content returns between 32 and 1,056 bytes.
func content(writer, n int) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d", writer, n))
	return bytes.Repeat(sum[:], 1+n%33)
}

// A Load runs writers.
type Load struct {
	Writers int
	Writes  int       // per writer; 0 means until the context ends
	Acks    io.Writer // receives a line "WRITER NUMBER" per acknowledged write
	// Full is called for a write without room. The write is retried unless Full
	// returns false.
	Full func(writer, n int) bool
}

// Run writes until all writes are done, the context ends, or a write fails.
func (l Load) Run(ctx context.Context, s storage.Store) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for writer := range l.Writers {
		wg.Go(func() {
			if err := l.write(ctx, s, writer); err != nil {
				cancel(fmt.Errorf("writer %d: %w", writer, err))
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (l Load) write(ctx context.Context, s storage.Store, writer int) error {
	n, err := Noted(ctx, s, writer)
	if err != nil {
		return err
	}
	for end := n + l.Writes; l.Writes == 0 || n < end; {
		err := s.Update(ctx, func(tx storage.Tx) error { return writeOne(tx, writer, n+1) })
		switch {
		case err == nil:
			n++
			_, err = fmt.Fprintf(l.Acks, "%d %d\n", writer, n)
		case errors.Is(err, storage.ErrFull) && l.Full != nil && l.Full(writer, n+1):
			err = nil
		case errors.Is(err, storage.ErrExists): // the server completed the last write of a killed client
			var now int
			if now, err = Noted(ctx, s, writer); err == nil && now <= n {
				err = storage.ErrExists
			}
			n = now
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeOne(tx storage.Tx, writer, n int) error {
	for _, k := range []storage.Key{left(writer, n), right(writer, n)} {
		r := &storage.Record{Key: k, Data: content(writer, n)}
		if k.Kind == kindRight {
			r.Lookups = []string{fmt.Sprintf("%d/%d", writer, n)}
		}
		if err := tx.Create(r); err != nil {
			return fmt.Errorf("%s of %d: %w", k.Kind, n, err)
		}
	}
	if old := n - Keep; old > 0 {
		if err := errors.Join(tx.Delete(left(writer, old)), tx.Delete(right(writer, old))); err != nil {
			return fmt.Errorf("remove %d: %w", old, err)
		}
	}
	r, err := tx.Get(note(writer))
	if errors.Is(err, storage.ErrNotFound) {
		return tx.Create(&storage.Record{Key: note(writer), Data: []byte(strconv.Itoa(n))})
	}
	if err != nil {
		return err
	}
	r.Data = []byte(strconv.Itoa(n))
	return tx.Update(r)
}

// Noted returns the number of a writer's latest write in the store.
func Noted(ctx context.Context, s storage.Store, writer int) (n int, err error) {
	err = s.View(ctx, func(tx storage.Tx) error {
		n, err = noted(tx, writer)
		return err
	})
	return n, err
}

func noted(tx storage.Tx, writer int) (int, error) {
	r, err := tx.Get(note(writer))
	if errors.Is(err, storage.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(r.Data))
}

// Verify checks a store after the writers ran, given the latest acknowledged number of
// each.
func Verify(ctx context.Context, s storage.Store, writers int, acked map[int]int) error {
	return s.View(ctx, func(tx storage.Tx) error {
		rights := 0
		for writer := range writers {
			n, err := noted(tx, writer)
			if err != nil {
				return err
			}
			if n < acked[writer] {
				return fmt.Errorf("LOST: writer %d: %d is acknowledged, %d is stored", writer, acked[writer], n)
			}
			if err := whole(tx, writer, n); err != nil {
				return fmt.Errorf("HALF: writer %d at %d: %w", writer, n, err)
			}
			rights += min(n, Keep)
		}
		n, _, err := tx.Count("", kindRight)
		if err == nil && n != rights {
			err = fmt.Errorf("HALF: %d records on the right, not %d", n, rights)
		}
		return err
	})
}

// whole checks that exactly a writer's latest records are present.
func whole(tx storage.Tx, writer, last int) error {
	count, _, err := tx.Count(account(writer), kindLeft)
	if err != nil {
		return err
	}
	if count != min(last, Keep) {
		return fmt.Errorf("%d records on the left", count)
	}
	for n := max(1, last-Keep+1); n <= last; n++ {
		l, err := tx.Get(left(writer, n))
		if err != nil {
			return fmt.Errorf("left of %d: %w", n, err)
		}
		r, err := tx.Find(kindRight, fmt.Sprintf("%d/%d", writer, n))
		if err != nil {
			return fmt.Errorf("right of %d: %w", n, err)
		}
		if want := content(writer, n); !bytes.Equal(l.Data, want) || !bytes.Equal(r.Data, want) || r.Key != right(writer, n) {
			return fmt.Errorf("%d has other content", n)
		}
	}
	return nil
}

// Acks reads acknowledgements into acked and returns their number. It ignores a
// truncated last line.
func Acks(in io.Reader, acked map[int]int) (count int, err error) {
	r := bufio.NewReader(in)
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return count, nil
		}
		if err != nil {
			return count, err
		}
		first, second, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		writer, err := strconv.Atoi(first)
		n, err2 := strconv.Atoi(second)
		if err != nil || err2 != nil {
			return count, fmt.Errorf("%q is not an acknowledgement", line)
		}
		acked[writer] = max(acked[writer], n)
		count++
	}
}
