package registry_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/registry"
	"backpack/vc/vctest"
)

const listAt = "https://lists.example/registry.json"

// A clock moves only when a test moves it.
type clock struct{ time.Time }

func (c *clock) now() time.Time          { return c.Time }
func (c *clock) forward(d time.Duration) { c.Time = c.Add(d) }

// memory is Copies in memory.
type memory struct {
	mu   sync.Mutex
	body []byte
	at   time.Time
}

func (s *memory) Load(string) ([]byte, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.body == nil {
		return nil, time.Time{}, vc.ErrNotFound
	}
	return s.body, s.at, nil
}

func (s *memory) Save(_ string, b []byte, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body, s.at = slices.Clone(b), at
	return nil
}

func remote(t *testing.T, web vc.Fetcher, c *clock, kept registry.Copies) *registry.Set {
	t.Helper()
	r, err := registry.NewRemote(registry.Web{Fetch: web, Now: c.now, Kept: kept}, "", listAt)
	if err != nil {
		t.Fatal(err)
	}
	return (&registry.Set{}).With(r)
}

func TestRemote(t *testing.T) {
	web, c, kept := vctest.NewWeb(), &clock{vctest.Now()}, &memory{}
	s := remote(t, web, c, kept)
	school := "did:web:school.example"
	if got := known(t, s, school, vc.BindingDID); got.Outcome != vc.Unknown || got.Reason != vc.ReasonUnreachable {
		t.Fatalf("before the first read: got %+v", got)
	}
	web.Serve(listAt, "application/json", []byte(consortium))
	if got := known(t, s, school, vc.BindingDID); got.Reason != vc.ReasonUnreachable || web.Hits(listAt) != 1 {
		t.Fatalf("asked again at once: got %+v, %d hits", got, web.Hits(listAt))
	}
	c.forward(11 * time.Minute)
	got := known(t, s, school, vc.BindingDID)
	if got.Outcome != vc.Passed || got.Reason != "" || got.Listings[0].Registry != "lists.example" || !got.Listings[0].At.Equal(c.now()) {
		t.Fatalf("after the first read: got %+v", got)
	}
	known(t, s, school, vc.BindingDID)
	if n := web.Hits(listAt); n != 2 {
		t.Errorf("got %d hits; a list is read every few hours", n)
	}
	read := c.now()
	for _, bad := range []func(){
		func() { web.Fail(listAt, vc.ErrUnreachable) },
		func() { web.Status(listAt, 500, nil) },
		func() { web.Serve(listAt, "text/html", []byte("<!doctype html>")) },
		func() { web.Serve(listAt, "application/json", make([]byte, registry.MaxListBytes+1)) },
	} {
		bad()
		c.forward(7 * time.Hour)
		got = known(t, s, school, vc.BindingDID)
		stale := c.now().Sub(read) > 12*time.Hour
		if got.Outcome != vc.Passed || (got.Reason == vc.ReasonOldList) != stale || got.Listings[0].Stale != stale || !got.Listings[0].At.Equal(read) {
			t.Errorf("the last good copy, %s old: got %+v", c.now().Sub(read), got)
		}
	}
	// Another process, started offline, uses the stored copy.
	s = remote(t, vctest.NewWeb(), c, kept)
	got = s.Known(vc.WithOffline(t.Context()), vc.Inquiry{Issuer: school, Binding: vc.BindingDID})
	if got.Outcome != vc.Passed || got.Reason != vc.ReasonOldList {
		t.Errorf("after a restart: got %+v", got)
	}
	kept.body = []byte("{broken")
	if got = known(t, remote(t, vctest.NewWeb(), c, kept), school, vc.BindingDID); got.Reason != vc.ReasonUnreachable {
		t.Errorf("a broken copy: got %+v", got)
	}
}

func TestRemoteAddresses(t *testing.T) {
	for _, address := range []string{"", "http://lists.example/x", "https://", "lists.example", "https://a b/", "file:///etc/passwd"} {
		if _, err := registry.NewRemote(registry.Web{}, "", address); !errors.Is(err, vc.ErrMalformed) {
			t.Errorf("%q: got error %v", address, err)
		}
	}
}

// TestSet asks two registries: the current list comes first.
func TestSet(t *testing.T) {
	web, c := vctest.NewWeb(), &clock{vctest.Now()}
	web.Serve(listAt, "application/json", []byte(consortium))
	s := remote(t, web, c, nil)
	known(t, s, "did:web:school.example", vc.BindingDID)
	web.Fail(listAt, vc.ErrUnreachable)
	c.forward(24 * time.Hour)
	s = s.With(parse(t, "Partners", ownCSV))
	got := known(t, s, "did:web:school.example", vc.BindingDID)
	if got.Outcome != vc.Passed || got.Reason != "" || len(got.Listings) != 2 || got.Listings[0].Registry != "Partners" || !got.Listings[1].Stale {
		t.Errorf("%+v", got)
	}
	got = known(t, remote(t, vctest.NewWeb(), c, nil).With(parse(t, "Partners", ownCSV)), "did:web:other.example", vc.BindingDID)
	if got.Reason != vc.ReasonUnreachable || !strings.Contains(got.Detail, listAt) {
		t.Errorf("one does not know it, one is unreachable: got %+v", got)
	}
}
