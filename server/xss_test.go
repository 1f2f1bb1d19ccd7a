package server_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"backpack/vc"
	"backpack/vc/vctest"
	"backpack/wallet"
	"backpack/wallet/inspect"
)

// okElements and okAttrs list all elements and attributes of the templates.
var (
	okElements = strings.Fields("html head meta title link script body a header nav ul ol li main div section article h1 h2 h3 p b i strong em del code pre " +
		"blockquote hr br span bdi svg use path rect form input button " +
		"label textarea select option details summary dl dt dd time img table thead tbody tr th td footer output dialog video figure " +
		"figcaption small fieldset legend")
	okAttrs = strings.Fields("lang dir data-theme charset name content rel href type class id src alt value for method action enctype role aria-label " +
		"aria-labelledby aria-describedby aria-hidden aria-current aria-pressed " +
		"aria-invalid aria-live multiple accept capture hidden tabindex viewBox datetime checked required min max maxlength inputmode " +
		"autocomplete spellcheck autocapitalize rows loading decoding download " +
		"formaction start align width height open selected placeholder readonly scope colspan muted playsinline novalidate webkitdirectory " +
		"target media translate method xmlns d fill shape-rendering")
	okScript = regexp.MustCompile(`^/assets/[a-z]+\.[0-9a-f]+\.js$`)
	okData   = regexp.MustCompile(`^data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]*$`)
)

// harmless fails the test if the page has anything that the templates did not make.
func (a *answer) harmless(t testing.TB) {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "text/html; charset=utf-8" {
		t.Errorf("%s: %s", a.Request.URL.Path, got)
	}
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		switch n.Type {
		case html.ElementNode:
			if why := wrongElement(n); why != "" {
				var b strings.Builder
				html.Render(&b, n)
				t.Errorf("%s: %s: %.300s", a.Request.URL.Path, why, b.String())
			}
		case html.CommentNode:
			t.Errorf("%s: a comment: %.100s", a.Request.URL.Path, n.Data)
		}
	}
}

func wrongElement(n *html.Node) string {
	if !slices.Contains(okElements, n.Data) {
		return "element " + n.Data
	}
	for _, at := range n.Attr {
		switch {
		case strings.HasPrefix(at.Key, "data-") && at.Namespace == "":
			continue
		case !slices.Contains(okAttrs, at.Key):
			return "attribute " + at.Key
		case at.Key == "href" || at.Key == "src" || at.Key == "action" || at.Key == "formaction":
			if !okAddress(n, at.Val) {
				return "address " + at.Val
			}
		}
	}
	if n.Data == "script" && n.FirstChild != nil {
		return "text of a script"
	}
	return ""
}

func okAddress(n *html.Node, v string) bool {
	u, err := url.Parse(v)
	if err != nil {
		return false
	}
	switch local := u.Scheme == "" && u.Host == ""; n.Data {
	case "script":
		return okScript.MatchString(v)
	case "img":
		return local || okData.MatchString(v)
	case "a":
		return local || u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "mailto"
	default:
		return local
	}
}

// A poison is a badge whose texts are all payloads.
func poison(t testing.TB, issuer *vctest.Issuer, n int, text func() string) []byte {
	t.Helper()
	id := fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n)
	endorsement := json.RawMessage(issuer.Issue(t, vctest.With("id", id+"-e"),
		vctest.With("type", []any{"VerifiableCredential", "EndorsementCredential"}), vctest.With("name", text()),
		vctest.With("issuer.name", text()), vctest.With("credentialSubject", vctest.Object{"id": id, "type": []any{"EndorsementSubject"},
			"endorsementComment": text()})))
	list := func(kind string, o vctest.Object) []any { o["type"] = []any{kind}; return []any{o} }
	return issuer.Issue(t, vctest.With("id", id), vctest.As(vctest.JWT), vctest.With("name", text()), vctest.With("description", text()),
		vctest.With("issuer.name", text()), vctest.With("issuer.description", text()), vctest.With("issuer.url", text()), vctest.With("issuer.email", text()),
		vctest.With("issuer.parentOrg", vctest.Object{"id": "https://parent.example", "type": []any{"Profile"}, "name": text()}),
		vctest.With("credentialSubject.narrative", text()), vctest.With("credentialSubject.role", text()), vctest.With("credentialSubject.term", text()),
		vctest.With("credentialSubject.licenseNumber", text()),
		vctest.With("credentialSubject.identifier", list("IdentityObject", vctest.Object{"hashed": false, "identityHash": text(), "identityType": "name"})),
		vctest.With("credentialSubject.result", list("Result", vctest.Object{"resultDescription": "urn:x:r", "value": text(), "status": text()})),
		vctest.With("credentialSubject.achievement.name", text()), vctest.With("credentialSubject.achievement.description", text()),
		vctest.With("credentialSubject.achievement.criteria", vctest.Object{"narrative": text(), "id": text()}),
		vctest.With("credentialSubject.achievement.achievementType", "ext:"+text()), vctest.With("credentialSubject.achievement.fieldOfStudy", text()),
		vctest.With("credentialSubject.achievement.specialization", text()),
		vctest.With("credentialSubject.achievement.humanCode", text()), vctest.With("credentialSubject.achievement.version", text()),
		vctest.With("credentialSubject.achievement.inLanguage", text()),
		vctest.With("credentialSubject.achievement.tag", []any{text(), text()}), vctest.With("credentialSubject.achievement.creator",
			vctest.Object{"id": "https://creator.example", "type": []any{"Profile"}, "name": text(), "url": text()}),
		vctest.With("credentialSubject.achievement.alignment", list("Alignment", vctest.Object{"targetName": text(), "targetCode": text(),
			"targetDescription": text(), "targetFramework": text(), "targetUrl": text(), "targetType": "ext:" + text()})),
		vctest.With("credentialSubject.achievement.resultDescription",
			list("ResultDescription", vctest.Object{"id": "urn:x:r", "name": text(), "resultType": "ext:" + text(), "requiredValue": text(),
				"valueMin": text(), "valueMax": text()})),
		vctest.With("evidence", list("Evidence", vctest.Object{"id": "https://evidence.example/" + url.PathEscape(text()), "name": text(),
			"description": text(), "narrative": text(), "genre": text(), "audience": text()})),
		vctest.With("endorsement", []any{endorsement}))
}

// poisoned yields badges in batches. In all of them together, every step-th payload is in
// each field.
func poisoned(t testing.TB, issuer *vctest.Issuer, step int) iter.Seq[[]inspect.Input] {
	all := payloads()
	if len(all) < 300 {
		t.Fatalf("only %d payloads", len(all))
	}
	return func(yield func([]inspect.Input) bool) {
		var in []inspect.Input
		n := enough(all)
		for i := 0; i < n; i += step {
			k := i // the next field gets the next payload
			body := poison(t, issuer, i, func() string { k++; return all[k%len(all)] })
			if in = append(in, inspect.Input{Name: "badge.jwt", Bytes: body}); len(in) < 40 && i+step < n {
				continue
			}
			if !yield(in) {
				return
			}
			in = nil
		}
		t.Logf("%d payloads in every field", (n+step-1)/step)
	}
}

// wholly fails the test unless a page shows all n badges and is harmless.
func (a *answer) wholly(t testing.TB, n int) {
	t.Helper()
	for _, part := range []string{"What it takes", "What was done", "Skills", "Results", "Evidence", "Backed by", "About the issuer", "Designed by",
		"Technical details"} {
		if got := strings.Count(a.body, part); got < n {
			t.Errorf("%d of %d badges show %q", got, n, part)
		}
	}
	a.harmless(t)
}

// TestThreat10Badges puts payloads into each field of a badge and examines its pages.
// TestThreat10BrowserBadges does so with all payloads, in a browser.
func TestThreat10Badges(t *testing.T) {
	s := newSite(t)
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	for in := range poisoned(t, issuer, 10) {
		s.browser(t).upload("/verify", "", in...).is(t, http.StatusOK).hasNot(t, "No badge found").wholly(t, len(in))
	}
}

// TestThreat10Pages puts payloads into all texts of badges, files, shares and learners,
// and examines every page that shows them (threat 10).
func TestThreat10Pages(t *testing.T) {
	s := newSite(t)
	all, used := payloads(), 0
	text := func() string { used++; return all[used%len(all)] }
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	badges := 12
	if testing.Short() {
		badges = 10
	}
	l := s.learner(t, "<script>alert(1)</script>")
	b := s.browser(t)
	shows := 0
	for n := range badges {
		name := text()
		in := inspect.Input{Name: strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(name) + ".jwt", Bytes: poison(t, issuer, n, text)}
		a := b.upload("/verify", name, in).is(t, http.StatusOK)
		a.harmless(t)
		if a.hasNot(t, "panic"); strings.Contains(a.body, "No badge found</p>") && !strings.Contains(a.body, "Backed by") {
			t.Fatalf("not a badge: %s", a.text(t))
		}
		preview := l.preview(l.upload("/import", text(), in)).is(t, http.StatusOK)
		preview.harmless(t)
		l.keep(preview).harmless(t)
		if err := s.Rename(t.Context(), l.ID, line(text())); err != nil {
			t.Fatal(err)
		}
		kept, err := s.Entries(t.Context(), l.ID, wallet.Query{Limit: 1})
		if err != nil || kept.All != n+1 {
			t.Fatalf("%d of %d kept: %v", kept.All, n+1, err)
		}
		e := kept.Entries[0]
		l.follow(l.post("/badges/"+e.ID+"/note", url.Values{"note": {text()}})).is(t, http.StatusOK).harmless(t)
		sh := url.Values{"badge": {e.ID}, "title": {text()}, "audience": {text()}, "expires": {"2026-12-24"}, "max_views": {text()}, "passcode": {text()}}
		l.post("/shares/preview", sh).is(t, http.StatusBadRequest).harmless(t)
		sh.Del("max_views")
		sh.Del("passcode")
		l.post("/shares/preview", sh).is(t, http.StatusOK).harmless(t)
		made := l.follow(l.post("/shares", sh)).is(t, http.StatusOK)
		made.harmless(t)
		if m := regexp.MustCompile(`/s/[A-Za-z0-9_-]{20,}`).FindString(made.body); m != "" {
			page := b.get(m).is(t, http.StatusOK).says(t, "What was checked", "Skills", "Evidence", "Results", "Backed by", "What it takes")
			page.harmless(t)
			shows++
		}
		q := url.Values{"q": {text()}, "issuer": {text()}, "skill": {text()}, "state": {text()}, "sort": {text()}, "after": {text()}, "select": {text()}}
		l.get("/backpack?" + q.Encode()).harmless(t)
		for _, path := range []string{"/badges/" + e.ID + "/remove", "/settings", "/activity", "/shares", "/signin?again=1&next=" + url.QueryEscape(text()),
			"/" + url.PathEscape(text()), "/settings/delete", "/shares/new?badge=" + url.QueryEscape(text())} {
			l.get(path).harmless(t)
		}
		b.post("/signup", url.Values{"name": {"\x01" + text()}, "next": {text()}}).harmless(t)
		b.post("/signin", url.Values{"key": {text()}, "next": {text()}}).harmless(t)
	}
	if shows != badges || used < 300 {
		t.Errorf("%d shares, %d payloads", shows, used)
	}
	if e, err := s.Entries(t.Context(), l.ID, wallet.Query{State: string(vc.Undetermined)}); err == nil {
		t.Logf("%d badges, %d texts of %d payloads, %d undetermined", badges, used, len(all), e.Total)
	}
	l.archive(t)
}

// archive examines the page inside an archive.
func (l *learner) archive(t testing.TB) {
	t.Helper()
	page := ""
	a := l.get("/settings/export.zip").is(t, http.StatusOK)
	for name, body := range unzip(t, a.body) {
		if name == "index.html" {
			page = body
		}
		if strings.ContainsAny(name, "<>\"'\\\r\n") || strings.Contains(name, "..") {
			t.Errorf("a file is called %q", name)
		}
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil || page == "" {
		t.Fatalf("no page: %v", err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data != "style" {
			if why := wrongElement(n); why != "" {
				t.Errorf("in the archive: %s", why)
			}
		}
	}
}

// line turns a payload into an allowed name.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x2028 || r == 0xfffd {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return string([]rune(s)[:min(len([]rune(s)), 80)])
}

// TestThreat11PicturesAreNoPages checks that a drawing with a script is shown as a picture
// and can do nothing if it is opened as a page (threats 10 and 11).
func TestThreat11PicturesAreNoPages(t *testing.T) {
	s := newSite(t)
	issuer := vctest.NewIssuer(t, vctest.NewWeb(), vctest.DIDKey, vctest.Ed25519)
	l := s.learner(t, "Robin Example")
	evil := `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><image href="https://evil.example/x"/><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="javascript:alert(1)"/></body></foreignObject></svg>`
	polyglot := append(plainPNG(t), "<html><script>alert(1)</script></html>"...)
	for i, image := range []string{"data:image/svg+xml," + url.PathEscape(evil), "data:image/svg+xml;base64," + b64([]byte(evil)),
		"data:text/html;base64," + b64([]byte("<script>alert(1)</script>")),
		"data:image/png;base64," + b64(polyglot), "data:image/png;base64," + b64([]byte(evil)), "data:image/svg+xml;base64," +
			b64(plainPNG(t)), "https://evil.example/x.svg", "javascript:alert(1)", "file:///etc/passwd"} {
		badge := issuer.Issue(t, vctest.With("id", fmt.Sprintf("urn:uuid:00000000-0000-4000-9000-%012d", i)),
			vctest.With("credentialSubject.achievement.image", vctest.Object{"id": image, "type": "Image"}))
		l.keep(l.preview(l.upload("/import", "", inspect.Input{Name: "x.json", Bytes: badge})))
		all, err := s.Entries(t.Context(), l.ID, wallet.Query{Limit: 1})
		if err != nil || all.All != i+1 {
			t.Fatalf("%.40s: %d badges, %v", image, all.All, err)
		}
		a := l.get("/badges/" + all.Entries[0].ID + "/image")
		s.Clock.Advance(time.Second)
		if a.StatusCode == http.StatusNotFound {
			continue
		}
		if got := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none';") || !strings.HasSuffix(got, "sandbox") {
			t.Errorf("%.40s: policy %s", image, got)
		}
		if got := a.Header.Get("Content-Type"); !strings.HasPrefix(got, "image/") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%.40s: %s", image, got)
		}
		a.hasNot(t, "<html>", "<script", "onload", "evil.example", "foreignObject", "javascript:")
	}
	l.get("/backpack").harmless(t)
}

// TestThreat10HarmlessFinds checks that the search above finds its targets.
func TestThreat10HarmlessFinds(t *testing.T) {
	for _, bad := range []string{"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe></iframe>",
		"<a href=javascript:alert(1)>", "<a href='java\tscript:alert(1)'>",
		"<form action=//evil.example>", "<base href=/x>", "<meta http-equiv=refresh>", "<link href=//evil.example/x>",
		"<script src=//evil.example/assets/a.0.js></script>", "<img src=https://evil.example/x>",
		"<img src=data:text/html,x>", "<p style=color:red>", "<object></object>", "<style>x</style>", "<svg><use href=//evil.example/x></use></svg>",
		"<input autofocus>"} {
		root, err := html.Parse(strings.NewReader("<!doctype html><body>" + bad))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for n := range root.Descendants() {
			found = found || n.Type == html.ElementNode && wrongElement(n) != ""
		}
		if !found {
			t.Errorf("%s passes", bad)
		}
	}
}
