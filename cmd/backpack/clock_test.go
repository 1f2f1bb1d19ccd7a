package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backpack/wallet/bolt"
	"backpack/wallet/postgres"
	"backpack/wallet/postgres/pgtest"
	"backpack/wallet/storage"
)

// TestThreat32ClockIsTold: a difference from the database's clock is reported
// at the start.
func TestThreat32ClockIsTold(t *testing.T) {
	db, err := postgres.Open(t.Context(), pgtest.Start(t).Schema(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	file, err := bolt.Open(filepath.Join(t.TempDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, x := range []struct {
		store storage.Store
		ahead time.Duration
		want  string
	}{{db, 0, ""}, {db, 10 * time.Second, "ahead="}, {db, 2 * time.Hour, "ahead=2h0m"}, {db, -48 * time.Hour, "ahead=-4"}, {file, time.Hour, ""}} {
		var out bytes.Buffer
		warnAboutClock(t.Context(), x.store, func() time.Time { return time.Now().Add(x.ahead) }, slog.New(slog.NewTextHandler(&out, nil)))
		if got := out.String(); (got == "") != (x.want == "") || !strings.Contains(got, x.want) {
			t.Errorf("%v ahead: %q", x.ahead, got)
		}
		d := &diagnosis{}
		if err := d.clock(t.Context(), x.store, func() time.Time { return time.Now().Add(x.ahead) }); err != nil || d.count(levelAdvice) > 0 != (x.want != "") {
			t.Errorf("%v ahead: %+v, %v", x.ahead, d.list, err)
		}
	}
}
