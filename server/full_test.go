package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"backpack/wallet"
	"backpack/wallet/bolt"
	"backpack/wallet/storage"
	"backpack/wallet/wallettest"
)

// stuffing returns a record that fills the data file.
func stuffing(i int) *storage.Record {
	return &storage.Record{Key: storage.Key{Kind: "stuffing", ID: fmt.Sprintf("%06d", i)}, Data: make([]byte, 10_000)}
}

// stuff fills the data file and returns a function that empties it again.
func stuff(t *testing.T, s storage.Store) (free func()) {
	t.Helper()
	var err error
	n := 0
	for ; err == nil; n++ {
		err = s.Update(t.Context(), func(tx storage.Tx) error { return tx.Create(stuffing(n)) })
	}
	if !errors.Is(err, storage.ErrFull) {
		t.Fatal(err)
	}
	return func() {
		for i := range n - 1 {
			if err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Delete(stuffing(i).Key) }); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestThreat31FullDiskIsReadOnly checks that a full disk refuses additions with 507 and
// the reason, allows reading and removing, and that everything works again when there
// is room.
func TestThreat31FullDiskIsReadOnly(t *testing.T) {
	s := newSiteWith(t, wallettest.Options{File: bolt.Limits{MaxSize: 8 << 20}})
	l, shown := s.sharing(t, wallet.ShareRequest{Title: "Application"})
	badge := shown.Entries[0]
	free := stuff(t, s.Store)

	stranger := s.browser(t)
	for _, path := range []string{"/backpack", "/badges/" + badge, "/badges/" + badge + "/original", "/shares", "/settings", "/settings/export.zip", "/import"} {
		l.get(path).is(t, http.StatusOK)
	}
	l.get("/backpack").says(t, "The disk is full")
	for _, path := range []string{"/", "/verify", "/signin", "/signup", "/readyz", "/s/" + shown.Token} {
		stranger.get(path).is(t, http.StatusOK)
	}
	stranger.get("/readyz").has(t, "the disk is full")
	stranger.get("/signin").says(t, "The disk is full")
	s.browser(t).post("/signin", url.Values{"key": {l.Key}}).leads(t, "/backpack") // small enough, and needed to remove something
	stranger.get("/s/"+shown.Token).hasNot(t, "The disk is full")
	full := stranger.post("/signup", url.Values{"name": {"Kim Example"}}).is(t, http.StatusInsufficientStorage).
		says(t, "Nothing can be saved at the moment", "the disk is full", "Nothing that was saved is lost")
	if full.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	l.upload("/import", "", s.sample(t, "oral")).is(t, http.StatusInsufficientStorage).says(t, "the disk is full")
	r := stranger.request(http.MethodPost, "/signup", strings.NewReader("name=Kim+Example"), "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if a := stranger.send(r).is(t, http.StatusInsufficientStorage); !strings.Contains(a.body, `"code":"disk_full"`) {
		t.Errorf("a program gets %s", a.body)
	}
	l.post("/badges/"+badge+"/remove", nil).leads(t, "/backpack")
	l.post("/signout", nil).leads(t, "/")

	free()
	stranger.get("/signin").hasNot(t, "The disk is full")
	stranger.post("/signup", url.Values{"name": {"Kim Example"}}).is(t, http.StatusOK).says(t, "the only time you see it")
}
