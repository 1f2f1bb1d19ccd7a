// Package browsertest starts Chromium for tests and clicks in its pages.
//
// The browser prefers reduced motion, so pages scroll at once. A click waits
// until the page has loaded and its target has come to rest: a position that is
// read while something moves is wrong by the time the mouse arrives.
package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Patience bounds one step in a browser, its start included. It is long: a busy
// machine may be ten times slower than an idle one.
const Patience = 2 * time.Minute

// New returns the context of a browser with an empty profile; the first
// chromedp.Run starts it, and the end of the test stops it. Without Chromium
// New skips the test, or fails it where CI is set.
func New(t testing.TB) context.Context {
	t.Helper()
	path := chromium(t)
	profile, err := os.MkdirTemp("", "backpack-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(profile) }) // the browser may still be writing to it
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WSURLReadTimeout(Patience),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("disable-background-networking", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// chromium returns the path of the browser's binary.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Chromium on this machine; .ci/setup installs it")
	}
	t.Skip("no Chromium on this machine; make setup installs it")
	return ""
}

// look is the time between two looks at an element: several frames. Where the
// page's scripts are off nothing tells when a frame is drawn.
const look = 50 * time.Millisecond

// A box is where an element stands in the window. Shown means that the page has
// loaded and the element is visible, Open that a click on its centre meets it.
type box struct {
	Shown, Open bool
	X, Y, W, H  float64
}

// find is a function of a selector. It scrolls the element into view and returns
// its box. Of an element that spans several lines it takes the first.
const find = `(sel => {
	const e = document.querySelector(sel);
	if (document.readyState !== "complete" || !e?.checkVisibility({ visibilityProperty: true }) || !e.getClientRects()[0]) return {};
	e.scrollIntoView({ behavior: "instant", block: "center" });
	const { x, y, width, height } = e.getClientRects()[0];
	const hit = document.elementFromPoint(x + width / 2, y + height / 2);
	return { shown: true, open: !e.disabled && e.contains(hit), x, y, w: width, h: height };
})`

// Wait waits until the page has loaded and the first element that the CSS
// selector matches is visible.
func Wait(sel string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := watch(ctx, sel, func(_, now box) bool { return now.Shown })
		return err
	})
}

// Click clicks the centre of the first element that the CSS selector matches. It
// waits until the page has loaded, nothing covers the element, and two looks
// find it in the same place.
func Click(sel string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		at, err := watch(ctx, sel, func(last, now box) bool { return now.Open && now == last })
		if err != nil {
			return err
		}
		return chromedp.MouseClickXY(at.X+at.W/2, at.Y+at.H/2).Do(ctx)
	})
}

// watch looks at an element until two successive boxes satisfy done, and returns
// the second one.
func watch(ctx context.Context, sel string, done func(last, now box) bool) (box, error) {
	quoted, err := json.Marshal(sel)
	if err != nil {
		return box{}, err
	}
	for last := (box{}); ; {
		var now box
		err := chromedp.Evaluate(find+"("+string(quoted)+")", &now).Do(ctx)
		if thrown := (*runtime.ExceptionDetails)(nil); errors.As(err, &thrown) {
			return box{}, fmt.Errorf("look at %s: %w", sel, err)
		} // another error means that the page is being replaced
		if err == nil && done(last, now) {
			return now, nil
		}
		last = now
		select {
		case <-ctx.Done():
			return box{}, fmt.Errorf("wait for %s, last seen at %+v (%v): %w", sel, now, err, ctx.Err())
		case <-time.After(look):
		}
	}
}
