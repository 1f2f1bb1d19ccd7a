package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"backpack/ui"
	"backpack/ui/browsertest"
	"backpack/ui/story"
)

// complaints collects the messages in the browser's console, including
// violations of the content security policy.
func complaints(ctx context.Context) func() []string {
	var mu sync.Mutex
	var all []string
	add := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, s)
	}
	chromedp.ListenTarget(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			add(ev.Entry.Text + " " + ev.Entry.URL)
		case *runtime.EventExceptionThrown:
			add(ev.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			add(fmt.Sprint("console ", ev.Type))
		}
	})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := all
		all = nil
		return out
	}
}

// TestStoriesInBrowser opens every story on the narrowest screen. No page scrolls
// sideways, in either direction of text, or causes a message in the console. With
// BACKPACK_TEST_SHOTS the test stores screenshots, narrow and wide, light and
// dark.
func TestStoriesInBrowser(t *testing.T) {
	r, err := ui.New(ui.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler(r))
	defer server.Close()
	axe := readAxe(t)
	ctx := browsertest.New(t)
	if err := chromedp.Run(ctx, log.Enable(), runtime.Enable()); err != nil {
		t.Fatal(err)
	}
	said := complaints(ctx)
	want := regexp.MustCompile(os.Getenv("BACKPACK_TEST_STORIES"))
	for _, s := range story.All(r) {
		if !want.MatchString(s.Name) {
			continue
		}
		url := server.URL + "/story/" + s.Name
		var width int
		var scrolls string
		if err := visit(ctx, url, 320, 700,
			chromedp.Evaluate(`document.documentElement.scrollWidth`, &width), chromedp.Evaluate(widest, &scrolls)); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if width > 320 {
			t.Errorf("%s is %d pixels wide on a screen of 320 pixels: %s", s.Name, width, scrolls)
		}
		accessible(ctx, t, axe, s.Name)
		mirrored := chromedp.Evaluate(`document.documentElement.dir = "rtl"; document.documentElement.scrollWidth`, &width)
		if err := chromedp.Run(ctx, mirrored); err != nil || width > 320 {
			t.Errorf("%s is %d pixels wide with text from right to left: %v", s.Name, width, err)
		}
		for _, c := range said() {
			t.Errorf("%s: %s", s.Name, c)
		}
		shots(ctx, t, s.Name, url)
	}
}

// readAxe returns the script of axe-core, or "" if it is not installed.
func readAxe(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash("../backpack/testdata/peers/node_modules/axe-core/axe.min.js"))
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Log("without axe-core: ", err)
	}
	return string(b)
}

// accessible fails the test for each violation that axe finds in the open page:
// with all rules in the light theme, with those on contrast in the dark one.
func accessible(ctx context.Context, t *testing.T, axe, name string) {
	t.Helper()
	if axe == "" || strings.HasPrefix(name, "archive/") {
		return
	}
	if err := chromedp.Run(ctx, chromedp.Evaluate(axe+";1", nil)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	await := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	for theme, rules := range map[string]string{"light": "{}", "dark": `{runOnly: ["color-contrast"]}`} {
		var found struct {
			Passes     int
			Violations []string
		}
		run := `axe.run(document, ` + rules + `).then(r => ({passes: r.passes.length, violations: r.violations.map(
			v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 150)).join(" | "))}))`
		dark := emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}})
		if err := chromedp.Run(ctx, dark, chromedp.Evaluate(run, &found, await)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if found.Passes == 0 {
			t.Errorf("%s: axe checked nothing", name)
		}
		for _, f := range found.Violations {
			t.Errorf("%s, %s: axe reports %s", name, theme, f)
		}
	}
}

// widest is an expression for the element that extends furthest to the right.
const widest = `(() => { let worst = null, most = 320; for (const e of document.querySelectorAll("main *, header *, footer *")) {
	const r = e.getBoundingClientRect().right; if (r > most + 1) { most = r; worst = e } }
	return worst ? worst.outerHTML.slice(0, 200) + " " + most : "" })()`

func visit(ctx context.Context, url string, width, height int64, more ...chromedp.Action) error {
	ctx, cancel := context.WithTimeout(ctx, browsertest.Patience)
	defer cancel()
	actions := append([]chromedp.Action{emulation.SetDeviceMetricsOverride(width, height, 1, width < 600), chromedp.Navigate(url)}, more...)
	return chromedp.Run(ctx, actions...)
}

// shoot captures the whole page, or its first screenful with
// BACKPACK_TEST_SCREENFUL.
func shoot(picture *[]byte) chromedp.Action {
	if os.Getenv("BACKPACK_TEST_SCREENFUL") != "" {
		return chromedp.CaptureScreenshot(picture)
	}
	return chromedp.FullScreenshot(picture, 100)
}

func shots(ctx context.Context, t *testing.T, name, url string) {
	dir := os.Getenv("BACKPACK_TEST_SHOTS")
	if dir == "" {
		return
	}
	for _, width := range []int64{360, 1280} {
		for _, theme := range []string{"light", "dark"} {
			var picture []byte
			if err := visit(ctx, url+"?theme="+theme, width, 800, shoot(&picture)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			file := filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", strings.ReplaceAll(name, "/", "-"), width, theme))
			if err := os.WriteFile(file, picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
