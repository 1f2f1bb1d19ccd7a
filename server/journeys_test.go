package server_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"backpack/ui/browsertest"
	"backpack/wallet"
)

// sampleFiles writes the sample badges into a temporary folder.
func (s *site) sampleFiles(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	var out []string
	for _, f := range s.Samples {
		name := filepath.Join(dir, f.Name)
		if err := os.WriteFile(name, f.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

// begin creates an account with a backpack key and returns the key.
func (b *tab) begin(name string) string {
	b.t.Helper()
	b.open("/signup")
	b.fill("#f-name", name)
	b.press("form[action='/signup'] button:not([data-passkey])")
	b.sees("backpack key")
	var key string
	b.do(chromedp.Text("#thekey", &key, chromedp.ByQuery), browsertest.Click("#f-saved"))
	b.press("form[action='/backpack'] button")
	return key
}

// TestJourneyMain is the main job: a learner drops a folder of badges on the page and
// shares some; a viewer sees an honest answer until the learner ends the share.
func TestJourneyMain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	learner, employer := newTab(t, s, 1280, 900), newTab(t, s, 360, 780)

	learner.open("/")
	learner.begin("Robin Example")
	learner.sees("Your backpack is empty", "Try with sample badges")
	learner.shot("main-1-empty")

	learner.open("/import")
	learner.do(chromedp.SetUploadFiles("input[type=file][multiple]", s.sampleFiles(t), chromedp.ByQuery))
	learner.press("form[action='/import'] button:not([type=button])")
	learner.do(browsertest.Wait("form[action$='/keep']")) // a slow machine shows progress first
	learner.sees("A sample, for trying out", "Could not be fully checked", "Expired", "Taken back", "Does not hold")
	learner.shot("main-2-preview")
	learner.press("form[action$='/keep'] button")
	if got := learner.path(); got != "/backpack" {
		t.Fatalf("after keeping: %s", got)
	}
	learner.sees("10 badges")
	learner.shot("main-3-backpack")

	learner.press("a[href='/backpack?select=1']")
	learner.do(chromedp.Evaluate(`document.querySelectorAll("input[name=badge]").forEach((x, i) => { if (i < 5) x.click() })`, nil))
	learner.press("form[action='/shares/new'] button")
	learner.fill("#f-audience", "City Archive")
	learner.press("form[action='/shares/preview'] button")
	learner.sees("Robin Example")
	learner.shot("main-4-preview")
	learner.press("form[action='/shares'] button:not([name=edit])")
	learner.shot("main-5-show")
	var link string
	learner.do(chromedp.Value("#link", &link, chromedp.ByQuery))
	if !strings.HasPrefix(link, s.url+"/s/") {
		t.Fatalf("link %q", link)
	}

	employer.open(strings.TrimPrefix(link, s.url))
	employer.sees("Robin Example", "5 badges", "checked")
	employer.narrow()
	employer.shot("main-6-employer")
	learner.do(chromedp.Reload())
	learner.sees("once")
	learner.press("form[action$='/revoke'] button")
	employer.do(chromedp.Reload())
	employer.sees("nothing to see")
	employer.shot("main-7-gone")
	learner.clean()
	employer.clean()
}

// TestJourneyPasskey signs up and in with a passkey of a virtual authenticator.
func TestJourneyPasskey(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.do(webauthn.Enable(), chromedp.ActionFunc(addAuthenticator))
	b.open("/signup")
	b.fill("#f-name", "Passkey Person")
	b.press("[data-passkey=signup]")
	if got := b.path(); got != "/backpack" {
		t.Fatalf("signed up, but at %s: %s", got, b.text())
	}
	b.open("/settings")
	b.shot("settings-passkey")
	b.press("form[action='/signout'] button")
	b.open("/signin")
	b.press("[data-passkey=signin]")
	if got := b.path(); got != "/backpack" {
		t.Fatalf("signed in, but at %s: %s", got, b.text())
	}
	b.clean()
}

// TestJourneyKey signs in on a second device with the backpack key.
func TestJourneyKey(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	home, library := newTab(t, s, 1280, 900), newTab(t, s, 1024, 768)
	key := home.begin("Key Keeper")
	library.open("/signin")
	library.fill("#f-key", "  "+strings.ToLower(strings.ReplaceAll(key, "-", " "))+" ")
	library.press("form[action='/signin'] button:not([data-passkey])")
	if got := library.path(); got != "/backpack" {
		t.Fatalf("at %s: %s", got, library.text())
	}
	home.open("/settings")
	home.press("form[action='/settings/sessions/end-others'] button")
	library.open("/backpack")
	library.sees("Sign in")
	home.clean()
	library.clean()
}

// TestJourneyNoScripts does the main job without scripts.
func TestJourneyNoScripts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, employer := newTab(t, s, 360, 780), newTab(t, s, 360, 780)
	b.noScripts()
	employer.noScripts()
	b.begin("Plain Person")
	b.press("form[action='/samples'] button")
	b.sees("10 badges")
	b.shot("noscript-backpack")
	b.press("ul.grid li a")
	b.sees("Issued by")
	b.shot("noscript-badge")
	b.press("form[action$='/check'] button")
	b.open("/shares/new")
	b.do(browsertest.Click("input[name=badge]"))
	b.press("form[action='/shares/preview'] button")
	b.press("form[action='/shares'] button:not([name=edit])")
	var link string
	b.do(chromedp.Value("#link", &link, chromedp.ByQuery))
	employer.open(strings.TrimPrefix(link, s.url))
	employer.sees("Plain Person", "1 badge")
	employer.press("form[action$='/check'] button")
	employer.sees("Plain Person")
	employer.open("/verify")
	employer.do(chromedp.SetUploadFiles("input[type=file][multiple]", s.sampleFiles(t)[:3], chromedp.ByQuery))
	employer.press("form[action='/verify'] button:not([type=button])")
	employer.sees("A sample, for trying out")
	employer.shot("noscript-verify")
	b.clean()
	employer.clean()
}

// TestJourneyKeyboard creates an account, adds samples and opens a badge with the
// keyboard alone.
func TestJourneyKeyboard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.open("/signup")
	b.tabTo("#f-name")
	b.do(chromedp.KeyEvent("Keyboard Person"))
	b.tabTo("form[action='/signup'] button:not([data-passkey])")
	b.arrive(func() { b.do(chromedp.KeyEvent(kb.Enter)) })
	b.tabTo("#f-saved")
	b.do(chromedp.KeyEvent(" "))
	b.tabTo("form[action='/backpack'] button")
	b.arrive(func() { b.do(chromedp.KeyEvent(kb.Enter)) })
	b.tabTo("form[action='/samples'] button")
	b.arrive(func() { b.do(chromedp.KeyEvent(kb.Enter)) })
	b.sees("10 badges")
	b.tabTo("ul.grid li a")
	b.arrive(func() { b.do(chromedp.KeyEvent(kb.Enter)) })
	b.sees("Issued by")
	b.clean()
}

// tabTo presses Tab until the element has a visible focus.
func (b *tab) tabTo(sel string) {
	b.t.Helper()
	for range 80 {
		b.do(chromedp.KeyEvent(kb.Tab))
		var there bool
		b.eval(`document.activeElement === document.querySelector(`+quote(sel)+`)`, &there)
		if there {
			return
		}
	}
	b.t.Fatalf("the keyboard does not reach %s", sel)
}

func quote(s string) string { return "`" + s + "`" }

// TestJourneyMistakes makes mistakes in every form and recovers from them.
func TestJourneyMistakes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 360, 780)
	b.open("/signin")
	b.fill("#f-key", "wrong")
	b.press("form[action='/signin'] button:not([data-passkey])")
	b.sees("There is a problem")
	b.shot("mistake-signin")
	b.begin("Careless Person")
	b.open("/import")
	b.fill("#f-text", "this is no badge")
	b.press("form[action='/import'] button:not([type=button])")
	b.shot("mistake-import")
	b.open("/shares/new")
	b.open("/nowhere")
	b.sees("There is nothing here")
	b.shot("mistake-404")
	b.clean()
}

// pages lists all pages that a learner or a visitor can reach, with badges and a share.
func (b *tab) pages(link, badge, share string) []string {
	return []string{"/", "/about", "/privacy", "/verify", "/backpack", "/backpack?select=1", "/backpack?q=zzz", "/badges/" + badge,
		"/badges/" + badge + "/remove", "/import", "/shares", "/shares/new", "/shares/new?badge=" + badge, "/shares/" + share,
		link, "/s/wrong", "/settings", "/settings/export", "/settings/delete", "/activity", "/nowhere"}
}

// TestBrowserPages visits every page, light and dark, at three widths. The accessibility
// checker finds nothing, nothing scrolls sideways, and no other host is contacted.
func TestBrowserPages(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.begin("Robin Example")
	b.press("form[action='/samples'] button")
	account := s.onlyAccount(t)
	badges, err := s.Entries(t.Context(), account, wallet.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range badges.Entries {
		ids = append(ids, e.ID)
	}
	share, err := s.CreateShare(t.Context(), account, wallet.ShareRequest{Entries: ids, Title: "For the archive"})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range b.pages("/s/"+share.Token, ids[0], share.ID) {
		for _, dark := range []bool{false, true} {
			b.look(path, dark, axe)
		}
	}
	b.clean()
}

// look visits a page at three widths.
func (b *tab) look(path string, dark bool, axe string) {
	b.t.Helper()
	name := strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path), "-")
	if strings.HasPrefix(path, "/s/") && len(path) > 20 {
		name = "employer"
	}
	if name == "" {
		name = "home"
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}}
	if dark {
		features[0].Value, name = "dark", name+"-dark"
	}
	for _, w := range []int64{1280, 360, 320} {
		b.do(emulation.SetDeviceMetricsOverride(w, 900, 1, w < 500), emulation.SetEmulatedMedia().WithFeatures(features))
		b.open(path)
		b.narrow()
		if w != 320 {
			b.axe(axe, dark)
			b.shot(name + map[int64]string{1280: "-1280", 360: "-360"}[w])
		}
	}
}

// TestBrowserPrint prints a badge and a share, with pictures and answers, on paper that
// fits.
func TestBrowserPrint(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.begin("Robin Example")
	b.press("form[action='/samples'] button")
	b.press("ul.grid li a")
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPrintBackground(false).Do(ctx)
		return err
	}))
	if n := strings.Count(string(pdf), "/Type /Page\n"); n == 0 || n > 4 {
		t.Errorf("a badge prints on %d pages", n)
	}
}
