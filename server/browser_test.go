package server_test

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"backpack/ui/browsertest"
)

// A tab is a browser with one page and its own profile: two tabs share neither
// cookies nor storage. It records what no page may do.
type tab struct {
	t      testing.TB
	site   *site
	ctx    context.Context
	mu     sync.Mutex
	faults []string
}

// newTab starts a browser with one page of w by h pixels.
func newTab(t testing.TB, s *site, w, h int64) *tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(browsertest.New(t), 10*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, site: s, ctx: ctx}
	chromedp.ListenTarget(ctx, b.watch)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), emulation.SetDeviceMetricsOverride(w, h, 1, w < 500)); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return b
}

// watch records console errors, reports of the content policy, failed requests and
// requests to other hosts.
func (b *tab) watch(ev any) {
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		b.fault("exception: " + e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError && !expected(e.Entry.Text) {
			b.fault("console: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err == nil && strings.HasPrefix(u.Scheme, "http") && "http://"+u.Host != b.site.url {
			b.fault("request to " + u.Host)
		}
	}
}

// expected lists the statuses that a journey causes on purpose: a passcode page, a
// form with a mistake, an expired link.
func expected(text string) bool {
	for _, s := range []string{"status of 400", "status of 401", "status of 403", "status of 404"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

func (b *tab) fault(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, s)
}

// clean fails the test if a page did what it may not do.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		b.t.Error(f)
	}
	b.faults = nil
}

// patience is the time after which a step of a journey has failed.
const patience = browsertest.Patience

func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var where string
		chromedp.Run(b.ctx, chromedp.Location(&where))
		b.shot("failure")
		b.t.Fatalf("at %s: %v\n%.2000s", where, err, b.text())
	}
}

func (b *tab) open(path string) { b.t.Helper(); b.do(chromedp.Navigate(b.site.url + path)) }

// press clicks the element and waits for the page that follows.
func (b *tab) press(sel string) {
	b.t.Helper()
	b.arrive(func() { b.do(browsertest.Click(sel)) })
}

// arrive runs fn and waits until the next page has replaced this one and has
// loaded. A late load event of this page does not count.
func (b *tab) arrive(fn func()) {
	b.t.Helper()
	loaded := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	replaced := false
	chromedp.ListenTarget(ctx, func(ev any) {
		switch e := ev.(type) {
		case *page.EventFrameNavigated:
			replaced = replaced || e.Frame.ParentID == ""
		case *page.EventLoadEventFired:
			if replaced {
				select {
				case loaded <- struct{}{}:
				default:
				}
			}
		}
	})
	fn()
	select {
	case <-loaded:
	case <-time.After(patience):
		b.shot("failure")
		b.t.Fatalf("no page followed\n%.2000s", b.text())
	}
}

func (b *tab) fill(sel, text string) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(sel, chromedp.ByQuery), chromedp.SetValue(sel, text, chromedp.ByQuery))
}

// text returns the visible text.
func (b *tab) text() string {
	var s string
	chromedp.Run(b.ctx, chromedp.Evaluate(`document.body ? document.body.innerText : ""`, &s))
	return s
}

func (b *tab) sees(texts ...string) {
	b.t.Helper()
	all := b.text()
	for _, s := range texts {
		if !strings.Contains(strings.ToLower(all), strings.ToLower(s)) {
			b.t.Errorf("%q is not on the page:\n%.3000s", s, all)
		}
	}
}

func (b *tab) path() string {
	b.t.Helper()
	var s string
	b.do(chromedp.Location(&s))
	return strings.TrimPrefix(s, b.site.url)
}

// eval runs an expression in the page, even if the page's own scripts are off.
func (b *tab) eval(expr string, out any) { b.t.Helper(); b.do(chromedp.Evaluate(expr, out)) }

// shot saves a screenshot if BACKPACK_TEST_SHOTS names a folder.
func (b *tab) shot(name string) {
	dir := os.Getenv("BACKPACK_TEST_SHOTS")
	if dir == "" {
		return
	}
	var png []byte
	if err := chromedp.Run(b.ctx, chromedp.FullScreenshot(&png, 100)); err != nil {
		return
	}
	os.MkdirAll(dir, 0o755)
	os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
}

// noScripts turns the pages' own scripts off.
func (b *tab) noScripts() { b.t.Helper(); b.do(emulation.SetScriptExecutionDisabled(true)) }

// narrow fails the test if the page is wider than the window.
func (b *tab) narrow() {
	b.t.Helper()
	var wide bool
	b.eval(`document.documentElement.scrollWidth > window.innerWidth`, &wide)
	if wide {
		b.shot("too-wide")
		b.t.Errorf("%s scrolls sideways", b.path())
	}
}

// axeSource returns the script of the accessibility checker.
func axeSource(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("../cmd/backpack/testdata/peers/node_modules/axe-core/axe.min.js")
	if err == nil {
		return string(b)
	}
	if os.Getenv("CI") != "" {
		t.Fatal("axe-core is not installed; .ci/setup does it")
	}
	t.Skip("axe-core is not installed; make setup does it")
	return ""
}

// An axeViolation is a rule that a page breaks.
type axeViolation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// axe fails the test for each rule of WCAG 2.2 AA and of good practice that the page
// breaks. In the dark theme it checks contrast only, since nothing else differs.
func (b *tab) axe(source string, dark bool) {
	b.t.Helper()
	b.do(page.SetBypassCSP(true))
	var result string
	rules := map[bool]string{false: "{}", true: `{runOnly: ["color-contrast"]}`}[dark]
	b.do(chromedp.Evaluate(source+";0", nil), chromedp.Evaluate("axe.run(document, "+rules+").then(r => JSON.stringify(r.violations))", &result,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	var found []axeViolation
	if err := json.Unmarshal([]byte(result), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range found {
		b.t.Errorf("%s: %s: %s: %.300s", b.path(), v.ID, v.Help, v.Nodes[0].HTML)
	}
}

// addAuthenticator adds a virtual authenticator that stores passkeys and always
// reports its user as present.
func addAuthenticator(ctx context.Context) error {
	_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}).Do(ctx)
	return err
}
