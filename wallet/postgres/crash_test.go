package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
	"backpack/wallet/storetest/crash"
)

func soak(n, factor int) int {
	if os.Getenv("BACKPACK_TEST_SOAK") != "" {
		return n * factor
	}
	return n
}

// A tally counts acknowledgements and signals when there are enough.
type tally struct {
	mu     sync.Mutex
	text   bytes.Buffer
	left   int
	enough chan struct{}
}

func (c *tally) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left -= bytes.Count(p, []byte("\n")); c.left <= 0 && c.enough != nil {
		close(c.enough)
		c.enough = nil
	}
	return c.text.Write(p)
}

// TestThreat29DatabaseCrashes kills the server during writes, repeatedly. Each writer
// gets an error that nothing changed or that the outcome is unknown, the store works
// again once the server is back, and every acknowledged write is present.
func TestThreat29DatabaseCrashes(t *testing.T) {
	t.Parallel()
	const writers = 12
	server := pgtest.Durable(t)
	s := openAt(t, server.Schema(t))
	acked, total := map[int]int{}, 0
	for n := range soak(6, 10) {
		c := &tally{left: 150, enough: make(chan struct{})}
		enough := c.enough
		ended := make(chan error, 1)
		go func() { ended <- crash.Load{Writers: writers, Acks: c}.Run(context.Background(), s) }()
		select {
		case <-enough:
		case err := <-ended:
			t.Fatalf("round %d: got error %v", n, err)
		}
		server.Crash(t)
		if err := <-ended; !errors.Is(err, storage.ErrUnsure) && !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("round %d: a writer got error %v", n, err)
		}
		server.Launch(t)
		count, err := crash.Acks(&c.text, acked)
		if err != nil {
			t.Fatal(err)
		}
		total += count
		if err := crash.Verify(t.Context(), s, writers, acked); err != nil {
			t.Fatalf("round %d: got error %v", n, err)
		}
	}
	t.Logf("%d acknowledged writes, none lost", total)
}

// TestThreat29KilledClient kills processes that write to a database.
func TestThreat29KilledClient(t *testing.T) {
	t.Parallel()
	const writers = 16
	address := pgtest.Durable(t).Schema(t)
	s := openAt(t, address)
	tool := filepath.Join(t.TempDir(), "crash")
	build := exec.Command("go", "build", "-trimpath", "-o", tool, "./testdata/crash")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as everything is built without the race detector
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	acked, total := map[int]int{}, 0
	for n := range soak(10, 20) {
		cmd := exec.Command(tool, address, fmt.Sprint(writers))
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var acks bytes.Buffer
		if _, err := io.CopyN(&acks, out, 1000); err != nil {
			t.Fatalf("round %d: the writer ended: %v: %s", n, err, errs.String())
		}
		cmd.Process.Kill()
		_, err = io.Copy(&acks, out)
		cmd.Wait()
		count, err2 := crash.Acks(&acks, acked)
		total += count
		if err := errors.Join(err, err2, crash.Verify(t.Context(), s, writers, acked)); err != nil {
			t.Fatalf("round %d: got error %v", n, err)
		}
	}
	t.Logf("%d acknowledged writes, none lost", total)
}

// TestThreat31DatabaseWithoutRoom: while the database has no room, changes return
// ErrFull and reads work; with room again, changes succeed.
func TestThreat31DatabaseWithoutRoom(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	address := server.Database(t)
	s := openAt(t, address)
	write := func(id string) error {
		return s.Update(t.Context(), func(tx storage.Tx) error {
			return tx.Create(&storage.Record{Key: storage.Key{Account: "a", Kind: "k", ID: id}})
		})
	}
	if err := write("before"); err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprint("t", 1)
	server.SQL(t, name, `CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN
		RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql`,
		"CREATE TRIGGER full_disk BEFORE INSERT ON records FOR EACH ROW EXECUTE FUNCTION full_disk()")
	if err := write("x"); !errors.Is(err, storage.ErrFull) || !s.Full() {
		t.Errorf("got error %v", err)
	}
	if err := s.Room(t.Context()); !errors.Is(err, storage.ErrFull) {
		t.Errorf("Room: got error %v", err)
	}
	err := s.View(t.Context(), func(tx storage.Tx) error {
		_, err := tx.Get(storage.Key{Account: "a", Kind: "k", ID: "before"})
		return err
	})
	if err != nil {
		t.Errorf("a view: got error %v", err)
	}
	server.SQL(t, name, "DROP TRIGGER full_disk ON records")
	if err := s.Room(t.Context()); err != nil || s.Full() {
		t.Errorf("with room: got error %v", err)
	}
	if err := write("x"); err != nil {
		t.Error(err)
	}
}

// TestThreat30NoDatabase: without a database a change returns an error that nothing
// changed; if the database is back within two seconds, the change succeeds.
func TestThreat30NoDatabase(t *testing.T) {
	t.Parallel()
	server := pgtest.Durable(t)
	s := openAt(t, server.Schema(t))
	count := func() error {
		return s.Update(t.Context(), func(tx storage.Tx) error {
			return tx.Create(&storage.Record{Key: storage.Key{Kind: "k", ID: "x"}})
		})
	}
	server.Crash(t)
	if err := count(); !errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrUnsure) {
		t.Errorf("without a server: got error %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a view: got error %v", err)
	}
	server.Launch(t)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("with the server back: got error %v", err)
	}
	server.Crash(t) // now the pool has a dead connection
	server.Launch(t)
	if err := count(); err != nil {
		t.Errorf("after a restart: got error %v", err)
	}
}
