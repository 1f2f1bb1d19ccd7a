package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
	"backpack/wallet/transfer"
)

func file(t testing.TB) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func database(t testing.TB, server *pgtest.Server) storage.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), server.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// fill creates records of all shapes in a store: n in each of five accounts.
func fill(t testing.TB, s storage.Store, n int) {
	t.Helper()
	change(t, s, func(tx storage.Tx) error {
		if err := tx.Create(&storage.Record{Key: storage.Key{Kind: storage.KindMeta, ID: "own"}, Data: []byte("own")}); err != nil {
			return err
		}
		for _, role := range storage.Kinds {
			a := storage.AccountID("")
			if role.Personal {
				a = "ada"
			}
			if err := tx.Create(&storage.Record{Key: storage.Key{Account: a, Kind: role.Kind, ID: "of each kind"}, Data: []byte(role.Kind)}); err != nil {
				return err
			}
		}
		for _, a := range []storage.AccountID{"ada", "bob", "cai", "dee", "eve"} {
			for i := range n {
				r := &storage.Record{Key: storage.Key{Account: a, Kind: storage.Kind(fmt.Sprint("k", i%3)), ID: fmt.Sprintf("%04d", i)},
					Data: bytes.Repeat([]byte{byte(i)}, i*37%5000)}
				if i%2 == 0 {
					r.Lookups = []string{fmt.Sprint(a, i), fmt.Sprint("z", a, i), fmt.Sprint("b", a, i)}
				}
				if i%3 == 0 {
					r.Due = time.Unix(int64(1e9+i), 0).UTC()
				}
				err := tx.Create(r)
				for range i % 4 {
					err = errors.Join(err, tx.Update(r))
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func change(t testing.TB, s storage.Store, fn func(tx storage.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// from returns a source of a store's records.
func from(ctx context.Context, s storage.Store) func(transfer.Sink) (transfer.Total, error) {
	return func(to transfer.Sink) (total transfer.Total, err error) {
		err = s.View(ctx, func(tx storage.Tx) (err error) {
			total, err = transfer.Each(tx, to)
			return err
		})
		return total, err
	}
}

func load(t testing.TB, to storage.Store, fill func(transfer.Sink) (transfer.Total, error)) (*transfer.Loader, error) {
	t.Helper()
	l, err := transfer.Load(t.Context(), to, "a test")
	if err != nil {
		return nil, err
	}
	total, err := fill(l)
	if err == nil {
		err = l.Finish(total)
	}
	return l, err
}

func same(t testing.TB, a, b storage.Store) {
	t.Helper()
	list, total, err := transfer.Compare(t.Context(), a, b, 10, func(transfer.Total) {})
	if err != nil || len(list) > 0 || total.Records == 0 {
		t.Errorf("the stores differ: %v, error %v (%+v)", list, err, total)
	}
}

// stores returns a store of each kind; the one on PostgreSQL is nil if it is missing.
func stores(t *testing.T) map[string]func(testing.TB) storage.Store {
	server := pgtest.Start(t)
	return map[string]func(testing.TB) storage.Store{
		"bolt":     func(t testing.TB) storage.Store { return file(t) },
		"postgres": func(t testing.TB) storage.Store { return database(t, server) },
	}
}

// TestBetweenStores: a copy between any two stores is identical, and an interrupted copy
// continues although the source has changed.
func TestBetweenStores(t *testing.T) {
	all := stores(t)
	for left, openLeft := range all {
		for right, openRight := range all {
			t.Run(left+" to "+right, func(t *testing.T) {
				source, target := openLeft(t), openRight(t)
				fill(t, source, 40)
				cut := errors.New("cut off")
				_, err := load(t, target, func(to transfer.Sink) (transfer.Total, error) {
					return from(t.Context(), source)(&cutting{Sink: to, after: 3, err: cut})
				})
				if !errors.Is(err, cut) {
					t.Fatalf("got error %v", err)
				}
				if _, err := transfer.Load(t.Context(), target, "another one"); !errors.Is(err, transfer.ErrNotEmpty) {
					t.Errorf("another transfer: got error %v", err)
				}
				change(t, source, rearrange)
				l, err := load(t, target, from(t.Context(), source))
				if err != nil {
					t.Fatal(err)
				}
				if !l.Resuming() || l.Left == 0 {
					t.Error("the copy started from the beginning")
				}
				same(t, source, target)
				if _, err := transfer.Load(t.Context(), target, "a test"); !errors.Is(err, transfer.ErrNotEmpty) {
					t.Errorf("after Finish: got error %v", err)
				}
			})
		}
	}
}

// rearrange changes records that an earlier attempt has copied.
func rearrange(tx storage.Tx) error {
	moved, err := tx.Get(storage.Key{Account: "bob", Kind: "k0", ID: "0000"})
	if err != nil {
		return err
	}
	_, err = tx.DeleteAccount("ada")
	fresh := &storage.Record{Key: storage.Key{Account: "aaa", Kind: "k0", ID: "1"}, Lookups: moved.Lookups, Data: []byte("new")}
	err = errors.Join(err, tx.Delete(moved.Key), tx.Create(fresh), tx.Delete(storage.Key{Account: "bob", Kind: "k1", ID: "0001"}))
	other, get := tx.Get(storage.Key{Account: "bob", Kind: "k2", ID: "0002"})
	if get != nil {
		return get
	}
	other.Data, other.Lookups = []byte("changed"), nil
	return errors.Join(err, tx.Update(other))
}

// cutting fails at the end of an account.
type cutting struct {
	transfer.Sink
	after int
	err   error
}

func (c *cutting) End(s transfer.Sum) error {
	if c.after--; c.after == 0 {
		return c.err
	}
	return c.Sink.End(s)
}

func TestCompareFindsDifferences(t *testing.T) {
	a, b := file(t), file(t)
	fill(t, a, 10)
	fill(t, b, 10)
	same(t, a, b)
	change(t, b, func(tx storage.Tx) error {
		_, err := tx.DeleteAccount("cai")
		r, get := tx.Get(storage.Key{Account: "eve", Kind: "k0", ID: "0003"})
		if get != nil {
			return get
		}
		return errors.Join(err, tx.Update(r), tx.Create(&storage.Record{Key: storage.Key{Account: "zoe", Kind: "k", ID: "1"}}))
	})
	list, _, err := transfer.Compare(t.Context(), a, b, 10, func(transfer.Total) {})
	want := "[account cai: 10 records here, 0 there account eve: 10 records, some of them differ account zoe: 0 records here, 1 there]"
	if got := fmt.Sprint(list); err != nil || got != want {
		t.Errorf("got %s, error %v", got, err)
	}
}

// backup writes a backup of a store for a new identity.
func backup(t testing.TB, s storage.Store) (path string, secrets transfer.Secrets) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	secrets.Recipient = id.Recipient().String()
	path = filepath.Join(t.TempDir(), "backup.age")
	w, err := transfer.WriteFile(path, secrets, transfer.Header{ID: "x", Software: "a test", Key: "abc"}, from(t.Context(), s))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != w.Size || info.Mode().Perm() != 0o600 || w.Opened {
		t.Errorf("got %+v, %v, error %v", w, info, err)
	}
	secrets.Identity = id.String()
	return path, secrets
}

func restore(t testing.TB, b []byte, s transfer.Secrets, to storage.Store) error {
	t.Helper()
	in, err := transfer.Decrypt(bytes.NewReader(b), s)
	if err != nil {
		return err
	}
	r, err := transfer.NewReader(in)
	if err != nil {
		return err
	}
	_, err = load(t, to, r.Each)
	return err
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestBackupAndRestore backs up each kind of store and restores into each.
func TestBackupAndRestore(t *testing.T) {
	all := stores(t)
	for left, openLeft := range all {
		source := openLeft(t)
		fill(t, source, 40)
		path, secrets := backup(t, source)
		if bytes.Contains(read(t, path), []byte("ada")) {
			t.Error("the backup is not encrypted")
		}
		for right, openRight := range all {
			t.Run(left+" to "+right, func(t *testing.T) {
				target := openRight(t)
				if err := restore(t, read(t, path), secrets, target); err != nil {
					t.Fatal(err)
				}
				same(t, source, target)
			})
		}
	}
}

func TestBackupWithPassphrase(t *testing.T) {
	source := file(t)
	fill(t, source, 3)
	path := filepath.Join(t.TempDir(), "backup.age")
	secrets := transfer.Quick(transfer.Secrets{Passphrase: "quite long and secret"})
	w, err := transfer.WriteFile(path, secrets, transfer.Header{}, from(t.Context(), source))
	if err != nil || !w.Opened {
		t.Fatalf("%+v, %v", w, err)
	}
	if _, err := transfer.Decrypt(bytes.NewReader(read(t, path)), transfer.Secrets{Passphrase: "another"}); !errors.Is(err, transfer.ErrSecret) {
		t.Errorf("another passphrase: got error %v", err)
	}
	if _, err := transfer.WriteFile(path, secrets, transfer.Header{}, from(t.Context(), source)); err == nil {
		t.Error("a backup is replaced")
	}
}

// TestBackupFailsWhole: a failed backup leaves no file.
func TestBackupFailsWhole(t *testing.T) {
	source := file(t)
	fill(t, source, 30)
	_, secrets := backup(t, source)
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	wrong := secrets
	wrong.Identity = other.String()
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.age")
	cut := errors.New("cut off")
	_, err = transfer.WriteFile(path, secrets, transfer.Header{}, func(to transfer.Sink) (transfer.Total, error) {
		return from(t.Context(), source)(&cutting{Sink: to, after: 3, err: cut})
	})
	if !errors.Is(err, cut) {
		t.Errorf("got error %v", err)
	}
	if _, err := transfer.WriteFile(path, wrong, transfer.Header{}, from(t.Context(), source)); !errors.Is(err, transfer.ErrSecret) {
		t.Errorf("an identity of another recipient: got error %v", err)
	}
	if _, err := transfer.WriteFile(path, transfer.Secrets{}, transfer.Header{}, from(t.Context(), source)); err == nil {
		t.Error("got no error without a secret")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("got other files %v", left)
	}
}

// TestDamagedBackup: a restore detects every changed byte, truncation and addition.
func TestDamagedBackup(t *testing.T) {
	source := file(t)
	fill(t, source, 2)
	path, secrets := backup(t, source)
	whole := read(t, path)
	in, err := transfer.Decrypt(bytes.NewReader(whole), secrets)
	if err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if _, err := plain.ReadFrom(in); err != nil {
		t.Fatal(err)
	}
	verify := func(b []byte) error { _, err := transfer.Verify(bytes.NewReader(b)); return err }
	if err := verify(plain.Bytes()); err != nil {
		t.Fatal(err)
	}
	for i := range plain.Len() {
		b := bytes.Clone(plain.Bytes())
		b[i] ^= 1
		if verify(b) == nil {
			t.Errorf("a change of byte %d of the dump is not detected", i)
		}
		if !errors.Is(verify(b[:i]), transfer.ErrDamaged) {
			t.Errorf("truncating the dump to %d bytes is not detected", i)
		}
	}
	if !errors.Is(verify(append(plain.Bytes(), 0)), transfer.ErrDamaged) {
		t.Error("bytes after the dump are not detected")
	}
	for i := 0; i < len(whole); i += 29 {
		b := bytes.Clone(whole)
		b[i] ^= 1
		if verifySealed(b, secrets) == nil {
			t.Errorf("a change of byte %d of the backup is not detected", i)
		}
		if verifySealed(whole[:i], secrets) == nil {
			t.Errorf("truncating the backup to %d bytes is not detected", i)
		}
	}
	secrets.Identity = strings.ToLower(secrets.Identity[:20])
	if err := secrets.Check(); err == nil || strings.Contains(err.Error(), secrets.Identity) {
		t.Errorf("a wrong identity: got error %v", err)
	}
}

func verifySealed(b []byte, s transfer.Secrets) error {
	in, err := transfer.Decrypt(bytes.NewReader(b), s)
	if err == nil {
		_, err = transfer.Verify(in)
	}
	return err
}

// FuzzVerify asserts that no input makes Verify panic, or accept a dump that the
// input is not.
func FuzzVerify(f *testing.F) {
	var b bytes.Buffer
	w, err := transfer.NewWriter(&b, transfer.Header{ID: "x"})
	if err != nil {
		f.Fatal(err)
	}
	source := file(f)
	fill(f, source, 2)
	if _, err := from(f.Context(), source)(w); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("BACKPACK-BACKUP\nH\x02{}"))
	f.Fuzz(func(t *testing.T, in []byte) {
		total, err := transfer.Verify(bytes.NewReader(in))
		if err == nil && total.Accounts < 1 {
			t.Errorf("got a dump with %+v", total)
		}
	})
}
