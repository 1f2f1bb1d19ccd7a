package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.etcd.io/bbolt"

	"backpack/vc/vctest"
	"backpack/wallet/storage"
)

// million is the number of learners in TestLoadMillion, with ten badges each,
// unless LOAD_LEARNERS is set.
const million = 100_000

// TestLoadMillion creates a data file of very many learners, whose badges have
// no pictures, and requests the pages of random ones.
func TestLoadMillion(t *testing.T) {
	o := readLoadOptions(t, "million")
	learners := million
	if n, err := strconv.Atoi(os.Getenv("LOAD_LEARNERS")); err == nil {
		learners = n
	}
	bin, at := built(t), newHome(t, "file")
	w, done := openWallet(t, at)
	s := &seeded{t: t, issuer: vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519), plain: true}
	m := s.template(t, w, 10)
	begun := time.Now()
	ids := m.castAll(t, learners)
	made := time.Since(begun)
	done()
	size := fileSize(t, filepath.Join(at.data, "backpack.db"))
	p := startProgram(t, bin, at)
	fmt.Printf("\n%d learners with %d badges: created in %v, %.2f GiB; the program answers %v after its start, using %.0f MiB\n\n", learners, 10*learners,
		made.Round(time.Second), float64(size)/(1<<30), p.took.Round(time.Millisecond), p.memory())
	fmt.Println("| what | clients | requests/s | p50 ms | p99 ms | errors | memory MiB, before → after | slope MiB/min |\n|---|---|---|---|---|---|---|---|")
	one := func() storage.AccountID { return ids[rand.IntN(len(ids))] }
	rows := []struct {
		title string
		ask   asker
	}{
		{"employer page, 5 badges", func(c *loadClient, _ int) error { return c.opens(m.share(one())) }},
		{"list of 10 badges", func(c *loadClient, _ int) error { return c.lists(m.session(one())) }},
		{"import and keep a badge", func(c *loadClient, _ int) error { return c.imports(m.session(one()), s.badge()) }},
	}
	for _, row := range rows {
		for _, n := range o.clients {
			fmt.Printf("| %s | %d | %s |\n", row.title, n, p.measure(t, row.ask, n, o.each))
		}
	}
}

func fileSize(t testing.TB, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestSizing measures the size of learners and badges in either store by
// writing more of them, and prints a projection for a million learners.
func TestSizing(t *testing.T) {
	o := readLoadOptions(t, "sizing")
	const few, many, learners = 2, 22, 500
	for _, kind := range o.stores {
		at := newHome(t, kind)
		grows := func(badges int, plain bool) (bytes float64, m *mould) {
			w, done := openWallet(t, at)
			s := &seeded{t: t, issuer: vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519), plain: plain}
			m = s.template(t, w, badges)
			done()
			before := storeSize(t, at)
			w, done = openWallet(t, at)
			m.w = w
			m.castAll(t, learners)
			done()
			return (storeSize(t, at) - before) / learners, m
		}
		withFew, _ := grows(few, true)
		withMany, _ := grows(many, true)
		pictured, m := grows(many, false)
		perBadge := (withMany - withFew) / (many - few)
		printSizing(kind, sizing{learner: withFew - few*perBadge, badge: perBadge, picture: (pictured - withMany) / many, m: m, badges: many})
	}
}

// storeSize returns the bytes that a store uses, with its indexes. In a closed
// data file, free pages do not count.
func storeSize(t testing.TB, at home) float64 {
	t.Helper()
	if at.database == "" {
		db, err := bbolt.Open(filepath.Join(at.data, "backpack.db"), 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var n float64
		db.View(func(tx *bbolt.Tx) error { n = float64(tx.Size()); return nil })
		return n - float64(db.Stats().FreePageN*db.Info().PageSize)
	}
	conn, err := pgx.Connect(context.Background(), at.database)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var n int64
	if err := conn.QueryRow(context.Background(), "SELECT pg_database_size(current_database())").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return float64(n)
}

// A sizing is a measurement of one store, in bytes.
type sizing struct {
	learner, badge, picture float64 // each learner without badges, each badge, and each picture of about 5 kB
	m                       *mould  // a learner with pictures
	badges                  int     // of that learner
}

// Assumptions of the projection.
const (
	assumedLearners  = 1e6
	assumedBadges    = 10   // of each learner
	assumedPictured  = 20e3 // bytes of a badge's picture as issued; it is stored a second time for display
	assumedNew       = 2    // badges a year for each learner
	assumedLooks     = 4    // views of shares a year for each learner
	assumedListed    = .5   // share of badges with a status
	assumedPerList   = 20e3 // badges in one list of 131,072 places
	assumedListLasts = 3600 // seconds for which its issuer lets a list be used
)

// printSizing prints the measurement of one store, and the projection.
func printSizing(kind string, s sizing) {
	const year, week, gib = 365 * 86400.0, 7 * 86400.0, 1 << 30
	perPicture := s.picture * assumedPictured / 5e3
	lists := assumedLearners * assumedBadges * assumedListed / assumedPerList
	all := assumedLearners * (s.learner + assumedBadges*s.badge)
	perBadge := s.m.perBadge()
	rows := assumedLearners * (float64(len(s.m.pieces)-s.badges*perBadge) + float64(assumedBadges*perBadge))
	fmt.Printf("\n%s: a learner takes %.1f KiB, each badge with its check record %.1f KiB, and a picture of 5 kB %.1f KiB more. One with %d badges has %d "+
		"records:\n\n",
		kind, s.learner/1024, s.badge/1024, s.picture/1024, s.badges, len(s.m.pieces))
	fmt.Printf("| records | number | bytes |\n|---|---|---|\n%s", s.m.sizes())
	fmt.Printf("\n| a million learners with %d badges each | %s |\n|---|---|\n", assumedBadges, kind)
	for _, row := range []struct {
		what  string
		value string
	}{
		{"without pictures", fmt.Sprintf("%.0f GiB", all/gib)},
		{"with pictures of 20 kB, another for each badge", fmt.Sprintf("%.0f GiB", (all+assumedLearners*assumedBadges*perPicture)/gib)},
		{"records", fmt.Sprintf("%.0f million", rows/1e6)},
		{"background checks: each badge once a week", fmt.Sprintf("%.1f a second", assumedLearners*assumedBadges/week)},
		{"status lists, if half of all badges have a status and a list serves 20,000 of them", fmt.Sprintf("%.0f", lists)},
		{"requests for status lists, at most: each once in its hour, in total", fmt.Sprintf("%.2f a second", lists/assumedListLasts)},
		{"new badges: 2 a year for each learner", fmt.Sprintf("%.2f a second, %.0f GiB a year with pictures", assumedLearners*assumedNew/year,
			assumedLearners*assumedNew*(s.badge+perPicture)/gib)},
		{"views of shares: 4 a year for each learner", fmt.Sprintf("%.2f a second; %.1f if a tenth of a day's views come in a quarter of an hour",
			assumedLearners*assumedLooks/year, assumedLearners*assumedLooks/365*.1/900)},
	} {
		fmt.Printf("| %s | %s |\n", row.what, row.value)
	}
}
