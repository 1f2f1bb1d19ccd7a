package wallet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"backpack/vc"
	"backpack/wallet"
	"backpack/wallet/inspect"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// A past holds the content of an account before its deletion.
type past struct {
	records []*storage.Record
	traces  map[string]string // texts that must be gone, by their names
}

// everything gives an account records of every kind, and returns all of them.
func everything(t *testing.T, e *wallettest.Env, store storage.Store, l *wallettest.Learner) past {
	t.Helper()
	a := l.ID
	email := e.Prove(t, a, "canary@birds.example")
	if err := e.SetMailTo(t.Context(), a, email.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := e.AddEmail(t.Context(), a, "unproved@birds.example"); err != nil {
		t.Fatal(err)
	}
	addRevokedBadge(t, e, a)
	badges := kept(t, e, a, sampleNamed(t, e, "museum-guide.png"))
	s, err := e.CreateShare(t.Context(), a, wallet.ShareRequest{Entries: []string{badges[0].ID}, Title: "canary's show"})
	if err != nil {
		t.Fatal(err)
	}
	imported(t, e, a, sampleNamed(t, e, "oral-history-interviewer.jwt"))
	if _, err := e.BeginAddPasskey(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	acc, err := e.Account(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	p := past{traces: map[string]string{"account": string(a), "holder": acc.Holder, "address": "canary@birds.example", "name": "Canary Nightingale",
		"badge": badges[0].ID, "show": s.ID, "session": l.Session.ID}}
	if err := store.View(t.Context(), func(tx storage.Tx) error { p.records, err = ofAccount(tx, a); return err }); err != nil {
		t.Fatal(err)
	}
	kinds := map[storage.Kind]bool{}
	for _, r := range p.records {
		kinds[r.Kind] = true
		for _, lookup := range r.Lookups { // of the address, session, key, share and badges
			p.traces["lookup of "+string(r.Kind)] = lookup
		}
	}
	for _, kind := range storage.KindsThat(storage.Personal) {
		if !kinds[kind] {
			t.Errorf("the account has no record of kind %s: the test proves nothing for it", kind)
		}
	}
	return p
}

func ofAccount(tx storage.Tx, a storage.AccountID) (out []*storage.Record, err error) {
	for _, kind := range storage.KindsThat(storage.Personal) {
		list, err := tx.List(a, kind, "", 1000)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// TestThreat36DeletionLeavesNothing deletes an account and searches the data
// file, including free pages, for traces of the account and for its sealed
// bytes.
func TestThreat36DeletionLeavesNothing(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	stays := e.Learner(t, "Somebody Else")
	l := e.Learner(t, "Canary Nightingale")
	kept(t, e, stays.ID, sampleNamed(t, e, "museum-guide.png"))
	p := everything(t, e, e.Store, l)
	found := func() (out []string) {
		t.Helper()
		file, err := os.ReadFile(e.Path)
		if err != nil {
			t.Fatal(err)
		}
		for what, trace := range p.traces {
			if bytes.Contains(file, []byte(trace)) {
				out = append(out, what)
			}
		}
		for _, r := range p.records {
			if len(r.Data) > 16 && bytes.Contains(file, r.Data[:min(len(r.Data), 64)]) {
				out = append(out, "bytes of "+string(r.Kind))
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	if n := len(found()); n < 15 {
		t.Fatalf("before, the search finds only %v", found())
	}
	if err := e.DeleteAccount(t.Context(), l.ID, "Canary Nightingale"); err != nil {
		t.Fatal(err)
	}
	if live := recordsOf(t, e.Store, l.ID); live != 0 {
		t.Errorf("%d records remain", live)
	}
	if len(found()) == 0 {
		t.Error("free pages hold none of it: the next step proves nothing")
	}
	if _, err := e.RunDue(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if left := found(); len(left) > 0 {
		t.Errorf("the data file still contains %v", left)
	}
	if err := e.Store.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := e.Badge(t.Context(), stays.ID, list(t, e, stays.ID)[0].ID); err != nil {
		t.Errorf("another learner's badge: %v", err)
	}
	if strings.Contains(e.Logs.String(), "ERROR") {
		t.Errorf("logged:\n%s", e.Logs)
	}
}

func recordsOf(t *testing.T, store storage.Store, a storage.AccountID) (n int) {
	t.Helper()
	if err := store.View(t.Context(), func(tx storage.Tx) error {
		list, err := ofAccount(tx, a)
		n = len(list)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestThreat36DeletionLeavesNothingInTables does the same with PostgreSQL: no
// row of any table contains a trace. Dead rows before a vacuum, and the
// write-ahead log, are the database server's responsibility.
func TestThreat36DeletionLeavesNothingInTables(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t).Database(t)
	store, err := postgres.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	e := wallettest.New(t, wallettest.Options{Store: store})
	stays, l := e.Learner(t, "Somebody Else"), e.Learner(t, "Canary Nightingale")
	p := everything(t, e, store, l)
	if n := len(inTables(t, address, p)); n < 8 {
		t.Fatalf("before, the search finds only %v", inTables(t, address, p))
	}
	if err := e.DeleteAccount(t.Context(), l.ID, "Canary Nightingale"); err != nil {
		t.Fatal(err)
	}
	if left := inTables(t, address, p); len(left) > 0 {
		t.Errorf("tables still contain %v", left)
	}
	if _, err := e.RunDue(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Authenticate(t.Context(), stays.Token); err != nil {
		t.Errorf("another learner is signed out: %v", err)
	}
}

// inTables returns the traces that a database's tables contain, in any column.
func inTables(t *testing.T, address string, p past) (found []string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows, err := conn.Query(t.Context(), "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 2 {
		t.Fatalf("tables %v, %v", tables, err)
	}
	for _, table := range tables {
		for what, trace := range p.traces {
			var n int
			// In a row's text form, its bytes are in hexadecimal.
			query := "SELECT count(*) FROM " + pgx.Identifier{table}.Sanitize() + " r WHERE position($1 in r::text) > 0 OR position($2 in r::text) > 0"
			if err := conn.QueryRow(t.Context(), query, trace, fmt.Sprintf("%x", trace)).Scan(&n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				found = append(found, table+": "+what)
			}
		}
	}
	return found
}

// TestThreat36SealedBytesOutliveNothing copies an account's records, as a
// backup without the key record would, deletes the account, and restores the
// records: neither the master key nor another account's key opens them.
func TestThreat36SealedBytesOutliveNothing(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	l, other := e.Learner(t, "Canary Nightingale"), e.Learner(t, "Somebody Else")
	p := everything(t, e, e.Store, l)
	if err := e.DeleteAccount(t.Context(), l.ID, "Canary Nightingale"); err != nil {
		t.Fatal(err)
	}
	badge := ""
	for _, r := range p.records {
		if r.Kind == storage.KindKey {
			continue // these and the master key open everything
		}
		if r.Kind == storage.KindEntry {
			badge = r.ID
		}
		if _, err := e.Sealer.Open(r.Key, r.Data); err == nil {
			t.Errorf("the master key opens a record of kind %s", r.Kind)
		}
		if err := e.Store.Update(t.Context(), func(tx storage.Tx) error {
			moved := *r
			moved.Account, moved.Lookups = other.ID, nil
			if err := tx.Create(&moved); err != nil && !errors.Is(err, storage.ErrExists) {
				return err
			}
			return tx.Create(r)
		}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := e.Badge(t.Context(), l.ID, badge)
	wallettest.Refused(t, err, wallet.Missing, "account_gone")
	if b, err := e.Badge(t.Context(), other.ID, badge); err == nil {
		t.Errorf("another account's key opens %v", b)
	}
	_, err = e.Authenticate(t.Context(), l.Token)
	wallettest.Refused(t, err, wallet.Missing, "account_gone")
}

// TestThreat36WorkUnderWayWritesNothingBack deletes an account while its import
// and the check of its badge wait for an issuer's server. When the server
// answers, nothing of the account is written.
func TestThreat36WorkUnderWayWritesNothingBack(t *testing.T) {
	t.Parallel()
	e := wallettest.New(t, wallettest.Options{})
	a := e.Learner(t, "Canary Nightingale").ID
	i := webIssuer(t)
	publish(t, e, i, webDoc)
	e.Web.Put(bitsList, "application/vc", i.List(t, "revocation"))
	badge := kept(t, e, a, text(i.Issue(t, inList(false))))[0]
	asked, answer := make(chan bool, 9), make(chan bool)
	slow := func(address string) {
		e.Web.Answer(address, func(vc.FetchRequest) (*vc.Resource, error) {
			asked <- true
			<-answer
			return &vc.Resource{URL: address, Status: 404}, nil
		})
	}
	slow("https://slow.example/badge")
	slow(bitsList)
	id, err := e.StartImport(t.Context(), a, []inspect.Input{link("https://slow.example/badge")})
	if err != nil {
		t.Fatal(err)
	}
	e.Clock.Advance(9 * 24 * time.Hour)
	done := make(chan error, 2)
	go func() { done <- e.WorkImport(t.Context(), a, id) }()
	go func() { _, err := e.Recheck(t.Context(), a, badge.ID); done <- err }()
	<-asked
	<-asked
	if err := e.DeleteAccount(t.Context(), a, "Canary Nightingale"); err != nil {
		t.Fatal(err)
	}
	close(answer)
	for range 2 {
		<-done // a failed write is no error of the job
	}
	if n := recordsOf(t, e.Store, a); n != 0 {
		t.Errorf("%d records were written back", n)
	}
	for range 3 {
		e.Clock.Advance(24 * time.Hour)
		if _, err := e.RunDue(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
	}
	if live := records(t, e); strings.Contains(live, string(a)) {
		t.Error("the store still knows the account")
	}
}
