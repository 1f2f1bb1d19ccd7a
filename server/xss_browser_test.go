package server_test

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// guarded makes the tab record every call of the functions that payloads call, from
// anywhere in a page, and every dialog.
func (b *tab) guarded() {
	b.t.Helper()
	chromedp.ListenTarget(b.ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventBindingCalled:
			b.fault("executed: " + e.Payload)
		case *page.EventJavascriptDialogOpening:
			b.fault("a dialog: " + e.Message)
			go chromedp.Run(b.ctx, page.HandleJavaScriptDialog(false))
		}
	})
	b.do(runtime.AddBinding("canary"), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`window.alert = window.confirm = window.prompt = window.print =
			x => canary(String(x) + " at " + location)`).Do(ctx)
		return err
	}))
}

// as signs the tab's browser in.
func (b *tab) as(l *learner) {
	b.t.Helper()
	b.do(network.SetCookie("backpack", l.Token).WithURL(b.site.url).WithHTTPOnly(true).WithSameSite(network.CookieSameSiteLax))
}

// audit is a JavaScript function of a document. It returns what the templates did not make.
const audit = `(doc => {
	const bad = [];
	for (const el of doc.querySelectorAll("*")) {
		if (el.localName === "script" && !el.src.startsWith(location.origin + "/assets/")) bad.push("script " + el.outerHTML.slice(0, 200));
		if (/^(iframe|object|embed|base|frame|frameset|applet|template|noscript|marquee|animate|set|foreignobject|math)$/i.test(el.localName) ||
			el.localName === "style" || el.getAttribute("http-equiv")) bad.push("element " + el.outerHTML.slice(0, 200));
		for (const a of el.attributes) {
			const name = a.name.toLowerCase();
			if (name.startsWith("on") || name === "style" || name === "srcdoc" || name === "ping") bad.push(a.name + " of " + el.outerHTML.slice(0, 200));
			if (/^(href|src|action|formaction|data|xlink:href|poster|background)$/.test(name)) {
				let u;
				try { u = new URL(a.value, location.origin) } catch { bad.push("address " + a.value.slice(0, 200)); continue }
				const ok = u.origin === location.origin || (el.localName === "a" && /^(https?|mailto):$/.test(u.protocol)) ||
					(el.localName === "img" && u.protocol === "data:");
				if (!ok) bad.push("address " + a.value.slice(0, 200));
			}
		}
	}
	return bad;
})`

// audited fails the test if the page, as the browser parses it, has anything that the
// templates did not make.
func (b *tab) audited(what string) {
	b.t.Helper()
	var bad []string
	b.eval(audit+"(document)", &bad)
	for _, x := range bad {
		b.t.Errorf("%s: %s", what, x)
	}
	b.t.Helper()
	b.clean()
}

// render shows pages in frames, without the content policy that would keep scripts from
// running. Only the escaping of their texts protects them.
func (b *tab) render(what string, pages ...string) {
	b.t.Helper()
	list, err := json.Marshal(pages)
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(page.SetBypassCSP(true))
	b.open("/robots.txt")
	var bad []string
	b.do(chromedp.Evaluate(`(async pages => {
		const frames = pages.map(html => { const f = document.createElement("iframe"); f.srcdoc = html; return f });
		await Promise.all(frames.map(f => new Promise(done => { f.onload = done; document.body.append(f) })));
		await new Promise(done => setTimeout(done, 50)); // failed loads have been reported
		return frames.flatMap((f, i) => `+audit+`(f.contentDocument).map(x => i + ": " + x));
	})(`+string(list)+`)`, &bad, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	for _, x := range bad {
		b.t.Errorf("%s: %s", what, x)
	}
	b.clean()
	b.do(page.SetBypassCSP(false))
}

// TestThreat10BrowserFinds checks that the search below finds its targets.
func TestThreat10BrowserFinds(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := newTab(t, s, 1280, 900)
	b.guarded()
	for _, bad := range []string{"<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<svg onload=alert(1)>",
		"<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<img src=https://evil.example/x>"} {
		b.do(page.SetBypassCSP(true))
		b.open("/robots.txt")
		b.do(chromedp.Evaluate(`(async html => { const f = document.createElement("iframe"); f.srcdoc = html;
			await new Promise(done => { f.onload = done; document.body.append(f) });
			await new Promise(done => setTimeout(done, 100)) })(`+jsText(t, bad)+`)`, nil,
			func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		b.mu.Lock()
		if len(b.faults) == 0 {
			t.Errorf("%s is not found", bad)
		}
		b.faults = nil
		b.mu.Unlock()
	}
}

// formTokenOf returns the token of the learner's forms.
func formTokenOf(l *learner) string {
	sum := sha256.Sum256([]byte("backpack form\x00" + l.Token))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])
}

func jsText(t testing.TB, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestThreat10BrowserBadges puts each payload into each field of a badge, and opens every
// page that shows them in a browser.
func TestThreat10BrowserBadges(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b, chrome := s.browser(t), newTab(t, s, 1280, 900)
	chrome.guarded()
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	first, step := true, 1
	if testing.Short() {
		step = 10
	}
	for in := range poisoned(t, issuer, step) {
		a := b.upload("/verify", "", in...).is(t, http.StatusOK).hasNot(t, "No badge found")
		a.wholly(t, len(in))
		chrome.render("badges", a.body)
		if first {
			chrome.brings(in)
			first = false
		}
	}
}

// brings uploads badges on the page of checks, and audits the answer under its policy.
func (b *tab) brings(in []inspect.Input) {
	b.t.Helper()
	dir := b.t.TempDir()
	var files []string
	for i, x := range in {
		files = append(files, filepath.Join(dir, fmt.Sprint(i, ".jwt")))
		if err := os.WriteFile(files[i], x.Bytes, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	b.open("/verify")
	b.do(chromedp.SetUploadFiles("#f-files", files, chromedp.ByQuery))
	b.press("form[action='/verify'] button:not([type=button])")
	b.sees("What it takes")
	b.audited("what was brought")
}

// parse audits pages with the browser's parser, without showing them.
func (b *tab) parse(what string, pages ...string) {
	b.t.Helper()
	list, err := json.Marshal(pages)
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(page.SetBypassCSP(true))
	b.open("/robots.txt")
	var bad []string
	b.do(chromedp.Evaluate(`(`+string(list)+`).flatMap((html, i) =>
		`+audit+`(new DOMParser().parseFromString(html, "text/html")).map(x => i + ": " + x))`, &bad), page.SetBypassCSP(false))
	for _, x := range bad {
		b.t.Errorf("%s: %s", what, x)
	}
}

// TestThreat10BrowserFields puts each payload into the fields of learners and visitors: a
// name, a note, the texts of a share, a search, the name of a file.
func TestThreat10BrowserFields(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	l, chrome := s.learner(t, "Robin Example"), newTab(t, s, 1280, 900)
	chrome.guarded()
	id := l.keeps(vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519).Issue(t)).ID
	list := payloads()
	var pages, shown []string
	n := enough(list)
	if testing.Short() {
		n = 30
	}
	for i, p := range list[:n] {
		next := func(n int) string { return list[(i+n)%len(list)] }
		if err := s.Rename(t.Context(), l.ID, line("x"+p)); err != nil && !strings.HasPrefix(err.Error(), "name_") {
			t.Fatal(err) // some are not allowed as names
		}
		if err := s.SetNote(t.Context(), l.ID, id, next(5)); err != nil {
			t.Fatal(err)
		}
		see := func(a *answer) { a.harmless(t); pages = append(pages, a.body) }
		see(l.post("/shares/preview", url.Values{"csrf": {formTokenOf(l)}, "badge": {id}, "title": {next(1)}, "audience": {next(2)}, "expires": {"2026-12-24"}}))
		see(l.get("/backpack?" + url.Values{"q": {next(3)}, "skill": {next(4)}}.Encode()))
		see(l.get("/badges/" + id))
		if i%15 == 0 {
			see(l.upload("/verify", next(6), inspect.Input{Name: strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(next(7)), Bytes: []byte(next(8))}))
			see(s.browser(t).post("/signin", url.Values{"key": {next(9)}, "next": {next(10)}}))
			see(l.get("/" + url.PathEscape(next(11))))
			shown = append(shown, pages[len(pages)-6:]...)
		}
	}
	chrome.parse("fields", pages...)
	chrome.render("fields", shown...)
	t.Logf("%d payloads on %d pages, %d of them shown", n, len(pages), len(shown))
}

// TestThreat10BrowserPages opens every kind of page with payloads in all its texts, under
// its own policy, and strangers' pictures as pages.
func TestThreat10BrowserPages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	all, used := payloads(), 0
	text := func() string { used += 7; return all[used%len(all)] }
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	l, b := s.learner(t, "<script>alert(1)</script>"), newTab(t, s, 1280, 900)
	b.guarded()
	b.as(l)
	var in []inspect.Input
	for n := range 6 {
		in = append(in, inspect.Input{Name: "badge.jwt", Bytes: poison(t, issuer, n, text)})
	}
	const evil = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><image href="https://evil.example/x"/></svg>`
	const fine = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>rect{fill:red}</style><text>&lt;script>alert(1)&lt;/script></text><rect width="9" height="9"/></svg>`
	for i, drawing := range [][]byte{[]byte(evil), []byte(fine), append(plainPNG(t), "<html><script>alert(1)</script></html>"...)} {
		in = append(in, inspect.Input{Name: "drawing.json", Bytes: issuer.Issue(t, vctest.With("id", fmt.Sprintf("urn:uuid:00000000-0000-4000-9000-%012d", i)),
			vctest.With("credentialSubject.achievement.image", vctest.Object{"id": "data:image/svg+xml;base64," + b64(drawing), "type": "Image"}))})
	}
	preview := l.preview(l.upload("/import", "", in...)).is(t, http.StatusOK)
	paths := []string{preview.Request.URL.Path}
	b.open(paths[0])
	b.audited(paths[0])
	l.keep(preview)
	paths = paths[:0]
	kept, err := s.Entries(t.Context(), l.ID, wallet.Query{Limit: 100})
	if err != nil || kept.All != len(in) {
		t.Fatalf("%d kept: %v", kept.All, err)
	}
	var ids []string
	for _, e := range kept.Entries {
		l.post("/badges/"+e.ID+"/note", url.Values{"note": {text()}})
		ids = append(ids, e.ID)
		paths = append(paths, "/badges/"+e.ID, "/badges/"+e.ID+"/image")
	}
	sh, err := s.CreateShare(t.Context(), l.ID, wallet.ShareRequest{Entries: ids, Title: line(text()), Audience: line(text())})
	if err != nil {
		t.Fatal(err)
	}
	page := l.get("/badges/" + ids[0])
	issuers := regexp.MustCompile(`/issuers/[A-Za-z0-9_-]+`).FindString(page.body)
	if issuers == "" {
		t.Fatalf("no page of an issuer: %.3000s", page.body)
	}
	paths = append(paths, issuers, "/backpack", "/backpack?select=1", "/backpack?q="+url.QueryEscape(text()), "/badges/"+ids[0]+"/remove", "/shares",
		"/shares/"+sh.ID,
		"/shares/new?badge="+ids[0]+"&badge="+url.QueryEscape(text()), "/settings", "/activity", "/settings/export", "/settings/delete",
		"/signin?again=1&next="+url.QueryEscape(text()), "/"+url.PathEscape("<script>alert(1)</script>"),
		"/verify/list", "/s/"+sh.Token, "/s/"+sh.Token+"/pictures/"+ids[0], "/s/"+sh.Token+"/pictures/"+ids[1], "/s/"+sh.Token+"/pictures/"+ids[2],
		"/about", "/verify")
	pictures := 0
	for _, path := range paths {
		b.open(path)
		if b.standalone(path) {
			pictures++
			b.clean()
			continue
		}
		b.audited(path)
	}
	if pictures < 2 {
		t.Errorf("%d pictures were opened", pictures)
	}
}

// standalone opens a picture as a page and reports whether it exists. It must be nothing
// but a picture.
func (b *tab) standalone(path string) bool {
	b.t.Helper()
	if !strings.HasSuffix(path, "/image") && !strings.Contains(path, "/pictures/") {
		return false
	}
	var kind string
	b.eval(`document.contentType + (document.querySelector("script, foreignObject, [onload]") ? " with a script" : "") +
		(document.querySelector("main h1") ? " missing" : "")`, &kind)
	if !strings.HasPrefix(kind, "image/") && kind != "text/html missing" || strings.Contains(kind, "script") {
		b.t.Errorf("%s is %s", path, kind)
	}
	return strings.HasPrefix(kind, "image/")
}
