package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"backpack/wallet/postgres/pgtest"
)

// The measurements of this file and its neighbours run by make load, make
// load-million and make sizing only. They are not tests: they prove nothing.
const loadSwitch = "BACKPACK_TEST_LOAD"

// loadOptions say what is measured.
type loadOptions struct {
	each    time.Duration // for each row
	clients []int
	stores  []string
	what    []string
}

// readLoadOptions skips the test unless its name is requested.
func readLoadOptions(t testing.TB, name string) loadOptions {
	t.Helper()
	if os.Getenv(loadSwitch) != name {
		t.Skipf("a long measurement; make load runs it (%s=%s)", loadSwitch, name)
	}
	list := func(name, preset string) []string {
		if v := os.Getenv(name); v != "" {
			preset = v
		}
		return strings.Split(preset, ",")
	}
	o := loadOptions{stores: list("LOAD_STORES", "file,postgres"), what: list("LOAD_WHAT", "page,list5,list5000,import")}
	var err error
	if o.each, err = time.ParseDuration(list("LOAD_TIME", "60s")[0]); err != nil {
		t.Fatal(err)
	}
	for _, s := range list("LOAD_CLIENTS", "1,8,64") {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		o.clients = append(o.clients, n)
	}
	return o
}

// TestLoad builds the program, runs it in its own process on this machine,
// requests the important pages with either store, and prints a table.
func TestLoad(t *testing.T) {
	o := readLoadOptions(t, "pages")
	bin := built(t)
	fmt.Println("\n| store | what | clients | requests/s | p50 ms | p99 ms | errors | memory MiB, before → after | slope MiB/min " +
		"|\n|---|---|---|---|---|---|---|---|---|")
	for _, kind := range o.stores {
		home := newHome(t, kind)
		s := seed(t, home, o)
		p := startProgram(t, bin, home)
		for _, what := range o.what {
			for _, n := range o.clients {
				r := p.measure(t, s.asker(what), n, o.each)
				fmt.Printf("| %s | %s | %d | %s |\n", kind, titles[what], n, r)
			}
		}
		p.stop()
	}
}

var titles = map[string]string{"page": "employer page, 5 badges", "list5": "list of 5 badges", "list5000": "list of 5,000 badges",
	"import": "import and keep a badge"}

// A home is the place of a program's data.
type home struct {
	data     string
	database string // address of the database; empty: the data file
}

// newHome creates an empty store. PostgreSQL syncs to the disk, as in
// production and unlike in other tests.
func newHome(t testing.TB, kind string) home {
	t.Helper()
	out := home{data: t.TempDir()}
	if kind == "postgres" {
		s := pgtest.Start(t)
		s.SQL(t, "postgres", "ALTER SYSTEM SET fsync = on")
		s.SQL(t, "postgres", "SELECT pg_reload_conf()")
		out.database = s.Database(t)
	}
	return out
}

// env returns the settings of a home. Requests come by a trusted proxy, since
// all would count as one client otherwise.
func (p home) env() map[string]string {
	return map[string]string{"BACKPACK_DATA": p.data, "BACKPACK_DATABASE": p.database, "BACKPACK_LISTEN": "127.0.0.1:0", "BACKPACK_TRUSTED_PROXIES": "127.0.0.0/8"}
}

// percentile returns the value below which the given part of sorted lies.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*p))]
}

// A measured is one row of a table.
type measured struct {
	took          []time.Duration
	errors        int
	wall          time.Duration
	before, after float64 // MiB of the program's own memory
	slope         float64 // MiB per minute
}

func (m measured) String() string {
	slices.Sort(m.took)
	ms := func(p float64) float64 { return float64(percentile(m.took, p).Microseconds()) / 1000 }
	return fmt.Sprintf("%.1f | %.1f | %.1f | %d | %.0f → %.0f | %+.1f", float64(len(m.took))/m.wall.Seconds(), ms(.5), ms(.99), m.errors, m.before,
		m.after, m.slope)
}
