package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/wallet/storage"
)

// TestKilledImportGoesOn kills the only process during an import, and starts it
// again on the same data file.
func TestKilledImportGoesOn(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1)
	m := f.members[0]
	a := killedAtWork(t, f, m)
	location := leaseEnds(t, &config{Data: m.data})
	f.launch(t, m)
	f.await(t, m)
	goesOn(a, location)
}

// killed: a killed process takes nothing with it, and another one finishes its
// work.
func killed(t *testing.T, f *fleet, database string) {
	m := f.members[2]
	a := killedAtWork(t, f, m)
	for range 20 {
		a.must(http.StatusOK, -1, "/backpack", nil)
	}
	location := leaseEnds(t, &config{Database: database})
	b := f.learner(t, 0, "192.0.2.21")
	b.must(http.StatusSeeOther, 0, "/settings/delete", b.form("name", "Alma")) // which wakes it
	goesOn(a, location)
	f.launch(t, m)
	f.await(t, m)
}

// killedAtWork kills the last member while it fetches the status list of a
// learner's badges.
func killedAtWork(t *testing.T, f *fleet, m *member) *caller {
	t.Helper()
	a := f.learner(t, 0, "192.0.2.20")
	l, asked := newLister(t), make(chan struct{})
	var once sync.Once
	l.hold = func(r *http.Request) {
		once.Do(func() {
			close(asked)
			<-r.Context().Done() // until the fetching process is dead
		})
	}
	badges, answered := l.badges(t, "killed", 3), make(chan string)
	go func() {
		location, err := a.tryBring(len(f.members)-1, "badges.zip", badges)
		answered <- fmt.Sprint(location, err)
	}()
	select {
	case <-asked:
	case to := <-answered:
		t.Fatalf("it redirected to %s without a fetch", to)
	}
	m.kill()
	m.ready.Store(false)
	<-answered
	return a
}

// goesOn fails unless the import finishes with everything in it.
func goesOn(a *caller, location string) {
	a.t.Helper()
	a.finish(0, location)
	if _, page := a.must(http.StatusOK, 0, location, nil); strings.Count(page, "This badge checks out") != 3 {
		a.t.Errorf("not all hold:\n%.3000s", page)
	}
}

// leaseEnds moves the due time of a dead process's job to the present, once its
// lease has ended. The long run waits instead.
func leaseEnds(t *testing.T, c *config) (location string) {
	t.Helper()
	store, err := openStore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	err = store.Update(t.Context(), func(tx storage.Tx) error {
		jobs, err := tx.Due(storage.KindJob, time.Now().Add(time.Hour), 1000)
		for _, j := range jobs {
			id, ok := strings.CutPrefix(j.ID, "import/")
			if !ok || err != nil {
				continue
			}
			location = "/imports/" + id
			if left := time.Until(j.Due); !strings.Contains(string(j.Data), `"leased":true`) || left > 30*time.Second {
				t.Errorf("for %v more: %s", left, j.Data)
			}
			if soak() == 1 {
				j.Due = time.Now().Add(-time.Second)
				err = tx.Update(j)
			}
		}
		return err
	})
	if err != nil || location == "" {
		t.Fatalf("the interrupted job is gone: %v", err)
	}
	return location
}
