package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// crashTool builds the program that traces and disturbs system calls, once.
var crashTool = sync.OnceValues(func() (string, error) {
	name, err := filepath.Abs(filepath.Join("..", "..", "bin", "test", "crash"))
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-trimpath", "-o", name, "../../wallet/bolt/testdata/crash")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // the flags of the other tests without the race detector
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.New(string(out))
	}
	return name, nil
})

// disturbed starts the built program under the tracer. Its calls below the
// returned folder fail with the error between fault() and heal().
func disturbed(t *testing.T, data, calls, errno string, more ...string) (c *child, fault, heal func()) {
	t.Helper()
	if runtime.GOOS+runtime.GOARCH != "linuxamd64" {
		const why = "system calls can be traced on linux/amd64 only"
		if os.Getenv("CI") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	tool, err := crashTool()
	if err != nil {
		t.Fatal(err)
	}
	program := built(t)
	flag := filepath.Join(t.TempDir(), "fault")
	args := append([]string{"trace", "-under", filepath.Dir(data), "-calls", calls, "-errno", errno, "-flag", flag}, more...)
	c = spawnAs(t, nil, tool, append(append(args, program, "serve"), on(data)...)...)
	fault = func() {
		if err := os.WriteFile(flag, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	heal = func() {
		if err := os.Remove(flag); err != nil {
			t.Fatal(err)
		}
	}
	return c, fault, heal
}

// A person uses the server as a browser does.
type person struct {
	t      *testing.T
	origin string
	http   *http.Client
	last   string // the last page
}

func newPerson(t *testing.T, origin string) *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t: t, origin: origin, http: &http.Client{Jar: jar, Timeout: time.Minute}}
}

// do sends a request and returns the status after redirects.
func (p *person) do(method, path string, fields url.Values) int {
	p.t.Helper()
	body := strings.NewReader(fields.Encode())
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.origin+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	res, err := p.http.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.last = string(b)
	return res.StatusCode
}

// wants sends a request and fails the test on another status.
func (p *person) wants(status int, method, path string, fields url.Values, says ...string) {
	p.t.Helper()
	if got := p.do(method, path, fields); got != status {
		p.t.Errorf("%s %s: status %d, want %d", method, path, got, status)
	}
	has(p.t, p.last, says...)
}

// find returns the group of a pattern on the last page.
func (p *person) find(pattern string) string {
	p.t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(p.last)
	if m == nil {
		p.t.Fatalf("%s is not in:\n%.3000s", pattern, p.last)
	}
	return m[1]
}

const (
	keyPattern   = `id="thekey"[^>]*>([0-9A-Z-]{34})<`
	tokenPattern = `name="csrf" value="([^"]+)"`
)

func named(name string) url.Values { return url.Values{"name": {name}} }

// TestThreat30ServerStops: if the disk fails, a person who saves is told that
// the change may be lost, the process ends by itself, and every acknowledged
// change is there after a restart.
func TestThreat30ServerStops(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	c, fault, _ := disturbed(t, data, "fdatasync", "EIO")
	p := newPerson(t, c.url)
	p.wants(http.StatusOK, http.MethodPost, "/signup", named("Robin Example"))
	key := p.find(keyPattern)
	fault()
	newPerson(t, c.url).wants(http.StatusServiceUnavailable, http.MethodPost, "/signup", named("Kim Example"), "could not make certain that this was saved")
	select {
	case <-c.ended:
	case <-time.After(time.Minute): // farewell is one second
		t.Fatalf("it continues:\n%s", c.all)
	}
	if code := c.cmd.ProcessState.ExitCode(); code != exitInvalid {
		t.Errorf("it ended with %d", code)
	}
	lines := strings.Split(strings.TrimSpace(c.all.String()), "\n")
	// The last line is the tracer's.
	has(t, lines[len(lines)-2], "backpack: stopped: the data file could not be written safely", "check the disk")

	again := newPerson(t, spawn(t, nil, append([]string{"serve"}, on(data)...)...).url)
	again.wants(http.StatusOK, http.MethodPost, "/signin", url.Values{"key": {key}}, "My badges")
}

// TestThreat31ServerGoesOn: while the disk refuses every write, everything
// saved remains visible, to employers too, and the same process saves again as
// soon as there is room.
func TestThreat31ServerGoesOn(t *testing.T) {
	t.Parallel()
	c, fault, heal := disturbed(t, filepath.Join(t.TempDir(), "data"), "pwrite64,ftruncate", "ENOSPC")
	p := newPerson(t, c.url)
	p.wants(http.StatusOK, http.MethodPost, "/signup", named("Robin Example"))
	p.wants(http.StatusOK, http.MethodGet, "/backpack", nil)
	csrf := p.find(tokenPattern)
	p.wants(http.StatusOK, http.MethodPost, "/samples", url.Values{"csrf": {csrf}})
	badge := p.find(`href="/badges/([a-z2-7]+)"`)
	p.wants(http.StatusOK, http.MethodPost, "/shares", url.Values{"csrf": {csrf}, "badge": {badge}, "title": {"Application"},
		"expires": {time.Now().AddDate(0, 0, 9).Format(time.DateOnly)}})
	link := "/s/" + p.find(`/s/([a-z2-7]{20,})`)
	fault()
	newPerson(t, c.url).wants(http.StatusInsufficientStorage, http.MethodPost, "/signup", named("Kim Example"), "the disk is full",
		"Nothing that was saved is lost")
	newPerson(t, c.url).wants(http.StatusOK, http.MethodGet, "/readyz", nil, "the disk is full")
	newPerson(t, c.url).wants(http.StatusOK, http.MethodGet, "/signin", nil, "The disk is full")
	p.wants(http.StatusInsufficientStorage, http.MethodPost, "/badges/"+badge+"/note", url.Values{"csrf": {csrf}, "note": {"x"}}, "the disk is full")
	for _, path := range []string{"/backpack", "/badges/" + badge, "/badges/" + badge + "/original", "/settings", "/settings/export.zip"} {
		p.wants(http.StatusOK, http.MethodGet, path, nil)
	}
	newPerson(t, c.url).wants(http.StatusOK, http.MethodGet, link, nil, "Robin Example")
	heal()
	newPerson(t, c.url).wants(http.StatusOK, http.MethodPost, "/signup", named("Kim Example"), "Kim Example")
	newPerson(t, c.url).wants(http.StatusOK, http.MethodGet, "/readyz", nil, "ready")
	lacks(t, p.last, "full")
}

// TestThreat29FirstStart records the first start of the program and cuts the
// power at every moment of it. The next start finds nothing, or a data file
// together with the key that seals it.
func TestThreat29FirstStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recording := filepath.Join(dir, "recording")
	c, _, _ := disturbed(t, filepath.Join(dir, "in", "data"), "none", "EIO", "-record", recording)
	newPerson(t, c.url).wants(http.StatusOK, http.MethodPost, "/signup", named("Robin Example"))
	c.cmd.Process.Kill()
	<-c.ended
	tool, err := crashTool()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "replay", "-images", "400", "-work", dir, "-name", "backpack.db", "-key", "master.key", "-writers", "0",
		recording).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "400 images") {
		t.Errorf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}

// TestThreat28SecondServer: a second process on the same folder ends at once
// with the reason, and does not disturb the first.
func TestThreat28SecondServer(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	first := spawn(t, nil, append([]string{"serve"}, on(data)...)...)
	cmd := exec.Command(built(t), append([]string{"serve"}, on(data)...)...)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != exitInvalid {
		t.Errorf("the second ended with %d", code)
	}
	has(t, string(out), "backpack: open "+filepath.Join(data, "backpack.db")+": another backpack uses this file")
	if got := get(t, first.url+"/readyz"); got != http.StatusOK {
		t.Errorf("the first answers %d", got)
	}
}
