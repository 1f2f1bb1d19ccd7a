package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// restless is a page whose button starts far below the window, is covered at
// first and moves for a second after the page has loaded.
const restless = `<!doctype html><title>x</title>
<style>
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
#b { position: absolute; top: 9000px; animation: move 1s linear }
@keyframes move { from { transform: translateX(600px) } }
#cover { position: fixed; inset: 0; animation: lift 1.5s forwards }
@keyframes lift { to { visibility: hidden } }
</style>
<a href="#hit" id="b">press</a><p id="hit"></p><div id="cover"></div>`

// Click hits a target that moves and is covered at first, with the page's own
// scripts on and off.
func TestClickWaits(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, restless)
	}))
	defer s.Close()
	ctx := New(t)
	for _, off := range []bool{false, true} {
		var where string
		err := chromedp.Run(ctx, emulation.SetScriptExecutionDisabled(off), chromedp.Navigate(s.URL), Click("#b"), chromedp.Location(&where))
		if err != nil || !strings.HasSuffix(where, "#hit") {
			t.Errorf("scripts off %v: at %s, %v", off, where, err)
		}
	}
	var behaviour string
	if err := chromedp.Run(ctx, chromedp.Evaluate(`getComputedStyle(document.documentElement).scrollBehavior`, &behaviour)); err != nil || behaviour != "auto" {
		t.Errorf("the page scrolls %q: %v", behaviour, err)
	}
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := chromedp.Run(short, Click("#nowhere")); err == nil || !strings.Contains(err.Error(), "#nowhere") {
		t.Errorf("clicked what is not there: %v", err)
	}
}
