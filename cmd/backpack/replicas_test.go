package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backpack/vc"
	"backpack/vc/status"
	"backpack/vc/vctest"
	"backpack/wallet/postgres/pgtest"
)

// soak is a factor for long runs.
func soak() int {
	if os.Getenv("BACKPACK_TEST_SOAK") != "" {
		return 20
	}
	return 1
}

// TestThreat16ViewLimitIsExact: a thousand people open a share at the same
// moment and exactly ten see it, with one process and with three.
func TestThreat16ViewLimitIsExact(t *testing.T) {
	t.Parallel()
	t.Run("data file", func(t *testing.T) { viewLimit(t, newFleet(t, 1)) })
	t.Run("three processes on PostgreSQL", func(t *testing.T) {
		viewLimit(t, newFleet(t, 3, "BACKPACK_DATABASE="+pgtest.Start(t).Schema(t)))
	})
}

func viewLimit(t *testing.T, f *fleet) {
	const people, limit, atOnce = 1000, 10, 100
	a := f.learner(t, 0, "192.0.2.1")
	link := share(t, a, fmt.Sprint(limit))
	var seen, gone atomic.Int64
	work := make(chan int)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for i := range work {
				c := f.caller(t, fmt.Sprintf("198.51.%d.%d", i/250, i%250))
				switch status, _, body, err := c.ask(-1, link, nil); {
				case err == nil && status == http.StatusOK:
					seen.Add(1)
				case err == nil && status == http.StatusNotFound:
					gone.Add(1)
				default:
					t.Errorf("status %d, %v: %.200s", status, err, body)
				}
			}
		})
	}
	for i := range people {
		work <- i
	}
	close(work)
	wg.Wait()
	if seen.Load() != limit || gone.Load() != people-limit {
		t.Errorf("%d of %d saw it and %d did not, want %d", seen.Load(), people, gone.Load(), limit)
	}
}

var (
	cardLink  = regexp.MustCompile(`/badges/([a-z2-7]{26})"`)
	shareLink = regexp.MustCompile(`/s/[a-z2-7]+`)
)

// share imports the samples and shares one; it returns the share's path.
func share(t testing.TB, a *caller, limit string) string {
	t.Helper()
	a.must(http.StatusSeeOther, 0, "/samples", a.form())
	_, page := a.must(http.StatusOK, -1, "/backpack", nil)
	m := cardLink.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no badge in\n%.3000s", page)
	}
	to, _ := a.must(http.StatusSeeOther, -1, "/shares", a.form("badge", m[1], "title", "Bread", "max_views", limit,
		"expires", time.Now().AddDate(0, 0, 7).Format(time.DateOnly)))
	_, page = a.must(http.StatusOK, -1, to, nil)
	link := shareLink.FindString(page)
	if link == "" {
		t.Fatalf("no link in\n%.3000s", page)
	}
	return link
}

// TestReplicas runs three processes that start together on an empty database.
func TestReplicas(t *testing.T) {
	t.Parallel()
	database := pgtest.Start(t).Schema(t)
	f := newFleet(t, 3, "BACKPACK_DATABASE="+database, "BACKPACK_DRAIN=600ms")
	t.Run("sessions", func(t *testing.T) { sessions(t, f) })
	t.Run("rates", func(t *testing.T) { rates(t, f) })
	t.Run("one list", func(t *testing.T) { oneList(t, f) })
	t.Run("killed", func(t *testing.T) { killed(t, f, database) })
	t.Run("rolling restart", func(t *testing.T) { rolling(t, f) })
}

// sessions: a sign-in or sign-out at one process applies to all.
func sessions(t *testing.T, f *fleet) {
	a := f.learner(t, 0, "192.0.2.2")
	for at := range 3 {
		a.must(http.StatusOK, at, "/backpack", nil)
	}
	fields := a.form()
	jar := a.http.Jar.Cookies(must(url.Parse(f.url)))
	a.must(http.StatusSeeOther, 1, "/signout", fields)
	a.http.Jar.SetCookies(must(url.Parse(f.url)), jar) // like a thief with the cookie
	for at := range 3 {
		a.must(http.StatusSeeOther, at, "/backpack", nil)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// rates: attempts at keys are counted together for all processes, 30 a minute.
func rates(t *testing.T, f *fleet) {
	c := f.caller(t, "203.0.113.7")
	tried := 0
	start := time.Now()
	for i := range 90 {
		switch status, _, body, err := c.ask(i%3, "/signin", url.Values{"key": {"0000"}}); {
		case err != nil:
			t.Fatal(err)
		case status == http.StatusBadRequest || status == http.StatusForbidden:
			tried++
		case status != http.StatusTooManyRequests:
			t.Fatalf("status %d: %.300s", status, body)
		}
	}
	if most := 30 + int(time.Since(start)/(2*time.Second)) + 1; tried < 30 || tried > most {
		t.Errorf("%d tries within %v, want 30 to %d", tried, time.Since(start), most)
	}
	c.from = "203.0.113.8"
	c.must(http.StatusBadRequest, 0, "/signin", url.Values{"key": {"0000"}})
}

// A lister serves a status list and counts requests for it.
type lister struct {
	*httptest.Server
	issuer *vctest.Issuer
	asked  atomic.Int64
	hold   func(*http.Request) // blocks each answer; nil: does not block
}

func newLister(t *testing.T) *lister {
	l := &lister{issuer: vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)}
	var list []byte
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/list" {
			l.asked.Add(1)
			if l.hold != nil {
				l.hold(r)
			}
			w.Header().Set("Content-Type", "application/vc")
			w.Write(list)
		}
	}))
	t.Cleanup(l.Close)
	list = l.issuer.Issue(t, vctest.With("@context", []any{vc.ContextV2}), vctest.With("id", l.URL+"/list"), vctest.With("issuer", l.issuer.ID),
		vctest.With("type", []any{"VerifiableCredential", "BitstringStatusListCredential"}),
		vctest.With("credentialSubject", vctest.Object{"id": l.URL + "/list#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
			"encodedList": status.Encode(make([]byte, status.MinBits/8))}))
	return l
}

// badges returns a ZIP of n badges in the list.
func (l *lister) badges(t *testing.T, name string, n int) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := range n {
		w, err := z.Create(fmt.Sprintf("%s-%d.json", name, i))
		if err != nil {
			t.Fatal(err)
		}
		w.Write(l.issuer.Issue(t, vctest.With("id", fmt.Sprintf("urn:example:%s:%d", name, i)), vctest.With("credentialStatus", vctest.Object{
			"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": fmt.Sprint(i), "statusListCredential": l.URL + "/list"})))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// bring imports a file at the member with an index.
func (c *caller) bring(at int, name string, b []byte) (location string) {
	c.t.Helper()
	location, err := c.tryBring(at, name, b)
	if err != nil || !strings.HasPrefix(location, "/imports/") {
		c.t.Fatalf("sent to %q, %v", location, err)
	}
	return location
}

func (c *caller) tryBring(at int, name string, b []byte) (location string, err error) {
	fields := c.form()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("csrf", fields.Get("csrf"))
	part, _ := w.CreateFormFile("files", name)
	part.Write(b)
	w.Close()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.f.url+"/import", &body)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("X-Forwarded-For", c.from)
	req.Header.Set(memberHeader, fmt.Sprint(at))
	res, err := c.http.Do(req)
	if err != nil {
		return "", err
	}
	location, _, _ = strings.Cut(res.Header.Get("Location"), "?")
	return location, res.Body.Close()
}

// oneList: many learners import badges at different processes at once, and
// their common status list is requested once.
func oneList(t *testing.T, f *fleet) {
	l := newLister(t)
	var wg sync.WaitGroup
	for at := range 3 {
		n := 100
		if soak() > 1 || at == 0 {
			n = 334
		}
		file := l.badges(t, fmt.Sprint("learner-", at), n)
		wg.Go(func() {
			a := f.learner(t, at, fmt.Sprint("192.0.2.", 10+at))
			location := a.bring(at, "badges.zip", file)
			var last struct{ Done, Total int }
			if err := json.Unmarshal([]byte(a.finish((at+1)%3, location)), &last); err != nil || last.Done != n || last.Total != n {
				t.Errorf("learner %d: %+v, want %d, %v", at, last, n, err)
			}
			_, page := a.must(http.StatusOK, -1, location, nil)
			if hold := strings.Count(page, "This badge checks out"); hold != n {
				t.Errorf("learner %d: %d of %d hold", at, hold, n)
			}
		})
	}
	wg.Wait()
	if n := l.asked.Load(); n != 1 {
		t.Errorf("%d requests for the list", n)
	}
}

// rolling restarts the processes one after the other while people use them.
func rolling(t *testing.T, f *fleet) {
	const people = 6
	stop := make(chan struct{})
	var answered atomic.Int64
	var wg sync.WaitGroup
	for i := range people {
		a := f.learner(t, -1, fmt.Sprint("192.0.2.", 30+i))
		fields := a.form()
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				path, want, form := "/backpack", http.StatusOK, url.Values(nil)
				switch n % 3 {
				case 1:
					path = "/verify"
				case 2:
					path, want, form = "/activity/seen", http.StatusSeeOther, fields
				}
				status, _, body, err := a.ask(-1, path, form)
				if err != nil || status != want {
					t.Errorf("%s: status %d, %v: %.300s", path, status, err, body)
					return
				}
				answered.Add(1)
			}
		})
	}
	restarts := 10 * soak()
	for n := range restarts {
		f.restart(t, f.members[n%3])
	}
	close(stop)
	wg.Wait()
	t.Logf("%d restarts, %d requests answered", restarts, answered.Load())
	if answered.Load() < 100 {
		t.Errorf("only %d requests were answered", answered.Load())
	}
}
