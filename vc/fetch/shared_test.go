package fetch

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
)

// A sharedMap is a SharedCache within one process.
type sharedMap struct {
	now  func() time.Time
	mu   sync.Mutex
	kept map[string]*entry
}

func (s *sharedMap) Once(
	ctx context.Context, name string, fresh bool, ask func(context.Context) (*vc.Resource, time.Time, error),
) (*vc.Resource, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.kept[name]; e != nil && !fresh && s.now().Before(e.until) {
		return e.res, e.until, nil
	}
	res, until, err := ask(ctx)
	if err == nil && !until.IsZero() {
		s.kept[name] = &entry{res, until}
	}
	return res, until, err
}

// TestSharedCache: two processes send one request for a shared resource, and one
// each for a resource of a single badge.
func TestSharedCache(t *testing.T) {
	var asked atomic.Int64
	clock := newClock()
	s := &sharedMap{now: clock.now, kept: map[string]*entry{}}
	one, url := serve(t, Config{Now: clock.now, Shared: s}, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/missing" {
			w.WriteHeader(http.StatusInternalServerError)
		}
		w.Write([]byte(r.URL.Path))
	})
	cfg := one.cfg
	two, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		role  vc.Role
		path  string
		after time.Duration
		fresh bool
		want  int64
	}{
		{vc.RoleStatus, "/list", 0, false, 1},
		{vc.RoleIssuer, "/keys", 0, false, 1},
		{vc.RoleBadge, "/badge", 0, false, 2},
		{vc.RoleStatus, "/list", defaultLife - time.Second, false, 0},
		{vc.RoleStatus, "/list", time.Second, false, 1},
		{vc.RoleStatus, "/list", 0, true, 2},
		{vc.RoleStatus, "/missing", 0, false, 2},
	} {
		clock.forward(x.after)
		asked.Store(0)
		for _, c := range []*Client{one, two} {
			res, err := c.Fetch(t.Context(), vc.FetchRequest{URL: url + x.path, Role: x.role, Fresh: x.fresh})
			if err != nil || string(res.Body) != x.path {
				t.Fatalf("%s: %+v, %v", x.path, res, err)
			}
		}
		if n := asked.Load(); n != x.want {
			t.Errorf("%s %s: got %d requests, want %d", x.role, x.path, n, x.want)
		}
	}
	if _, err := two.Fetch(t.Context(), vc.FetchRequest{URL: url + "/list", Role: vc.RoleStatus, MaxBytes: 2}); err == nil {
		t.Error("a shared answer over the limit: got no error")
	}
}
