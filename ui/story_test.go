package ui_test

import (
	"bytes"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"backpack/ui"
	"backpack/ui/story"
	"backpack/ui/uitest"
)

func renderer(t testing.TB) *ui.Renderer {
	t.Helper()
	r, err := ui.New(ui.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func render(t testing.TB, r *ui.Renderer, p ui.Page) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := r.Render(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// alone reports whether the page is a separate file without a frame.
func alone(p ui.Page) bool {
	_, ok := p.(*ui.ArchivePage)
	return ok
}

func TestStoriesKeepToTheRules(t *testing.T) {
	r := renderer(t)
	seen := map[string]bool{}
	for _, s := range story.All(r) {
		if seen[s.Name] {
			t.Errorf("duplicate story %s", s.Name)
		}
		seen[s.Name] = true
		page := render(t, r, s.Page)
		if alone(s.Page) {
			continue
		}
		for _, p := range uitest.Problems(page) {
			t.Errorf("%s: %s", s.Name, p)
		}
	}
}

func TestEveryPageHasAStory(t *testing.T) {
	r := renderer(t)
	told := map[reflect.Type]bool{}
	for _, s := range story.All(r) {
		told[reflect.TypeOf(s.Page)] = true
	}
	for _, p := range ui.Pages() {
		if !told[reflect.TypeOf(p)] {
			t.Errorf("%T has no story", p)
		}
	}
}

// TestEmptyPagesRender renders zero values, since the server may omit unknown
// values.
func TestEmptyPagesRender(t *testing.T) {
	r := renderer(t)
	for _, p := range ui.Pages() {
		if _, ok := p.(*ui.SharePage); ok {
			continue // needs a link for its QR code
		}
		render(t, r, p)
	}
}

// TestFormsCarryTheToken requires the form token in every POST form of a page with
// a session.
func TestFormsCarryTheToken(t *testing.T) {
	r := renderer(t)
	for _, s := range story.All(r) {
		page := render(t, r, s.Page)
		doc, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		signedIn := bytes.Contains(page, []byte("STORYTOKEN"))
		for _, f := range uitest.All(doc, "form") {
			if uitest.Attr(f, "method") != "post" || !signedIn {
				continue
			}
			found := false
			for _, in := range uitest.All(f, "input") {
				found = found || uitest.Attr(in, "name") == "csrf" && uitest.Attr(in, "value") == "STORYTOKEN"
			}
			if !found {
				t.Errorf("%s: form %s without a token", s.Name, uitest.Attr(f, "action"))
			}
		}
	}
}

// TestPlainWords allows jargon in the technical details only.
func TestPlainWords(t *testing.T) {
	jargon := regexp.MustCompile(`\b(DIDs?|JSON(-LD)?|JWT|[Cc]redentials?|[Pp]resentations?|[Vv]erifiable|` +
		`[Cc]ryptosuite|[Aa]ssertions?|[Pp]ayload|[Cc]anonical\w*|iTXt)\b`)
	standard := regexp.MustCompile(`W3C Verifiable (Presentation|Credentials)|Verifiable credential`)
	r := renderer(t)
	for _, s := range story.All(r) {
		doc, err := html.Parse(bytes.NewReader(render(t, r, s.Page)))
		if err != nil {
			t.Fatal(err)
		}
		said := standard.ReplaceAllString(visible(doc), "")
		if m := jargon.FindString(said); m != "" {
			t.Errorf("%s: jargon %q outside of the technical details", s.Name, m)
		}
	}
}

// visible returns the text of a page without the technical details.
func visible(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data + " "
	}
	if n.Type == html.ElementNode && (strings.Contains(uitest.Attr(n, "class"), "technical") || n.Data == "style") {
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(visible(c))
	}
	return b.String()
}

// TestSharedPageIsSmall limits the employer's page with five badges to 50 KiB,
// including its style sheet and excluding its pictures.
func TestSharedPageIsSmall(t *testing.T) {
	r := renderer(t)
	s, ok := story.Find(r, "shared/all-good")
	if !ok {
		t.Fatal("no such story")
	}
	page := regexp.MustCompile(`data:image/[^"]*`).ReplaceAll(render(t, r, s.Page), nil)
	css, _ := r.Asset("app.css")
	t.Logf("page %d bytes, style sheet %d bytes", len(page), len(css.Body))
	if n := len(page) + len(css.Body); n >= 50<<10 {
		t.Errorf("%d bytes", n)
	}
	if bytes.Contains(page, []byte("<script")) {
		t.Error("the page loads a script")
	}
}

func TestSharedPageTellsNobody(t *testing.T) {
	r := renderer(t)
	for _, name := range []string{"shared/mixed", "shared/passcode", "shared/gone"} {
		s, _ := story.Find(r, name)
		page := string(render(t, r, s.Page))
		for _, want := range []string{`name="robots" content="noindex`, `name="referrer" content="no-referrer"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
}

// TestErrorHeadings requires headings for client errors that do not blame the
// service.
func TestErrorHeadings(t *testing.T) {
	for status, want := range map[int]string{400: "400", 404: "404", 405: "404", 418: "400", 429: "429", 500: "other", 503: "503", 504: "other"} {
		p := ui.ErrorPage{Status: status}
		if got := p.Heading(); got != want {
			t.Errorf("%d: %s", status, got)
		}
	}
}

// TestNotStatedIsNoYes requires an answer other than yes for a statement that the
// badge does not make.
func TestNotStatedIsNoYes(t *testing.T) {
	r := renderer(t)
	tests := []struct{ id, outcome, reason, answer, tone, text string }{
		{"revocation", "skipped", "not_stated", "Not stated", "calm", "gives no way to ask"},
		{"revocation", "skipped", "not_disclosed", "Not shown", "calm", "may have left that out"},
		{"valid_until", "skipped", "not_disclosed", "Not shown", "calm", "may have left that out"},
		{"proof", "failed", "private_copy", "No", "warn", "private copy"},
		{"proof", "passed", "part_shown", "Yes", "good", "only a part"},
		{"proof", "passed", "own_copy", "Yes", "good", "The seal is intact"},
		{"revocation", "passed", "", "Yes", "good", "has not taken it back"},
		{"revocation", "unknown", "unreachable", "Could not check", "warn", "did not answer"},
		{"revocation", "failed", "revoked", "No", "bad", "taken it back"},
		{"revocation", "failed", "suspended", "No", "warn", "on hold"},
		{"valid_until", "skipped", "not_stated", "Not stated", "calm", "no expiry date"},
		{"valid_until", "failed", "expired", "No", "warn", "has passed"},
		{"proof", "failed", "bad_signature", "No", "bad", "does not fit"},
		{"issuer", "skipped", "not_run", "Not checked", "calm", "earlier answer"},
		{"recipient", "skipped", "nobody_asked", "Not asked", "calm", "Nobody said"},
		{"proof", "something new", "never heard of", "Could not check", "warn", ""},
	}
	for _, c := range tests {
		row := r.Check("en", c.id, c.outcome, c.reason, "")
		if row.Answer != c.answer || row.Tone != c.tone || !strings.Contains(row.Text, c.text) {
			t.Errorf("%s %s %s: %+v", c.id, c.outcome, c.reason, row)
		}
	}
}

// TestFactsInWords checks the five facts in words: amber if unknown, red only for
// a proven failure, grey if not stated or not asked.
func TestFactsInWords(t *testing.T) {
	r := renderer(t)
	for _, c := range []struct {
		f                  ui.Finding
		answer, tone, text string
	}{
		{ui.Finding{ID: "authentic", Outcome: "passed"}, "Yes", "good", "exactly what was issued"},
		{ui.Finding{ID: "authentic", Outcome: "passed", Reason: "hosted_fetched"}, "Yes", "good", "website has this badge"},
		{ui.Finding{ID: "authentic", Outcome: "failed", Reason: "bad_signature"}, "No", "bad", "was changed after"},
		{ui.Finding{ID: "authentic", Outcome: "unknown", Reason: "unsupported_suite"}, "Could not check", "warn", "do not know"},
		{ui.Finding{ID: "authentic", Outcome: "skipped", Reason: "vouched_for"}, "Not stated", "calm", "vouches for it"},
		{ui.Finding{ID: "control", Outcome: "passed", Value: "key_set"}, "Yes", "good", "list of keys on the issuer’s website names"},
		{ui.Finding{ID: "control", Outcome: "passed", Value: "key"}, "Yes", "good", "does not prove"},
		{ui.Finding{ID: "control", Outcome: "passed", Value: "something new"}, "Yes", "good", "belongs to the issuer"},
		{ui.Finding{ID: "control", Outcome: "failed", Reason: "key_not_listed"}, "No", "bad", "does not list"},
		{ui.Finding{ID: "control", Outcome: "unknown", Reason: "issuer_not_confirmed"}, "Could not check", "warn", "Nothing ties the key"},
		{ui.Finding{ID: "control", Outcome: "skipped", Reason: "not_run"}, "Not checked", "calm", "Not looked at"},
		{ui.Finding{ID: "known", Outcome: "passed", Value: "The Register", Name: "Guild"}, "Yes", "good", "The Register knows this issuer as Guild."},
		{ui.Finding{ID: "known", Outcome: "passed", Reason: "old_list", Value: "The Register", Name: "Guild", At: story.Now()}, "Yes", "good",
			"as Guild on 23 November 2026."},
		{ui.Finding{ID: "known", Outcome: "unknown", Reason: "not_listed"}, "Not known", "warn", "says nothing against it"},
		{ui.Finding{ID: "known", Outcome: "unknown", Reason: "look_alike", Name: "guild.example"}, "Not known", "warn", "looks like guild.example"},
		{ui.Finding{ID: "known", Outcome: "unknown", Reason: "mixed_script"}, "Not known", "warn", "Careful"},
		{ui.Finding{ID: "control", Outcome: "skipped", Reason: "sample"}, "Sample", "calm", "proves nothing"},
		{ui.Finding{ID: "known", Outcome: "skipped", Reason: "sample"}, "Sample", "calm", "nobody"},
		{ui.Finding{ID: "known", Outcome: "unknown", Reason: "unreachable"}, "Could not check", "warn", "could not be read"},
		{ui.Finding{ID: "known", Outcome: "skipped", Reason: "no_registry"}, "Not asked", "calm", "own word"},
		{ui.Finding{ID: "current", Outcome: "passed"}, "Yes", "good", "has not taken it back"},
		{ui.Finding{ID: "current", Outcome: "failed", Reason: "revoked"}, "No", "bad", "taken it back"},
		{ui.Finding{ID: "current", Outcome: "failed", Reason: "expired"}, "No", "warn", "has passed"},
		{ui.Finding{ID: "current", Outcome: "unknown", Reason: "unreachable"}, "Could not check", "warn", "may have been taken back"},
		{ui.Finding{ID: "current", Outcome: "skipped", Reason: "not_stated"}, "Not stated", "calm", "nobody can tell"},
		{ui.Finding{ID: "awarded", Outcome: "passed", Reason: "matched"}, "Yes", "good", "proven to be"},
		{ui.Finding{ID: "awarded", Outcome: "failed", Reason: "no_match"}, "No", "warn", "somebody else"},
		{ui.Finding{ID: "awarded", Outcome: "skipped", Reason: "nobody_asked"}, "Not asked", "calm", "Nobody said"},
	} {
		if row := r.Fact("en", c.f); row.Answer != c.answer || row.Tone != c.tone || !strings.Contains(row.Text, c.text) || strings.HasPrefix(row.Title, "sure.") {
			t.Errorf("%+v: %+v", c.f, row)
		}
	}
}

func TestBundle(t *testing.T) {
	r := renderer(t)
	tests := []struct {
		all         []string
		kind, tone  string
		title, text string
	}{
		{nil, "empty", "calm", "No badges", ""},
		{[]string{"valid"}, "valid", "good", "The badge checks out", "nothing speaks against"},
		{[]string{"valid", "valid", "valid"}, "valid", "good", "All 3 badges check out", "any of them"},
		{[]string{"valid", "expired"}, "expired", "warn", "1 of 2 badges check out", "1 has expired. 1 checks out."},
		{[]string{"valid", "undetermined", "invalid"}, "invalid", "bad", "1 of 3", "1 does not hold. 1 could not be fully checked. 1 checks out."},
		{[]string{"made up"}, "undetermined", "warn", "could not be fully checked", "no fault"},
	}
	for _, c := range tests {
		box := r.Bundle("en", c.all)
		if box.Kind != c.kind || box.Tone != c.tone || !strings.Contains(box.Title, c.title) || !strings.Contains(box.Text, c.text) {
			t.Errorf("%v: %+v", c.all, box)
		}
	}
}

// probes are texts that run a script or leave their context if not escaped.
var probes = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</textarea><svg onload=alert(1)>`, `javascript:alert(1)`,
	`data:text/html,<script>alert(1)</script>`, `</title><script>alert(1)</script>`, `{{.}}`,
	"\u202e\u0000<b>", `<a href="javascript:alert(1)">x</a>`,
	`[x](javascript:alert(1))`, `![x](https://evil.example/p.png)`, `https://user@evil.example/`, `//evil.example/x`,
	`\\evil.example`, `" onfocus=alert(1) autofocus="`,
}

// TestProbesStayText renders every page with each probe in all of its texts.
func TestProbesStayText(t *testing.T) {
	r := renderer(t)
	for _, probe := range probes {
		for _, s := range story.All(r) {
			if alone(s.Page) {
				continue
			}
			fill(reflect.ValueOf(s.Page).Elem(), probe, "")
			var b bytes.Buffer
			if err := r.Render(&b, s.Page); err != nil {
				t.Fatalf("%s with %q: %v", s.Name, probe, err)
			}
			for _, p := range uitest.Problems(b.Bytes()) {
				if harmful(p) {
					t.Errorf("%s with %q: %s", s.Name, probe, p)
				}
			}
			doc, _ := html.Parse(&b)
			for _, img := range uitest.All(doc, "img") {
				if src := uitest.Attr(img, "src"); strings.Contains(src, "evil") {
					t.Errorf("%s with %q loads %s", s.Name, probe, src)
				}
			}
		}
	}
}

// harmful reports whether a problem affects security. Probes in ids cause other
// problems too.
func harmful(problem string) bool {
	if strings.HasPrefix(problem, "id ") {
		return false
	}
	for _, s := range []string{"a script", "has on", "has style", "loads", "javascript:", "vbscript:", "data:", "<iframe", "<object", "<base", "<embed"} {
		if strings.Contains(problem, s) {
			return true
		}
	}
	return false
}

// fill sets every string of v with untrusted content to s.
func fill(v reflect.Value, s, name string) {
	switch v.Kind() {
	case reflect.String:
		switch name { // set by the server
		case "Lang", "Theme", "Active", "FormToken", "Code", "Field":
		default:
			v.SetString(s)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if unicode.IsUpper(rune(f.Name[0])) && f.Type.String() != "time.Time" {
				fill(v.Field(i), s, f.Name)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), s, name)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem(), s, name)
		}
	}
}

// BenchmarkSharedPage renders the employer's page with five badges.
func BenchmarkSharedPage(b *testing.B) {
	r := renderer(b)
	s, _ := story.Find(r, "shared/all-good")
	for b.Loop() {
		if err := r.Render(io.Discard, s.Page); err != nil {
			b.Fatal(err)
		}
	}
}
